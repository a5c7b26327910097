//! The functions where a logout may begin, by name and by what they call.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::began::{begun, begun_in};
use super::drawn::drawn_functions;
use super::endpoints::{Endpoints, is_verb};
use super::handles::is_typed_handle;
use super::requests::{Request, deletes_session, fit, is_logout_path, location_request, request_of};
use super::sides::{Sides, Surroundings};
use super::unused::{Mentioned, is_dead, is_unused_binding, is_unused_in_component, is_unused_local, unused_files};
use super::watched::watched;
use crate::ir::{AssignOp, Block, Call, CallStyle, Class, ExportTarget, Function, FunctionIndex, FunctionKind, Module, Name, StepKind, Value, ValueKind, each_call, each_value};
use crate::link::{FunctionId, ModuleId, Place, Program, Thing};
use crate::outcome::Side;
use crate::rules::{Kind, RuleSet, Subject, split_words};
use crate::source::{Language, Span};

/// How many branches deep a change of the page is looked for.
const MAX_BRANCHES: usize = 4;

/// A function where a logout may begin.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'p> {
    pub function: FunctionId,
    /// The word by which it was found, where the function has no name of its own.
    pub symbol: String,
    /// What a reader would call its place, where that is not the function itself: a link in a page.
    pub span: Option<Span>,
    /// It bears a logout's name.
    pub named: bool,
    /// Where no function begins it: the call in this function that makes what is called to log out.
    pub call: Option<(&'p Call, Place)>,
    /// Where only a part of the function is one: the arm of its choice.
    pub arm: Option<(&'p Block, Place)>,
    /// It has no name of its own and runs when something of a logout's name is clicked or chosen.
    pub is_event: bool,
    /// It runs when a logout's request has been answered, whoever sent it.
    pub is_watcher: bool,
}

/// The functions of one side that bear a logout's name, that stand under such a key, or that call a logout's endpoint.
pub(super) fn candidates<'p>(
    program: &Program<'p>,
    rules: &RuleSet,
    sides: &Sides,
    side: Side,
    endpoints: &Endpoints<'p>,
    surroundings: &dyn Surroundings,
    mentioned: &Mentioned<'p>,
) -> Vec<Candidate<'p>> {
    let modules: Vec<(ModuleId, &'p Module)> = program.modules().filter(|(id, _)| surroundings.mentions_logout(*id)).collect();
    let declared = endpoints.all.iter().map(|endpoint| (endpoint.place.module, endpoint.span)).collect();
    let finder = Finder { program, rules, sides, side, endpoints, declared, surroundings };
    let mut found: BTreeMap<FunctionId, Candidate<'p>> = modules.par_iter().with_max_len(1).flat_map_iter(|(id, module)| finder.of_module(*id, module)).collect();
    // Of one or two files nothing can be said about who calls them, and one that stands alone is only a part of something.
    let (is_whole, is_part) = (program.len() > 2, program.len() < 2);
    let files: BTreeSet<ModuleId> = found.keys().map(|function| function.module).filter(|_| is_whole && side == Side::Client).collect();
    let unused = unused_files(program, rules, surroundings, files);
    found.retain(|function, candidate| {
        !unused.contains(&function.module)
            && (!candidate.named
                || !(is_whole && is_dead(program, *function, mentioned))
                    && (is_part || !is_unused_local(program, *function) && !is_unused_in_component(program, *function, &surroundings.path(function.module))))
    });
    found.into_values().collect()
}

impl Candidate<'_> {
    /// A function that is found by a word, without anything else said of it.
    pub(super) fn new(function: FunctionId, symbol: impl Into<String>) -> Self {
        Self { function, symbol: symbol.into(), span: None, named: false, call: None, arm: None, is_event: false, is_watcher: false }
    }
}

/// What reports call a function: its name, if it has one.
pub(super) fn shown_name(function: &Function) -> &str {
    if function.name.is_empty() { "(anonymous)" } else { &function.name }
}

struct Finder<'a, 'p> {
    program: &'a Program<'p>,
    rules: &'a RuleSet,
    sides: &'a Sides,
    side: Side,
    endpoints: &'a Endpoints<'p>,
    /// The calls that declare endpoints: `router.delete("/logout", …)` asks for nothing.
    declared: FxHashSet<(ModuleId, Span)>,
    surroundings: &'a dyn Surroundings,
}

