//! Lists: queues and stacks, with waiting.

mod pop;
mod read;
#[cfg(test)]
mod tests;
mod write;

use super::spec::*;
use crate::ds::list::End;
use crate::engine::args::Args;
use crate::engine::error::Error;
use pop::*;
use read::*;
use write::*;

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "blmove",
        arity: 6,
        flags: WRITE | DENYOOM | BLOCKING,
        categories: &["write", "list", "slow", "blocking"],
        group: "list",
        since: "6.2.0",
        complexity: "O(1)",
        summary: "Moves an element from one list to another, waiting for one where there is none.",
        keys: &[
            KeySpec::first(&["RW", "access", "delete"]),
            KeySpec {
                notes: None,
                flags: &["RW", "insert"],
                begin: Begin::Index(2),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[
            key("source"),
            key("destination").key_spec(1),
            one_of("wherefrom", &[flag("left", "LEFT"), flag("right", "RIGHT")]),
            one_of("whereto", &[flag("left", "LEFT"), flag("right", "RIGHT")]),
            double("timeout"),
        ],
        handler: Some(blmove),
        ..Row::NEW
    },
    Row {
        name: "blmpop",
        arity: -5,
        flags: WRITE | BLOCKING | MOVABLEKEYS,
        categories: &["write", "list", "slow", "blocking"],
        group: "list",
        since: "7.0.0",
        complexity: "O(N+M) where N is the number of provided keys and M is the number of elements returned.",
        summary: "Takes elements from the first of several lists that has any, waiting for one where none has.",
        keys: &[KeySpec {
            notes: None,
            flags: &["RW", "access", "delete"],
            begin: Begin::Index(2),
            find: Find::KeyNum {
                index: 0,
                first: 1,
                step: 1,
            },
        }],
        args: &[
            double("timeout"),
            integer("numkeys"),
            key("key").multiple(),
            one_of("where", &[flag("left", "LEFT"), flag("right", "RIGHT")]),
            integer("count").token("COUNT").optional(),
        ],
        handler: Some(blmpop),
        ..Row::NEW
    },
    Row {
        name: "blpop",
        arity: -3,
        flags: WRITE | BLOCKING,
        categories: &["write", "list", "slow", "blocking"],
        group: "list",
        since: "2.0.0",
        complexity: "O(N) where N is the number of provided keys.",
        summary: "Takes the first element of the first list that has any, waiting for one where none has.",
        history: &[(
            "6.0.0",
            "`timeout` is interpreted as a double instead of an integer.",
        )],
        keys: &[KeySpec {
            notes: None,
            flags: &["RW", "access", "delete"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -2,
                step: 1,
                limit: 0,
            },
        }],
        args: &[key("key").multiple(), double("timeout")],
        handler: Some(blpop),
        ..Row::NEW
    },
    Row {
        name: "brpop",
        arity: -3,
        flags: WRITE | BLOCKING,
        categories: &["write", "list", "slow", "blocking"],
        group: "list",
        since: "2.0.0",
        complexity: "O(N) where N is the number of provided keys.",
        summary: "Takes the last element of the first list that has any, waiting for one where none has.",
        history: &[(
            "6.0.0",
            "`timeout` is interpreted as a double instead of an integer.",
        )],
        keys: &[KeySpec {
            notes: None,
            flags: &["RW", "access", "delete"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -2,
                step: 1,
                limit: 0,
            },
        }],
        args: &[key("key").multiple(), double("timeout")],
        handler: Some(brpop),
        ..Row::NEW
    },
    Row {
        name: "brpoplpush",
        arity: 4,
        flags: WRITE | DENYOOM | BLOCKING,
        categories: &["write", "list", "slow", "blocking"],
        group: "list",
        since: "2.2.0",
        complexity: "O(1)",
        summary: "Moves the last element of a list to the head of another, waiting for one where there is none.",
        history: &[(
            "6.0.0",
            "`timeout` is interpreted as a double instead of an integer.",
        )],
        keys: &[
            KeySpec::first(&["RW", "access", "delete"]),
            KeySpec {
                notes: None,
                flags: &["RW", "insert"],
                begin: Begin::Index(2),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[
            key("source"),
            key("destination").key_spec(1),
            double("timeout"),
        ],
        handler: Some(brpoplpush),
        ..Row::NEW
    },
    Row {
        name: "lindex",
        arity: 3,
        flags: READONLY,
        categories: &["read", "list", "slow"],
        group: "list",
        since: "1.0.0",
        complexity: "O(N) where N is the number of elements to traverse to get to the element at index. This makes asking for the first or the last element of the list O(1).",
        summary: "Reads the element at an index; negative indexes count from the tail.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), integer("index")],
        handler: Some(lindex),
        ..Row::NEW
    },
    Row {
        name: "linsert",
        arity: 5,
        flags: WRITE | DENYOOM,
        categories: &["write", "list", "slow"],
        group: "list",
        since: "2.2.0",
        complexity: "O(N) where N is the number of elements to traverse before seeing the value pivot. This means that inserting somewhere on the left end on the list (head) can be considered O(1) and inserting somewhere on the right end (tail) is O(N).",
        summary: "Puts an element before or after another.",
        keys: &[KeySpec::first(&["RW", "insert"])],
        args: &[
            key("key"),
            one_of("where", &[flag("before", "BEFORE"), flag("after", "AFTER")]),
            string("pivot"),
            string("element"),
        ],
        handler: Some(linsert),
        ..Row::NEW
    },
    Row {
        name: "llen",
        arity: 2,
        flags: READONLY | FAST,
        categories: &["read", "list", "fast"],
        group: "list",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Answers how many elements a list has.",
        keys: &[KeySpec::first(&["RO"])],
        args: &[key("key")],
        handler: Some(llen),
        ..Row::NEW
    },
    Row {
        name: "lmove",
        arity: 5,
        flags: WRITE | DENYOOM,
        categories: &["write", "list", "slow"],
        group: "list",
        since: "6.2.0",
        complexity: "O(1)",
        summary: "Moves an element from an end of one list to an end of another.",
        keys: &[
            KeySpec::first(&["RW", "access", "delete"]),
            KeySpec {
                notes: None,
                flags: &["RW", "insert"],
                begin: Begin::Index(2),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[
            key("source"),
            key("destination").key_spec(1),
            one_of("wherefrom", &[flag("left", "LEFT"), flag("right", "RIGHT")]),
            one_of("whereto", &[flag("left", "LEFT"), flag("right", "RIGHT")]),
        ],
        handler: Some(lmove),
        ..Row::NEW
    },
    Row {
        name: "lmpop",
        arity: -4,
        flags: WRITE | MOVABLEKEYS,
        categories: &["write", "list", "slow"],
        group: "list",
        since: "7.0.0",
        complexity: "O(N+M) where N is the number of provided keys and M is the number of elements returned.",
        summary: "Takes elements from the first of several lists that has any.",
        keys: &[KeySpec {
            notes: None,
            flags: &["RW", "access", "delete"],
            begin: Begin::Index(1),
            find: Find::KeyNum {
                index: 0,
                first: 1,
                step: 1,
            },
        }],
        args: &[
            integer("numkeys"),
            key("key").multiple(),
            one_of("where", &[flag("left", "LEFT"), flag("right", "RIGHT")]),
            integer("count").token("COUNT").optional(),
        ],
        handler: Some(lmpop),
        ..Row::NEW
    },
    Row {
        name: "lpop",
        arity: -2,
        flags: WRITE | FAST,
        categories: &["write", "list", "fast"],
        group: "list",
        since: "1.0.0",
        complexity: "O(N) where N is the number of elements returned",
        summary: "Takes elements from the head of a list.",
        history: &[("6.2.0", "Added the `count` argument.")],
        keys: &[KeySpec::first(&["RW", "access", "delete"])],
        args: &[key("key"), integer("count").since("6.2.0").optional()],
        handler: Some(lpop),
        ..Row::NEW
    },
    Row {
        name: "lpos",
        arity: -3,
        flags: READONLY,
        categories: &["read", "list", "slow"],
        group: "list",
        since: "6.0.6",
        complexity: "O(N) where N is the number of elements in the list, for the average case. When searching for elements near the head or the tail of the list, or when the MAXLEN option is provided, the command may run in constant time.",
        summary: "Answers at which indexes an element stands.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("element"),
            integer("rank").token("RANK").optional(),
            integer("num-matches").token("COUNT").optional(),
            integer("len").token("MAXLEN").optional(),
        ],
        handler: Some(lpos),
        ..Row::NEW
    },
    Row {
        name: "lpush",
        arity: -3,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "list", "fast"],
        group: "list",
        since: "1.0.0",
        complexity: "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        summary: "Puts elements at the head of a list, which is made where there is none.",
        history: &[("2.4.0", "Accepts multiple `element` arguments.")],
        keys: &[KeySpec::first(&["RW", "insert"])],
        args: &[key("key"), string("element").multiple()],
        handler: Some(lpush),
        ..Row::NEW
    },
    Row {
        name: "lpushx",
        arity: -3,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "list", "fast"],
        group: "list",
        since: "2.2.0",
        complexity: "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        summary: "Puts elements at the head of a list that exists already.",
        history: &[("4.0.0", "Accepts multiple `element` arguments.")],
        keys: &[KeySpec::first(&["RW", "insert"])],
        args: &[key("key"), string("element").multiple()],
        handler: Some(lpushx),
        ..Row::NEW
    },
    Row {
        name: "lrange",
        arity: 4,
        flags: READONLY,
        categories: &["read", "list", "slow"],
        group: "list",
        since: "1.0.0",
        complexity: "O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end (HEAD or TAIL) for large lists; and N is the number of elements in the specified range.",
        summary: "Reads the elements between two indexes.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), integer("start"), integer("stop")],
        handler: Some(lrange),
        ..Row::NEW
    },
    Row {
        name: "lrem",
        arity: 4,
        flags: WRITE,
        categories: &["write", "list", "slow"],
        group: "list",
        since: "1.0.0",
        complexity: "O(N+M) where N is the length of the list and M is the number of elements removed.",
        summary: "Removes elements that equal a value, from the head, the tail, or all of them.",
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[key("key"), integer("count"), string("element")],
        handler: Some(lrem),
        ..Row::NEW
    },
    Row {
        name: "lset",
        arity: 4,
        flags: WRITE | DENYOOM,
        categories: &["write", "list", "slow"],
        group: "list",
        since: "1.0.0",
        complexity: "O(N) where N is the length of the list. Setting either the first or the last element of the list is O(1).",
        summary: "Replaces the element at an index.",
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[key("key"), integer("index"), string("element")],
        handler: Some(lset),
        ..Row::NEW
    },
    Row {
        name: "ltrim",
        arity: 4,
        flags: WRITE,
        categories: &["write", "list", "slow"],
        group: "list",
        since: "1.0.0",
        complexity: "O(N) where N is the number of elements to be removed by the operation.",
        summary: "Keeps only the elements between two indexes.",
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[key("key"), integer("start"), integer("stop")],
        handler: Some(ltrim),
        ..Row::NEW
    },
    Row {
        name: "rpop",
        arity: -2,
        flags: WRITE | FAST,
        categories: &["write", "list", "fast"],
        group: "list",
        since: "1.0.0",
        complexity: "O(N) where N is the number of elements returned",
        summary: "Takes elements from the tail of a list.",
        history: &[("6.2.0", "Added the `count` argument.")],
        keys: &[KeySpec::first(&["RW", "access", "delete"])],
        args: &[key("key"), integer("count").since("6.2.0").optional()],
        handler: Some(rpop),
        ..Row::NEW
    },
    Row {
        name: "rpoplpush",
        arity: 3,
        flags: WRITE | DENYOOM,
        categories: &["write", "list", "slow"],
        group: "list",
        since: "1.2.0",
        complexity: "O(1)",
        summary: "Moves the last element of a list to the head of another.",
        keys: &[
            KeySpec::first(&["RW", "access", "delete"]),
            KeySpec {
                notes: None,
                flags: &["RW", "insert"],
                begin: Begin::Index(2),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[key("source"), key("destination").key_spec(1)],
        handler: Some(rpoplpush),
        ..Row::NEW
    },
    Row {
        name: "rpush",
        arity: -3,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "list", "fast"],
        group: "list",
        since: "1.0.0",
        complexity: "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        summary: "Puts elements at the tail of a list, which is made where there is none.",
        history: &[("2.4.0", "Accepts multiple `element` arguments.")],
        keys: &[KeySpec::first(&["RW", "insert"])],
        args: &[key("key"), string("element").multiple()],
        handler: Some(rpush),
        ..Row::NEW
    },
    Row {
        name: "rpushx",
        arity: -3,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "list", "fast"],
        group: "list",
        since: "2.2.0",
        complexity: "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
        summary: "Puts elements at the tail of a list that exists already.",
        history: &[("4.0.0", "Accepts multiple `element` arguments.")],
        keys: &[KeySpec::first(&["RW", "insert"])],
        args: &[key("key"), string("element").multiple()],
        handler: Some(rpushx),
        ..Row::NEW
    },
];

/// The end that a word names. Errors: syntax.
fn end(args: Args<'_>, at: usize) -> Result<End, Error> {
    if args.is(at, "LEFT") {
        Ok(End::Left)
    } else if args.is(at, "RIGHT") {
        Ok(End::Right)
    } else {
        Err(Error::Syntax)
    }
}

/// The elements between two indexes, which count from the tail where negative, as the reference clamps
/// them: from the first up to before the second.
fn span(start: i64, end: i64, len: usize) -> (usize, usize) {
    let len = len as i64;
    let from_tail = |index: i64| {
        if index < 0 {
            len.saturating_add(index)
        } else {
            index
        }
    };
    let (start, end) = (from_tail(start).max(0), from_tail(end).min(len - 1));
    if start > end || start >= len {
        (0, 0)
    } else {
        (start as usize, end as usize + 1)
    }
}
