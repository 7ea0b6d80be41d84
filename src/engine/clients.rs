//! The connected clients, by handle.

use super::client::{Client, Conn};

/// Clients in the order of their handles. Handles mostly run from 0 on without a gap, so that a client stands at the
/// place that its handle names: every command looks for its client a dozen times.
#[derive(Clone, Debug, Default)]
pub(super) struct Clients {
    all: Vec<(Conn, Box<Client>)>,
}

impl Clients {
    /// Where a client stands, or is to stand.
    #[inline]
    fn place(&self, conn: Conn) -> Result<usize, usize> {
        let at = conn as usize;
        match self.all.get(at) {
            Some((there, _)) if *there == conn => Ok(at),
            _ => self.search(conn),
        }
    }

    #[inline(never)]
    fn search(&self, conn: Conn) -> Result<usize, usize> {
        self.all.binary_search_by_key(&conn, |(conn, _)| *conn)
    }

    /// A client, if it is connected. O(1), or O(log n) where handles have gaps.
    #[inline]
    pub(super) fn get(&self, conn: &Conn) -> Option<&Client> {
        let (_, client) = self.all.get(self.place(*conn).ok()?)?;
        Some(client)
    }

    /// A client to change, if it is connected.
    #[inline]
    pub(super) fn get_mut(&mut self, conn: &Conn) -> Option<&mut Client> {
        let at = self.place(*conn).ok()?;
        let (_, client) = self.all.get_mut(at)?;
        Some(client)
    }

    /// A client to change, which is made where it is not connected.
    #[inline]
    pub(super) fn get_or_make(&mut self, conn: Conn) -> &mut Client {
        let at = match self.place(conn) {
            Ok(at) => at,
            Err(at) => self.make(at, conn),
        };
        &mut self.all[at].1
    }

    #[cold]
    fn make(&mut self, at: usize, conn: Conn) -> usize {
        self.all.insert(at, (conn, Box::default()));
        at
    }

    /// A client connects, in the place of the one that had its handle. O(n) where handles after it are taken.
    pub(super) fn insert(&mut self, conn: Conn, client: Client) {
        *self.get_or_make(conn) = client;
    }

    /// Takes a client away. O(n).
    pub(super) fn remove(&mut self, conn: &Conn) -> Option<Box<Client>> {
        let at = self.place(*conn).ok()?;
        Some(self.all.remove(at).1)
    }

    /// All of them, in the order of their handles.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Conn, &Client)> {
        self.all.iter().map(|(conn, client)| (*conn, &**client))
    }

    /// All of them, in the same order.
    pub(super) fn values(&self) -> impl Iterator<Item = &Client> {
        self.all.iter().map(|(_, client)| &**client)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_stand_in_order_whatever_the_gaps() {
        let mut clients = Clients::default();
        for conn in [7, 0, 2, 1, 1000, 3] {
            clients.get_or_make(conn).id = u64::from(conn);
        }
        let order = |clients: &Clients| clients.iter().map(|(conn, _)| conn).collect::<Vec<_>>();
        assert_eq!(order(&clients), [0, 1, 2, 3, 7, 1000]);
        assert!(clients.remove(&1).is_some());
        assert!(clients.remove(&1).is_none());
        assert!(clients.get(&1).is_none());
        assert_eq!(order(&clients), [0, 2, 3, 7, 1000]);
        for conn in order(&clients) {
            assert_eq!(
                clients.get(&conn).map(|client| client.id),
                Some(conn.into())
            );
            assert!(clients.get_mut(&conn).is_some());
        }
        clients.insert(2, Client::default());
        assert_eq!(clients.get(&2).map(|client| client.id), Some(0));
        assert_eq!(clients.values().count(), 5);
    }
}
