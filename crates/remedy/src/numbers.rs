//! The whole numbers in a sentence.

#[cfg(test)]
mod tests;

/// The whole numbers that stand alone in `words`, in order. Those inside names, dates, versions
/// and decimals are none; thousands may be set apart by commas.
pub(crate) fn whole(words: &str) -> Vec<u64> {
    let is_cut = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ','));
    words.split(is_cut).flat_map(numbers_of).collect()
}

fn numbers_of(token: &str) -> Vec<u64> {
    let token = token.trim_matches(['.', ',', '-']);
    if token.chars().any(|c| !c.is_ascii_digit() && c != ',') {
        return Vec::new();
    }
    if let Some((first, groups)) = token.split_once(',')
        && first.len() <= 3
        && groups.split(',').all(|group| group.len() == 3)
    {
        return token.replace(',', "").parse().into_iter().collect();
    }
    token.split(',').filter_map(|part| part.parse().ok()).collect()
}
