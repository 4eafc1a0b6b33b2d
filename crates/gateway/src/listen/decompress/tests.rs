use std::io::Write;

use super::*;

fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    Bytes::from(encoder.finish().unwrap())
}

fn zstd(bytes: &[u8]) -> Bytes {
    Bytes::from(zstd::encode_all(bytes, 3).unwrap())
}

#[test]
fn what_was_packed_comes_back() {
    let text = b"{\"model\":\"claude\"}".repeat(100);
    for (encoding, packed) in [(Encoding::Gzip, gzip(&text)), (Encoding::Zstd, zstd(&text))] {
        assert_eq!(unfold(encoding, packed, 1 << 20).unwrap(), text);
    }
}

#[test]
fn the_limit_counts_unpacked_bytes_at_its_edge() {
    let text = vec![b'x'; 1000];
    for (encoding, packed) in [(Encoding::Gzip, gzip(&text)), (Encoding::Zstd, zstd(&text))] {
        assert_eq!(unfold(encoding, packed.clone(), 1000).unwrap().len(), 1000);
        let error = unfold(encoding, packed, 999).unwrap_err();
        assert_eq!(error, DecompressError::TooLarge { limit: 999 });
    }
}

#[test]
fn a_bomb_is_refused_by_its_ratio_long_before_the_limit() {
    let bomb = vec![0; 64 << 20];
    for (encoding, packed) in [(Encoding::Gzip, gzip(&bomb)), (Encoding::Zstd, zstd(&bomb))] {
        let error = unfold(encoding, packed, 1 << 30).unwrap_err();
        assert!(matches!(error, DecompressError::Ratio { .. }), "{error}");
    }
}

#[test]
fn broken_packing_is_told_as_such() {
    let packed = gzip(b"some text that is packed");
    let cut = packed.slice(..packed.len() - 9);
    assert_eq!(unfold(Encoding::Gzip, cut, 100), Err(DecompressError::Malformed("gzip")));
    let noise = Bytes::from_static(b"not packed at all");
    assert_eq!(unfold(Encoding::Zstd, noise, 100), Err(DecompressError::Malformed("zstd")));
}

#[test]
fn one_known_layer_is_taken_and_no_other() {
    let of = |values: &[&str]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(http::header::CONTENT_ENCODING, value.parse().unwrap());
        }
        Encoding::of(&headers)
    };
    assert_eq!(of(&[]), Ok(Encoding::Identity));
    assert_eq!(of(&["GZIP"]), Ok(Encoding::Gzip));
    assert_eq!(of(&["zstd"]), Ok(Encoding::Zstd));
    assert_eq!(of(&["br"]), Err("br".to_owned()));
    assert_eq!(of(&["gzip, gzip"]), Err("gzip, gzip".to_owned()));
    assert_eq!(of(&["gzip", "gzip"]), Err("more than one layer".to_owned()));
}
