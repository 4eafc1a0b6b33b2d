//! "Did you mean …?"

/// The candidate that `name` was probably meant to be: at most a third of its letters off.
pub(crate) fn closest<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let letters_off_max = name.chars().count().div_ceil(3).max(2);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(letters_off, candidate)| {
            *letters_off <= letters_off_max && *letters_off < candidate.chars().count()
        })
        .min()
        .map(|(_, candidate)| candidate)
}
