//! Transactions: commands that are queued and then run together, unless a watched key was modified.

use super::spec::*;
use super::{Command, dispatch};
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "discard",
        arity: 1,
        flags: NOSCRIPT | LOADING | STALE | FAST | ALLOW_BUSY,
        categories: &["fast", "transaction"],
        group: "transactions",
        since: "2.0.0",
        complexity: "O(N), when N is the number of queued commands",
        summary: "Forgets the queued commands and the watched keys.",
        handler: Some(discard),
        ..Row::NEW
    },
    Row {
        name: "exec",
        arity: 1,
        flags: NOSCRIPT | LOADING | STALE | SKIP_COMMANDLOG,
        categories: &["slow", "transaction"],
        group: "transactions",
        since: "1.2.0",
        complexity: "Depends on commands in the transaction",
        summary: "Runs the queued commands with nothing in between, unless a watched key was modified.",
        handler: Some(exec),
        ..Row::NEW
    },
    Row {
        name: "multi",
        arity: 1,
        flags: NOSCRIPT | LOADING | STALE | FAST | NO_MULTI | ALLOW_BUSY,
        categories: &["fast", "transaction"],
        group: "transactions",
        since: "1.2.0",
        complexity: "O(1)",
        summary: "Queues the commands that follow, for EXEC to run.",
        handler: Some(multi),
        ..Row::NEW
    },
    Row {
        name: "unwatch",
        arity: 1,
        flags: NOSCRIPT | LOADING | STALE | FAST | ALLOW_BUSY,
        categories: &["fast", "transaction"],
        group: "transactions",
        since: "2.2.0",
        complexity: "O(1)",
        summary: "Watches no key any more.",
        handler: Some(unwatch),
        ..Row::NEW
    },
    Row {
        name: "watch",
        arity: -2,
        flags: NOSCRIPT | LOADING | STALE | FAST | NO_MULTI | ALLOW_BUSY,
        categories: &["fast", "transaction"],
        group: "transactions",
        since: "2.2.0",
        complexity: "O(1) for every key.",
        summary: "Watches keys: the next EXEC runs nothing if one of them is modified before.",
        keys: &[KeySpec {
            notes: None,
            flags: &["RO"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -1,
                step: 1,
                limit: 0,
            },
        }],
        args: &[key("key").multiple()],
        handler: Some(watch),
        ..Row::NEW
    },
];

fn discard(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    if !ctx.client().transaction.open() {
        return Err(Error::text("ERR DISCARD without MULTI"));
    }
    let conn = ctx.conn;
    ctx.engine.discard(conn);
    ctx.out.ok();
    Ok(())
}

fn exec(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let conn = ctx.conn;
    let transaction = &ctx.client().transaction;
    let Some(count) = transaction.queue.as_ref().map(Vec::len) else {
        return Err(Error::text("ERR EXEC without MULTI"));
    };
    let (refused, dirty) = (transaction.refused, transaction.dirty);
    if refused || dirty {
        ctx.engine.discard(conn);
        if refused {
            return Err(Error::text(
                "EXECABORT Transaction discarded because of previous errors.",
            ));
        }
        ctx.out.null_array();
        return Ok(());
    }
    ctx.engine.unwatch(conn); // it runs, whatever it does to those keys
    ctx.out.array(count);
    ctx.in_exec = true;
    for at in 0..count {
        // The queue keeps its length, which CLIENT INFO tells.
        let queue = ctx.client().transaction.queue.as_mut();
        let Some(command) = queue
            .and_then(|queue| queue.get_mut(at))
            .map(std::mem::take)
        else {
            break;
        };
        let words: Vec<&[u8]> = command.iter().map(|word| word.as_slice()).collect();
        ctx.begin_queued();
        let (start, pushed) = (ctx.out.bytes.len(), ctx.out.pushed);
        if let Err(error) = dispatch(ctx, Args(&words)) {
            ctx.out.bytes.truncate(start);
            ctx.out.error(&error);
            ctx.out.pushed = pushed;
        }
        ctx.engine.notify_births();
    }
    ctx.in_exec = false;
    ctx.engine.discard(conn);
    Ok(())
}

