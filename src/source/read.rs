//! Reads one file as text, or says why not.

use std::fs::File;
use std::io::{self, Read};

use camino::Utf8Path;

use super::content;
use super::{Auxiliary, SourceFile};

/// Why a file's text cannot be had. All are the fault of the scanned tree, and end in its list of skipped files.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("unreadable: {0}")]
    Unreadable(#[from] io::Error),
    /// The file is larger than the limit, in bytes.
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    /// A NUL byte near the beginning.
    #[error("binary")]
    Binary,
    /// Text in another encoding.
    #[error("not UTF-8")]
    NotUtf8,
}

/// The bytes that a file takes on the disk; 0 if it cannot be told.
pub fn size(file: &SourceFile) -> u64 {
    std::fs::metadata(&file.absolute).map_or(0, |metadata| metadata.len())
}

/// The text of a source file. A byte order mark stays at the head of UTF-8 text, so offsets are those of the disk;
/// UTF-16 with its mark is decoded, and offsets are those of the decoded text.
pub fn read(file: &SourceFile, limit: u64) -> Result<String, ReadError> {
    read_path(&file.absolute, limit)
}

/// Whether a text shows that a program wrote it, or that it is a library's release.
pub fn is_foreign(file: &SourceFile, text: &str) -> bool {
    content::not_written_by_hand(text.as_bytes(), file).is_some()
}

/// The text of a file that is no source.
pub fn read_auxiliary(file: &Auxiliary, limit: u64) -> Result<String, ReadError> {
    read_path(&file.absolute, limit)
}

fn read_path(path: &Utf8Path, limit: u64) -> Result<String, ReadError> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge(limit));
    }
    if let Some(decoded) = content::decode_utf16(&bytes) {
        return decoded.ok_or(ReadError::NotUtf8);
    }
    if content::is_binary(&bytes) {
        return Err(ReadError::Binary);
    }
    String::from_utf8(bytes).map_err(|_| ReadError::NotUtf8)
}

/// Reads a whole file into a buffer that is used again and again, and gives its part that was filled. Not more than `limit`
/// bytes are kept.
pub(super) fn read_into<'buffer>(path: &Utf8Path, limit: u64, buffer: &'buffer mut Vec<u8>) -> Result<&'buffer mut [u8], ReadError> {
    const FIRST: usize = 256 * 1024;
    let mut file = File::open(path)?;
    if buffer.len() < FIRST {
        buffer.resize(FIRST, 0);
    }
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            buffer.resize(buffer.len().saturating_mul(2), 0);
        }
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        if filled as u64 > limit {
            return Err(ReadError::TooLarge(limit));
        }
    }
    Ok(&mut buffer[..filled])
}
