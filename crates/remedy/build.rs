//! Embeds the fault catalogue: walks `faults/<family>/<id>.toml` at the root of the workspace
//! and writes one table of the files and one named constant for each fault. Adding a fault is
//! therefore adding a file. What the files say is checked by the crate's tests, not here.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = variable("CARGO_MANIFEST_DIR")?.join("../../faults");
    writeln!(io::stdout(), "cargo::rerun-if-changed={}", root.display())?;
    let code = generate(&catalogue_files(&root.canonicalize()?)?)?;
    fs::write(variable("OUT_DIR")?.join("catalogue_files.rs"), code)
}

fn variable(name: &str) -> io::Result<PathBuf> {
    let missing = || io::Error::other(format!("{name} is not set; cargo sets it"));
    env::var_os(name).map(PathBuf::from).ok_or_else(missing)
}

/// Every `<family>/<id>.toml`, sorted, so that a build is the same on every machine.
fn catalogue_files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for family in fs::read_dir(root)? {
        let family = family?.path();
        if family.is_dir() {
            for file in fs::read_dir(family)? {
                files.push(file?.path());
            }
        }
    }
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    Ok(files)
}

fn generate(files: &[PathBuf]) -> io::Result<String> {
    let (mut table, mut names) = (String::new(), String::new());
    for (number, path) in files.iter().enumerate() {
        let (family, id) = (name_of(path.parent())?, path.file_stem());
        let id = name_of(id.map(Path::new))?;
        let text = path.display().to_string();
        let _ = writeln!(table, "    ({family:?}, {id:?}, include_str!({text:?})),");
        let constant = id.replace('-', "_").to_uppercase();
        let _ = writeln!(names, "    /// {}", document(path)?);
        let _ = writeln!(names, "    pub const {constant}: FaultId = FaultId({number});");
    }
    Ok(format!(
        "const FILES: &[(&str, &str, &str)] = &[\n{table}];\n\n\
         /// Every fault of the catalogue by name: one constant for each file under `faults/`.\n\
         pub mod faults {{\n    use super::FaultId;\n\n{names}}}\n"
    ))
}

fn name_of(path: Option<&Path>) -> io::Result<&str> {
    let name = path.and_then(Path::file_name).and_then(|name| name.to_str());
    name.ok_or_else(|| io::Error::other("a fault file's name is not UTF-8"))
}

/// What documents the constant: the title, and the details the sentence told has places for.
/// The crate's tests insist that both fields are there.
fn document(path: &Path) -> io::Result<String> {
    let text = fs::read_to_string(path)?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("");
    let opened = field("message = ").split('{').skip(1);
    let names = opened.filter_map(|part| Some(part.split_once('}')?.0));
    let names = names.filter(|name| *name != "help").map(|name| format!("`{name}`"));
    let names = names.collect::<Vec<_>>().join(", ");
    let title = field("title = ").trim_matches('"');
    Ok(if names.is_empty() { format!("{title}.") } else { format!("{title}. Details: {names}.") })
}
