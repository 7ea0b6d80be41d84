//! CONFIG: the settings.

#[cfg(test)]
mod memory;
mod settings;
mod values;

use crate::command::spec::*;
use crate::ds::bytes::Bytes;
use crate::ds::glob;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::config::Config;
use crate::engine::error::{Error, c_string};
use crate::engine::evict::{By, Policy};
use crate::engine::{notify, num};
use settings::{Change, HIDDEN};
pub use settings::{SETTINGS, Setting};

/// The row of CONFIG.
pub(super) const CONFIG: Row = Row {
    name: "config",
    arity: -2,
    categories: &["slow"],
    group: "server",
    since: "2.0.0",
    complexity: "Depends on subcommand.",
    summary: "Commands about settings.",
    subcommands: &[
        Row {
            name: "get",
            arity: -3,
            flags: ADMIN | NOSCRIPT | LOADING | STALE,
            categories: &["admin", "slow", "dangerous"],
            group: "server",
            since: "2.0.0",
            complexity: "O(N) when N is the number of configuration parameters provided",
            summary: "Answers the settings whose names fit the patterns.",
            history: &[(
                "7.0.0",
                "Added the ability to pass multiple pattern parameters in one call",
            )],
            args: &[string("parameter").multiple()],
            handler: Some(config_get),
            ..Row::NEW
        },
        Row {
            name: "help",
            arity: 2,
            flags: LOADING | STALE,
            categories: &["slow"],
            group: "server",
            since: "5.0.0",
            complexity: "O(1)",
            summary: "Lists the subcommands.",
            handler: Some(config_help),
            ..Row::NEW
        },
        Row {
            name: "resetstat",
            arity: 2,
            flags: ADMIN | NOSCRIPT | LOADING | STALE,
            categories: &["admin", "slow", "dangerous"],
            group: "server",
            since: "2.0.0",
            complexity: "O(1)",
            summary: "Sets the counters of INFO back to zero.",
            tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
            handler: Some(config_resetstat),
            ..Row::NEW
        },
        Row {
            name: "rewrite",
            arity: 2,
            flags: ADMIN | NOSCRIPT | LOADING | STALE,
            categories: &["admin", "slow", "dangerous"],
            group: "server",
            since: "2.8.0",
            complexity: "O(1)",
            summary: "Would write the settings to the file they came from; there is none.",
            tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
            handler: Some(config_rewrite),
            ..Row::NEW
        },
        Row {
            name: "set",
            arity: -4,
            flags: ADMIN | NOSCRIPT | LOADING | STALE,
            categories: &["admin", "slow", "dangerous"],
            group: "server",
            since: "2.0.0",
            complexity: "O(N) when N is the number of configuration parameters provided",
            summary: "Changes settings, all of them or none.",
            history: &[(
                "7.0.0",
                "Added the ability to set multiple parameters in one call.",
            )],
            tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
            args: &[block("data", &[string("parameter"), string("value")]).multiple()],
            handler: Some(config_set),
            ..Row::NEW
        },
    ],
    ..Row::NEW
};

/// A setting by any of its names, in any case.
fn find(name: &[u8]) -> Option<(&'static Setting, &'static str)> {
    SETTINGS.iter().chain(HIDDEN).find_map(|setting| {
        [setting.name, setting.alias]
            .into_iter()
            .find(|own| !own.is_empty() && own.as_bytes().eq_ignore_ascii_case(name))
            .map(|own| (setting, own))
    })
}

/// What a setting is now, as it is printed.
pub fn value(config: &Config, setting: &Setting) -> Vec<u8> {
    config
        .changed
        .get(setting.name)
        .map_or_else(|| setting.default.as_bytes().to_vec(), |v| v.to_vec())
}

/// What the setting of a name is, as it is printed; nothing where there is none of that name.
pub fn named(config: &Config, name: &str) -> String {
    let found = SETTINGS.iter().find(|setting| setting.name == name);
    let text = found.map(|setting| value(config, setting));
    String::from_utf8_lossy(&text.unwrap_or_default()).into_owned()
}

