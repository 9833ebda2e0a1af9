//! A list that only grows, and whose clones share what is full.

use std::sync::Arc;

/// A list that only grows. A clone copies the last chunk and a pointer for each chunk before it: a world is cloned for
/// each keyframe, and what has been is the same in all of them.
#[derive(Debug, Clone)]
pub(crate) struct Chunked<T> {
    full: Vec<Arc<[T]>>,
    last: Vec<T>,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self {
            full: Vec::new(),
            last: Vec::new(),
        }
    }
}

impl<T> Chunked<T> {
    const CHUNK: usize = 512;

    pub(crate) fn len(&self) -> usize {
        self.full.len() * Self::CHUNK + self.last.len()
    }

    pub(crate) fn push(&mut self, item: T) {
        self.last.push(item);
        if self.last.len() == Self::CHUNK {
            self.full.push(std::mem::take(&mut self.last).into());
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        match self.full.get(index / Self::CHUNK) {
            Some(chunk) => chunk.get(index % Self::CHUNK),
            None => self.last.get(index - self.full.len() * Self::CHUNK),
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.full.iter().flat_map(|chunk| chunk.iter()).chain(&self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_list_of_what_was_pushed() {
        let mut list = Chunked::default();
        for n in 0..1_300 {
            assert_eq!((list.len(), list.get(n)), (n, None));
            list.push(n);
        }
        assert!(list.iter().copied().eq(0..1_300));
        assert!((0..1_300).all(|n| list.get(n) == Some(&n)));
    }

    #[test]
    fn a_clone_shares_what_is_full_and_grows_by_itself() {
        let mut list = Chunked::default();
        (0..700).for_each(|n| list.push(n));
        let mut clone = list.clone();
        assert!(Arc::ptr_eq(&list.full[0], &clone.full[0]));
        clone.push(-1);
        assert_eq!((list.len(), clone.get(700)), (700, Some(&-1)));
    }
}