impl<'p> Finder<'_, 'p> {
    /// The candidates of one module: all of them where the module runs on the side that is looked for, and otherwise those in its components.
    fn of_module(&self, id: ModuleId, module: &'p Module) -> BTreeMap<FunctionId, Candidate<'p>> {
        let drawn = if self.sides.of(id) == Side::Server { drawn_functions(module) } else { FxHashSet::default() };
        let is_of_side = self.sides.of(id) == self.side;
        if !is_of_side && (self.side == Side::Server || drawn.is_empty()) {
            return BTreeMap::new();
        }
        let mut found = self.of_functions(id, module, &|index| drawn.contains(&index) == (self.side == Side::Client && !is_of_side));
        if is_of_side {
            self.around_functions(id, module, &mut found);
        }
        found
    }

    /// The candidates in the functions of a module that may be asked for.
    fn of_functions(&self, id: ModuleId, module: &'p Module, is_asked: &dyn Fn(FunctionIndex) -> bool) -> BTreeMap<FunctionId, Candidate<'p>> {
        let Finder { program, rules, side, endpoints, .. } = *self;
        let mut found: BTreeMap<FunctionId, Candidate<'p>> = BTreeMap::new();
        let is_of_logout = is_file_of_logout(rules, &self.surroundings.path(id));
        let indices = (0..module.functions.len()).map(|index| FunctionIndex(index as u32)).filter(|index| is_asked(*index));
        for (index, function) in indices.map(|index| (index, module.function(index))) {
            let function_id = FunctionId { module: id, index };
            let place = Place::of(function_id);
            // `class Logout(View): def post(self, request)`, `class LogoutHandler : Handler { fun doGet(ctx: Context) }`
            let answers_for = |owner| side == Side::Server && is_verb(&function.name) && is_logout_name(rules, &module.class(owner).name);
            // `commands/logout.rs: pub async fn run()`, `impl Command for Command { fn run(self) }`
            let is_command = side == Side::Client
                && is_of_logout
                && function.owner.is_none_or(|owner| rules.lexicon.is("command-class", &module.class(owner).name))
                && function.parent.is_none()
                && split_words(&function.name).len() == 1
                && rules.lexicon.is("command-function", &function.name);
            // `pages/logout.ts: export default (ctx) => …`, which a router of the project's own finds by its path.
            let is_file_itself = is_of_logout && (is_all_of_file(module, function_id.index) || side == Side::Server && is_given_by_file(module, function_id.index));
            let takes_request = || takes_request(rules, function);
            let begins_page = if side == Side::Client { is_file_itself || begins_page(rules, module, function, is_of_logout) } else { is_file_itself && takes_request() };
            // `class LogoutInteractor { suspend fun execute() }`
            let is_logout_class = |name: &str| is_logout_name(rules, name) && !rules.lexicon.is("ends-session", name);
            let runs_class = |owner| side == Side::Client && rules.lexicon.is_exactly("command-function", &function.name) && is_logout_class(&module.class(owner).name);
            // `@HandlerOf(Paths.LOGOUT) class Leaving : HandlerFactory { override fun create() = … }`
            let serves = |owner| side == Side::Server && is_marked(program, rules, id, module.class(owner));
            let of_class = |owner| answers_for(owner) || runs_class(owner) || serves(owner);
            let is_named = is_logout_name(rules, &function.name) || function.owner.is_some_and(of_class) || is_command || begins_page;
            let is_run = if function.kind == FunctionKind::Constructor { side == Side::Client && makes_page(rules, module, function) } else { is_named };
            if !function.body.is_empty() && is_run {
                // What has no name of its own is called like its file.
                let path = self.surroundings.path(id);
                let shown = if is_file_itself && matches!(function.name.as_str(), "" | "default") { stem_of_logout(rules, &path).unwrap_or("logout") } else { &function.name };
                found.insert(function_id, Candidate { named: true, ..Candidate::new(function_id, shown) });
            }
            each_value(&function.body, |value| keyed(program, rules, value, place, &mut found));
            self.made(&function.body, function_id, place, &mut found);
            if side == Side::Client {
                for begun in begun(program, rules, function_id).into_iter().chain(watched(program, rules, function_id)) {
                    found.entry(begun.function).or_insert(begun);
                }
                each_call(&function.body, |call| {
                    if self.calls_endpoint(call, place) {
                        found.entry(function_id).or_insert(Candidate::new(function_id, shown_name(function)));
                    }
                    if !mentions_logout(rules, call) || self.declared.contains(&(id, call.span)) {
                        return;
                    }
                    if let Some(request) = sent_request(program, rules, call, place)
                        && asks_for_logout(rules, endpoints, &request)
                    {
                        let span = (function.kind == FunctionKind::Template || request.is_markup).then_some(call.span);
                        found.entry(function_id).or_insert(Candidate { span, ..Candidate::new(function_id, shown_name(function)) });
                    }
                });
                if self.goes_to_logout(&function.body, place, MAX_BRANCHES) {
                    found.entry(function_id).or_insert(Candidate::new(function_id, shown_name(function)));
                }
            }
        }
        found
    }

    /// The candidates that stand outside of a module's functions, or that are named there.
    fn around_functions(&self, id: ModuleId, module: &'p Module, found: &mut BTreeMap<FunctionId, Candidate<'p>>) {
        let Finder { program, rules, side, .. } = *self;
        let is_of_logout = is_file_of_logout(rules, &self.surroundings.path(id));
        self.renamed(id, module, found);
        let top = Place { module: id, function: None };
        each_value(&module.top, |value| keyed(program, rules, value, top, found));
        if side == Side::Client {
            // `<script setup>` of a component
            if let Some(template) = template_of(id, module) {
                self.made(&module.top, template, top, found);
            }
            for begun in begun_in(program, rules, &module.top, top) {
                found.entry(begun.function).or_insert(begun);
            }
            if is_of_logout {
                found.extend(page_itself(id, module).map(|page| (page.function, page)));
            }
            // `onMounted(() => …)` in the script of a page
            each_call(&module.top, |call| {
                if is_of_logout && rules.lexicon.is_exactly("page-start", call.last_name()) {
                    for argument in &call.args {
                        if let ValueKind::Closure(index) = argument.value.kind {
                            let begun = FunctionId { module: id, index };
                            found.entry(begun).or_insert(Candidate { named: true, ..Candidate::new(begun, call.last_name()) });
                        }
                    }
                }
            });
        }
        for class in &module.classes {
            for value in class.fields.iter().filter_map(|field| field.value.as_ref()) {
                keyed(program, rules, value, top, found);
            }
        }
    }
}

impl<'p> Finder<'_, 'p> {
    /// Whether a call runs a logout's server function as if it were the client's own, or is a form whose action is called like one.
    fn calls_endpoint(&self, call: &'p Call, place: Place) -> bool {
        let serves = |target: &FunctionId| self.endpoints.by_function.contains_key(target);
        if is_logout_name(self.rules, call.callee.last_name()) && (self.program.targets(call, place, false).iter().any(serves) || self.calls_procedure(call, place)) {
            return true;
        }
        // `const logout = action(async () => { "use server"; … })`
        let is_served = |value: &'p Value| match &value.kind {
            ValueKind::Name(name) | ValueKind::Member(_, name) => {
                is_logout_name(self.rules, name) && (self.program.functions_named(name).iter().any(serves) || self.program.functions_of(value, place, false).iter().any(serves))
            }
            _ => false,
        };
        let is_handle = |action: &&'p Value| is_logout_name(self.rules, action.last_name()) && is_typed_handle(self.program, self.rules, self.endpoints, action, place);
        sending_attributes(call).any(is_served) || call.style == CallStyle::Element && call.named("action").is_some_and(|action| is_handle(&action))
    }

    /// Whether a call runs what the declaration of an endpoint gives: `leave()` with `const leave = createProcedure().handler(…)`.
    fn calls_procedure(&self, call: &'p Call, place: Place) -> bool {
        let declares = |made: &'p Call| self.endpoints.all.iter().any(|endpoint| endpoint.site.and_then(|site| site.call()).is_some_and(|declared| std::ptr::eq(declared, made)));
        self.program.eval(&call.callee, place, false).into_iter().any(|thing| matches!(thing, Thing::Outside { last_call: Some((made, _)), .. } if declares(made)))
    }

    /// Whether a function sends the page itself to a logout: `location.href = "/logout"`.
    fn goes_to_logout(&self, body: &'p Block, place: Place, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        body.iter().any(|step| match &step.kind {
            StepKind::Assign { target, value, .. } => {
                matches!(&target.kind, ValueKind::Name(name) | ValueKind::Member(_, name) if matches!(name.as_str(), "href" | "location"))
                    && location_request(self.program, self.rules, target, value, place).is_some_and(|request| asks_for_logout(self.rules, self.endpoints, &request))
            }
            StepKind::Branch { then, otherwise, .. } => self.goes_to_logout(then, place, depth) || self.goes_to_logout(otherwise, place, depth),
            StepKind::Attempt { body, finally, .. } => self.goes_to_logout(body, place, depth) || self.goes_to_logout(finally, place, depth),
            _ => false,
        })
    }

    /// The functions that a file names a logout after they had another name: `export { leave as logout }`, `const signOut = debounce(leave)`.
    fn renamed(&self, id: ModuleId, module: &'p Module, found: &mut BTreeMap<FunctionId, Candidate<'p>>) {
        let place = Place { module: id, function: None };
        let mut name_them = |name: &str, functions: Vec<FunctionId>| {
            for function in functions.into_iter().filter(|function| !self.program.function(*function).body.is_empty()) {
                found.entry(function).or_insert_with(|| Candidate { named: true, ..Candidate::new(function, name) });
            }
        };
        for export in module.exports.iter().filter(|export| is_logout_name(self.rules, &export.name)) {
            if let ExportTarget::Local(local) = &export.target
                && *local != export.name
            {
                let is_it = |function: &FunctionId| function.module == id && self.program.function(*function).parent.is_none();
                name_them(&export.name, self.program.functions_named(local).iter().copied().filter(is_it).collect());
            }
        }
        for step in &module.top {
            let StepKind::Assign { target: Value { kind: ValueKind::Name(name), .. }, op: AssignOp::Declare, value, .. } = &step.kind else { continue };
            if !is_logout_name(self.rules, name) {
                continue;
            }
            match &value.kind {
                ValueKind::Name(_) => name_them(name, self.program.functions_of(value, place, false)),
                ValueKind::Call(call) => {
                    let handed = call.args.iter().map(|argument| &argument.value).filter(|value| matches!(value.kind, ValueKind::Name(_)));
                    name_them(name, handed.flat_map(|value| self.program.functions_of(value, place, false)).collect());
                }
                _ => {}
            }
        }
    }

    /// What a call of a component, whose body stands at `place`, makes under a logout's name, out of functions that it is handed:
    /// `const { mutate: signOut } = useMutation({ mutationFn: api.signOut, onSuccess() {} })`.
    fn made(&self, body: &'p Block, function: FunctionId, place: Place, found: &mut BTreeMap<FunctionId, Candidate<'p>>) {
        for step in body {
            let StepKind::Assign { target, op: AssignOp::Declare, value, .. } = &step.kind else { continue };
            let ValueKind::Call(call) = &outcome_of(value).kind else { continue };
            let Some(name) = bound_names(target).into_iter().find(|name| is_logout_name(self.rules, name)) else { continue };
            let is_run = |value: &Value| matches!(value.kind, ValueKind::Closure(_) | ValueKind::Member(..) | ValueKind::Name(_));
            let hands = call.args.iter().any(|argument| match &argument.value.kind {
                ValueKind::Record(entries) => entries.iter().any(|(_, entry)| is_run(entry)),
                _ => is_run(&argument.value),
            });
            if hands && self.side == Side::Client && !is_unused_binding(self.program, place, name) {
                found.entry(function).or_insert(Candidate { span: Some(step.span), named: true, call: Some((call, place)), ..Candidate::new(function, name) });
            }
        }
    }
}

