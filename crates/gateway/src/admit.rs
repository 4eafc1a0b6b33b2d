//! admit: [`Identified`] → [`Admitted`]. May end with 503.
//!
//! From here on a request has a hold, and so ends in exactly one ledger entry, whatever
//! becomes of it. What may turn a request away: a gateway that is going down, a ledger that
//! cannot take it.

use std::sync::Arc;

use salve_ledger::{Clock, Hold, Ledger, LedgerError, NanoUsd, Opened, PriceBook};
use salve_remedy::{Told, faults};

use crate::vocabulary::{Admitted, Endpoint, Identified};

/// Why a request is not taken on.
#[derive(Debug, thiserror::Error)]
pub enum AdmitRefusal {
    /// The gateway is shutting down.
    #[error("this gateway is restarting; the request was not sent anywhere, try again")]
    Draining,
    /// The ledger cannot note the request.
    #[error("this gateway cannot write its ledger right now; the request was not sent anywhere")]
    Ledger(#[from] LedgerError),
}

/// What admitting needs of the gateway.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Where holds are kept.
    pub ledger: Arc<dyn Ledger>,
    /// Wall-clock time.
    pub clock: Arc<dyn Clock>,
    /// What things cost.
    pub prices: Arc<PriceBook>,
}

impl Desk {
    /// Takes the hold.
    ///
    /// # Errors
    /// [`AdmitRefusal::Ledger`] where the ledger cannot be written.
    pub fn admit(&self, identified: Identified) -> Result<Admitted, AdmitRefusal> {
        let opened = self.opened(&identified);
        let multiplier = identified.caller.group.price_multiplier;
        let (ledger, clock) = (Arc::clone(&self.ledger), Arc::clone(&self.clock));
        let hold = Hold::take(ledger, clock, Arc::clone(&self.prices), multiplier, opened)?;
        Ok(Admitted { identified, hold })
    }

    fn opened(&self, identified: &Identified) -> Opened {
        let incoming = &identified.incoming;
        let key = &identified.caller.key;
        Opened {
            request_id: incoming.id.clone(),
            time: self.clock.now(),
            endpoint: incoming.endpoint,
            key: key.name.clone(),
            user: key.user.clone(),
            group: identified.caller.group.name.clone(),
            session: identified.session.clone(),
            agent: identified.agent.clone(),
            model: incoming.request.model.clone(),
            stream: incoming.request.is_stream,
            request_bytes: incoming.request_bytes,
            input_tokens_floor: input_tokens_floor(identified),
            held: NanoUsd::ZERO,
            queue_ms: 0,
        }
    }
}

/// What a request will be taken to have cost in input where its upstream never says: four
/// bytes to a token, the common rough measure. Counting tokens is free.
fn input_tokens_floor(identified: &Identified) -> u64 {
    const BYTES_PER_TOKEN: u64 = 4;
    match identified.incoming.endpoint {
        Endpoint::CountTokens => 0,
        Endpoint::Messages => {
            identified.incoming.request.body.bytes().len() as u64 / BYTES_PER_TOKEN
        }
    }
}

impl From<AdmitRefusal> for Told {
    fn from(refusal: AdmitRefusal) -> Self {
        match refusal {
            AdmitRefusal::Draining => faults::GATEWAY_DRAINING.tell(&[]),
            AdmitRefusal::Ledger(_) => faults::GATEWAY_BACKLOG.tell(&[]),
        }
    }
}
