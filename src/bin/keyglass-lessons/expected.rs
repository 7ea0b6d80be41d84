//! Whether a reply is what stands below its command.

/// What stands for anything.
const ANYTHING: &str = "…";

/// Whether what was printed is what is expected. `…` in a line stands for anything in that line, and as a line of its own
/// for any lines. Where nothing is expected, anything but an error is right; an error is right only where one is written.
pub fn fits(printed: &str, expected: &str) -> bool {
    let printed = printed.trim_end();
    let is_error = printed.lines().any(|line| line.starts_with("(error)"));
    let says_error = expected.lines().any(|line| line.starts_with("(error)"));
    if is_error && !says_error {
        return false;
    }
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let lines: Vec<&str> = expected.lines().map(str::trim_end).collect();
    lines.is_empty() || matches(&lines, &printed, |line| line.trim() == ANYTHING, fits_line)
}

fn fits_line(line: &&str, printed: &&str) -> bool {
    let (line, printed): (Vec<char>, Vec<char>) =
        (line.chars().collect(), printed.chars().collect());
    matches(&line, &printed, |c| *c == '…', |a, b| a == b)
}

/// Whether a row is what a pattern says, in which some elements stand for any number of others.
fn matches<T>(
    pattern: &[T],
    row: &[T],
    any: impl Fn(&T) -> bool,
    same: impl Fn(&T, &T) -> bool,
) -> bool {
    let (mut at, mut read) = (0, 0);
    // Where the last wildcard stands, and up to where it reaches so far.
    let mut last = None;
    loop {
        match (pattern.get(at), row.get(read)) {
            (None, None) => return true,
            (Some(one), _) if any(one) => {
                last = Some((at, read));
                at += 1;
                continue;
            }
            (Some(one), Some(other)) if same(one, other) => {
                (at, read) = (at + 1, read + 1);
                continue;
            }
            (_, None) => return false,
            _ => {}
        }
        let Some((wild, reached)) = last else {
            return false;
        };
        last = Some((wild, reached + 1));
        (at, read) = (wild + 1, reached + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn what_stands_below_a_command_is_what_it_prints() {
        for (printed, expected, fit) in [
            ("OK", "OK", true),
            ("OK", "KO", false),
            ("OK\n", "OK", true),
            ("OK", "", true),
            ("(nil)", "", true),
            ("(error) ERR x", "", false),
            ("(error) ERR x", "…", false),
            ("(error) ERR x", "(error) ERR x", true),
            ("(error) ERR x", "(error) …", true),
            ("(integer) 1\n(error) ERR x", "…", false),
            ("\"(error)\"", "…", true),
            ("(integer) 4711", "(integer) …", true),
            ("(integer) 4711", "(integer) 4…1", true),
            ("(integer) 4711", "(integer) 4…2", false),
            ("1) \"a\"\n2) \"b\"\n3) \"c\"", "1) \"a\"\n…", true),
            (
                "1) \"a\"\n2) \"b\"\n3) \"c\"",
                "1) \"a\"\n…\n3) \"c\"",
                true,
            ),
            ("1) \"a\"\n2) \"b\"\n3) \"c\"", "1) \"a\"\n3) \"c\"", false),
            ("1) \"a\"\n2) \"b\"", "1) \"a\"", false),
            ("1) \"a\"", "1) \"a\"\n…", true),
            ("1) \"a\"", "1) \"a\"\n2) …", false),
            ("1) \"aab\"", "1) \"…ab\"", true),
            ("", "…", true),
            ("", "OK", false),
        ] {
            assert_eq!(fits(printed, expected), fit, "{printed:?} {expected:?}");
        }
    }
}
