use super::*;

fn reading(ticks: u32, threads: &[(&str, u64)]) -> CpuReading {
    let by_thread = threads.iter().map(|(id, spent)| ((*id).to_owned(), *spent)).collect();
    CpuReading { ticks, by_thread }
}

#[test]
fn nanoseconds_are_used_while_every_thread_lives() {
    let earlier = reading(10, &[("1", 1_000), ("2", 2_000)]);
    let later = reading(20, &[("1", 1_500), ("2", 2_000), ("3", 250)]);
    assert_eq!(later.since(&earlier), Duration::from_nanos(750));
}

#[test]
fn ticks_are_used_when_a_thread_has_ended() {
    let earlier = reading(10, &[("1", 1_000), ("2", 2_000)]);
    let later = reading(13, &[("1", 9_000)]);
    assert_eq!(later.since(&earlier), Duration::from_millis(30));
}
