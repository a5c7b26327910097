//! The scanned paths: made absolute, freed of overlaps, and given the names that reports put before their files.

use std::io;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::{Error, Root};

/// Checks the scanned paths. A path inside another one is dropped: its files are found with the other's.
pub(super) fn prepare(given: &[Utf8PathBuf]) -> Result<Vec<Root>, Error> {
    if given.is_empty() {
        return Err(Error::NoRoots);
    }
    let mut roots = Vec::new();
    for path in given {
        roots.push(Root { given: path.clone(), absolute: canonical(path)?, prefix: Utf8PathBuf::new() });
    }
    let all = roots.clone();
    let mut index = 0;
    roots.retain(|root| {
        let at = index;
        index += 1;
        !all.iter().enumerate().any(|(other, candidate)| other != at && root.absolute.starts_with(&candidate.absolute) && (root.absolute != candidate.absolute || other < at))
    });
    if roots.len() > 1 {
        let shared = shared_ancestor(&roots);
        for root in &mut roots {
            root.prefix = prefix(root, &shared);
        }
    }
    Ok(roots)
}

fn canonical(path: &Utf8Path) -> Result<Utf8PathBuf, Error> {
    let real = match path.as_std_path().canonicalize() {
        Ok(real) => real,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::Missing { path: path.to_owned() }),
        Err(source) => return Err(Error::Unreadable { path: path.to_owned(), source }),
    };
    if !real.is_file() && !real.is_dir() {
        return Err(Error::NeitherFileNorDirectory { path: path.to_owned() });
    }
    Utf8PathBuf::from_path_buf(real).map_err(|_| Error::NotUtf8 { path: path.to_owned() })
}

/// As the user wrote it if that is a plain relative path, else as seen from the directory that holds all roots.
fn prefix(root: &Root, shared: &Utf8Path) -> Utf8PathBuf {
    let plain: Utf8PathBuf = root.given.components().filter(|part| *part != Utf8Component::CurDir).collect();
    if !plain.as_str().is_empty() && plain.components().all(|part| matches!(part, Utf8Component::Normal(_))) {
        return plain;
    }
    root.absolute.strip_prefix(shared).map_or_else(|_| root.absolute.clone(), Utf8Path::to_owned)
}

fn shared_ancestor(roots: &[Root]) -> Utf8PathBuf {
    let mut shared = roots.first().and_then(|root| root.absolute.parent()).map(Utf8Path::to_owned).unwrap_or_default();
    while !roots.iter().all(|root| root.absolute.starts_with(&shared)) {
        if !shared.pop() {
            break;
        }
    }
    shared
}
