//! INFO, MONITOR and LOLWUT: what the server says of itself.

use std::fmt::Write;

use crate::command::connection::REFERENCE_VERSION;
use crate::command::server::config::named;
use crate::engine::args::Args;
use crate::engine::client::Client;
use crate::engine::db::Db;
use crate::engine::error::Error;
use crate::engine::evict;
use crate::engine::{Ctx, Engine};

/// The sections of INFO in their order, and whether they come unasked.
const SECTIONS: [(&str, &str, bool); 12] = [
    ("server", "Server", true),
    ("clients", "Clients", true),
    ("memory", "Memory", true),
    ("persistence", "Persistence", true),
    ("stats", "Stats", true),
    ("replication", "Replication", true),
    ("cpu", "CPU", true),
    ("modules", "Modules", true),
    ("commandstats", "Commandstats", false),
    ("errorstats", "Errorstats", true),
    ("cluster", "Cluster", true),
    ("keyspace", "Keyspace", true),
];

pub(super) fn info(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let asked = |name: &str, default: bool| {
        let mut words = args.from(1).iter();
        if args.len() == 1 {
            return default;
        }
        words.any(|word| {
            let is = |text: &str| word.eq_ignore_ascii_case(text.as_bytes());
            is(name) || is("all") || is("everything") || (default && is("default"))
        })
    };
    let mut text = String::new();
    if asked("memory", true) {
        ctx.engine.used_memory();
    }
    for (name, title, default) in SECTIONS {
        if !asked(name, default) {
            continue;
        }
        if !text.is_empty() {
            text.push_str("\r\n");
        }
        let _ = write!(text, "# {title}\r\n");
        for (field, value) in section(ctx.engine, name) {
            let _ = write!(text, "{field}:{value}\r\n");
        }
    }
    ctx.out.verbatim(&text);
    Ok(())
}

fn human(bytes: u64) -> String {
    let bytes = bytes as f64;
    match bytes {
        ..1024.0 => format!("{bytes}B"),
        ..1_048_576.0 => format!("{:.2}K", bytes / 1024.0),
        ..1_073_741_824.0 => format!("{:.2}M", bytes / 1_048_576.0),
        _ => format!("{:.2}G", bytes / 1_073_741_824.0),
    }
}

