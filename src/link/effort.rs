//! Bounds the work of one question, and keeps it from going round in circles.

use std::cell::RefCell;

/// How many values one question may look at.
const MAX_EFFORT: u32 = 400;

#[derive(Default)]
struct Effort {
    /// The addresses of the values that are being looked at.
    open: Vec<usize>,
    left: u32,
}

thread_local! {
    static EFFORT: RefCell<Effort> = RefCell::default();
}

/// Begins to look at the value at an address; `false` if it is being looked at already or the effort is spent. Every `true` needs a [`leave`].
pub(super) fn enter(address: usize) -> bool {
    EFFORT.with_borrow_mut(|effort| {
        // What nothing else asks for is a question of its own, however many steps it may take.
        if effort.open.is_empty() {
            effort.left = MAX_EFFORT;
        }
        if effort.left == 0 || effort.open.contains(&address) {
            return false;
        }
        effort.left -= 1;
        effort.open.push(address);
        true
    })
}

/// Ends what the last [`enter`] began.
pub(super) fn leave() {
    EFFORT.with_borrow_mut(|effort| effort.open.pop());
}
