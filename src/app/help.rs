//! `HELP`, as `redis-cli` prints it.

use std::collections::BTreeSet;

use super::hint::syntax;
use crate::session::message::CommandDoc;

/// The text of `HELP` with the words behind it, without the last line break. With words that name
/// nothing it is one empty line, as in `redis-cli`.
pub fn help<W: AsRef<[u8]>>(words: &[W], commands: &[CommandDoc]) -> String {
    let Some(first) = words.first() else {
        return general();
    };
    let mut sorted: Vec<&CommandDoc> = commands.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut out = String::new();
    match first.as_ref().strip_prefix(b"@") {
        Some(group) => {
            for doc in sorted
                .iter()
                .filter(|doc| doc.group.as_bytes().eq_ignore_ascii_case(group))
            {
                entry(&mut out, doc, false);
            }
        }
        None => {
            for doc in sorted.iter().filter(|doc| begins_with(&doc.name, words)) {
                entry(&mut out, doc, true);
            }
        }
    }
    out
}

/// The groups as HELP takes them, `@sorted-set`, in order.
pub fn groups(commands: &[CommandDoc]) -> Vec<String> {
    let groups: BTreeSet<&str> = commands.iter().map(|doc| doc.group.as_str()).collect();
    groups
        .into_iter()
        .map(|group| format!("@{group}"))
        .collect()
}

/// Whether a command's name begins with words, in any case: `XGROUP` names its subcommands too.
fn begins_with<W: AsRef<[u8]>>(name: &str, words: &[W]) -> bool {
    let mut parts = name.split(' ');
    words.iter().all(|word| {
        parts
            .next()
            .is_some_and(|part| part.as_bytes().eq_ignore_ascii_case(word.as_ref()))
    })
}

fn entry(out: &mut String, doc: &CommandDoc, with_group: bool) {
    out.push_str(&format!(
        "\n  {} {}\n  summary: {}\n  since: {}\n",
        doc.name,
        syntax(doc),
        doc.summary,
        doc.since
    ));
    if with_group {
        out.push_str(&format!("  group: {}\n", doc.group));
    }
}

fn general() -> String {
    format!(
        "keyglass {}\n\
         To get help about commands type:\n      \
         \"help @<group>\" to get a list of commands in <group>\n      \
         \"help <command>\" for help on <command>\n      \
         \"help <tab>\" to get a list of possible help topics\n      \
         \"quit\" to reconnect\n\
         \n\
         To hold the clock type:\n      \
         \".pause\" to let it stand, \".resume\" to let it run\n      \
         \".advance 30s\" to move it on (ms, s, m or h), \".advance expiry\" or\n      \
         \".advance timeout\" to the next of these, \".step\" to whatever comes next\n      \
         \".speed 10\" to run it ten times as fast (0.1 to 100)\n\
         \n\
         To steer an actor type:\n      \
         \".crash worker-1\" to end it at once, \".restart worker-1\" to begin it again\n      \
         \".halt worker-1\" to hold it, \".go worker-1\" to let it go on\n      \
         \".slow worker-1 10\" to make it take ten times as long\n      \
         \".remove worker-1\" to end and forget it\n\
         \n\
         To see another moment of the session type:\n      \
         \".undo\", \".redo\", \".at 00:04:31.250\", \".back\" to the end\n      \
         \".fork\" to go on from there (whatever is typed there does too)\n      \
         \".name before the crash\" to name the moment\n\
         \n\
         To set preferences:\n      \
         \":set hints\" enable online hints\n      \
         \":set nohints\" disable online hints",
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::super::hint::tests::commands;
    use super::*;

    fn shown(line: &str) -> String {
        help(&line.split_whitespace().collect::<Vec<_>>(), &commands())
    }

    #[test]
    fn a_command_is_explained() {
        let text = "\n  GET key\n  summary: Does get.\n  since: 1.2.3\n  group: string\n";
        assert_eq!(shown("get"), text);
        assert_eq!(shown("GET"), text);
    }

    #[test]
    fn a_container_is_explained_with_its_subcommands() {
        let text = shown("xgroup");
        let names: Vec<_> = text.lines().filter(|l| l.starts_with("  XGROUP")).collect();
        assert_eq!(
            names,
            [
                "  XGROUP ",
                "  XGROUP CREATE key group id|$ [MKSTREAM]",
                "  XGROUP DESTROY key group"
            ]
        );
        assert_eq!(
            shown("xgroup DESTROY"),
            "\n  XGROUP DESTROY key group\n  summary: Does xgroup destroy.\n  since: 1.2.3\n  group: stream\n"
        );
    }

    #[test]
    fn a_group_is_listed_in_order_and_without_its_name() {
        assert_eq!(
            shown("@Sorted-Set"),
            "\n  ZADD key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]\n  summary: Does zadd.\n  since: 1.2.3\n\
             \n  ZINCRBY key increment member\n  summary: Does zincrby.\n  since: 1.2.3\n"
        );
        assert_eq!(
            groups(&commands()).first().map(String::as_str),
            Some("@connection")
        );
    }

    #[test]
    fn what_is_not_there_is_an_empty_line() {
        for line in ["nosuch", "get x", "@nosuch", "@", "xgroup nosuch"] {
            assert_eq!(shown(line), "", "{line}");
        }
    }

    #[test]
    fn help_alone_says_how_to_ask() {
        assert!(shown("").starts_with("keyglass "));
        assert!(shown("").contains("\n      \"help <tab>\" to get"));
        for line in super::super::clock::LINES
            .iter()
            .chain(&super::super::actors::lines::LINES)
            .chain(&super::super::past::LINES)
        {
            assert!(shown("").contains(&format!("\"{line}")), "{line}");
        }
    }
}