/// The lines of one section.
fn section(engine: &Engine, name: &str) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut say = |name: &str, value: &dyn ToString| lines.push((name.into(), value.to_string()));
    let up = engine.now.saturating_sub(engine.started) / 1000;
    let stats = &engine.stats;
    match name {
        "server" => {
            say("redis_version", &"7.2.4");
            say("server_name", &"keyglass");
            say("valkey_version", &REFERENCE_VERSION);
            say("keyglass_version", &env!("CARGO_PKG_VERSION"));
            say("server_mode", &"standalone");
            say("valkey_release_stage", &"ga");
            say("redis_git_sha1", &"00000000");
            say("redis_git_dirty", &0);
            say("redis_build_id", &"0");
            say("redis_mode", &"standalone");
            say("os", &std::env::consts::OS);
            say("arch_bits", &64);
            say("monotonic_clock", &"the inputs' own");
            say("multiplexing_api", &"none");
            say("process_id", &0);
            say("process_supervised", &"no");
            say("run_id", &format!("{:040x}", engine.started));
            say("tcp_port", &named(&engine.config, "port"));
            say("server_time_usec", &(engine.now * 1000));
            say("uptime_in_seconds", &up);
            say("uptime_in_days", &(up / 86_400));
            say("hz", &named(&engine.config, "hz"));
            say("configured_hz", &named(&engine.config, "hz"));
            say("clients_hz", &named(&engine.config, "hz"));
            say("lru_clock", &(engine.now / 1000 % (1 << 24)));
            say("executable", &"");
            say("config_file", &"");
            say("io_threads_active", &0);
            say(
                "availability_zone",
                &named(&engine.config, "availability-zone"),
            );
        }
        "clients" => {
            let blocked = engine.clients().filter(|(_, c)| c.waits());
            let listening = engine.clients().filter(|(_, c)| c.subscriptions() > 0);
            say("connected_clients", &engine.clients().count());
            let most = |of: fn(&Client) -> usize| engine.clients().map(|(_, c)| of(c)).max();
            say("cluster_connections", &0);
            say("maxclients", &named(&engine.config, "maxclients"));
            say(
                "client_recent_max_input_buffer",
                &most(|client| client.query.len()).unwrap_or(0),
            );
            say(
                "client_recent_max_output_buffer",
                &most(|client| client.out.len()).unwrap_or(0),
            );
            say("blocked_clients", &blocked.count());
            say("pubsub_clients", &listening.count());
            say("watching_clients", &engine.watching_clients());
            say("tracking_clients", &engine.tracking_clients());
            say("clients_in_timeout_table", &engine.waiting_with_timeout());
            say("total_blocking_keys", &engine.keys_waited_for());
            say(
                "total_blocking_keys_on_nokey",
                &engine.keys_waited_for_by_any_type(),
            );
            say("total_watched_keys", &engine.watched_keys());
            let (reason, actions, left) = match engine.pause {
                None => ("none", "none", 0),
                Some(pause) => (
                    "client_pause",
                    if pause.writes_only { "write" } else { "all" },
                    pause.until.saturating_sub(engine.now),
                ),
            };
            say("paused_reason", &reason);
            say("paused_actions", &actions);
            say("paused_timeout_milliseconds", &left);
        }
        "memory" => {
            let bytes = engine.counted_memory();
            let dataset = bytes - evict::BASE;
            say("used_memory", &bytes);
            say("used_memory_human", &human(bytes));
            say("used_memory_rss", &bytes);
            say("used_memory_rss_human", &human(bytes));
            say("used_memory_peak", &bytes);
            say("used_memory_peak_human", &human(bytes));
            say("used_memory_peak_perc", &"100.00%");
            say("used_memory_overhead", &evict::BASE);
            say("used_memory_startup", &evict::BASE);
            say("used_memory_dataset", &dataset);
            say(
                "used_memory_dataset_perc",
                &if dataset > 0 { "100.00%" } else { "0.00%" },
            );
            say("allocator_allocated", &bytes);
            say("allocator_active", &bytes);
            say("allocator_resident", &bytes);
            let (scripts, libraries) = (&engine.scripting.cache, &engine.scripting.libraries);
            say("used_memory_lua", &0);
            say("used_memory_vm_eval", &0);
            say("used_memory_scripts_eval", &scripts.memory());
            say("number_of_cached_scripts", &scripts.len());
            say("number_of_functions", &libraries.functions());
            say("number_of_libraries", &libraries.iter().len());
            say("used_memory_vm_functions", &0);
            say("used_memory_vm_total", &0);
            say("used_memory_functions", &libraries.memory());
            let both = (scripts.memory() + libraries.memory()) as u64;
            say("used_memory_scripts", &both);
            say("used_memory_scripts_human", &human(both));
            say("maxmemory", &named(&engine.config, "maxmemory"));
            say(
                "maxmemory_human",
                &human(named(&engine.config, "maxmemory").parse().unwrap_or(0)),
            );
            say(
                "maxmemory_policy",
                &named(&engine.config, "maxmemory-policy"),
            );
            say("allocator_frag_ratio", &"1.00");
            say("allocator_frag_bytes", &0);
            say("mem_fragmentation_ratio", &"1.00");
            say("mem_fragmentation_bytes", &0);
            say("mem_not_counted_for_evict", &0);
            say("mem_replication_backlog", &0);
            say("mem_clients_slaves", &0);
            let buffers = engine.clients().map(|(_, c)| c.query.len() + c.out.len());
            say("mem_clients_normal", &buffers.sum::<usize>());
            say("mem_cluster_links", &0);
            say("mem_aof_buffer", &0);
            say("active_defrag_running", &0);
            say("mem_allocator", &"rust");
            say("lazyfree_pending_objects", &0);
            say("lazyfreed_objects", &0);
        }
        "persistence" => {
            say("loading", &0);
            say("async_loading", &0);
            say("rdb_changes_since_last_save", &stats.changes);
            say("rdb_bgsave_in_progress", &0);
            say("rdb_last_save_time", &(engine.started / 1000));
            say("rdb_last_bgsave_status", &"ok");
            say("rdb_last_bgsave_time_sec", &-1);
            say("rdb_current_bgsave_time_sec", &-1);
            say("rdb_saves", &0);
            say("rdb_last_cow_size", &0);
            say("rdb_last_load_keys_expired", &0);
            say("rdb_last_load_keys_loaded", &0);
            say("aof_enabled", &0);
            say("aof_rewrite_in_progress", &0);
            say("aof_rewrite_scheduled", &0);
            say("aof_last_rewrite_time_sec", &-1);
            say("aof_current_rewrite_time_sec", &-1);
            say("aof_last_bgrewrite_status", &"ok");
            say("aof_rewrites", &0);
            say("aof_last_write_status", &"ok");
            say("aof_last_cow_size", &0);
            say("module_fork_in_progress", &0);
        }
        "stats" => {
            let sum = |count: fn(&Db) -> u64| engine.dbs.iter().map(count).sum::<u64>();
            say("total_connections_received", &stats.connections);
            say("total_commands_processed", &stats.commands);
            say("instantaneous_ops_per_sec", &0);
            say("total_net_input_bytes", &stats.bytes_in);
            say("total_net_output_bytes", &stats.bytes_out);
            say("total_net_repl_input_bytes", &0);
            say("total_net_repl_output_bytes", &0);
            say("instantaneous_input_kbps", &"0.00");
            say("instantaneous_output_kbps", &"0.00");
            say("rejected_connections", &0);
            say("sync_full", &0);
            say("sync_partial_ok", &0);
            say("sync_partial_err", &0);
            say("expired_keys", &stats.expired_keys);
            say("expired_fields", &stats.expired_fields);
            say("expired_stale_perc", &"0.00");
            say("expired_time_cap_reached_count", &0);
            say("expire_cycle_cpu_milliseconds", &0);
            say("evicted_keys", &stats.evicted_keys);
            say("evicted_clients", &0);
            say("evicted_scripts", &stats.evicted_scripts);
            say("total_eviction_exceeded_time", &0);
            say("current_eviction_exceeded_time", &0);
            say("keyspace_hits", &sum(|db| db.hits.get()));
            say("keyspace_misses", &sum(|db| db.misses.get()));
            say("pubsub_channels", &engine.pubsub.channels.len());
            say("pubsub_patterns", &engine.pubsub.patterns.len());
            say("pubsubshard_channels", &engine.pubsub.shards.len());
            say("latest_fork_usec", &0);
            say("total_forks", &0);
            say("migrate_cached_sockets", &0);
            say("slave_expires_tracked_keys", &0);
            say("active_defrag_hits", &0);
            say("active_defrag_misses", &0);
            say("tracking_total_keys", &engine.tracked.keys.len());
            say("tracking_total_items", &engine.tracked.items());
            say("tracking_total_prefixes", &engine.tracking_prefixes().len());
            say("unexpected_error_replies", &0);
            say("total_error_replies", &stats.errors.values().sum::<u64>());
            say("dump_payload_sanitizations", &0);
            say("total_reads_processed", &stats.reads);
            say("total_writes_processed", &stats.writes);
            say(
                "client_query_buffer_limit_disconnections",
                &stats.too_long_queries,
            );
            say(
                "client_output_buffer_limit_disconnections",
                &stats.too_long_outputs,
            );
            say("acl_access_denied_auth", &stats.denied_auth);
            say("acl_access_denied_cmd", &0);
            say("acl_access_denied_key", &0);
            say("acl_access_denied_channel", &0);
        }
        "replication" => {
            say("role", &"master");
            say("connected_slaves", &0);
            say("master_failover_state", &"no-failover");
            say("master_replid", &format!("{:040x}", engine.started));
            say("master_replid2", &"0".repeat(40));
            say("master_repl_offset", &0);
            say("second_repl_offset", &-1);
            say("repl_backlog_active", &0);
            say(
                "repl_backlog_size",
                &named(&engine.config, "repl-backlog-size"),
            );
            say("repl_backlog_first_byte_offset", &0);
            say("repl_backlog_histlen", &0);
        }
        "cpu" => {
            say("used_cpu_sys", &"0.000000");
            say("used_cpu_user", &"0.000000");
            say("used_cpu_sys_children", &"0.000000");
            say("used_cpu_user_children", &"0.000000");
        }
        "commandstats" => {
            let mut calls: Vec<_> = stats.calls.iter().collect();
            calls.sort();
            for (place, [called, rejected, failed]) in calls {
                let usec = stats.latency.of(*place);
                let each = usec as f64 / (*called).max(1) as f64;
                say(
                    &format!("cmdstat_{}", place.full_name()),
                    &format!(
                        "calls={called},usec={usec},usec_per_call={each:.2},rejected_calls={rejected},failed_calls={failed}"
                    ),
                );
            }
        }
        "errorstats" => {
            for (code, count) in &stats.errors {
                say(&format!("errorstat_{code}"), &format!("count={count}"));
            }
        }
        "cluster" => say("cluster_enabled", &0),
        "keyspace" => {
            for (number, db) in engine
                .dbs
                .iter()
                .enumerate()
                .filter(|(_, db)| !db.is_empty())
            {
                let text = format!(
                    "keys={},expires={},avg_ttl={},keys_with_volatile_items={}",
                    db.len(),
                    db.expiring(),
                    db.mean_ttl(engine.now),
                    db.with_expiring_fields(),
                );
                say(&format!("db{number}"), &text);
            }
        }
        _ => {}
    }
    lines
}

pub(super) fn lolwut(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.is(1, "VERSION") && args.len() > 2 {
        args.int(2)?;
    }
    const PICTURE: &str = "\
   ____
  / __ \\
 | (__) |_________
  \\____/ |_| |_|  \\
         '-' '-'---'
";
    ctx.out.verbatim(&format!(
        "{PICTURE}\nA key, seen through glass. Keyglass ver. {}, after Valkey ver. {REFERENCE_VERSION}\n",
        env!("CARGO_PKG_VERSION")
    ));
    Ok(())
}

pub(super) fn monitor(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    if ctx.in_exec {
        return Err(Error::text(
            "ERR MONITOR isn't allowed for DENY BLOCKING client",
        ));
    }
    let conn = ctx.conn;
    ctx.engine.monitors.insert(conn);
    ctx.out.ok();
    Ok(())
}
