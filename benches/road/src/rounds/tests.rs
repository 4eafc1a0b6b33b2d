use super::*;

#[test]
fn quantiles_lie_between_neighbours() {
    let mut values = [4.0, 1.0, 3.0, 2.0];
    assert_eq!(quantile(&mut values, 0.0), 1.0);
    assert_eq!(quantile(&mut values, 0.5), 2.5);
    assert_eq!(quantile(&mut values, 1.0), 4.0);
    assert!(quantile(&mut [], 0.5).is_nan());
}
