//! How the list of keys is shown: which database, filtered by what, in which order, in groups or not.

use crate::session::message::{Bytes, KeyOrder, KeysAsked};

/// How keys are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The database.
    pub db: usize,
    /// A glob pattern.
    pub pattern: String,
    /// Their order.
    pub order: KeyOrder,
    /// Whether they stand in groups.
    pub grouped: bool,
    /// The groups that are open.
    pub open: Vec<Bytes>,
}

/// What is done to the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// It is filtered.
    Filter(String),
    /// It takes another order.
    Sort(KeyOrder),
    /// It is grouped, or not any more.
    Group,
    /// A group is opened or closed.
    Fold(Bytes),
    /// It lists another database.
    Db(usize),
}

impl Listing {
    /// Does something to the list; whether its lines stay where they are.
    pub fn act(&mut self, act: Act) -> bool {
        match act {
            Act::Filter(pattern) => self.pattern = pattern,
            Act::Sort(order) => self.order = order,
            Act::Group => self.grouped = !self.grouped,
            Act::Db(db) => self.db = db,
            Act::Fold(prefix) => {
                match self.open.iter().position(|open| *open == prefix) {
                    Some(at) => {
                        self.open.remove(at);
                    }
                    None => self.open.push(prefix),
                }
                return true;
            }
        }
        false
    }

    /// What the server half is asked.
    pub fn asked(&self) -> KeysAsked {
        KeysAsked {
            pattern: Bytes::from_slice(self.pattern.as_bytes()),
            order: self.order,
            groups: self.grouped.then(|| self.open.clone()),
        }
    }
}

/// The orders with what the page calls them.
pub const ORDERS: [(KeyOrder, &str); 5] = [
    (KeyOrder::Made, "Oldest first"),
    (KeyOrder::Name, "By name"),
    (KeyOrder::Kind, "By type"),
    (KeyOrder::Ttl, "Expires soonest"),
    (KeyOrder::Size, "Largest first"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_open_and_close_and_the_list_stays_where_it_is() {
        let mut listing = Listing::default();
        let user = Bytes::from_slice(b"user:");
        assert_eq!(listing.asked().groups, None);
        assert!(!listing.act(Act::Group));
        assert_eq!(listing.asked().groups, Some(vec![]));
        assert!(listing.act(Act::Fold(user.clone())));
        assert_eq!(listing.asked().groups, Some(vec![user.clone()]));
        listing.act(Act::Fold(user));
        assert_eq!(listing.asked().groups, Some(vec![]));
    }
}
