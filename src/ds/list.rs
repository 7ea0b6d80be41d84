//! A list: a row of nodes, each of some elements side by side.
//!
//! The nodes are cut where the reference cuts those of its quicklist, so that `OBJECT ENCODING` and
//! `DUMP` tell the same story: a list that fits into one block of bytes is a `listpack`, a longer one a
//! `quicklist`, which becomes a listpack again when it has shrunk to half a block.

use std::collections::VecDeque;

use super::bytes::Bytes;
use super::limits::Limits;
use super::listpack;
use super::room;

/// An end of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The head, at index 0.
    Left,
    /// The tail.
    Right,
}

/// A part of a list.
#[derive(Clone, Debug, Default)]
pub struct Node {
    items: VecDeque<Bytes>,
    /// How many bytes the reference's listpack of these items has.
    size: usize,
    /// One element too large to share a node.
    plain: bool,
}

impl Node {
    fn new() -> Self {
        Self {
            items: VecDeque::new(),
            size: listpack::EMPTY,
            plain: false,
        }
    }

    fn of(items: VecDeque<Bytes>) -> Self {
        let size = listpack::EMPTY + items.iter().map(|i| listpack::entry_size(i)).sum::<usize>();
        Self {
            items,
            size,
            plain: false,
        }
    }

    fn plain(item: Bytes) -> Self {
        Self {
            size: item.len(),
            items: VecDeque::from([item]),
            plain: true,
        }
    }

    /// Its elements, from the head.
    pub fn items(&self) -> impl DoubleEndedIterator<Item = &Bytes> + ExactSizeIterator {
        self.items.iter()
    }

    /// Whether it is one element too large to be packed.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// Bytes of the reference's listpack of its elements.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Bytes of the elements alone.
    fn body(&self) -> usize {
        match self.plain {
            true => self.size,
            false => self.size - listpack::EMPTY,
        }
    }

    /// Puts an element in; answers how many bytes it takes.
    fn insert(&mut self, at: usize, item: Bytes) -> usize {
        let size = listpack::entry_size(&item);
        self.size += size;
        self.items.insert(at, item);
        size
    }

    fn remove(&mut self, at: usize) -> Option<Bytes> {
        let item = self.items.remove(at)?;
        self.size = self.size.saturating_sub(listpack::entry_size(&item));
        Some(item)
    }
}

/// How much fits into a node.
#[derive(Clone, Copy, Debug)]
struct Fill {
    bytes: Option<usize>,
    entries: usize,
}

/// No node passes so many bytes where it is measured by entries.
const SAFE_SIZE: usize = 8192;
/// What the reference reckons for an entry's own header when it asks whether it still fits.
const HEADER_GUESS: usize = 8;

impl Fill {
    fn of(limits: &Limits) -> Self {
        match limits.list_max_listpack_size {
            fill @ ..0 => {
                let class = (fill.unsigned_abs() as usize).clamp(1, 5);
                Self {
                    bytes: Some(2048 << class),
                    entries: usize::MAX,
                }
            }
            fill => Self {
                bytes: None,
                entries: (fill as usize).max(1),
            },
        }
    }

    fn exceeded(self, size: usize, count: usize) -> bool {
        match self.bytes {
            Some(bytes) => size > bytes,
            None => size > SAFE_SIZE || count > self.entries,
        }
    }

    fn too_large(self, item: &[u8]) -> bool {
        item.len() > self.bytes.unwrap_or(SAFE_SIZE)
    }

    fn takes(self, node: Option<&Node>, item: &[u8]) -> bool {
        node.is_some_and(|node| {
            !node.plain
                && !self.too_large(item)
                && !self.exceeded(node.size + item.len() + HEADER_GUESS, node.items.len() + 1)
        })
    }

    fn merges(self, a: Option<&Node>, b: Option<&Node>) -> bool {
        matches!((a, b), (Some(a), Some(b)) if !a.plain && !b.plain
            && !self.exceeded(a.size + b.size - listpack::EMPTY, a.items.len() + b.items.len()))
    }
}

/// A list.
#[derive(Clone, Debug)]
pub struct List {
    nodes: VecDeque<Node>,
    len: usize,
    /// It has outgrown one block.
    quick: bool,
    /// Bytes of the elements in the reference's nodes.
    bytes: usize,
}

impl Default for List {
    fn default() -> Self {
        Self::new()
    }
}

impl List {
    /// An empty list.
    pub fn new() -> Self {
        Self {
            nodes: VecDeque::new(),
            len: 0,
            quick: false,
            bytes: 0,
        }
    }