fn multi(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.client().transaction.begin();
    ctx.out.ok();
    Ok(())
}

fn unwatch(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let conn = ctx.conn;
    ctx.engine.unwatch(conn);
    let transaction = &mut ctx.client().transaction;
    (transaction.dirty, transaction.spoiler) = (false, None);
    transaction.spoiled = None;
    ctx.out.ok();
    Ok(())
}

fn watch(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    // Once one was modified, others make no difference.
    if !ctx.client().transaction.dirty {
        for key in args.from(1) {
            ctx.engine.watch(ctx.conn, ctx.db, key);
        }
    }
    ctx.out.ok();
    Ok(())
}

/// Whether a command is queued now instead of run.
pub(super) fn queues(ctx: &mut Ctx<'_>, command: &Command) -> bool {
    ctx.client().transaction.open()
        && !["discard", "exec", "quit", "reset"].contains(&command.container.name)
}

/// The flags that decide whether EXEC may run now: also those of what it runs.
pub(super) fn flags(ctx: &mut Ctx<'_>, spec: &Spec) -> u32 {
    spec.flags | (ctx.client().transaction.flags & (WRITE | MAY_REPLICATE | DENYOOM))
}

/// A command was refused before it ran: a transaction that it was to be part of will not run either,
/// and where it was EXEC, is over.
pub(super) fn refused(ctx: &mut Ctx<'_>, args: Args<'_>, error: Error) -> Error {
    if !args.is(0, "EXEC") {
        ctx.client().transaction.refuse();
        return error;
    }
    let conn = ctx.conn;
    ctx.engine.discard(conn);
    ctx.engine.show_monitors(conn, args.0);
    let wire = error.wire();
    Error::quoting(&[
        b"EXECABORT Transaction discarded because of: ",
        wire.strip_prefix(b"ERR ").unwrap_or(&wire),
    ])
}

#[cfg(test)]
mod tests {
    use crate::command::testing::{check, notifications};

