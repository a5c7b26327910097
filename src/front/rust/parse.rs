//! From text to a lowered module; a file that does not parse is read item by item.

use syn::spanned::Spanned;

use super::items::Names;
use super::lowerer::Lowerer;
use crate::ir::Module;
use crate::source::{FileId, Span};

/// Words a top-level item may begin with.
const ITEM_WORDS: [&str; 18] =
    ["pub", "fn", "async", "unsafe", "const", "static", "struct", "enum", "union", "trait", "impl", "mod", "use", "type", "extern", "macro_rules", "#[", "//"];

/// Lowers the text of one file.
pub(super) fn lower_text(file: FileId, text: &str) -> Module {
    let mut lowerer = Lowerer::new(file);
    let start = code_start(text);
    let code = text.get(start..).unwrap_or("");
    lowerer.offset = start;
    match syn::parse_str::<syn::File>(code) {
        Ok(file) => lowerer.file(&file),
        Err(error) => {
            let at = lowerer.span(error.span());
            lowerer.problem(format!("syntax error: {error}"), at);
            salvage(&mut lowerer, code, start);
        }
    }
    lowerer.module
}

/// The parser's offsets count from behind a byte order mark and a `#!` line.
fn code_start(text: &str) -> usize {
    let after_mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let rest = text.get(after_mark..).unwrap_or("");
    let is_shebang = rest.strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('['));
    if is_shebang { after_mark + rest.find('\n').unwrap_or(rest.len()) } else { after_mark }
}

/// Formatted code begins its items in the first column: cuts there and lowers the pieces that parse.
/// Works on text since the brackets of a broken file need not match.
fn salvage(lowerer: &mut Lowerer, code: &str, start: usize) {
    for range in pieces(code) {
        let Some(piece) = code.get(range.clone()) else { continue };
        lowerer.offset = start + range.start;
        if let Ok(file) = syn::parse_str::<syn::File>(piece) {
            lowerer.file(&file);
        }
    }
}

/// The ranges from one item's first line to the next one's. Attributes and comments belong to the item below.
fn pieces(code: &str) -> Vec<std::ops::Range<usize>> {
    let mut pieces = Vec::new();
    let (mut begin, mut at, mut in_head) = (0, 0, false);
    for line in code.split_inclusive('\n') {
        let is_head = line.starts_with("#[") || line.starts_with("//");
        let is_item = ITEM_WORDS.iter().any(|word| line.starts_with(word));
        if is_item && !in_head && at > begin {
            pieces.push(begin..at);
            begin = at;
        }
        in_head = if is_item { is_head } else { in_head && !line.trim().is_empty() && line.starts_with([' ', '\t', ')', ']']) };
        at += line.len();
    }
    pieces.push(begin..code.len());
    pieces
}

impl Lowerer {
    fn file(&mut self, file: &syn::File) {
        let mut top = std::mem::take(&mut self.module.top);
        self.names = Names::of(&file.items);
        self.items(&file.items, &mut top);
        self.module.top = top;
    }

    /// The exact span of a small syntax tree; costs a pass over it, so never for expressions.
    pub(super) fn whole(&self, tree: &impl Spanned) -> Span {
        self.span(tree.span())
    }
}
