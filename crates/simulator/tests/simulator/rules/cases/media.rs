//! Images and PDFs.

use serde_json::{Value, json};

use super::{Case, OPUS, case, image, pdf, png, said, text, with};

pub fn all() -> Vec<Case> {
    let many = |edge: u32| (0..21).map(|_| png(edge, 10)).collect::<Vec<_>>();
    let seen = |blocks: Value| with(OPUS, json!({ "messages": said(blocks) }));
    vec![
        case(
            "image-too-large",
            &[],
            seen(json!([text("x"), image("image/png", &"A".repeat(5_242_881))])),
            "messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 5242881 bytes > \
             5242880 bytes",
            seen(json!([png(10, 10)])),
        ),
        case(
            "image-unreadable",
            &[],
            seen(json!([image("image/png", "AAAA")])),
            "messages.0.content.0.image.source.base64.data: Could not process image",
            seen(json!([png(10, 10)])),
        ),
        case(
            "image-media-type",
            &[],
            seen(json!([image(
                "image/jpeg",
                png(10, 10)["source"]["data"].as_str().expect("data")
            )])),
            "messages.0.content.0.image.source.base64.data: Image does not match the provided \
             media \
             type image/jpeg",
            seen(json!([png(10, 10)])),
        ),
        case(
            "image-edge",
            &[],
            seen(json!([png(8001, 10)])),
            "messages.0.content.0.image.source.base64.data: At least one of the image dimensions \
             exceed max allowed size: 8000 pixels",
            seen(json!([png(8000, 10)])),
        ),
        case(
            "image-edge-many",
            &[],
            seen(json!(many(2001))),
            "messages.0.content.0.image.source.base64.data: At least one of the image dimensions \
             exceed max allowed size for many-image requests: 2000 pixels",
            seen(json!(many(2000))),
        ),
        case(
            "pdf-pages",
            &[],
            seen(json!([pdf(101)])),
            "messages.0.content.0.pdf.source.base64.data: A maximum of 100 PDF pages may be \
             provided.",
            seen(json!([pdf(100)])),
        ),
    ]
}
