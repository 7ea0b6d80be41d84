//! The small living example that the page opens on.

use crate::session::message::Conn;

/// The session's title.
pub const TITLE: &str = "Weekly leaderboard and its workers";
/// What to try first.
pub const TRY: &str = "Try this as A: ZINCRBY leaderboard:2026:w14 700 user:203, and watch the ranks. Tab completes, HELP explains.";

/// Who sends what, in order.
pub const LINES: &[(Conn, &str)] = &[
    (
        0,
        "ZADD leaderboard:2026:w14 9812 user:881 9140 user:17 8611 user:203 8377 user:9 8350 user:42 8020 user:77 7431 user:512",
    ),
    (0, "EXPIRE leaderboard:2026:w14 604800"),
    (
        1,
        "XGROUP CREATE events:user_activity analytics_workers 0 MKSTREAM",
    ),
    (
        0,
        "XADD events:user_activity MAXLEN ~ 100000 * type page_view user 42",
    ),
    (
        0,
        "XADD events:user_activity MAXLEN ~ 100000 * type click user 42",
    ),
    (
        0,
        "XADD events:user_activity MAXLEN ~ 100000 * type page_view user 9",
    ),
    (
        0,
        "XADD events:user_activity MAXLEN ~ 100000 * type purchase user 881",
    ),
    (
        0,
        "XADD events:user_activity MAXLEN ~ 100000 * type page_view user 17",
    ),
    (
        0,
        "XADD events:user_activity MAXLEN ~ 100000 * type click user 203",
    ),
    (
        1,
        "XREADGROUP GROUP analytics_workers worker_1 COUNT 2 STREAMS events:user_activity >",
    ),
    (
        1,
        "XREADGROUP GROUP analytics_workers worker_2 COUNT 2 STREAMS events:user_activity >",
    ),
    (0, "SET lock:daily_report 9f3c51e1 NX PX 30000"),
    (1, "SET lock:daily_report 77aa0c02 NX PX 30000"),
    (
        0,
        "PFADD unique_visitors:home ann bob cid dan eve fay gus hal ivy joe kim lee mia ned ola pat quin ray sue tom",
    ),
    (2, "PSUBSCRIBE notifications:*"),
    (0, "PUBLISH notifications:42 '{\"message\":\"hello\"}'"),
    (0, "ZINCRBY leaderboard:2026:w14 500 user:42"),
];
