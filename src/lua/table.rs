//! Tables: an array part and a hash part, laid out and grown as `ltable.c` of Lua 5.1 does, so that walking
//! one comes by its pairs in the very order of the reference.

use super::strings::Strings;
use super::value::{TableId, Value};

/// The array part has at most 2 to this power slots.
const MAX_BITS: usize = 26;
/// What an empty table takes, in bytes.
const OWN: usize = 64;
/// What a slot of the array part takes, in bytes.
const SLOT: usize = size_of::<Value>();
/// What a node of the hash part takes, in bytes.
const NODE: usize = size_of::<Node>();
/// No node.
const END: u32 = u32::MAX;

/// A pair in the hash part.
#[derive(Clone, Copy, Debug)]
struct Node {
    key: Value,
    value: Value,
    /// The next node of those that collide.
    next: u32,
}

const EMPTY: Node = Node {
    key: Value::Nil,
    value: Value::Nil,
    next: END,
};

/// A key and its value.
pub type Pair = (Value, Value);

/// Why a key cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadKey {
    /// It is nil.
    Nil,
    /// It is not a number, as 0/0.
    NaN,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    array: Vec<Value>,
    /// A power of two of them, or none.
    nodes: Vec<Node>,
    /// All nodes from here on are taken.
    last_free: u32,
    /// The table that holds its metamethods.
    pub metatable: Option<TableId>,
    /// Nothing may be set in it.
    pub readonly: bool,
}

impl Table {
    /// An empty table.
    pub(super) const NONE: Self = Self {
        array: Vec::new(),
        nodes: Vec::new(),
        last_free: 0,
        metatable: None,
        readonly: false,
    };

    /// A table with room for so many elements and pairs.
    pub fn new(array: usize, hash: usize) -> Self {
        let mut table = Self {
            array: vec![Value::Nil; array],
            ..Self::default()
        };
        table.set_nodes(hash);
        table
    }

    /// What it takes, in bytes.
    pub fn memory(&self) -> usize {
        OWN + self.array.len() * SLOT + self.nodes.len() * NODE
    }

    /// What it would take to begin with, in bytes.
    pub fn memory_of(array: usize, hash: usize) -> usize {
        let nodes = if hash == 0 {
            0
        } else {
            hash.next_power_of_two()
        };
        OWN.saturating_add(array.saturating_mul(SLOT))
            .saturating_add(nodes.saturating_mul(NODE))
    }

    fn set_nodes(&mut self, count: usize) {
        let size = if count == 0 {
            0
        } else {
            count.next_power_of_two()
        };
        self.nodes = vec![EMPTY; size];
        self.last_free = size as u32;
    }

    /// Where a key stands if nothing is in its way. There is at least one node.
    fn main_position(&self, key: Value, strings: &Strings) -> u32 {
        let size = self.nodes.len() as u32;
        let odd = (size - 1) | 1;
        match key {
            Value::Nil => 0,
            Value::Bool(bool) => u32::from(bool) & (size - 1),
            Value::Number(number) => Self::place_of_number(number, odd),
            Value::Str(id) => strings.hash(id) & (size - 1),
            Value::Table(id) => id.0 % odd,
            Value::Function(id) => id.0 % odd,
            Value::Thread(id) => id.0 % odd,
            Value::Null => 0,
        }
    }

    fn place_of_number(number: f64, odd: u32) -> u32 {
        if number == 0.0 {
            return 0; // so that -0 stands there too
        }
        let bits = number.to_bits();
        (bits as u32).wrapping_add((bits >> 32) as u32) % odd
    }

    fn find(&self, first: u32, is: impl Fn(&Value) -> bool) -> Option<usize> {
        let mut at = first;
        while let Some(node) = self.nodes.get(at as usize) {
            if is(&node.key) {
                return Some(at as usize);
            }
            at = node.next;
        }
        None
    }

    fn find_key(&self, key: Value, strings: &Strings) -> Option<usize> {
        // An empty node's key is nil.
        if self.nodes.is_empty() || key == Value::Nil {
            return None;
        }
        self.find(self.main_position(key, strings), |other| *other == key)
    }

    fn find_index(&self, number: f64) -> Option<usize> {
        if self.nodes.is_empty() {
            return None;
        }
        let odd = (self.nodes.len() as u32 - 1) | 1;
        let first = Self::place_of_number(number, odd);
        self.find(first, |key| matches!(key, Value::Number(n) if *n == number))
    }

    /// What stands under a key; nil where nothing does.
    #[inline]
    pub fn get(&self, key: Value, strings: &Strings) -> Value {
        if let Value::Number(number) = key {
            return self.get_number(number);
        }
        match self.find_key(key, strings) {
            Some(at) => self.nodes[at].value,
            None => Value::Nil,
        }
    }

