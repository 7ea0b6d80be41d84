//! Texts that stand ready.

/// A text that stands ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// What actors of it are called: a number follows.
    pub name: &'static str,
    /// What it does, in a few words.
    pub does: &'static str,
    /// The text.
    pub text: &'static str,
}

/// All of them.
pub const READY: &[Ready] = &[
    Ready {
        name: "producer",
        does: "adds events to a stream",
        text: include_str!("ready/producer.txt"),
    },
    Ready {
        name: "worker",
        does: "reads as one of a group, and acknowledges four in five",
        text: include_str!("ready/worker.txt"),
    },
    Ready {
        name: "reclaimer",
        does: "takes over what was left pending; gives up after three deliveries",
        text: include_str!("ready/reclaimer.txt"),
    },
    Ready {
        name: "publisher",
        does: "says things on a channel",
        text: include_str!("ready/publisher.txt"),
    },
    Ready {
        name: "subscriber",
        does: "listens to a channel, and counts",
        text: include_str!("ready/subscriber.txt"),
    },
    Ready {
        name: "contender",
        does: "wants a lock that others want",
        text: include_str!("ready/contender.txt"),
    },
    Ready {
        name: "caller",
        does: "calls, at a limited rate",
        text: include_str!("ready/caller.txt"),
    },
];
