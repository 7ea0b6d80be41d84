//! The server itself: its commands, its settings, its clock.

mod command;
pub mod config;

use super::spec::*;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;

/// The family's commands.
pub const TABLE: &[Row] = &[
    command::COMMAND,
    config::CONFIG,
    Row {
        name: "time",
        arity: 1,
        flags: LOADING | STALE | FAST,
        categories: &["fast"],
        group: "server",
        since: "2.6.0",
        complexity: "O(1)",
        summary: "Answers the server's time, in seconds and microseconds.",
        tips: &["nondeterministic_output"],
        handler: Some(time),
        ..Row::NEW
    },
];

fn time(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let now = ctx.now();
    ctx.out.array(2);
    ctx.out.bulk_int((now / 1000) as i64);
    ctx.out.bulk_int((now % 1000 * 1000) as i64);
    Ok(())
}
