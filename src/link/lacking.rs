//! Notes which files an answer would have needed and that are not lowered: when one of them comes, the answer has to be found anew.

use std::cell::{Cell, RefCell};

use rustc_hash::FxHashSet;

use crate::source::FileId;

thread_local! {
    static LACKING: RefCell<Option<FxHashSet<FileId>>> = const { RefCell::new(None) };
    static WISHES: Cell<u64> = const { Cell::new(0) };
    static ROUTES: Cell<bool> = const { Cell::new(false) };
}

/// Notes that a file is lacking, if this thread is listening.
pub(super) fn note(file: FileId) {
    LACKING.with_borrow_mut(|lacking| {
        if let Some(files) = lacking {
            files.insert(file);
        }
    });
}

/// Notes that this thread asked for something that is not lowered, or was answered from what was asked for before.
pub fn note_wish() {
    WISHES.set(WISHES.get().wrapping_add(1));
}

/// Runs a question on this thread and tells which files were lacking for its answer.
///
/// NOTE: the question must not hand work to other threads, and must not ask through what was answered before on behalf of another.
pub fn lacking<R>(question: impl FnOnce() -> R) -> (R, FxHashSet<FileId>) {
    let before = LACKING.replace(Some(FxHashSet::default()));
    let answer = question();
    let files = LACKING.replace(before).unwrap_or_default();
    (answer, files)
}

/// How often this thread has asked for something that is not lowered: more after a question than before if the question did.
pub fn wishes() -> u64 {
    WISHES.get()
}

/// Runs a question on this thread that asks for files only as far as they may lead on to further routes.
pub(super) fn for_routes<R>(question: impl FnOnce() -> R) -> R {
    let before = ROUTES.replace(true);
    let answer = question();
    ROUTES.set(before);
    answer
}

/// Whether what is asked now is asked for routes alone.
pub(super) fn looks_for_routes() -> bool {
    ROUTES.get()
}
