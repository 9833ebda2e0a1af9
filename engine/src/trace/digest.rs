//! One number for a whole trace.

use super::Event;
use std::hash::{Hash, Hasher};
use xxhash_rust::xxh3::Xxh3;

/// A running XXH3 over all events. Derived `Hash` writes what the machine calls a word where it writes a variant's
/// number or a length; [`Portable`] makes these 64 bits wide everywhere, so that wasm and native agree.
#[derive(Clone, Default)]
pub(super) struct Digest(Xxh3);

impl Digest {
    pub(super) fn add(&mut self, event: &Event) {
        event.hash(&mut Portable(&mut self.0));
    }

    pub(super) fn value(&self) -> u64 {
        self.0.digest()
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.value())
    }
}

struct Portable<'a>(&'a mut Xxh3);

impl Hasher for Portable<'_> {
    fn finish(&self) -> u64 {
        self.0.digest()
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
    fn write_u8(&mut self, n: u8) {
        self.0.update(&[n]);
    }
    fn write_u16(&mut self, n: u16) {
        self.0.update(&n.to_le_bytes());
    }
    fn write_u32(&mut self, n: u32) {
        self.0.update(&n.to_le_bytes());
    }
    fn write_u64(&mut self, n: u64) {
        self.0.update(&n.to_le_bytes());
    }
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
    fn write_i16(&mut self, n: i16) {
        self.write_u16(n.cast_unsigned());
    }
    fn write_i32(&mut self, n: i32) {
        self.write_u32(n.cast_unsigned());
    }
    fn write_i64(&mut self, n: i64) {
        self.write_u64(n.cast_unsigned());
    }
    fn write_isize(&mut self, n: isize) {
        self.write_i64(n as i64);
    }
}
