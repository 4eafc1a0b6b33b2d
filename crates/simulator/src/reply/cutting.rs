//! Ending a reply early: stop sequences and `max_tokens`.

use super::block::Block;
use crate::tokens;

/// Why a reply ended early.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut {
    MaxTokens,
    Sequence(String),
}

/// Cuts the blocks at the first stop sequence and at `max_tokens`, whichever comes first.
pub(super) fn cut(blocks: &mut Vec<Block>, sequences: &[&str], max_tokens: u64) -> Option<Cut> {
    let stopped = at_sequence(blocks, sequences);
    if at_limit(blocks, max_tokens) {
        return Some(Cut::MaxTokens);
    }
    stopped.map(Cut::Sequence)
}

fn at_sequence(blocks: &mut Vec<Block>, sequences: &[&str]) -> Option<String> {
    let found = blocks.iter_mut().enumerate().find_map(|(index, block)| {
        let Block::Text { text } = block else {
            return None;
        };
        let first =
            |sequence: &&str| text.find(*sequence).map(|place| (place, (*sequence).to_owned()));
        let (place, sequence) = sequences.iter().filter_map(first).min()?;
        text.truncate(place);
        Some((index, sequence, text.trim().is_empty()))
    });
    let (index, sequence, is_empty) = found?;
    blocks.truncate(if is_empty { index } else { index + 1 });
    Some(sequence)
}

/// Keeps as much as `max_tokens` allow. Text is cut; a tool call that does not fit is left out.
fn at_limit(blocks: &mut Vec<Block>, max_tokens: u64) -> bool {
    let mut left = max_tokens;
    for index in 0..blocks.len() {
        let Some(block) = blocks.get_mut(index) else {
            break;
        };
        let cost = block.tokens();
        if cost <= left {
            left -= cost;
            continue;
        }
        let keeps = shorten(block, left);
        blocks.truncate(if keeps { index + 1 } else { index });
        return true;
    }
    false
}

/// Shortens a block to `left` tokens; tells whether anything of it remains.
fn shorten(block: &mut Block, left: u64) -> bool {
    let bytes = usize::try_from(left).unwrap_or(usize::MAX).saturating_mul(tokens::BYTES_PER_TOKEN);
    match block {
        Block::Text { text } => {
            text.truncate(tokens::floor_boundary(text, bytes));
            !text.trim().is_empty()
        }
        Block::Thinking { thinking, thought, .. } => {
            thinking.truncate(tokens::floor_boundary(thinking, bytes));
            *thought = left;
            left > 0
        }
        Block::ToolUse { .. } | Block::ServerToolUse { .. } | Block::WebSearchToolResult { .. } => {
            false
        }
    }
}
