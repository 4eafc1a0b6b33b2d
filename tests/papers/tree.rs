//! The files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold nothing of the project's own: what builds, runs and tools leave behind.
const FOREIGN_FOLDERS: [&str; 7] =
    [".git", ".venv", "artifacts", "corpus", "coverage", "node_modules", "target"];

/// A text file.
pub struct File {
    /// Its path from the root, with `/` between.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl File {
    /// Whether it is product code: Rust under `src`, but not a test.
    pub fn is_product_code(&self) -> bool {
        let is_source = self.path.starts_with("src/") || self.path.contains("/src/");
        let is_tool = self.path.starts_with("xtask/") || self.path.starts_with("benches/");
        let is_test = self.path.ends_with("/tests.rs") || self.path.contains("/tests/");
        self.path.ends_with(".rs") && is_source && !is_tool && !is_test
    }

    /// Its name without the folders.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file, in the order of their paths.
pub fn files() -> Vec<File> {
    let mut paths = Vec::new();
    walk(root(), &mut paths);
    paths.sort();
    paths.into_iter().filter_map(|path| read(&path)).collect()
}

/// The text files whose names end so.
pub fn files_ending(ending: &str) -> Vec<File> {
    files().into_iter().filter(|file| file.path.ends_with(ending)).collect()
}

/// The text of the file at `path` from the root.
pub fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Fails unless the file at `path` says `expected`; writes it where documents are regenerated.
pub fn assert_fresh(path: &str, expected: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(root().join(path), expected).expect("the document can be written");
    }
    assert!(text(path) == expected, "{path} is stale: `cargo xtask docs` writes it anew");
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("an entry can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !FOREIGN_FOLDERS.contains(&name.as_str()) {
            walk(&path, paths);
        } else if path.is_file() {
            paths.push(path);
        }
    }
}

/// A file that is no text says nothing; one that another test is just removing says nothing too.
fn read(path: &Path) -> Option<File> {
    let text = String::from_utf8(fs::read(path).ok()?).ok()?;
    let path = path.strip_prefix(root()).ok()?.to_string_lossy().replace('\\', "/");
    Some(File { path, text })
}
