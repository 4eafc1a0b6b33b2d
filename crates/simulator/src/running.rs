//! Starting and stopping.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::control::Control;
use crate::script::ScriptError;
use crate::server;
use crate::settings::Settings;
use crate::tasks::Tasks;
use crate::world::World;

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on: taken, foreign or not permitted.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The script holds more rules than may be in force.
    #[error("the fault script cannot be used: {0}")]
    Script(#[from] ScriptError),
}

/// A simulator that serves. Dropping it stops it.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    control: Control,
    tasks: Tasks,
}

/// Starts a simulator on the current tokio runtime.
///
/// # Errors
/// When the address cannot be listened on or the script is too long.
pub async fn start(settings: Settings) -> Result<Running, StartError> {
    let asked = settings.listen;
    let failed = |source| StartError::Listen { addr: asked, source };
    let listener = server::bind(asked).map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    let world = Arc::new(World::new(settings)?);
    let tasks = Tasks::default();
    tasks.start(server::serve(listener, Arc::clone(&world), tasks.clone()));
    Ok(Running { addr, control: Control::new(world), tasks })
}

impl Running {
    /// The address it listens on, with the port really taken.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The base URL to point clients at, without a final slash.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The in-process twin of the control endpoint.
    #[must_use]
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Stops listening, closes every connection and waits until all of it is done.
    pub async fn stop(self) {
        self.tasks.stop().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.signal_stop();
    }
}
