//! The lines of a source text, and columns counted in UTF-16 units as dashboards want them.

/// The text of a 1-based line without its line end.
pub(super) fn line_of(text: &str, line: u32) -> Option<&str> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    text.split('\n').nth(index).map(|line| line.strip_suffix('\r').unwrap_or(line))
}

/// A 1-based column of code points as a 1-based column of UTF-16 units. Columns beyond the line stay as far beyond it.
pub(super) fn utf16(line: &str, column: u32) -> u32 {
    let wide = line.chars().take(column.saturating_sub(1) as usize).filter(|letter| letter.len_utf16() == 2).count();
    column.saturating_add(u32::try_from(wide).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_outside_the_basic_plane_count_twice() {
        let line = line_of("a\r\n\"🙂\" b", 2).unwrap();
        assert_eq!([1, 2, 3, 5, 9].map(|column| utf16(line, column)), [1, 2, 4, 6, 10]);
        assert_eq!((line_of("a\r\n", 1), line_of("a", 2), line_of("a", 0)), (Some("a"), None, None));
    }
}
