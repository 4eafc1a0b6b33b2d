//! The prompt cache: which prefixes are kept, for how long, and what a request reads and writes.
//!
//! A breakpoint looks for a kept prefix at itself and up to twenty blocks back. What lies between
//! the longest prefix found and the last breakpoint is written; the rest is ordinary input.
//! A prefix shorter than the model's minimum is never kept. Reading renews the lifetime.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use tokio::time::Instant;

use crate::limits;
use crate::prompt::{Piece, Prompt, Ttl};
use crate::usage::CacheCreation;

/// Blocks before a breakpoint in which a kept prefix is looked for.
const LOOKBACK: usize = 20;

/// The prefixes kept.
#[derive(Debug, Default)]
pub(crate) struct PromptCache {
    kept: HashMap<u64, Kept>,
}

#[derive(Debug, Clone, Copy)]
struct Kept {
    until: Instant,
    lifetime: Duration,
}

/// How the input of a request divides, in tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct CacheUse {
    /// Read from the cache.
    pub read: u64,
    /// Written to it.
    pub written: CacheCreation,
    /// Neither.
    pub plain: u64,
}

impl PromptCache {
    /// Accounts for a request of `owner` and keeps what it writes.
    pub(crate) fn account(&mut self, owner: u64, prompt: &Prompt, tokens_min: u64) -> CacheUse {
        let now = Instant::now();
        let points = breakpoints(prompt, tokens_min);
        let Some(last) = points.last() else {
            return CacheUse { plain: prompt.tokens, ..CacheUse::default() };
        };
        let read = points.iter().rev().find_map(|point| self.found(owner, prompt, point, now));
        let read = read.unwrap_or(0);
        let written = split_writes(&points, read);
        let plain = prompt.tokens.saturating_sub(last.piece.tokens_so_far);
        self.make_room(points.len(), now);
        for point in &points {
            let lifetime = point.ttl.lifetime();
            let kept = Kept { until: now + lifetime, lifetime };
            self.kept.insert(key(owner, point.piece.prefix), kept);
        }
        CacheUse { read, written, plain }
    }

    /// Forgets every prefix.
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
    }

    /// Tokens of the longest kept prefix that this breakpoint reaches; renews it.
    fn found(
        &mut self,
        owner: u64,
        prompt: &Prompt,
        point: &Point<'_>,
        now: Instant,
    ) -> Option<u64> {
        let reach = prompt.pieces.get(..=point.index)?.iter().rev().take(LOOKBACK + 1);
        for piece in reach {
            let Some(kept) = self.kept.get_mut(&key(owner, piece.prefix)) else {
                continue;
            };
            if kept.until > now {
                kept.until = now + kept.lifetime;
                return Some(piece.tokens_so_far);
            }
        }
        None
    }

    fn make_room(&mut self, more: usize, now: Instant) {
        if self.kept.len().saturating_add(more) <= limits::CACHE_ENTRIES_MAX {
            return;
        }
        self.kept.retain(|_, kept| kept.until > now);
        if self.kept.len().saturating_add(more) > limits::CACHE_ENTRIES_MAX {
            self.kept.clear();
        }
    }
}

struct Point<'a> {
    index: usize,
    piece: &'a Piece,
    ttl: Ttl,
}

fn breakpoints(prompt: &Prompt, tokens_min: u64) -> Vec<Point<'_>> {
    let pieces = prompt.pieces.iter().enumerate();
    let points =
        pieces.filter_map(|(index, piece)| piece.breakpoint.map(|ttl| Point { index, piece, ttl }));
    points.filter(|point| point.piece.tokens_so_far >= tokens_min).collect()
}

/// Divides what lies beyond `read` by the lifetime of the breakpoint that ends each stretch.
fn split_writes(points: &[Point<'_>], read: u64) -> CacheCreation {
    let mut written = CacheCreation::default();
    let mut done = read;
    for point in points {
        let stretch = point.piece.tokens_so_far.saturating_sub(done);
        match point.ttl {
            Ttl::FiveMinutes => written.ephemeral_5m_input_tokens += stretch,
            Ttl::OneHour => written.ephemeral_1h_input_tokens += stretch,
        }
        done = done.max(point.piece.tokens_so_far);
    }
    written
}

fn key(owner: u64, prefix: u64) -> u64 {
    let mut hash = DefaultHasher::new();
    (owner, prefix).hash(&mut hash);
    hash.finish()
}
