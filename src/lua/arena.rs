//! Things that are known by their handles.

/// Slots that are used again.
#[derive(Clone, Debug)]
pub(super) struct Arena<T> {
    slots: Vec<Option<T>>,
    /// After a sweep the lowest is the last, and so filled first: the next sweep can give up as many as it can.
    free: Vec<u32>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T> Arena<T> {
    pub(super) fn add(&mut self, item: T) -> u32 {
        if let Some(id) = self.free.pop() {
            self.slots[id as usize] = Some(item);
            return id;
        }
        self.slots.push(Some(item));
        (self.slots.len() - 1) as u32
    }

    #[inline]
    pub(super) fn get(&self, id: u32) -> Option<&T> {
        self.slots.get(id as usize)?.as_ref()
    }

    #[inline]
    pub(super) fn get_mut(&mut self, id: u32) -> Option<&mut T> {
        self.slots.get_mut(id as usize)?.as_mut()
    }

    /// How many slots there are, free ones counted.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Drops what is not marked, after `dropping` has seen it, and the slots above the last that is in use: sweeping
    /// takes time for every slot, so that a script would pay for all that one before it had made.
    pub(super) fn sweep(&mut self, marks: &[bool], mut dropping: impl FnMut(u32, &T)) {
        self.free.clear();
        let mut used = 0;
        for (id, slot) in self.slots.iter_mut().enumerate() {
            if let Some(item) = slot {
                if marks.get(id).copied().unwrap_or_default() {
                    used = id + 1;
                    continue;
                }
                dropping(id as u32, item);
                *slot = None;
            }
            self.free.push(id as u32);
        }
        self.slots.truncate(used);
        self.slots.shrink_to(used * 2);
        while self.free.pop_if(|id| *id as usize >= used).is_some() {}
        self.free.reverse();
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().flatten()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.slots.iter_mut().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_above_the_last_in_use_are_given_up() {
        let mut arena = Arena::default();
        (0..1000).for_each(|item| {
            arena.add(item);
        });
        let mut marks = vec![false; 1000];
        marks[2] = true;
        let mut dropped = 0;
        arena.sweep(&marks, |_, _| dropped += 1);
        assert_eq!((arena.len(), dropped), (3, 999));
        assert_eq!(arena.iter().collect::<Vec<_>>(), [&2]);
        // The lowest is filled first, so that the next sweep can give up as much as it can.
        assert_eq!([7, 8, 9].map(|item| arena.add(item)), [0, 1, 3]);
        assert_eq!(arena.get(2), Some(&2));
    }
}
