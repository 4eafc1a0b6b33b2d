use super::*;

#[test]
fn versions_are_read_as_node_and_python_print_them() {
    assert_eq!(parse_version("v20.20.2"), Some((20, 20)));
    assert_eq!(parse_version("Python 3.11.7"), Some((3, 11)));
    assert_eq!(parse_version("11.19.1"), Some((11, 19)));
    assert_eq!(parse_version("no version here"), None);
    assert_eq!(parse_version(""), None);
}

#[test]
fn a_program_that_is_missing_is_named_with_what_is_wanted() {
    let failure = require("salve-no-such-program", (3, 11), "for a test").unwrap_err();
    let line = failure.to_string();
    assert!(line.contains("salve-no-such-program is missing"), "{line}");
    assert!(line.contains("3.11 or newer (for a test)"), "{line}");
}

#[test]
fn a_stamped_folder_is_not_installed_again_until_the_wish_changes() {
    let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut installs = 0;
    for wanted in ["one", "one", "two"] {
        let install = || {
            installs += 1;
            Ok(())
        };
        stamped(&folder, wanted, install).unwrap();
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(installs, 2);
}