    /// What stands under a number.
    #[inline]
    pub fn get_number(&self, number: f64) -> Value {
        let at = number as usize;
        if at as f64 == number
            && let Some(value) = self.array.get(at.wrapping_sub(1))
        {
            return *value;
        }
        match self.find_index(number) {
            Some(at) => self.nodes[at].value,
            None => Value::Nil,
        }
    }

    /// What stands under an index.
    #[inline]
    pub fn get_index(&self, index: usize) -> Value {
        match self.array.get(index.wrapping_sub(1)) {
            Some(value) => *value,
            None => self.get_number(index as f64),
        }
    }

    /// The place of a pair that is there already, to be set anew.
    #[inline]
    pub fn slot(&mut self, key: Value, strings: &Strings) -> Option<&mut Value> {
        if let Value::Number(number) = key {
            let at = number as usize;
            if at as f64 == number && at.wrapping_sub(1) < self.array.len() {
                return self.array.get_mut(at - 1);
            }
            let at = self.find_index(number)?;
            return Some(&mut self.nodes[at].value);
        }
        let at = self.find_key(key, strings)?;
        Some(&mut self.nodes[at].value)
    }

    /// Whether a key can be set at all.
    pub fn check_key(key: Value) -> Result<(), BadKey> {
        match key {
            Value::Nil => Err(BadKey::Nil),
            Value::Number(number) if number.is_nan() => Err(BadKey::NaN),
            _ => Ok(()),
        }
    }

    /// Sets a key that [has no slot](Self::slot) and [can be set](Self::check_key). False: there is no
    /// room, and nothing has changed; [`grow`](Self::grow) makes some.
    pub fn insert(&mut self, key: Value, value: Value, strings: &Strings) -> bool {
        if self.nodes.is_empty() {
            return false;
        }
        let mut at = self.main_position(key, strings) as usize;
        if self.nodes[at].value != Value::Nil {
            let Some(free) = self.free_position() else {
                return false;
            };
            let other = self.main_position(self.nodes[at].key, strings) as usize;
            if other != at {
                // What is in the way is not at home here: it moves.
                let mut before = other;
                while self.nodes[before].next != at as u32 {
                    before = self.nodes[before].next as usize;
                }
                self.nodes[before].next = free as u32;
                self.nodes[free] = self.nodes[at];
                self.nodes[at].next = END;
                self.nodes[at].value = Value::Nil;
            } else {
                self.nodes[free].next = self.nodes[at].next;
                self.nodes[at].next = free as u32;
                at = free;
            }
        }
        self.nodes[at].key = key;
        self.nodes[at].value = value;
        true
    }

    fn free_position(&mut self) -> Option<usize> {
        while self.last_free > 0 {
            self.last_free -= 1;
            let at = self.last_free as usize;
            if self.nodes[at].key == Value::Nil {
                return Some(at);
            }
        }
        None
    }

    /// The sizes that its parts should have once this key is in it too.
    pub fn sizes_with(&self, key: Value) -> (usize, usize) {
        let mut counts = [0usize; MAX_BITS + 1];
        let mut all = 0;
        let mut indices = 0;
        let mut from = 0;
        for (bits, count) in counts.iter_mut().enumerate() {
            let to = (1usize << bits).min(self.array.len());
            if from >= to && bits > 0 {
                break;
            }
            let slice = self.array.get(from..to).unwrap_or_default();
            *count = slice.iter().filter(|value| **value != Value::Nil).count();
            indices += *count;
            from = to;
        }
        all += indices;
        for node in &self.nodes {
            if node.value != Value::Nil {
                indices += count_index(node.key, &mut counts);
                all += 1;
            }
        }
        indices += count_index(key, &mut counts);
        all += 1;
        let (size, in_array) = array_size(&counts, indices);
        (size, all - in_array)
    }

    /// Gives its parts new sizes, keeping all that is in it.
    pub fn resize(&mut self, array: usize, hash: usize, strings: &Strings) {
        let nodes = std::mem::take(&mut self.nodes);
        let vanishing = self.array.split_off(array.min(self.array.len()));
        self.array.resize(array, Value::Nil);
        self.array.shrink_to_fit();
        self.set_nodes(hash);
        for (at, value) in vanishing.into_iter().enumerate() {
            self.put_back(Value::Number((array + at + 1) as f64), value, strings);
        }
        for node in nodes.into_iter().rev() {
            self.put_back(node.key, node.value, strings);
        }
    }

    fn put_back(&mut self, key: Value, value: Value, strings: &Strings) {
        if value == Value::Nil {
            return;
        }
        match self.slot(key, strings) {
            Some(slot) => *slot = value,
            None => {
                if !self.insert(key, value, strings) {
                    // The sizes were counted for all of these.
                    let (array, hash) = self.sizes_with(key);
                    self.resize(array, hash, strings);
                    self.insert(key, value, strings);
                }
            }
        }
    }