    #[test]
    fn errors_stand_in_the_array_and_waits_end_at_once() {
        check(
            r#"
            A> MULTI
            OK
            A> SET k 1
            QUEUED
            A> LPUSH k 1
            QUEUED
            A> BLPOP list 0
            QUEUED
            A> BLMOVE list other LEFT LEFT 0
            QUEUED
            A> XREAD BLOCK 0 STREAMS s $
            QUEUED
            A> WAIT 1 0
            QUEUED
            A> SELECT 1
            QUEUED
            A> GET k
            QUEUED
            A> EXEC
            1) OK
            2) (error) WRONGTYPE Operation against a key holding the wrong kind of value
            3) (nil)
            4) (nil)
            5) (nil)
            6) (integer) 0
            7) OK
            8) (nil)
            A> EXEC
            (error) ERR EXEC without MULTI
            A> DISCARD
            (error) ERR DISCARD without MULTI
            "#,
        );
    }

    #[test]
    fn what_answers_more_than_once_is_refused_by_exec() {
        check(
            r#"
            A> MULTI
            OK
            A> MONITOR
            QUEUED
            A> SSUBSCRIBE chat
            QUEUED
            A> EXEC
            1) (error) ERR MONITOR isn't allowed for DENY BLOCKING client
            2) (error) ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client
            "#,
        );
    }

    #[test]
    fn a_refused_command_refuses_exec() {
        check(
            r#"
            A> MULTI
            OK
            A> SET k
            (error) ERR wrong number of arguments for 'set' command
            A> SET k 1
            QUEUED
            A> EXEC
            (error) EXECABORT Transaction discarded because of previous errors.
            A> MULTI
            OK
            A> MULTI
            (error) ERR Command 'multi' not allowed inside a transaction
            A> EXEC
            (error) EXECABORT Transaction discarded because of previous errors.
            A> MULTI
            OK
            A> WATCH k
            (error) ERR Command 'watch' not allowed inside a transaction
            A> DISCARD
            OK
            A> MULTI
            OK
            A> EXEC now
            (error) EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command
            A> GET k
            (nil)
            "#,
        );
    }

    #[test]
    fn exec_runs_nothing_once_a_watched_key_was_modified() {
        check(
            r#"
            A> SET k 1 PX 100
            OK
            A> WATCH k none
            OK
            B> DEL none
            (integer) 0
            A> MULTI
            OK
            A> INCR k
            QUEUED
            A> EXEC
            1) (integer) 2
            A> WATCH k
            OK
            @100
            A> MULTI
            OK
            A> SET k 1
            QUEUED
            A> EXEC
            (nil)
            A> WATCH k
            OK
            B> SET k 1 PXAT 1
            OK
            A> MULTI
            OK
            A> EXEC
            (empty array)
            A> WATCH k
            OK
            B> SET k 5
            OK
            A> UNWATCH
            OK
            A> MULTI
            OK
            A> EXEC
            (empty array)
            A> WATCH k
            OK
            B> PERSIST k
            (integer) 0
            B> EXPIRE k 100
            (integer) 1
            A> MULTI
            OK
            A> EXEC
            (nil)
            "#,
        );
    }

    #[test]
    fn flushes_and_swaps_modify_the_keys_that_are_there() {
        check(
            r#"
            A> WATCH k
            OK
            B> FLUSHALL
            OK
            A> MULTI
            OK
            A> EXEC
            (empty array)
            A> WATCH k
            OK
            B> SWAPDB 0 1
            OK
            A> MULTI
            OK
            A> EXEC
            (empty array)
            B> SELECT 1
            OK
            B> SET k 1
            OK
            A> WATCH k
            OK
            B> SWAPDB 1 0
            OK
            A> MULTI
            OK
            A> EXEC
            (nil)
            A> WATCH k
            OK
            B> FLUSHALL
            OK
            A> MULTI
            OK
            A> EXEC
            (nil)
            "#,
        );
    }

    #[test]
    fn who_waits_is_woken_after_the_whole_exec() {
        check(
            r#"
            A> BZPOPMIN board 0
            B> MULTI
            OK
            B> ZADD board 1 ann
            QUEUED
            B> DEL board
            QUEUED
            B> EXEC
            1) (integer) 1
            2) (integer) 1
            A<
            B> MULTI
            OK
            B> ZADD board 1 ann
            QUEUED
            B> ZADD board 0 bob
            QUEUED
            B> EXEC
            1) (integer) 1
            2) (integer) 1
            A<
            1) "board"
            2) "bob"
            3) "0"
            "#,
        );
    }

    #[test]
    fn messages_to_oneself_come_after_the_array() {
        check(
            r#"
            A> HELLO 3 SETNAME a
            1# "server" => "keyglass"
            2# "version" => "9.1.2"
            3# "proto" => (integer) 3
            4# "id" => (integer) 1
            5# "mode" => "standalone"
            6# "role" => "master"
            7# "modules" => (empty array)
            A> MULTI
            OK
            A> SUBSCRIBE news
            QUEUED
            A> PUBLISH news hi
            QUEUED
            A> GET k
            QUEUED
            A> EXEC
            1) 1) "subscribe"
               2) "news"
               3) (integer) 1
            2) (integer) 1
            3) (nil)
            1) "message"
            2) "news"
            3) "hi"
            "#,
        );
    }

    #[test]
    fn reset_forgets_what_was_queued_and_watched() {
        check(
            r#"
            A> WATCH k
            OK
            A> MULTI
            OK
            A> RESET
            RESET
            B> SET k 1
            OK
            A> MULTI
            OK
            A> EXEC
            (empty array)
            "#,
        );
    }

    #[test]
    fn new_keys_are_told_of_before_what_comes_after() {
        let commands = [
            "CONFIG SET notify-keyspace-events EAn",
            "MULTI",
            "SET a 1",
            "SET b 1",
            "EXEC",
        ];
        assert_eq!(
            notifications(&commands),
            ["new a", "set a", "new b", "set b"]
        );
    }
}
