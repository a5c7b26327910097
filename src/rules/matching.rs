//! Whether a rule fits a place of the program.

use crate::ir::{Call, CallStyle, Class, Import, Name, Value, ValueKind};

use super::compiled::{ArgumentTest, Matcher, Style, What, WhichArgument};
use super::index::{Entry, Kind, Shape};
use super::pattern::Pattern;
use super::value::Lookup;
use super::words::Lexicon;
use super::{RuleSet, sql};

/// A place that rules may fit, with all its names.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a, 'p> {
    Call {
        call: &'p Call,
        names: &'a [Name],
    },
    /// `value` is assigned to something of these names.
    Assign {
        names: &'a [Name],
        value: &'p Value,
    },
    Delete {
        names: &'a [Name],
    },
}

impl RuleSet {
    /// The entries of the given kinds that fit, sorted. `within` gives the names of the calls that enclose the place, the nearest first; it is asked only where a rule wants to know.
    pub fn fitting<'p>(&self, kinds: &[Kind], subject: Subject<'_, 'p>, within: &dyn Fn() -> Vec<Name>, language: crate::source::Language, lookup: &dyn Lookup<'p>) -> Vec<Entry> {
        let (names, shape) = match subject {
            Subject::Call { names, .. } => (names, Shape::Call),
            Subject::Assign { names, .. } => (names, Shape::Assign),
            Subject::Delete { names } => (names, Shape::Delete),
        };
        let mut found: Vec<Entry> = Vec::new();
        for name in names {
            for entry in self.candidates(name.last(), shape, language).iter().copied() {
                if kinds.contains(&entry.kind) && !found.contains(&entry) && self.fits(self.matcher(entry), subject, within, lookup) {
                    found.push(entry);
                }
            }
        }
        if let Subject::Call { call, .. } = subject {
            for entry in self.sql_entries() {
                if kinds.contains(&entry.kind) && self.languages(*entry).contains(&language) && self.fits(self.matcher(*entry), Subject::Call { call, names }, within, lookup) {
                    found.push(*entry);
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// Whether an entry of the given kinds may fit a call whose names end in `last`; far cheaper than to ask which do.
    pub fn may_fit_call(&self, kinds: &[Kind], last: &str, call: &Call, language: crate::source::Language) -> bool {
        self.candidates(last, Shape::Call, language).iter().any(|entry| kinds.contains(&entry.kind) && may_fit(self.matcher(*entry), call))
    }

    /// Whether one matcher fits one place.
    pub fn fits<'p>(&self, matcher: &Matcher, subject: Subject<'_, 'p>, within: &dyn Fn() -> Vec<Name>, lookup: &dyn Lookup<'p>) -> bool {
        let lexicon = &self.lexicon;
        let fits_name = |patterns: &[Pattern], names: &[Name]| names.iter().any(|name| patterns.iter().any(|pattern| pattern.fits(name, lexicon)));
        let place_fits = match (&matcher.what, subject) {
            (What::Call(patterns), Subject::Call { call, names }) => {
                style_fits(matcher.style, call.style) && fits_name(patterns, names) && matcher.args.iter().all(|test| argument_fits(test, call, lookup, lexicon))
            }
            (What::Assign(patterns), Subject::Assign { names, value }) => {
                fits_name(patterns, names) && matcher.value.as_ref().is_none_or(|test| test.passes(Some(value), lookup, lexicon))
            }
            (What::Delete(patterns), Subject::Delete { names }) => fits_name(patterns, names),
            (What::Sql(test), Subject::Call { call, .. }) => call.args.iter().any(|argument| {
                sql::statements(lookup.fold(&argument.value)).iter().any(|statement| {
                    test.verbs.contains(&statement.verb)
                        && test.table.as_ref().is_none_or(|glob| glob.fits(&statement.table, lexicon))
                        && test.set.as_ref().is_none_or(|glob| statement.set.iter().any(|column| glob.fits(column, lexicon)))
                })
            }),
            _ => false,
        };
        place_fits && (matcher.within.is_empty() || fits_name(&matcher.within, &within()))
    }

    /// The entries whose import pattern fits a module.
    pub fn importing(&self, kinds: &[Kind], import: &Import, language: crate::source::Language) -> Vec<Entry> {
        let fits = |entry: &&Entry| {
            kinds.contains(&entry.kind)
                && self.languages(**entry).contains(&language)
                && matches!(&self.matcher(**entry).what, What::Import(globs) if globs.iter().any(|glob| glob.fits(&import.module, &self.lexicon)))
        };
        self.import_entries().iter().filter(fits).copied().collect()
    }

    /// The entries whose base pattern fits a class; `bases` are the names of its bases.
    pub fn deriving(&self, kinds: &[Kind], _class: &Class, bases: &[Name], language: crate::source::Language) -> Vec<Entry> {
        let fits = |entry: &&Entry| {
            kinds.contains(&entry.kind)
                && self.languages(**entry).contains(&language)
                && matches!(&self.matcher(**entry).what, What::Base(patterns) if bases.iter().any(|name| patterns.iter().any(|pattern| pattern.fits(name, &self.lexicon))))
        };
        self.base_entries().iter().filter(fits).copied().collect()
    }
}

/// Whether a matcher may fit a call, whatever that is called and what its arguments are: by its style and by the arguments that it lacks.
fn may_fit(matcher: &Matcher, call: &Call) -> bool {
    style_fits(matcher.style, call.style) && matcher.args.iter().all(|test| argument_of(&test.which, call).is_some() || test.test.passes_absent())
}

fn style_fits(wanted: Option<Style>, style: CallStyle) -> bool {
    match wanted {
        // An annotation is not a call, and must be asked for.
        None => style != CallStyle::Annotation,
        Some(Style::Element) => style == CallStyle::Element,
        Some(Style::Annotation) => style == CallStyle::Annotation,
        Some(Style::New) => style == CallStyle::New,
    }
}

fn argument_fits<'p>(test: &ArgumentTest, call: &'p Call, lookup: &dyn Lookup<'p>, lexicon: &Lexicon) -> bool {
    match &test.which {
        WhichArgument::Any if call.args.is_empty() => test.test.passes_absent(),
        WhichArgument::Any => call.args.iter().any(|argument| test.test.passes(Some(&argument.value), lookup, lexicon)),
        which => test.test.passes(argument_of(which, call), lookup, lexicon),
    }
}

/// The argument of a call that is meant, if it has one; the first of those of which any will do.
fn argument_of<'p>(which: &WhichArgument, call: &'p Call) -> Option<&'p Value> {
    match which {
        WhichArgument::Position(index) => call.positional(*index),
        WhichArgument::Named(name) => call.named(name).or_else(|| spread_field(call, name)),
        WhichArgument::Either(index, name) => call.named(name).or_else(|| call.positional(*index)),
        WhichArgument::Any => call.args.first().map(|argument| &argument.value),
    }
}

/// A named argument that is handed in a dictionary: `set_cookie(**options)` with a literal.
fn spread_field<'a>(call: &'a Call, name: &str) -> Option<&'a Value> {
    let spread = call.named("...")?;
    match &spread.kind {
        ValueKind::Record(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, value)| value),
        _ => None,
    }
}
