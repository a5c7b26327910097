//! The known id that is nearest to a mistyped one.

use super::ALL;

/// The check id that somebody who typed `word` most likely meant; nothing when all are far away.
pub fn nearest(word: &str) -> Option<&'static str> {
    // NOTE: ids are short, so a longer word is not one of them, and its distance is not worth computing.
    if word.chars().count() > 60 {
        return None;
    }
    let best = ALL.iter().map(|check| (distance(word, check.id), check.id)).min()?;
    (best.0 <= best.1.len() / 3).then_some(best.1)
}

/// The number of letters to insert, delete or replace.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().enumerate() {
        let mut next = vec![index + 1];
        for (column, other) in to.iter().enumerate() {
            let replaced = row[column] + usize::from(letter != *other);
            next.push(replaced.min(row[column + 1] + 1).min(next[column] + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_id_and_nonsense_finds_none() {
        assert_eq!(nearest("logout-clear-data"), Some("logout-clears-data"));
        assert_eq!(nearest("open-redirct"), Some("open-redirect"));
        assert_eq!(nearest("xyzzy"), None);
        assert_eq!(nearest(&"a".repeat(100_000)), None);
    }
}