/// What an element runs when it is sent or clicked: `<form action={logout}>`, `<button onClick={logout}>`.
pub(super) fn sending_attributes(call: &Call) -> impl Iterator<Item = &Value> {
    let sends = |name: &str| name.eq_ignore_ascii_case("action") || name.eq_ignore_ascii_case("formaction") || name.starts_with("on");
    let of_element = if call.style == CallStyle::Element { call.args.as_slice() } else { &[] };
    of_element.iter().filter(move |argument| argument.name.as_deref().is_some_and(sends)).map(|argument| &argument.value)
}

/// Whether an annotation of a class that is made to a pattern hands over the path of a logout.
pub(super) fn is_marked<'p>(program: &Program<'p>, rules: &RuleSet, module: ModuleId, class: &'p Class) -> bool {
    let place = Place { module, function: None };
    let is_path = |value: &'p Value| match &program.fold(value, place).0.kind {
        ValueKind::Text(text) => text.starts_with('/') && is_logout_path(rules, text),
        _ => false,
    };
    !class.bases.is_empty() && class.annotations.iter().flat_map(|annotation| &annotation.args).any(|argument| is_path(&argument.value))
}

/// Whether a function runs when a page is shown that is called like a logout, by its class or file: `class Logout { componentDidMount() {} }`,
/// `Logout.vue: created() {}`.
fn begins_page(rules: &RuleSet, module: &Module, function: &Function, is_of_logout: bool) -> bool {
    let is_of_page = || function.owner.map_or(is_of_logout && function.parent.is_none(), |owner| is_logout_name(rules, &module.class(owner).name));
    rules.lexicon.is_exactly("page-start", &function.name) && is_of_page()
}