    /// A list of elements, as pushing them one by one at the tail makes it.
    pub fn from_items<'a>(items: impl IntoIterator<Item = &'a [u8]>, limits: &Limits) -> Self {
        let mut list = Self::new();
        for item in items {
            list.growing(&[item], limits);
            list.push(End::Right, item, limits);
        }
        list
    }

    /// A list of elements as the reference builds one whose size it does not know before.
    pub fn built<'a>(items: impl IntoIterator<Item = &'a [u8]>, limits: &Limits) -> Self {
        let mut list = Self {
            quick: true,
            ..Self::new()
        };
        for item in items {
            list.push(End::Right, item, limits);
        }
        list.pack(Fill::of(limits));
        list
    }

    /// A list of given parts: single large elements and runs of packed ones.
    pub fn from_nodes(
        nodes: impl IntoIterator<Item = (bool, Vec<Bytes>)>,
        limits: &Limits,
    ) -> Self {
        let mut list = Self {
            quick: true,
            ..Self::new()
        };
        for (plain, items) in nodes {
            list.len += items.len();
            let node = Node::of(items.into());
            let node = match plain {
                true => Node {
                    size: node.items.iter().map(Bytes::len).sum(),
                    plain,
                    ..node
                },
                false => node,
            };
            list.bytes += node.body();
            list.nodes.push_back(node);
        }
        list.pack(Fill::of(limits));
        list
    }

    /// How many elements it has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// `listpack` or `quicklist`.
    pub fn encoding(&self) -> &'static str {
        if self.quick { "quicklist" } else { "listpack" }
    }

    /// Its nodes, from the head; a listpack is one.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = &Node> {
        self.nodes.iter()
    }

    /// Bytes of memory, estimated.
    pub fn memory_bytes(&self) -> usize {
        let of = |node: &Node| {
            let heap: usize = node.items.iter().map(room::of_bytes).sum();
            size_of::<Node>() + room::of_list(node.items.len()) * size_of::<Bytes>() + heap
        };
        size_of::<Self>() + self.nodes.iter().map(of).sum::<usize>()
    }

    /// Bytes that the reference would take, about. O(1).
    pub fn usage(&self) -> usize {
        let body = listpack::EMPTY + self.bytes;
        match self.quick {
            false => room::allocated(body),
            // The list's own, and for each node its own and what its allocation is rounded up by.
            true => 40 + body + self.nodes.len() * (40 + listpack::EMPTY + 8),
        }
    }

    /// Must be called with the elements of a command before they are put in: a listpack that they would
    /// outgrow becomes a quicklist.
    pub fn growing(&mut self, items: &[&[u8]], limits: &Limits) {
        if self.quick {
            return;
        }
        let size = self.nodes.front().map_or(listpack::EMPTY, |node| node.size);
        let more: usize = items.iter().map(|item| item.len()).sum();
        if Fill::of(limits).exceeded(size + more, self.len + items.len()) {
            self.quick = true;
        }
    }

    /// Must be called after a command took elements out or replaced one: a quicklist of one node at
    /// most half full becomes a listpack.
    pub fn shrunk(&mut self, limits: &Limits) {
        let fill = Fill::of(limits);
        self.pack(Fill {
            bytes: fill.bytes.map(|bytes| bytes / 2),
            entries: fill.entries / 2,
        });
    }

    /// A quicklist of one node that is no fuller than this becomes a listpack.
    fn pack(&mut self, fill: Fill) {
        let [node] = self.nodes.make_contiguous() else {
            return;
        };
        let exceeded = match fill.bytes {
            Some(bytes) => node.size > bytes,
            None => node.items.len() > fill.entries,
        };
        if self.quick && !node.plain && !exceeded {
            self.quick = false;
        }
    }

    /// Puts an element at an end.
    pub fn push(&mut self, end: End, item: &[u8], limits: &Limits) {
        let fill = Fill::of(limits);
        let item = Bytes::from_slice(item);
        self.len += 1;
        if self.quick && fill.too_large(&item) {
            self.bytes += item.len();
            self.add_node(end, Node::plain(item));
            return;
        }
        let node = match end {
            End::Left => self.nodes.front(),
            End::Right => self.nodes.back(),
        };
        let fits = if self.quick {
            fill.takes(node, &item)
        } else {
            node.is_some()
        };
        if !fits {
            self.add_node(end, Node::new());
        }
        match end {
            End::Left => {
                if let Some(node) = self.nodes.front_mut() {
                    self.bytes += node.insert(0, item);
                }
            }
            End::Right => {
                if let Some(node) = self.nodes.back_mut() {
                    self.bytes += node.insert(node.items.len(), item);
                }
            }
        }
    }

    fn add_node(&mut self, end: End, node: Node) {
        match end {
            End::Left => self.nodes.push_front(node),
            End::Right => self.nodes.push_back(node),
        }
    }

    /// Takes the element at an end.
    pub fn pop(&mut self, end: End) -> Option<Bytes> {
        let at = match end {
            End::Left => 0,
            End::Right => self.len.checked_sub(1)?,
        };
        self.remove(at)
    }

    /// The element at an index.
    pub fn get(&self, index: usize) -> Option<&Bytes> {
        let (node, offset) = self.find(index)?;
        self.nodes.get(node)?.items.get(offset)
    }

    /// In which node an element stands, and where there. O(nodes), from the nearer end.
    fn find(&self, index: usize) -> Option<(usize, usize)> {
        if index >= self.len {
            return None;
        }
        if index < self.len / 2 {
            let mut left = index;
            for (at, node) in self.nodes.iter().enumerate() {
                match left.checked_sub(node.items.len()) {
                    Some(rest) => left = rest,
                    None => return Some((at, left)),
                }
            }
        } else {
            let mut right = self.len - 1 - index;
            for (at, node) in self.nodes.iter().enumerate().rev() {
                match right.checked_sub(node.items.len()) {
                    Some(rest) => right = rest,
                    None => return Some((at, node.items.len() - 1 - right)),
                }
            }
        }
        None
    }

    /// Takes the element at an index.
    pub fn remove(&mut self, index: usize) -> Option<Bytes> {
        let (at, offset) = self.find(index)?;
        let node = self.nodes.get_mut(at)?;
        let before = node.body();
        let item = node.remove(offset)?;
        if node.items.is_empty() {
            self.nodes.remove(at);
            self.bytes -= before;
        } else {
            self.bytes -= before - node.body();
        }
        self.len -= 1;
        Some(item)
    }

    /// Removes all but the elements from `start` up to before `end`.
    pub fn keep(&mut self, start: usize, end: usize) {
        let end = end.min(self.len);
        self.drop_from(End::Right, self.len - end);
        self.drop_from(End::Left, start.min(end));
    }

    fn drop_from(&mut self, end: End, mut count: usize) {
        while count > 0 {
            let node = match end {
                End::Left => self.nodes.front_mut(),
                End::Right => self.nodes.back_mut(),
            };
            let Some(node) = node else { return };
            let here = node.items.len();
            if here <= count {
                self.bytes -= node.body();
                match end {
                    End::Left => self.nodes.pop_front(),
                    End::Right => self.nodes.pop_back(),
                };
                self.len -= here;
                count -= here;
                continue;
            }
            let range = match end {
                End::Left => 0..count,
                End::Right => here - count..here,
            };
            let gone = node.items.drain(range);
            let gone: usize = gone.map(|item| listpack::entry_size(&item)).sum();
            node.size -= gone;
            self.bytes -= gone;
            self.len -= count;
            return;
        }
    }

    /// Removes up to `limit` elements that equal one, from an end; how many.
    pub fn remove_equal(&mut self, item: &[u8], end: End, limit: usize) -> usize {
        let mut left = limit;
        let mut bytes = self.bytes;
        let mut clean = |node: &mut Node| {
            if left == 0 || !node.items.iter().any(|i| i.as_slice() == item) {
                return;
            }
            let before = node.body();
            let mut keep = |other: &Bytes| {
                let gone = left > 0 && other.as_slice() == item;
                left -= usize::from(gone);
                !gone
            };
            match end {
                End::Left => node.items.retain(&mut keep),
                End::Right => {
                    let kept: Vec<Bytes> = node.items.drain(..).rev().filter(&mut keep).collect();
                    node.items = kept.into_iter().rev().collect();
                }
            }
            if !node.plain {
                *node = Node::of(std::mem::take(&mut node.items));
            }
            let after = match node.items.is_empty() {
                true => 0,
                false => node.body(),
            };
            bytes -= before - after;
        };
        match end {
            End::Left => self.nodes.iter_mut().for_each(&mut clean),
            End::Right => self.nodes.iter_mut().rev().for_each(&mut clean),
        }
        self.bytes = bytes;
        self.nodes.retain(|node| !node.items.is_empty());
        self.len -= limit - left;
        limit - left
    }

    /// Replaces the element at an index; false when there is none.
    pub fn set(&mut self, index: usize, item: &[u8], limits: &Limits) -> bool {
        let fill = Fill::of(limits);
        let Some((at, offset)) = self.find(index) else {
            return false;
        };
        let item = Bytes::from_slice(item);
        let large = self.quick && fill.too_large(&item);
        let Some(node) = self.nodes.get_mut(at) else {
            return false;
        };
        if !large && !node.plain {
            self.bytes -= node.body();
            node.remove(offset);
            node.insert(offset, item);
            self.bytes += node.body();
        } else if large && node.plain {
            self.bytes = self.bytes - node.body() + item.len();
            *node = Node::plain(item);
        } else {
            // Nodes may join meanwhile: the old element is found anew by its index.
            self.len += 1;
            self.insert_at(at, offset, true, item, fill);
            self.remove(index);
        }
        true
    }

    /// Puts an element before or after the one at an index, which must be there.
    pub fn insert(&mut self, index: usize, after: bool, item: &[u8], limits: &Limits) {
        let Some((at, offset)) = self.find(index) else {
            return;
        };
        self.len += 1;
        self.insert_at(at, offset, after, Bytes::from_slice(item), Fill::of(limits));
    }

    /// As the reference's quicklist inserts: into the node, into its neighbour, as a node of its own, or
    /// between the halves of the node, which then join their neighbours where they fit.
    fn insert_at(&mut self, at: usize, offset: usize, after: bool, item: Bytes, fill: Fill) {
        let Some(node) = self.nodes.get(at) else {
            return;
        };
        let count = node.items.len();
        let at_edge = if after {
            offset + 1 == count
        } else {
            offset == 0
        };
        let place = at + usize::from(after);
        if self.quick && fill.too_large(&item) {
            self.bytes += item.len();
            if node.plain || at_edge {
                self.nodes.insert(place, Node::plain(item));
            } else {
                self.split(at, offset, after);
                self.nodes.insert(at + 1, Node::plain(item));
                self.merge_around(if after { at } else { at + 2 }, fill);
            }
            return;
        }
        if !self.quick || fill.takes(Some(node), &item) {
            if let Some(node) = self.nodes.get_mut(at) {
                self.bytes += node.insert(offset + usize::from(after), item);
            }
            return;
        }
        if at_edge {
            let neighbour = if after {
                Some(at + 1)
            } else {
                at.checked_sub(1)
            };
            match neighbour.and_then(|n| self.nodes.get_mut(n)) {
                Some(neighbour) if fill.takes(Some(neighbour), &item) => {
                    let end = if after { 0 } else { neighbour.items.len() };
                    self.bytes += neighbour.insert(end, item);
                }
                _ => {
                    let node = Node::of(VecDeque::from([item]));
                    self.bytes += node.body();
                    self.nodes.insert(place, node);
                }
            }
            return;
        }
        self.split(at, offset, after);
        // The new half is the one that takes the element.
        let (half, center) = if after { (at + 1, at) } else { (at, at + 1) };
        if let Some(half) = self.nodes.get_mut(half) {
            let end = if after { 0 } else { half.items.len() };
            self.bytes += half.insert(end, item);
        }
        self.merge_around(center, fill);
    }

    fn split(&mut self, at: usize, offset: usize, after: bool) {
        if let Some(node) = self.nodes.get_mut(at) {
            let tail = node.items.split_off(offset + usize::from(after));
            let head = std::mem::take(&mut node.items);
            *node = Node::of(head);
            self.nodes.insert(at + 1, Node::of(tail));
        }
    }

    /// Joins the nodes around one where they fit, in the reference's order.
    fn merge_around(&mut self, center: usize, fill: Fill) {
        let mut center = center;
        if center >= 2 && self.merge(center - 2, fill) {
            center -= 1;
        }
        self.merge(center + 1, fill);
        if center >= 1 && self.merge(center - 1, fill) {
            center -= 1;
        }
        self.merge(center, fill);
    }

    /// Joins a node and the next.
    fn merge(&mut self, at: usize, fill: Fill) -> bool {
        if !fill.merges(self.nodes.get(at), self.nodes.get(at + 1)) {
            return false;
        }
        let Some(mut next) = self.nodes.remove(at + 1) else {
            return false;
        };
        if let Some(node) = self.nodes.get_mut(at) {
            node.size += next.size - listpack::EMPTY;
            node.items.append(&mut next.items);
        }
        true
    }

    /// All elements, from the head.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Bytes> {
        self.nodes.iter().flat_map(|node| node.items.iter())
    }

    /// The elements from an index on.
    pub fn iter_from(&self, start: usize) -> impl Iterator<Item = &Bytes> {
        let (node, offset) = self.find(start).unwrap_or((self.nodes.len(), 0));
        self.nodes
            .iter()
            .skip(node)
            .flat_map(|node| node.items.iter())
            .skip(offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        Push(bool, usize),
        Pop(bool),
        Set(usize, usize),
        Insert(usize, bool, usize),
        Remove(usize),
        RemoveEqual(usize, bool, usize),
        Keep(usize, usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let size = prop_oneof![0..20_usize, 0..20_usize, 60..90_usize];
        let step = prop_oneof![
            6 => (any::<bool>(), size.clone()).prop_map(|(e, n)| Step::Push(e, n)),
            2 => any::<bool>().prop_map(Step::Pop),
            1 => (0..60_usize, size.clone()).prop_map(|(i, n)| Step::Set(i, n)),
            4 => (0..60_usize, any::<bool>(), size.clone()).prop_map(|(i, a, n)| Step::Insert(i, a, n)),
            1 => (0..60_usize).prop_map(Step::Remove),
            1 => (size, any::<bool>(), 0..4_usize).prop_map(|(n, e, c)| Step::RemoveEqual(n, e, c)),
            1 => (0..10_usize, 0..60_usize).prop_map(|(a, b)| Step::Keep(a, b)),
        ];
        proptest::collection::vec(step, 0..120)
    }

    proptest! {
        #[test]
        fn it_is_a_row_of_elements(steps in steps(), fill in prop_oneof![Just(-1), 1..6_i32]) {
            let limits = Limits { list_max_listpack_size: fill, ..Limits::default() };
            let (mut list, mut model) = (List::new(), VecDeque::<Vec<u8>>::new());
            let item = |n: usize| vec![b'a' + (n % 3) as u8; n * if fill < 0 { 60 } else { 1 }];
            let end = |left| if left { End::Left } else { End::Right };
            for step in steps {
                match step {
                    Step::Push(left, n) => {
                        list.growing(&[&item(n)], &limits);
                        list.push(end(left), &item(n), &limits);
                        if left { model.push_front(item(n)) } else { model.push_back(item(n)) }
                    }
                    Step::Pop(left) => {
                        let theirs = if left { model.pop_front() } else { model.pop_back() };
                        prop_assert_eq!(list.pop(end(left)).map(|i| i.to_vec()), theirs);
                    }
                    Step::Set(at, n) => {
                        list.growing(&[&item(n)], &limits);
                        prop_assert_eq!(list.set(at, &item(n), &limits), at < model.len());
                        if let Some(it) = model.get_mut(at) { *it = item(n) }
                    }
                    Step::Insert(at, after, n) if at < model.len() => {
                        list.growing(&[&item(n)], &limits);
                        list.insert(at, after, &item(n), &limits);
                        model.insert(at + usize::from(after), item(n));
                    }
                    Step::Insert(..) => {}
                    Step::Remove(at) => {
                        prop_assert_eq!(list.remove(at).map(|i| i.to_vec()), model.remove(at));
                    }
                    Step::RemoveEqual(n, left, count) => {
                        let mut gone = 0;
                        while gone < count {
                            let found = if left { model.iter().position(|i| *i == item(n)) } else { model.iter().rposition(|i| *i == item(n)) };
                            let Some(at) = found else { break };
                            model.remove(at);
                            gone += 1;
                        }
                        prop_assert_eq!(list.remove_equal(&item(n), end(left), count), gone);
                    }
                    Step::Keep(from, to) => {
                        list.keep(from, to);
                        model.truncate(to);
                        model.drain(..from.min(model.len()));
                    }
                }
                list.shrunk(&limits);
                prop_assert_eq!(list.len(), model.len());
                prop_assert!(list.iter().map(|i| i.to_vec()).eq(model.iter().cloned()));
                for node in &list.nodes {
                    prop_assert!(!node.items.is_empty());
                    prop_assert!(node.plain || node.size == Node::of(node.items.clone()).size);
                }
                prop_assert_eq!(list.bytes, list.nodes.iter().map(Node::body).sum::<usize>());
                prop_assert!(list.quick || list.nodes.len() <= 1);
            }
        }
    }
}
