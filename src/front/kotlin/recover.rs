//! Parses, and where the grammar loses the rest of a file over one line, parses again without that line.

use std::cell::Cell;
use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Point, Tree};

use super::tree::{span, tokens};
use crate::ir::Problem;
use crate::source::Span;

/// How often a file is parsed at most.
const MAX_ROUNDS: usize = 6;

/// Files longer than this are parsed once.
const MAX_LENGTH: usize = 400_000;

/// How many checks of the parser's work are granted to every file, and for how many bytes there is one more. The parser
/// checks after every hundred actions.
const MIN_BUDGET: usize = 500;
const BYTES_PER_CHECK: usize = 16;

/// The parser is given the text in pieces of so many bytes, so that reading the same text again and again can be counted:
/// within broken code, this grammar looks for the end of a text up to the end of the file at every step.
const PIECE: usize = 4096;

/// How many pieces may be read of every file, and how often each piece.
const MIN_READS: usize = 4000;
const READS_PER_PIECE: usize = 16;

/// How many problems of one file are told; one broken bracket breeds many.
pub(super) const MAX_PROBLEMS: usize = 5;

/// A tree, the text it was made of, and the regions that could not be read at first.
pub(super) struct Parsed {
    pub(super) tree: Tree,
    pub(super) text: String,
    pub(super) problems: Vec<Problem>,
}

/// Parses mended text. `None` if the parser refuses.
pub(super) fn parse(text: String) -> Option<Parsed> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_kotlin::LANGUAGE.into()).ok()?;
    let tree = parse_within_budget(&mut parser, &text)?;
    let (problems, mut stuck) = errors(tree.root_node());
    let mut best = Parsed { tree, text, problems };
    for _ in 1..MAX_ROUNDS {
        let Some(place) = stuck.filter(|_| best.text.len() <= MAX_LENGTH) else { break };
        let Some(shorter) = without_line(&best.text, place.at) else { break };
        let Some(tree) = parse_within_budget(&mut parser, &shorter) else { break };
        let next = errors(tree.root_node()).1;
        if next.is_some_and(|next| next.lost >= place.lost) {
            break;
        }
        best.tree = tree;
        best.text = shorter;
        stuck = next;
    }
    Some(best)
}

/// Parses, unless that takes far more work than any good file of that length: on broken text, this grammar follows
/// ever more readings at once. The work is counted, not timed, so that the same file gives the same result.
fn parse_within_budget(parser: &mut Parser, text: &str) -> Option<Tree> {
    let bytes = text.as_bytes();
    let mut left = MIN_BUDGET + bytes.len() / BYTES_PER_CHECK;
    let reads = Cell::new(MIN_READS + bytes.len() / PIECE * READS_PER_PIECE);
    let mut check = |_: &ParseState| {
        left = left.saturating_sub(1);
        if left == 0 || reads.get() == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let mut read = |at: usize, _: Point| {
        reads.set(reads.get().saturating_sub(1));
        // NOTE: at the end of the budget the text seems to end, which stops the search that spent it.
        let end = if reads.get() == 0 { at } else { at.saturating_add(PIECE).min(bytes.len()) };
        bytes.get(at..end).unwrap_or_default()
    };
    let options = ParseOptions::new().progress_callback(&mut check);
    let tree = parser.parse_with_options(&mut read, None, Some(options)).filter(|_| reads.get() > 0);
    if tree.is_none() {
        parser.reset();
    }
    tree
}

/// Where the parser got stuck first, and how many bytes it lost in all.
#[derive(Clone, Copy)]
struct Stuck {
    at: usize,
    lost: usize,
}

/// The regions that the parser could not read.
fn errors(root: Node<'_>) -> (Vec<Problem>, Option<Stuck>) {
    let mut problems = Vec::new();
    let mut stuck: Option<Stuck> = None;
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        if node.is_error() || node.is_missing() {
            let message = if node.is_error() { "syntax error" } else { "something is missing here" };
            if problems.len() < MAX_PROBLEMS {
                problems.push(Problem { message: message.to_owned(), span: span(node) });
            }
            let lost = node.end_byte() - node.start_byte();
            // NOTE: an error ends where the parser went on; its last child is where it gave up.
            let at = tokens(node).last().map_or(node.start_byte(), Node::end_byte);
            stuck = Some(stuck.map_or(Stuck { at, lost }, |first| Stuck { at: first.at, lost: first.lost + lost }));
        } else if node.has_error() {
            let mut cursor = node.walk();
            let broken: Vec<_> = node.children(&mut cursor).filter(|child| child.has_error() || child.is_missing()).collect();
            stack.extend(broken.into_iter().rev());
        }
    }
    (problems, stuck)
}

/// The text with spaces for the line that holds the next token from `at` on.
fn without_line(text: &str, at: usize) -> Option<String> {
    let bytes = text.as_bytes();
    let token = bytes.iter().enumerate().skip(at).find(|(_, byte)| !matches!(byte, b' ' | b'\t' | b'\r')).map_or(bytes.len(), |(at, _)| at);
    // A token at a line's end is what the parser could not go on from.
    let token = token.min(bytes.len());
    let start = bytes.get(..token)?.iter().rposition(|byte| *byte == b'\n').map_or(0, |before| before + 1);
    let end = bytes.get(token..)?.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |after| token + after);
    let line = Span::new(start, end);
    if text.get(start..end)?.trim().is_empty() {
        return None;
    }
    let mut shorter = bytes.to_vec();
    shorter.get_mut(line.start as usize..line.end as usize)?.fill(b' ');
    String::from_utf8(shorter).ok()
}
