use super::*;

#[test]
fn bodies_have_about_the_size_asked_for() {
    for bytes in [1_024, 102_400, 1_048_576, 5_242_880] {
        let length = request(bytes, true).unwrap().len();
        assert!(length + 100 > bytes && length < bytes + bytes / 4 + 512, "{length} for {bytes}");
    }
}

#[test]
fn the_upstream_can_tell_a_streamed_request_by_its_end() {
    assert!(request(1_024, true).unwrap().ends_with(STREAM_MARK));
    assert!(!request(1_024, false).unwrap().ends_with(STREAM_MARK));
}

#[test]
fn a_body_is_the_same_each_time() {
    assert_eq!(request(102_400, true).unwrap(), request(102_400, true).unwrap());
}
