//! The files of the journal: `00000001.wal` and so on.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::folder::private_options;

const SUFFIX: &str = ".wal";

/// The file of a segment.
pub(crate) fn segment_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:08}{SUFFIX}"))
}

/// Makes a segment, which must not exist, and opens it for appending.
pub(super) fn make_segment(folder: &Path, number: u64) -> io::Result<File> {
    private_options().create_new(true).append(true).open(segment_path(folder, number))
}

/// The number of the last segment, 0 where there is none.
pub(crate) fn last_segment(folder: &Path) -> io::Result<u64> {
    Ok(segments(folder)?.into_iter().max().unwrap_or(0))
}

/// The number of the first segment after `number`.
pub(super) fn next_segment(folder: &Path, number: u64) -> io::Result<Option<u64>> {
    Ok(segments(folder)?.into_iter().filter(|other| *other > number).min())
}

/// Removes every segment before `number`. One that is gone already is no failure.
pub(crate) fn remove_before(folder: &Path, number: u64) -> io::Result<()> {
    for old in segments(folder)?.into_iter().filter(|old| *old < number) {
        match fs::remove_file(segment_path(folder, old)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

fn segments(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for file in fs::read_dir(folder)? {
        let name = file?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(SUFFIX));
        numbers.extend(number.and_then(|number| number.parse::<u64>().ok()));
    }
    Ok(numbers)
}
