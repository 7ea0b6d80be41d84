//! One entry's life, told from the facts about its stream.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::client::Conn;
use super::event::{Delivery, Event, Fact};
use super::time::Millis;
use crate::ds::bytes::Bytes;
use crate::ds::stream::StreamId;

/// Something that happened to an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When.
    pub at: Millis,
    /// Whose command did it; `None` when time did.
    pub conn: Option<Conn>,
    /// What.
    pub what: LifeStep,
}

/// What can happen to an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LifeStep {
    /// It was added.
    Added,
    /// A group gave it to a consumer.
    Delivered {
        /// The group.
        group: Bytes,
        /// The consumer.
        consumer: Bytes,
        /// How.
        how: Delivery,
    },
    /// It was claimed for another consumer.
    Claimed {
        /// The group.
        group: Bytes,
        /// Who had it; empty where nobody did.
        from: Bytes,
        /// Who has it now.
        to: Bytes,
    },
    /// It was acknowledged.
    Acknowledged {
        /// The group.
        group: Bytes,
    },
    /// Its data left the stream.
    Dropped {
        /// Whether by a trim; otherwise it was deleted by its ID.
        trimmed: bool,
    },
    /// Who claimed it found its data gone, which took it off the group's list.
    PendingGone {
        /// The group.
        group: Bytes,
    },
    /// Its consumer was deleted, or its group: it is pending no more.
    Unassigned {
        /// The group.
        group: Bytes,
        /// The consumer; `None`: the whole group went.
        consumer: Option<Bytes>,
    },
}

/// How far back an entry's life is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Begins {
    /// From when it was added.
    Whole,
    /// From a moment later than that: what was noted before is no longer kept.
    At(Millis),
    /// Nothing is kept.
    Unknown,
}

/// One entry's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// What happened to it, oldest first.
    pub steps: Vec<Step>,
    /// How far back that is known.
    pub begins: Begins,
    /// How many commands on many entries may have been about it too.
    pub unclear: u64,
}

/// Tells an entry's life from facts about its stream, oldest first. What came before the entry was added anew, or
/// the stream itself went, belongs to another life.
pub fn tell<'a>(facts: impl IntoIterator<Item = &'a Event>, id: StreamId) -> Story {
    let (mut steps, mut unclear, mut begins) = (Vec::new(), 0, Begins::Unknown);
    // Who has it in each group, as far as the story knows; and whether its data was dropped.
    let (mut owners, mut dropped) = (BTreeMap::new(), false);
    let text = id.to_string();
    for event in facts {
        if begins == Begins::Unknown {
            begins = Begins::At(event.at);
        }
        let mut about = |contains: Option<bool>| {
            unclear += u64::from(contains.is_none());
            contains == Some(true)
        };
        let what = match &event.fact {
            Fact::EntryAdded { id } if *id == text => {
                (begins, dropped, unclear) = (Begins::Whole, false, 0);
                steps.clear();
                owners.clear();
                LifeStep::Added
            }
            Fact::Deleted | Fact::Expired => {
                (begins, dropped, unclear) = (Begins::At(event.at), false, 0);
                steps.clear();
                owners.clear();
                continue;
            }
            Fact::Delivered {
                group,
                consumer,
                ids,
                how,
                ..
            } => {
                // New entries are a run of the log, and it stood among them if it was there.
                let whole_run = *how != Delivery::Again && !dropped;
                if !about(ids.contains(id).or(whole_run.then_some(true))) {
                    continue;
                }
                if *how == Delivery::New {
                    owners.insert(group.clone(), consumer.clone());
                }
                LifeStep::Delivered {
                    group: group.clone(),
                    consumer: consumer.clone(),
                    how: *how,
                }
            }
            Fact::Claimed {
                group,
                consumer,
                ids,
                from,
                ..
            } => {
                if !about(ids.contains(id)) {
                    continue;
                }
                let place = ids.listed.iter().position(|listed| *listed == id);
                owners.insert(group.clone(), consumer.clone());
                LifeStep::Claimed {
                    group: group.clone(),
                    from: place
                        .and_then(|place| from.get(place))
                        .cloned()
                        .unwrap_or_default(),
                    to: consumer.clone(),
                }
            }
            Fact::Acknowledged { group, ids, .. } => {
                if !about(ids.contains(id)) {
                    continue;
                }
                owners.remove(group);
                LifeStep::Acknowledged {
                    group: group.clone(),
                }
            }
            Fact::PendingGone { group, ids } => {
                if !about(ids.contains(id)) {
                    continue;
                }
                owners.remove(group);
                LifeStep::PendingGone {
                    group: group.clone(),
                }
            }
            Fact::EntriesRemoved { before, ids, .. } if !dropped => {
                let trimmed = before.is_some_and(|before| id < before);
                if !trimmed && !about(ids.contains(id)) {
                    continue;
                }
                dropped = true;
                LifeStep::Dropped { trimmed }
            }
            Fact::ConsumerDeleted {
                group, consumer, ..
            } if owners.get(group) == Some(consumer) => {
                owners.remove(group);
                LifeStep::Unassigned {
                    group: group.clone(),
                    consumer: Some(consumer.clone()),
                }
            }
            Fact::GroupDestroyed { group } if owners.contains_key(group) => {
                owners.remove(group);
                LifeStep::Unassigned {
                    group: group.clone(),
                    consumer: None,
                }
            }
            _ => continue,
        };
        steps.push(Step {
            at: event.at,
            conn: event.conn,
            what,
        });
    }
    Story {
        steps,
        begins,
        unclear,
    }
}
