//! Ctrl-C and SIGTERM: a wish to stop, heard at the next commit or at once between two rounds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::runtime::Runtime;

/// Whether somebody wants it to stop.
pub struct Stop {
    flag: Arc<AtomicBool>,
    told: std::sync::Mutex<Receiver<()>>,
}

impl Stop {
    /// Listens from now on.
    pub fn on_signals(runtime: &Runtime) -> Self {
        let flag = Arc::new(AtomicBool::new(false));
        let (tell, told) = channel();
        let asked = Arc::clone(&flag);
        runtime.spawn(async move {
            wait().await;
            asked.store(true, Ordering::Relaxed);
            // Nobody listens any more when the command has ended by itself.
            let _ = tell.send(());
        });
        Self { flag, told: std::sync::Mutex::new(told) }
    }

    /// Returns what is set when it is to stop.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.flag)
    }

    /// Tells whether it is to stop.
    pub fn is_asked_for(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }

    /// Waits; tells whether it is to stop, as soon as that is known.
    pub fn is_asked_for_within(&self, time: Duration) -> bool {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.recv_timeout(time).is_ok() || self.is_asked_for()
    }
}

#[cfg(unix)]
async fn wait() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn wait() {
    let _ = tokio::signal::ctrl_c().await;
}