/// Whether a function makes a page that logs out when it is made: the constructor of `@Component(…) class LogoutPage`.
fn makes_page(rules: &RuleSet, module: &Module, function: &Function) -> bool {
    function.owner.is_some_and(|owner| {
        let class = module.class(owner);
        let is_page = || split_words(&class.name).last().is_some_and(|last| rules.lexicon.is_exactly("page-class", last));
        !class.annotations.is_empty() && is_logout_name(rules, &class.name) && is_page()
    })
}

/// Whether a function is what its file exports as a whole: `logout.js: export default function …`.
fn is_all_of_file(module: &Module, index: FunctionIndex) -> bool {
    let function = module.function(index);
    let is_it = |target: &ExportTarget| match target {
        ExportTarget::Local(local) => *local == function.name && !local.is_empty(),
        ExportTarget::Value(value) => matches!(value.kind, ValueKind::Closure(exported) if exported == index),
        ExportTarget::From { .. } => false,
    };
    function.owner.is_none() && function.parent.is_none() && module.exports.iter().any(|export| export.name == "default" && is_it(&export.target))
}

/// Whether a function is what that function gives back: `export default (stores) => async (request, response) => …`.
fn is_given_by_file(module: &Module, index: FunctionIndex) -> bool {
    let gives_it = |step: &crate::ir::Step| matches!(&step.kind, StepKind::Return(Some(value)) if matches!(value.kind, ValueKind::Closure(given) if given == index));
    module.function(index).parent.is_some_and(|outer| is_all_of_file(module, outer) && module.function(outer).body.iter().any(gives_it))
}

