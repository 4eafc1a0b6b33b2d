//! Images and PDFs given as base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::walk::{Spot, all_blocks};
use super::{Broken, Case, Rule, broken, text_of};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "images-too-many",
        says: "messages: too many images: {} > {}",
        check: |case| {
            let (count, max) = (images(case).count(), case.law.profile.limits.images?);
            (count > max).then(|| vec![count.to_string(), max.to_string()])
        },
    },
    Rule {
        id: "image-too-large",
        says: "{}.image.source.base64: image exceeds {} MB maximum: {} bytes > {} bytes",
        check: |case| {
            let max = case.law.profile.limits.image_bytes;
            let (spot, data) = images(case).find(|(_, data)| data.len() > max)?;
            broken([spot.path(), megabytes(max), data.len().to_string(), max.to_string()])
        },
    },
    Rule {
        id: "image-unreadable",
        says: "{}.image.source.base64.data: Could not process image",
        check: |case| {
            let (spot, _) = images(case).find(|(_, data)| picture(data).is_none())?;
            broken([spot.path()])
        },
    },
    Rule {
        id: "image-media-type",
        says: "{}.image.source.base64.data: Image does not match the provided media type {}",
        check: |case| {
            images(case).find_map(|(spot, data)| {
                let told = text_of(spot.block.get("source")?, "media_type");
                let matches = picture(data).is_some_and(|picture| picture.media_type == told);
                (!matches).then(|| vec![spot.path(), told.to_owned()])
            })
        },
    },
    Rule {
        id: "image-edge",
        says: "{}.image.source.base64.data: At least one of the image dimensions exceed max \
               allowed size: {} pixels",
        check: |case| wider_than(case, case.law.profile.limits.image_edge),
    },
    Rule {
        id: "image-edge-many",
        says: "{}.image.source.base64.data: At least one of the image dimensions exceed max \
               allowed size for many-image requests: {} pixels",
        check: |case| {
            let limits = &case.law.profile.limits;
            let many = images(case).count() > limits.images_many;
            many.then(|| wider_than(case, limits.image_edge_many)).flatten()
        },
    },
    Rule {
        id: "pdf-pages",
        says: "{}.pdf.source.base64.data: A maximum of {} PDF pages may be provided.",
        check: |case| {
            let max = case.law.profile.limits.pdf_pages;
            let (spot, _) = sources(case, "document").find(|(_, data)| pages(data) > max)?;
            broken([spot.path(), max.to_string()])
        },
    },
];

/// Megabytes as the service writes them: `5`, `3.75`.
fn megabytes(bytes: usize) -> String {
    let hundredths = bytes.saturating_mul(100) / (1024 * 1024);
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Base64 letters of an image that are looked at, a multiple of four: its size stands in its
/// beginning, though a JPEG may put a preview of some 64 KB before it.
const HEAD_BYTES: usize = 256 * 1024;

struct Picture {
    media_type: &'static str,
    edge: usize,
}

fn wider_than(case: &Case<'_>, max: usize) -> Broken {
    let wide = |data: &str| picture(data).is_some_and(|picture| picture.edge > max);
    let (spot, _) = images(case).find(|(_, data)| wide(data))?;
    broken([spot.path(), max.to_string()])
}

fn images<'a>(case: &Case<'a>) -> impl Iterator<Item = (Spot<'a>, &'a str)> + use<'a> {
    sources(case, "image")
}

/// The base64 sources of blocks of a kind.
fn sources<'a>(
    case: &Case<'a>,
    kind: &'static str,
) -> impl Iterator<Item = (Spot<'a>, &'a str)> + use<'a> {
    all_blocks(case).filter(move |spot| spot.kind == kind).filter_map(|spot| {
        let source = spot.block.get("source")?;
        (text_of(source, "type") == "base64").then(|| (spot, text_of(source, "data")))
    })
}

/// What the first bytes of an image tell.
fn picture(base64: &str) -> Option<Picture> {
    let head = base64.get(..HEAD_BYTES).unwrap_or(base64);
    let bytes = STANDARD.decode(head).ok()?;
    let media_type = match imagesize::image_type(&bytes).ok()? {
        imagesize::ImageType::Png => "image/png",
        imagesize::ImageType::Jpeg => "image/jpeg",
        imagesize::ImageType::Gif => "image/gif",
        imagesize::ImageType::Webp => "image/webp",
        _ => return None,
    };
    let size = imagesize::blob_size(&bytes).ok()?;
    Some(Picture { media_type, edge: size.width.max(size.height) })
}

/// Pages of a PDF: its page objects, without the nodes that group them.
fn pages(base64: &str) -> usize {
    let bytes = STANDARD.decode(base64).unwrap_or_default();
    let names = [b"/Type /Page".as_slice(), b"/Type/Page".as_slice()];
    let count = |name: &[u8]| {
        let ends = bytes.windows(name.len() + 1).filter(|window| {
            window.starts_with(name) && window.last().is_some_and(|next| *next != b's')
        });
        ends.count()
    };
    names.iter().map(|name| count(name)).sum()
}
