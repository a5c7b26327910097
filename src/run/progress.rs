//! A sign of life on a terminal while a long scan runs.

use std::io::{IsTerminal, stderr};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Scans that are done by then show nothing.
const PATIENCE: Duration = Duration::from_millis(300);

/// Shown until it is dropped.
pub(super) struct Progress {
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Waits a little, and then shows a spinner; does nothing where standard error is no terminal.
    pub(super) fn start(is_wanted: bool, what: String) -> Self {
        if !is_wanted || !stderr().is_terminal() {
            return Self { done: None, thread: None };
        }
        let (done, over) = channel::<()>();
        let thread = std::thread::spawn(move || {
            if over.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_message(what);
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            // An error means that the other end is gone, which is the sign to stop as well.
            let _gone = over.recv();
            bar.finish_and_clear();
        });
        Self { done: Some(done), thread: Some(thread) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            // The report must not begin before the spinner is gone. A spinner that broke is not worth a word.
            let _broken = thread.join();
        }
    }
}