fn config_get(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut found: Vec<(Vec<u8>, &Setting)> = Vec::new();
    let mut add = |name: &[u8], setting: &'static Setting| {
        if !found.iter().any(|(n, _)| n.eq_ignore_ascii_case(name)) {
            found.push((name.to_vec(), setting));
        }
    };
    for pattern in args.from(2) {
        if !pattern.iter().any(|b| b"[*?".contains(b)) {
            if let Some((setting, _)) = find(pattern) {
                add(pattern, setting);
            }
            continue;
        }
        for setting in SETTINGS {
            for name in [setting.name, setting.alias] {
                if !name.is_empty() && glob::matches_nocase(pattern, name.as_bytes()) {
                    add(name.as_bytes(), setting);
                }
            }
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    ctx.out.map(found.len());
    for (name, setting) in found {
        let value = value(&ctx.engine.config, setting);
        ctx.out.bulk(&name);
        ctx.out.bulk(&value);
    }
    Ok(())
}

fn config_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "CONFIG",
        &[
            "GET <pattern>",
            "    Return parameters matching the glob-like <pattern> and their values.",
            "SET <directive> <value>",
            "    Set the configuration <directive> to <value>.",
            "RESETSTAT",
            "    Reset statistics reported by the INFO command.",
            "REWRITE",
            "    Rewrite the configuration file.",
        ],
    );
    Ok(())
}

fn config_resetstat(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.engine.stats.reset();
    for db in &ctx.engine.dbs {
        db.hits.set(0);
        db.misses.set(0);
    }
    ctx.out.ok();
    Ok(())
}

fn config_rewrite(_: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    Err(Error::text(
        "ERR The server is running without a config file",
    ))
}

fn failed(name: &[u8], why: &str) -> Error {
    Error::quoting(&[
        b"ERR CONFIG SET failed (possibly related to argument '",
        name,
        b"') - ",
        why.as_bytes(),
    ])
}

fn config_set(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let pairs = args.from(2).chunks(2);
    if args.len() % 2 == 1 {
        return Err(Error::Syntax);
    }
    let mut chosen: Vec<(&Setting, &str, &[u8])> = Vec::new();
    // What is wrong first is told; values are read only where no name is wrong.
    let mut wrong = None;
    for pair in pairs {
        let [name, value] = pair else { break };
        let typed = *name;
        let Some((setting, name)) = find(name) else {
            wrong.get_or_insert_with(|| {
                Error::quoting(&[
                    b"ERR Unknown option or number of arguments for CONFIG SET - '",
                    typed,
                    b"'",
                ])
            });
            continue;
        };
        let twice = chosen.iter().any(|(_, other, _)| *other == name);
        chosen.push((setting, name, value));
        let why = match setting.change {
            Change::FIXED => "can't set immutable config",
            Change::PROTECTED => "can't set protected config",
            Change::FREE if twice => "duplicate parameter",
            Change::FREE => continue,
        };
        // As it was typed; what is wrong with a value names the setting itself.
        wrong.get_or_insert_with(|| failed(typed, why));
    }
    if let Some(error) = wrong {
        return Err(error);
    }
    let mut config = ctx.engine.config.clone();
    let chosen_memory = chosen.iter().any(|(_, name, _)| *name == "maxmemory");
    for (setting, name, text) in chosen {
        let before = value(&config, setting);
        let value = setting
            .kind
            .read(text, &before)
            .map_err(|why| failed(name.as_bytes(), &why))?;
        // What CONFIG GET prints of the notifications leaves some out that hold.
        let drives = match setting.name {
            "notify-keyspace-events" => c_string(text),
            _ => &value,
        };
        drive(&mut config, setting.name, drives);
        config
            .changed
            .insert(setting.name, Bytes::from_slice(&value));
    }
    ctx.engine.config = config;
    if chosen_memory {
        ctx.engine.limit_memory();
    }
    ctx.out.ok();
    Ok(())
}

/// A number of bytes, as it is printed.
fn whole(value: &[u8]) -> u64 {
    let text = std::str::from_utf8(value).unwrap_or_default();
    text.parse().unwrap_or(u64::MAX)
}