/// Whether a function is handed what a server's handlers are: `(context, request)`, or a resolver's `(_, args, { req, res })`.
fn takes_request(rules: &RuleSet, function: &Function) -> bool {
    let is_request = |name: &str| rules.lexicon.is_exactly("handler-parameter", name);
    function.params.iter().take(2).any(|param| is_request(&param.name)) || function.params.get(2).is_some_and(|param| param.parts.iter().any(|(part, _)| is_request(part)))
}

/// Whether a file, or the folder that it is the page of, bears a logout's name: `Logout.vue`, `logout/+page.svelte`.
fn is_file_of_logout(rules: &RuleSet, path: &str) -> bool {
    stem_of_logout(rules, path).is_some()
}

/// That name.
fn stem_of_logout<'t>(rules: &RuleSet, path: &'t str) -> Option<&'t str> {
    let mut parts = path.rsplit('/');
    let stem = parts.next()?.split('.').next()?;
    let mut folder = || parts.next().filter(|_| rules.lexicon.is_exactly("page-file", stem));
    Some(stem).filter(|stem| is_logout_name(rules, stem)).or_else(|| folder().filter(|folder| is_logout_name(rules, folder)))
}

/// The script of a page that logs out when it is shown, outside of all functions: `<script setup>await leave()</script>`.
fn page_itself<'p>(id: ModuleId, module: &'p Module) -> Option<Candidate<'p>> {
    let acts = |step: &crate::ir::Step| matches!(&step.kind, StepKind::Evaluate(value) if matches!(value.awaited().kind, ValueKind::Call(_)));
    if module.language != Language::Component || !module.top.iter().any(acts) {
        return None;
    }
    let function = template_of(id, module)?;
    let top = Place { module: id, function: None };
    Some(Candidate { named: true, arm: Some((&module.top, top)), span: module.top.iter().find(|step| acts(step)).map(|step| step.span), ..Candidate::new(function, "setup") })
}

