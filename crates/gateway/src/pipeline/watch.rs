//! The client while its request is being attempted: kept alive, watched, told of the end.

use std::future::Future;

use bytes::Bytes;
use salve_remedy::faults;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use super::attempt::Attempted;
use crate::limits;
use crate::reply::{Gone, Reply};
use crate::respond::{self, Marks};

/// What `attempting` comes to, unless the client leaves or `cut` says that time is up.
///
/// A client that streams (`early` holds what its head may say by then) is given a sign of life
/// now and then; its status is 200 from the first one on.
pub async fn watched(
    attempting: impl Future<Output = Attempted>,
    reply: &mut Reply,
    early: Option<&Marks>,
    cut: &CancellationToken,
) -> Result<Attempted, Gone> {
    let mut attempting = std::pin::pin!(attempting);
    let mut signs = interval_at(Instant::now() + limits::KEEP_ALIVE, limits::KEEP_ALIVE);
    signs.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // `attempting` is polled in place and lives on; the others only watch. Leaving the loop
        // drops it, which cancels the call to the upstream.
        tokio::select! {
            attempted = &mut attempting => return Ok(attempted),
            () = reply.abandoned() => return Err(Gone),
            () = cut.cancelled() => {
                return Ok(Attempted::Told(Box::new(faults::GATEWAY_STOPPED.tell(&[]))));
            }
            _ = signs.tick() => {
                if let Some(early) = early {
                    sign(reply, early).await?;
                }
            }
        }
    }
}

async fn sign(reply: &mut Reply, early: &Marks) -> Result<(), Gone> {
    if !reply.is_begun() {
        reply.begin(respond::early_stream(early))?;
    }
    reply.send(Bytes::from_static(b": keep-alive\n\n")).await
}