/// Lets a setting do what it does. Most do nothing here: they are about disks, networks and the like.
fn drive(config: &mut Config, name: &str, value: &[u8]) {
    let int = num::parse_i64(value).unwrap_or(i64::MAX);
    let size = num::size(int).unwrap_or(0);
    let limits = &mut config.limits;
    match name {
        "hash-max-listpack-entries" => limits.hash_max_listpack_entries = size,
        "hash-max-listpack-value" => limits.hash_max_listpack_value = size,
        "list-max-listpack-size" => limits.list_max_listpack_size = int as i32,
        "list-compress-depth" => limits.list_compress_depth = int as i32,
        "set-max-intset-entries" => limits.set_max_intset_entries = size,
        "set-max-listpack-entries" => limits.set_max_listpack_entries = size,
        "set-max-listpack-value" => limits.set_max_listpack_value = size,
        "zset-max-listpack-entries" => limits.zset_max_listpack_entries = size,
        "zset-max-listpack-value" => limits.zset_max_listpack_value = size,
        "stream-node-max-bytes" => limits.stream_node_max_bytes = size,
        "stream-node-max-entries" => limits.stream_node_max_entries = size,
        "hll-sparse-max-bytes" => limits.hll_sparse_max_bytes = size,
        "proto-max-bulk-len" => config.proto_max_bulk_len = size,
        "notify-keyspace-events" => config.notify = notify::parse(value).unwrap_or(notify::NONE),
        "maxmemory" => config.max_memory = whole(value),
        "maxmemory-policy" => {
            config.policy = Policy::of(value);
            config.lfu = config.policy.by == Some(By::Frequency);
        }
        "maxmemory-samples" => config.memory_samples = size,
        "lfu-log-factor" => config.lfu_log_factor = int as u32,
        "lfu-decay-time" => config.lfu_decay_minutes = int as u32,
        "requirepass" => config.password = Bytes::from_slice(value),
        "commandlog-execution-slower-than" => config.logs[0].from = int,
        "commandlog-slow-execution-max-len" => config.logs[0].max_len = size,
        "commandlog-request-larger-than" => config.logs[1].from = int,
        "commandlog-large-request-max-len" => config.logs[1].max_len = size,
        "commandlog-reply-larger-than" => config.logs[2].from = int,
        "commandlog-large-reply-max-len" => config.logs[2].max_len = size,
        "latency-monitor-threshold" => config.latency_threshold = size as u64,
        "min-replicas-to-write" => config.replicas_wanted[0] = size as u64,
        "min-replicas-max-lag" => config.replicas_wanted[1] = size as u64,
        "script-step-limit" => config.script_limits.steps = size as u64,
        "script-memory-limit" => config.script_limits.memory = size as u64,
        "tracking-table-max-keys" => config.tracked_max = size,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::testing::check;

    #[test]
    fn a_setting_is_what_it_is_at_first() {
        let mut names: Vec<&str> = SETTINGS.iter().map(|s| s.name).collect();
        assert!(names.is_sorted());
        names.dedup();
        assert_eq!(names.len(), SETTINGS.len());
        for setting in SETTINGS.iter().filter(|s| s.change == Change::FREE) {
            if setting.name == "rdma-bind" {
                continue;
            }
            let default = setting.default.as_bytes();
            let read = setting.kind.read(default, default);
            assert_eq!(read.as_deref(), Ok(default), "{}", setting.name);
            let mut config = Config::default();
            drive(&mut config, setting.name, default);
            assert_eq!(config, Config::default(), "{}", setting.name);
        }
    }

    #[test]
    fn several_settings_change_together_or_not_at_all() {
        check(
            r#"
            A> CONFIG SET set-max-listpack-entries 1 zset-max-ziplist-entries 2 hash-max-listpack-value 1k
            OK
            A> CONFIG GET zset-max-listpack-e* HASH-max-listpack-value
            1) "HASH-max-listpack-value"
            2) "1000"
            3) "zset-max-listpack-entries"
            4) "2"
            A> SADD s a b
            (integer) 2
            A> OBJECT ENCODING s
            "hashtable"
            A> CONFIG SET zset-max-listpack-entries 128 timeout soon
            (error) ERR CONFIG SET failed (possibly related to argument 'timeout') - argument couldn't be parsed into an integer
            A> CONFIG GET zset-max-listpack-entries
            1) "zset-max-listpack-entries"
            2) "2"
            A> CONFIG SET databases 3
            (error) ERR CONFIG SET failed (possibly related to argument 'databases') - can't set immutable config
            A> CONFIG SET nosuch 3
            (error) ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'
            "#,
        );
    }

    #[test]
    fn notifications_are_chosen_by_letters() {
        check(
            r#"
            A> CONFIG SET notify-keyspace-events KEx
            OK
            A> CONFIG GET notify-keyspace-events
            1) "notify-keyspace-events"
            2) "xKE"
            B> PSUBSCRIBE __key*
            1) "psubscribe"
            2) "__key*"
            3) (integer) 1
            A> SET k v PX 10
            OK
            @10
            B<
            1) "pmessage"
            2) "__key*"
            3) "__keyspace@0__:k"
            4) "expired"
            1) "pmessage"
            2) "__key*"
            3) "__keyevent@0__:expired"
            4) "k"
            A> CONFIG SET notify-keyspace-events AKEn
            OK
            A> CONFIG GET notify-keyspace-events
            1) "notify-keyspace-events"
            2) "AKE"
            "#,
        );
    }
}