/// The markup of a component with a script of its own.
fn template_of(id: ModuleId, module: &Module) -> Option<FunctionId> {
    let index = module.functions.iter().position(|function| function.kind == FunctionKind::Template)?;
    Some(FunctionId { module: id, index: FunctionIndex(index as u32) })
}

/// What a block gives that stands as a value: `let sign_out = { let store = store.clone(); Callback::from(move |_| …) }`.
fn outcome_of(value: &Value) -> &Value {
    match &value.kind {
        ValueKind::Block(block) => match block.last().map(|step| &step.kind) {
            Some(StepKind::Evaluate(last) | StepKind::Return(Some(last))) => last,
            _ => value,
        },
        _ => value,
    }
}

/// The local names that a declaration binds.
fn bound_names(target: &Value) -> Vec<&str> {
    match &target.kind {
        ValueKind::Name(name) => vec![name],
        ValueKind::Record(entries) => entries.iter().flat_map(|(_, part)| bound_names(part)).collect(),
        ValueKind::List(items) => items.iter().flat_map(bound_names).collect(),
        _ => Vec::new(),
    }
}

/// Whether a name is a logout's: it has the words, and none of those that make it something else.
pub(super) fn is_logout_name(rules: &RuleSet, name: &str) -> bool {
    !name.is_empty() && rules.lexicon.is("logout", name) && !rules.lexicon.is("not-logout", name)
}

/// Entries of records whose key is a logout's and whose value wraps a function: `logout: procedure.mutation(fn)`.
fn keyed<'p>(program: &Program<'p>, rules: &RuleSet, value: &'p Value, place: Place, found: &mut BTreeMap<FunctionId, Candidate<'p>>) {
    let ValueKind::Record(entries) = &value.kind else { return };
    for (key, entry) in entries {
        let ValueKind::Call(_) = &entry.kind else { continue };
        if is_logout_name(rules, key) {
            for function in closures_of(entry, 4) {
                let id = FunctionId { module: place.module, index: function };
                if !program.function(id).body.is_empty() {
                    found.entry(id).or_insert(Candidate { named: true, ..Candidate::new(id, key) });
                }
            }
        }
    }
}

fn closures_of(value: &Value, depth: usize) -> Vec<FunctionIndex> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    match &value.kind {
        ValueKind::Closure(index) => vec![*index],
        ValueKind::Call(call) => call.args.iter().flat_map(|argument| closures_of(&argument.value, depth)).collect(),
        ValueKind::Record(entries) => entries.iter().flat_map(|(_, entry)| closures_of(entry, depth)).collect(),
        _ => Vec::new(),
    }
}

/// Whether a call has a logout's word in its name or its first arguments.
fn mentions_logout(rules: &RuleSet, call: &Call) -> bool {
    let name = Name::of_call(call);
    let is_logout = |text: &str| rules.lexicon.is("logout", text);
    let in_options = |value: &Value| match &value.kind {
        ValueKind::Record(entries) => entries.iter().any(|(_, entry)| matches!(&entry.kind, ValueKind::Name(name) | ValueKind::Member(_, name) if is_logout(name))),
        _ => false,
    };
    name.segments.iter().any(|segment| is_logout(&segment.text) || segment.called.as_deref().is_some_and(is_logout)) || call.args.iter().any(|argument| in_options(&argument.value))
}

/// The request of a call, unless it only changes the page.
fn sent_request<'p>(program: &Program<'p>, rules: &RuleSet, call: &'p Call, place: Place) -> Option<Request> {
    let names = [Name::of_call(call)];
    let at = super::lookup::At { program, place };
    let language = program.module(place.module).language;
    if !rules.fitting(&[Kind::Navigation], Subject::Call { call, names: &names }, &Vec::new, language, &at).is_empty() {
        return None;
    }
    request_of(program, rules, call, place)
}

/// Whether a request is one of logging out.
pub(super) fn asks_for_logout(rules: &RuleSet, endpoints: &Endpoints<'_>, request: &Request) -> bool {
    if request.is_markup {
        return endpoints.logouts.iter().any(|index| fit(request, &endpoints.all[*index]) > 0);
    }
    is_logout_path(rules, &request.path) || deletes_session(rules, &request.method, &request.path)
}
