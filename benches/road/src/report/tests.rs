use super::*;

#[test]
fn only_what_stands_between_the_marks_is_replaced() {
    let document = format!("# Speed\n\n{BEGIN}old\n{END}\n\nWhy.\n");
    let replaced = replaced(&document, "new\n").unwrap();
    assert_eq!(replaced, format!("# Speed\n\n{BEGIN}new\n{END}\n\nWhy.\n"));
}

#[test]
fn a_document_without_marks_is_left_alone() {
    assert!(replaced("# Speed\n", "new\n").unwrap_err().to_string().contains("bench: begin"));
}
