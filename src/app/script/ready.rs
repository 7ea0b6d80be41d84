//! The scripts that stand ready to be run and read.

/// A script with all that it takes to try it.
#[derive(Debug, PartialEq, Eq)]
pub struct Ready {
    /// What it is for.
    pub name: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// Its text.
    pub text: &'static str,
    /// Its KEYS: what each is, and one to try.
    pub keys: &'static [(&'static str, &'static str)],
    /// Its ARGV, likewise.
    pub args: &'static [(&'static str, &'static str)],
    /// A command that gives it something to work on.
    pub first: Option<&'static str>,
    /// The commands that do the same by themselves.
    pub instead: &'static [Instead],
}

/// A command that does without a script.
#[derive(Debug, PartialEq, Eq)]
pub struct Instead {
    /// The command; `KEY` and `ARG` stand for the first of each.
    pub words: &'static [&'static str],
    /// Who has it, and what is different.
    pub note: &'static str,
}

/// The scripts, in the order of the menu.
pub const SCRIPTS: &[Ready] = &[
    Ready {
        name: "Release a lock",
        about: "Deletes the lock only while it still holds our token: whoever took it since keeps it.",
        text: RELEASE,
        keys: &[("lock", "lock:daily_report")],
        args: &[("token", "9f3c51e1")],
        first: Some("SET lock:daily_report 9f3c51e1 NX PX 30000"),
        instead: &[
            Instead {
                words: &["DELIFEQ", "KEY", "ARG"],
                note: "Valkey 9",
            },
            Instead {
                words: &["DELEX", "KEY", "IFEQ", "ARG"],
                note: "Redis 8.4",
            },
            Instead {
                words: &["SET", "KEY", "ARG", "IFEQ", "ARG", "PX", "30000"],
                note: "Valkey 8.1: keeps it longer",
            },
        ],
    },
    Ready {
        name: "Token bucket",
        about: "A bucket gains tokens steadily up to its capacity. A request takes its cost, or is told how many ms to wait.",
        text: BUCKET,
        keys: &[("bucket", "bucket:user:42")],
        args: &[("capacity", "5"), ("tokens a second", "1"), ("cost", "2")],
        first: None,
        instead: &[],
    },
    Ready {
        name: "Sliding-window limiter",
        about: "Lets so many requests through in any window of time: a sorted set holds when each was.",
        text: WINDOW,
        keys: &[("requests", "limit:user:42")],
        args: &[("requests", "3"), ("window in ms", "10000")],
        first: None,
        instead: &[],
    },
    Ready {
        name: "Move within a queue",
        about: "Hands out the next job and notes until when its worker has it. Jobs whose time ran out come back first.",
        text: QUEUE,
        keys: &[("queue", "jobs:ready"), ("being worked on", "jobs:taken")],
        args: &[("time for a job in ms", "30000")],
        first: Some("RPUSH jobs:ready job:1 job:2 job:3"),
        instead: &[],
    },
];

const RELEASE: &str = "\
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
else
  return 0
end
";

const BUCKET: &str = "\
local capacity = tonumber(ARGV[1])
local rate = tonumber(ARGV[2])
local cost = tonumber(ARGV[3])
if not (capacity and rate and cost and
        capacity > 0 and rate > 0 and cost >= 0) then
  return redis.error_reply('ERR capacity and rate must be above 0')
end

-- The server's clock, in ms: clients' clocks differ.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- A bucket that is not there is full.
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(bucket[1]) or capacity
local at = tonumber(bucket[2]) or now

-- A clock that was set back adds nothing, and takes nothing.
now = math.max(now, at)
tokens = math.min(capacity, tokens + (now - at) * rate / 1000)

local wait = 0
if tokens >= cost then
  tokens = tokens - cost
else
  wait = math.ceil((cost - tokens) / rate * 1000)
end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
-- Once it would be full again it need not be kept.
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / rate * 1000))

-- Whether it may, the tokens left, and the ms to wait.
return {wait == 0 and 1 or 0, math.floor(tokens), wait}
";

const WINDOW: &str = "\
local limit = tonumber(ARGV[1])
local window = tonumber(ARGV[2])

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- What is older than the window no longer counts.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local count = redis.call('ZCARD', KEYS[1])
if count >= limit then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return {0, 0, (oldest[2] or now) + window - now}
end

-- The count tells requests of one millisecond apart.
redis.call('ZADD', KEYS[1], now, now .. ':' .. count)
redis.call('PEXPIRE', KEYS[1], window)

-- Whether it may, the requests left, and the ms to wait.
return {1, limit - count - 1, 0}
";

const QUEUE: &str = "\
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Jobs whose worker ran out of time go back to the front,
-- the longest overdue first.
local late = redis.call('ZRANGE', KEYS[2],
  '-inf', now, 'BYSCORE', 'LIMIT', 0, 100)
for i = #late, 1, -1 do
  redis.call('ZREM', KEYS[2], late[i])
  redis.call('LPUSH', KEYS[1], late[i])
end

local job = redis.call('LPOP', KEYS[1])
if not job then
  return false
end
-- A worker that is done takes its job out: ZREM.
-- No two jobs may be the same: give each an ID.
redis.call('ZADD', KEYS[2], now + ARGV[1], job)
return job
";

#[cfg(test)]
mod tests {
    use super::*;

    /// The highest number behind a name, as in `KEYS[2]`.
    fn highest(text: &str, name: &str) -> usize {
        text.split(&format!("{name}["))
            .skip(1)
            .filter_map(|rest| rest.split(']').next()?.parse().ok())
            .max()
            .unwrap_or(0)
    }

    #[test]
    fn each_is_handed_what_it_reads_and_fits_its_lines() {
        for script in SCRIPTS {
            assert_eq!(
                highest(script.text, "KEYS"),
                script.keys.len(),
                "{}",
                script.name
            );
            assert_eq!(
                highest(script.text, "ARGV"),
                script.args.len(),
                "{}",
                script.name
            );
            assert!(
                script.text.lines().all(|line| line.len() <= 72),
                "{}",
                script.name
            );
            assert!(!script.about.contains('\n'));
        }
    }
}
