//! Version requirements, as far as all ecosystems agree: the least version allowed and the first one that is not.

/// Major, minor and patch number.
pub type Version = (u64, u64, u64);

/// Versions from the first up to, and without, the second.
type Range = (Option<Version>, Option<Version>);

/// The least version that a requirement names: `^0.4.1` is 0.4.1, `>=2,<3` is 2.0.0. `None` if it names none.
pub fn lower_bound(requirement: &str) -> Option<Version> {
    requirement.split("||").map(|alternative| range(alternative, false).0).min().flatten()
}

/// Whether a version from `version` on fits. With `bare_is_caret` a version without a sign stands for all compatible ones.
pub(super) fn allows_at_least(requirement: &str, version: &str, bare_is_caret: bool) -> bool {
    let Some((wanted, _)) = parse(version) else { return true };
    requirement.split("||").any(|alternative| range(alternative, bare_is_caret).1.is_none_or(|end| end > wanted))
}

fn range(requirement: &str, bare_is_caret: bool) -> Range {
    let requirement = requirement.trim().trim_start_matches("workspace:");
    if let Some((from, to)) = requirement.split_once(" - ") {
        return (parse(from).map(|(version, _)| version), parse(to).map(|(version, parts)| after(version, parts)));
    }
    // `[1.0,2.0)` of Maven.
    if let Some(interval) = requirement.strip_prefix(['[', '(']) {
        let (from, to) = interval.split_once(',').unwrap_or((interval, interval));
        let end = parse(to).map(|(version, parts)| if to.ends_with(']') { after(version, parts.max(3)) } else { version });
        return (parse(from).map(|(version, _)| version), end);
    }
    let mut whole: Range = (None, None);
    let mut rest = requirement;
    while let Some((sign, version, after)) = next_term(rest) {
        rest = after;
        let (from, to) = term(sign, version, bare_is_caret);
        whole.0 = whole.0.max(from);
        whole.1 = match (whole.1, to) {
            (Some(left), Some(right)) => Some(left.min(right)),
            (left, right) => left.or(right),
        };
    }
    whole
}

/// The next comparison sign, its version, and what follows.
fn next_term(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start_matches(|character: char| character.is_whitespace() || character == ',');
    if text.is_empty() {
        return None;
    }
    let sign_end = text.find(|character: char| !matches!(character, '^' | '~' | '=' | '<' | '>' | '!')).unwrap_or(text.len());
    let (sign, rest) = text.split_at(sign_end);
    let rest = rest.trim_start();
    let end = rest.find(|character: char| character.is_whitespace() || matches!(character, ',' | '<' | '>' | '=' | '!')).unwrap_or(rest.len());
    // Without a sign and without a version nothing would be consumed.
    let end = if end == 0 && sign.is_empty() { rest.chars().next().map_or(0, char::len_utf8) } else { end };
    Some((sign, &rest[..end], &rest[end..]))
}

fn term(sign: &str, version: &str, bare_is_caret: bool) -> Range {
    let Some((number, parts)) = parse(version) else { return (None, None) };
    let is_wild = version.contains(['*', 'x', 'X', '+']) && parts < 3;
    match sign {
        "^" => (Some(number), Some(compatible(number))),
        "~" => (Some(number), Some(if parts == 1 { (number.0.saturating_add(1), 0, 0) } else { (number.0, number.1.saturating_add(1), 0) })),
        "~=" => (Some(number), Some(if parts <= 2 { (number.0.saturating_add(1), 0, 0) } else { (number.0, number.1.saturating_add(1), 0) })),
        ">=" | ">" => (Some(number), None),
        "<" => (None, Some(number)),
        "<=" => (None, Some(after(number, 3))),
        "!=" => (None, None),
        "" if bare_is_caret && !is_wild => (Some(number), Some(compatible(number))),
        _ => (Some(number), Some(after(number, if is_wild { parts } else { 3 }))),
    }
}

/// The first version that is not compatible with `version`.
fn compatible(version: Version) -> Version {
    match version {
        (0, 0, patch) => (0, 0, patch.saturating_add(1)),
        (0, minor, _) => (0, minor.saturating_add(1), 0),
        (major, _, _) => (major.saturating_add(1), 0, 0),
    }
}

/// The first version after all that begin with the first `parts` numbers of `version`.
fn after(version: Version, parts: usize) -> Version {
    let (major, minor, patch) = version;
    match parts {
        0 | 1 => (major.saturating_add(1), 0, 0),
        2 => (major, minor.saturating_add(1), 0),
        _ => (major, minor, patch.saturating_add(1)),
    }
}

/// The numbers of a version and how many were written; what follows them (`-rc.1`, `.RELEASE`) is left out.
fn parse(version: &str) -> Option<(Version, usize)> {
    let version = version.trim().trim_start_matches(['v', 'V', '=']);
    let mut numbers = [0_u64; 3];
    let mut parts = 0;
    for part in version.splitn(4, '.').take(3) {
        let digits = part.find(|character: char| !character.is_ascii_digit()).unwrap_or(part.len());
        let Ok(number) = part[..digits].parse() else { break };
        numbers[parts] = number;
        parts += 1;
        if digits < part.len() {
            break;
        }
    }
    (parts > 0).then_some(((numbers[0], numbers[1], numbers[2]), parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_version_is_found_in_every_dialect() {
        for (requirement, expected) in [
            ("^0.4.1", Some((0, 4, 1))),
            ("~1.2", Some((1, 2, 0))),
            (">=2,<3", Some((2, 0, 0))),
            ("<3, >= 2.1", Some((2, 1, 0))),
            ("==1.2.*", Some((1, 2, 0))),
            ("~=4.2.1", Some((4, 2, 1))),
            ("v1.2.3-rc.1", Some((1, 2, 3))),
            ("3.2.0.RELEASE", Some((3, 2, 0))),
            ("[1.0,2.0)", Some((1, 0, 0))),
            ("^2 || ^1.5", Some((1, 5, 0))),
            ("1.x", Some((1, 0, 0))),
            ("1.2 - 2", Some((1, 2, 0))),
            ("workspace:^", None),
            ("latest", None),
            ("*", None),
            ("", None),
            ("<3", None),
            ("99999999999999999999", None),
            (">", None),
            ("é é", None),
        ] {
            assert_eq!(lower_bound(requirement), expected, "{requirement}");
        }
    }

    #[test]
    fn a_range_may_end_before_a_version() {
        for (requirement, version, caret, expected) in [
            ("^0.4.1", "0.6.0", false, false),
            ("^0.6.0", "0.6.0", false, true),
            ("~1.2.0", "1.3.0", false, false),
            ("^1.2", "1.9", false, true),
            (">=0.4", "0.6.0", false, true),
            ("0.5.3", "0.6.0", false, false),
            ("0.6", "0.6.5", true, true),
            ("0.6", "0.6.5", false, false),
            ("==1.*", "1.8", false, true),
            ("*", "9", false, true),
            ("<2", "2.0.0", false, false),
            ("^1 || ^2", "2.0", false, true),
            ("[1.0,2.0)", "2.0", false, false),
            ("[1.0,2.0]", "2.0", false, true),
        ] {
            assert_eq!(allows_at_least(requirement, version, caret), expected, "{requirement} from {version}");
        }
    }
}
