//! Sizes as people write them: `500KB`, `2MiB`, `1048576`.

/// The bytes of a size; an error says what was expected.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let unit: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1_000,
        "kib" => 1_024,
        "m" | "mb" => 1_000_000,
        "mib" => 1_048_576,
        // NOTE: nothing larger, since byte positions of a file are kept in 32 bits.
        _ => return Err("expected a number of bytes such as `500KB`, `2MiB` or `1048576`".to_owned()),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    match bytes {
        Some(0) | None => Err("expected a number of bytes such as `500KB`, `2MiB` or `1048576`".to_owned()),
        Some(bytes) if bytes > LARGEST => Err("the largest size is 1000MB".to_owned()),
        Some(bytes) => Ok(bytes),
    }
}

const LARGEST: u64 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_understood_and_nonsense_is_not() {
        assert_eq!(["1", "500KB", "2 MiB", "3m"].map(|text| parse_size(text).ok()), [Some(1), Some(500_000), Some(2_097_152), Some(3_000_000)]);
        for broken in ["", "0", "-1", "1.5MB", "MB", "1TB", "99999999999999999999", "9999MB", "18446744073709551615MB"] {
            assert!(parse_size(broken).is_err(), "{broken}");
        }
    }
}
