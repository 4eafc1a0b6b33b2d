use super::*;

#[test]
fn a_body_that_outgrows_its_first_allocation_gets_all_that_it_lacks_at_once() {
    let declared = 5 << 20;
    let mut whole = BytesMut::zeroed(1 << 20);
    make_room(&mut whole, 1, declared);
    assert!((declared..declared + 4_096).contains(&whole.capacity()), "{}", whole.capacity());
}

#[test]
fn a_declared_length_is_believed_as_far_as_what_came_vouches_for_it() {
    let mut whole = BytesMut::zeroed(1_000);
    make_room(&mut whole, 10, 1 << 40);
    let most = 1_000 * (limits::BODY_GROWTH_MAX + 1);
    assert!((1_010..=most + 64).contains(&whole.capacity()), "{}", whole.capacity());
}

#[test]
fn without_a_declared_length_there_is_room_for_what_comes() {
    let mut whole = BytesMut::zeroed(10);
    make_room(&mut whole, 100_000, 0);
    assert!(whole.capacity() >= 100_010, "{}", whole.capacity());
}
