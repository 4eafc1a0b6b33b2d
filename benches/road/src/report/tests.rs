use super::*;

#[test]
fn only_what_stands_between_the_marks_is_replaced() {
    let [begin, end] = MARKS;
    let document = format!("# Speed\n\n{begin}old\n{end}\n\nWhy.\n");
    let replaced = replaced(&document, MARKS, "new\n").unwrap();
    assert_eq!(replaced, format!("# Speed\n\n{begin}new\n{end}\n\nWhy.\n"));
}

#[test]
fn a_document_without_marks_is_left_alone() {
    assert!(
        replaced("# Speed\n", MARKS, "new\n").unwrap_err().to_string().contains("bench: begin")
    );
}
