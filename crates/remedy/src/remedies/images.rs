//! images: what an upstream cannot read of the images in a conversation.
//!
//! A wrong media type is put right. An image that is refused, or one of too many, becomes a text
//! that says so; those of the last user's message never do, since whoever sent them must know.

mod shots;
#[cfg(test)]
mod tests;

use super::{Refusal, Remedy};
use crate::history;
use crate::known::{Known, Says};
use crate::outbound::Outbound;

use shots::Shot;

/// See the module.
pub struct Images;

const ID: &str = "images";
/// Images under another type than theirs are refused.
const TYPE: &str = "body:image-type";
/// So many images are taken, if any of them is larger than [`PIXELS`] says.
const LIMIT: &str = "limit:images";
/// So many pixels a side are taken in a request of many images.
const PIXELS: &str = "limit:image-pixels";
/// One image that is refused: `image:<fingerprint>`.
const ONE: &str = "image:";
/// No images are taken at all.
const NONE: &str = "images";
/// Up to so many images may be large: Anthropic's figure, and nobody's is known to be lower.
const IMAGES_MAX: u64 = 20;

impl Remedy for Images {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        match feature {
            TYPE => {
                let count = shots::fix_types(&mut request.body);
                noted(request, count, "type")
            }
            NONE => remove(request, |_| true),
            _ => feature
                .strip_prefix(ONE)
                .is_some_and(|fingerprint| remove(request, |shot| shot.fingerprint == fingerprint)),
        }
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        if let Some(limit) = known.limit(LIMIT) {
            thin(request, limit, known.limit(PIXELS));
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let words = refusal.message().to_ascii_lowercase();
        let says = |part: &str| words.contains(part);
        let is_many = ["many-image", "too many images", "number of images"];
        if is_many.iter().any(|part| says(part)) || refusal.diagnosis.fault.id == "images-too-many"
        {
            return react_to_many(request, refusal, &words);
        }
        if super::give_up(request, TYPE) {
            request.learn(TYPE, Says::Refuses);
            return true;
        }
        #[rustfmt::skip]
        let is_blind =
            ["not support", "n't support", "that support", "multimodal", "vision", "only", "不支持"];
        if refusal.detail("path").is_none() && is_blind.iter().any(|part| says(part)) {
            return react_to_none(request);
        }
        react_to_one(request, refusal)
    }
}

/// No image is taken: those of earlier turns go, if the last one has none.
fn react_to_none(request: &mut Outbound) -> bool {
    let has_new = shots::of(&mut request.body).iter().any(|shot| shot.is_new);
    let is_changed = !has_new && super::give_up(request, NONE);
    if is_changed {
        request.learn(NONE, Says::Refuses);
    }
    is_changed
}

fn react_to_one(request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
    let all = shots::of(&mut request.body);
    let named = refusal.detail("path").and_then(shots::place);
    let bytes_max = refusal.number("bytes").or_else(|| {
        // Megabytes are counted in small numbers.
        let limit = refusal.number("limit")?;
        Some(if limit < 1024 { limit.saturating_mul(1024 * 1024) } else { limit })
    });
    let is_meant = |shot: &&Shot| match (&named, bytes_max) {
        (Some(place), _) => shot.place.starts_with(place),
        (None, Some(max)) => shot.bytes as u64 > max,
        (None, None) => false,
    };
    let meant: Vec<_> = all.iter().filter(is_meant).collect();
    if meant.is_empty() || meant.iter().any(|shot| shot.is_new) {
        return false;
    }
    let mut is_changed = false;
    for shot in meant {
        let feature = format!("{ONE}{}", shot.fingerprint);
        if super::give_up(request, &feature) {
            request.learn(feature, Says::Refuses);
            is_changed = true;
        }
    }
    is_changed
}

fn react_to_many(request: &mut Outbound, refusal: &Refusal<'_>, words: &str) -> bool {
    let pixels = refusal.number("limit").filter(|_| words.contains("pixel"));
    let allowed = words.split_once('>').and_then(|(_, rest)| {
        let digits = rest.trim_start().split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    });
    let limit = match pixels {
        Some(_) => IMAGES_MAX,
        None => allowed.or_else(|| refusal.number("count")).unwrap_or(IMAGES_MAX),
    };
    if !thin(request, limit, pixels) {
        return false;
    }
    request.learn(LIMIT, Says::Limit(limit));
    if let Some(pixels) = pixels {
        request.learn(PIXELS, Says::Limit(pixels));
    }
    true
}

/// Leaves `limit` images, the latest, or none beyond so many pixels a side where that is enough.
fn thin(request: &mut Outbound, limit: u64, pixels: Option<u64>) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let over = shots::count(&mut request.body).saturating_sub(limit);
    if over == 0 {
        return false;
    }
    let all = match pixels {
        Some(_) => shots::measured(&mut request.body),
        None => shots::of(&mut request.body),
    };
    let is_large = |shot: &&Shot| pixels.is_none_or(|max| shot.pixels.is_none_or(|own| own > max));
    let large: Vec<_> = all.iter().filter(is_large).collect();
    if large.is_empty() {
        return false;
    }
    // With large ones gone the number does not matter any more, if none of them is new.
    let is_enough = pixels.is_some() && !large.iter().any(|shot| shot.is_new);
    let old = all.iter().filter(|shot| !shot.is_new);
    let gone: Vec<_> = match is_enough {
        true => large.iter().map(|shot| shot.place.clone()).collect(),
        false => old.take(over).map(|shot| shot.place.clone()).collect(),
    };
    remove(request, |shot| gone.contains(&shot.place))
}

/// Makes texts of the images of earlier turns that `is_gone` means.
fn remove(request: &mut Outbound, is_gone: impl Fn(&Shot) -> bool) -> bool {
    let mut is_meant = |shot: &Shot| !shot.is_new && is_gone(shot);
    let count = shots::remove(&mut request.body, &mut is_meant);
    noted(request, count, "image")
}

fn noted(request: &mut Outbound, count: usize, what: &str) -> bool {
    if count > 0 {
        request.note(ID, history::counted(count, what));
    }
    count > 0
}