    /// Gives the array part so many slots, where it has fewer: for a constructor's list.
    pub fn reserve_array(&mut self, size: usize, strings: &Strings) {
        if size > self.array.len() {
            self.resize(size, self.nodes.len(), strings);
        }
    }

    /// The sizes of its parts.
    pub fn sizes(&self) -> (usize, usize) {
        (self.array.len(), self.nodes.len())
    }

    /// The pair after a key, in the order of a walk, the first after nil; and how many empty places were passed
    /// on the way. `None`: there is no such key.
    pub fn next(&self, key: Value, strings: &Strings) -> Option<(Option<Pair>, usize)> {
        let after = match key {
            Value::Nil => 0,
            Value::Number(number)
                if number >= 1.0
                    && number <= self.array.len() as f64
                    && number as usize as f64 == number =>
            {
                number as usize
            }
            _ => self.find_key(key, strings)? + self.array.len() + 1,
        };
        let mut passed = 0;
        let mut places = self.places_from(after).inspect(|_| passed += 1);
        let pair = places.find(|(_, value)| *value != Value::Nil);
        Some((pair, passed))
    }

    fn places_from(&self, at: usize) -> impl Iterator<Item = Pair> {
        let array = self.array.iter().enumerate().skip(at);
        let array = array.map(|(at, value)| (Value::Number((at + 1) as f64), *value));
        let nodes = self.nodes.iter().skip(at.saturating_sub(self.array.len()));
        let nodes = nodes.map(|node| (node.key, node.value));
        array.chain(nodes)
    }

    /// Its pairs, in the order of a walk.
    pub fn pairs(&self) -> impl Iterator<Item = (Value, Value)> {
        self.places_from(0)
            .filter(|(_, value)| *value != Value::Nil)
    }

    /// A border: an index that holds something where the next one does not; 0 where the first does not.
    pub fn length(&self) -> usize {
        let size = self.array.len();
        if self.array.last() == Some(&Value::Nil) {
            let (mut low, mut high) = (0, size);
            while high - low > 1 {
                let middle = (low + high) / 2;
                if self.array[middle - 1] == Value::Nil {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            return low;
        }
        if self.nodes.is_empty() {
            return size;
        }
        let (mut low, mut high) = (size, size + 1);
        while self.get_index(high) != Value::Nil {
            low = high;
            high *= 2;
            if high > i32::MAX as usize {
                // Somebody built it so on purpose.
                return (1..)
                    .find(|at| self.get_index(*at) == Value::Nil)
                    .unwrap_or(1)
                    - 1;
            }
        }
        while high - low > 1 {
            let middle = (low + high) / 2;
            if self.get_index(middle) == Value::Nil {
                high = middle;
            } else {
                low = middle;
            }
        }
        low
    }

    /// Drops the pairs that a weak table is not to hold any more.
    pub(super) fn drop_pairs(&mut self, dead: impl Fn(Value, Value) -> bool) {
        for (at, value) in self.array.iter_mut().enumerate() {
            if dead(Value::Number((at + 1) as f64), *value) {
                *value = Value::Nil;
            }
        }
        for node in &mut self.nodes {
            if node.value != Value::Nil && dead(node.key, node.value) {
                node.value = Value::Nil;
            }
        }
    }

    /// A key whose pair is gone stays in its node, so that a walk can go on from it; but it must not be
    /// taken for a new value that gets the same handle.
    pub(super) fn forget_keys(&mut self, dead: impl Fn(Value) -> bool) {
        for node in &mut self.nodes {
            if node.value == Value::Nil && node.key != Value::Nil && dead(node.key) {
                node.key = Value::Number(f64::NAN);
            }
        }
    }
}

fn count_index(key: Value, counts: &mut [usize; MAX_BITS + 1]) -> usize {
    let Value::Number(number) = key else { return 0 };
    let index = number as usize;
    if index == 0 || index as f64 != number || index > 1 << MAX_BITS {
        return 0;
    }
    counts[index.next_power_of_two().trailing_zeros() as usize] += 1;
    1
}

/// The size of the array part of which more than half is used, and how many of the elements it takes.
fn array_size(counts: &[usize; MAX_BITS + 1], indices: usize) -> (usize, usize) {
    let (mut below, mut size, mut taken) = (0, 0, 0);
    for (bits, count) in counts.iter().enumerate() {
        let power = 1usize << bits;
        if power / 2 >= indices {
            break;
        }
        if *count > 0 {
            below += count;
            if below > power / 2 {
                size = power;
                taken = below;
            }
        }
        if below == indices {
            break;
        }
    }
    (size, taken)
}
