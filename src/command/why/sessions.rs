//! Why commands on connections, channels and transactions were answered as they were.

use super::{Case, quoted};
use crate::engine::reply::Reply;
use crate::engine::transaction::Spoiled;
use crate::engine::why::Why;

impl Case<'_> {
    pub(super) fn session(&self) -> Option<Why> {
        match self.spec.name {
            "publish" | "spublish" if self.int() == Some(0) => Some(Why::ReachedNobody {
                channel: quoted(&self.args[1]),
            }),
            "exec" => self.exec(),
            "discard" => {
                let queued = self.before.queued?;
                (queued > 0 || self.before.watched > 0).then_some(Why::Discarded {
                    queued,
                    watched: self.before.watched,
                })
            }
            _ => self.generic(),
        }
    }

    fn exec(&self) -> Option<Why> {
        if self.is_null() {
            let Spoiled { at, by, evicted } = self.before.spoiled?;
            return Some(Why::Spoiled {
                key: self.before.spoiler.clone()?,
                by: by.map(|(conn, _)| conn),
                evicted,
                command: by.map_or_else(String::new, |(_, name)| name.to_ascii_uppercase()),
                ago: self.now().saturating_sub(at),
                whose: self.conn,
            });
        }
        let items = self.items()?;
        let failed = items.iter().filter(|item| matches!(item, Reply::Error(_)));
        let failed = failed.count() as u64;
        (failed > 0).then_some(Why::SomeFailed {
            failed,
            of: items.len() as u64,
        })
    }
}
