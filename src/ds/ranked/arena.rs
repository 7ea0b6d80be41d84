//! Where the nodes of a tree stand, and how their lists grow and shrink.

use super::{CAP, MERGE};
use crate::ds::room;
use smallvec::SmallVec;
use std::mem::size_of;
use std::ops::{Index, IndexMut};

/// Makes room for one more: small steps, for the spare room of many leaves adds up.
pub(super) fn grow<X>(list: &mut Vec<X>) {
    if list.len() == list.capacity() {
        list.reserve_exact(if list.len() < 8 { 4 } else { 8 });
    }
}

/// Gives room back when much of it is spare.
pub(super) fn fit<X>(list: &mut Vec<X>) {
    if list.capacity() - list.len() > 16 {
        list.shrink_to(list.len() + 4);
    }
}

/// Cuts a list in two, neither with more room than it needs.
pub(super) fn split<X>(list: &mut Vec<X>, at: usize) -> Vec<X> {
    let right = list.split_off(at);
    list.shrink_to(at + 4);
    right
}

/// Nodes by id, and the ids that are free.
#[derive(Debug)]
pub(super) struct Arena<X> {
    pub(super) nodes: Vec<Vec<X>>,
    pub(super) free: Vec<u32>,
}

// A copy is as large as what it was copied from: `MEMORY USAGE` tells.
impl<X: Clone> Clone for Arena<X> {
    fn clone(&self) -> Self {
        let mut nodes = Vec::with_capacity(self.nodes.capacity());
        nodes.extend(self.nodes.iter().map(room::copy));
        Self {
            nodes,
            free: room::copy(&self.free),
        }
    }
}

impl<X> Index<u32> for Arena<X> {
    type Output = Vec<X>;
    fn index(&self, id: u32) -> &Vec<X> {
        &self.nodes[id as usize]
    }
}

impl<X> IndexMut<u32> for Arena<X> {
    fn index_mut(&mut self, id: u32) -> &mut Vec<X> {
        &mut self.nodes[id as usize]
    }
}

impl<X: Copy> Arena<X> {
    pub(super) fn new() -> Self {
        Arena {
            nodes: Vec::new(),
            free: Vec::new(),
        }
    }

    pub(super) fn put(&mut self, node: Vec<X>) -> u32 {
        if let Some(id) = self.free.pop() {
            self[id] = node;
            return id;
        }
        if self.nodes.is_empty() {
            self.nodes.reserve_exact(1);
        }
        self.nodes.push(node);
        self.nodes.len() as u32 - 1
    }

    pub(super) fn take(&mut self, id: u32) -> Vec<X> {
        self.free.push(id);
        std::mem::take(&mut self[id])
    }

    /// Moves all of `right` into `left` and frees it, or makes the two equally long. Tells whether
    /// `right` is gone.
    pub(super) fn even(&mut self, left: u32, right: u32) -> bool {
        let (here, there) = (self[left].len(), self[right].len());
        if here + there <= MERGE {
            let items = self.take(right);
            self[left].reserve_exact(items.len());
            self[left].extend(items);
            return true;
        }
        let half = (here + there) / 2;
        if here < half {
            let items: SmallVec<[X; CAP]> = self[right].drain(..half - here).collect();
            self[left].reserve_exact(items.len());
            self[left].extend(items);
            fit(&mut self[right]);
        } else {
            let items = self[left].split_off(half);
            self[right].reserve_exact(items.len());
            self[right].splice(0..0, items);
            fit(&mut self[left]);
        }
        false
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Vec<X>>()
            + self.free.capacity() * size_of::<u32>()
            + self
                .nodes
                .iter()
                .map(|node| node.capacity() * size_of::<X>())
                .sum::<usize>()
    }
}
