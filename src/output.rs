//! Writes reports: a file whole or not at all, standard output without a complaint about a closed pipe.

use std::io::{self, BufWriter, Write};

use camino::{Utf8Path, Utf8PathBuf};
use thiserror::Error;

/// Why a report could not be written.
#[derive(Debug, Error)]
pub enum OutputError {
    /// The user's fault as a rule: the folder is missing or must not be written to.
    #[error("cannot write `{path}`")]
    File { path: Utf8PathBuf, source: io::Error },
    /// The terminal or pipe is broken in another way than by being closed.
    #[error("cannot write to standard output")]
    Stdout { source: io::Error },
}

/// Writes to a path, `-` being standard output. `fill` gets the place to write to and may fail with what the place says.
pub fn write(path: &Utf8Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), OutputError> {
    if path == "-" { to_stdout(fill) } else { to_file(path, fill).map_err(|source| OutputError::File { path: path.to_owned(), source }) }
}

/// Fills a temporary file beside the goal and renames it, so that the goal is never half written.
fn to_file(path: &Utf8Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    // NOTE: a device or a pipe, such as /dev/stdout, cannot be replaced by renaming and has no half-written state that stays.
    if path.metadata().is_ok_and(|meta| !meta.is_file() && !meta.is_dir()) {
        let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
        return fill(&mut file).and_then(|()| file.flush()).or_else(closed_pipe);
    }
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    // NOTE: the link's goal is replaced and not the link, as with an ordinary write.
    let goal = path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned());
    let folder = goal.parent().filter(|folder| !folder.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    let mut temporary = tempfile::Builder::new().prefix(".logout-audit-").tempfile_in(folder)?;
    let mut buffer = BufWriter::new(temporary.as_file_mut());
    fill(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    readable(temporary.as_file(), &goal)?;
    temporary.persist(&goal).map_err(|error| error.error)?;
    Ok(())
}

/// Temporary files are closed to others; a report is an ordinary file.
#[cfg(unix)]
fn readable(file: &std::fs::File, goal: &Utf8Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = goal.metadata().map_or(0o644, |meta| meta.permissions().mode() & 0o777);
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File, _: &Utf8Path) -> io::Result<()> {
    Ok(())
}

fn to_stdout(fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), OutputError> {
    let mut buffer = BufWriter::new(io::stdout().lock());
    let written = fill(&mut buffer).and_then(|()| buffer.flush());
    // NOTE: what is left in the buffer after an error would be written again when it is dropped.
    let (_, _rest) = buffer.into_parts();
    written.or_else(closed_pipe).map_err(|source| OutputError::Stdout { source })
}

/// Whoever closed the pipe has seen enough.
fn closed_pipe(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        (folder, path)
    }

    #[test]
    fn a_report_that_breaks_off_leaves_the_old_file() {
        let (_guard, folder) = folder();
        let path = folder.join("report.json");
        write(&path, |out| out.write_all(b"whole")).unwrap();
        let broken = write(&path, |out| out.write_all(b"ha").and(Err(io::Error::other("broken"))));
        assert!(broken.is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "whole");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let (_guard, folder) = folder();
        let error = write(&folder.join("no/report.json"), |_| Ok(())).unwrap_err();
        assert!(error.to_string().contains("no/report.json"), "{error}");
        assert!(write(&folder, |_| Ok(())).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let (_guard, folder) = folder();
        std::fs::write(folder.join("real"), "old").unwrap();
        std::os::unix::fs::symlink(folder.join("real"), folder.join("link")).unwrap();
        write(&folder.join("link"), |out| out.write_all(b"new")).unwrap();
        assert_eq!(std::fs::read_to_string(folder.join("real")).unwrap(), "new");
        assert!(folder.join("link").is_symlink());
    }
}
