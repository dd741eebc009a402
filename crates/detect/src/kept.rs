//! State that outlives the process: written as bytes and read back, without a format to agree on.
//!
//! Only the same program reads it; [`crate::Detector::restore`] checks that, and starts anew what
//! does not fit. What is unordered is written in order, so that equal states are equal bytes.
//! A state is passed on in pieces: what is remembered is never in memory a second time.

mod pieces;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use haechi_model::Timestamp;

pub(crate) use pieces::{Arriving, Pieces};

/// A value that can be written down and read back.
pub(crate) trait Kept: Sized {
    /// Appends the value.
    fn write(&self, out: &mut Vec<u8>);

    /// Takes the value off the front; nothing when the bytes do not hold one.
    fn read(bytes: &mut &[u8]) -> Option<Self>;

    /// Returns about how many bytes it holds beside its own: what is shared counts for nobody.
    fn held_bytes(&self) -> usize {
        0
    }

    /// Passes the value on: as a whole, or value by value what holds many.
    fn pass(&self, out: &mut Pieces<'_>) {
        out.add(|piece| self.write(piece));
    }

    /// Gathers what was passed on.
    fn gather(from: &mut Arriving<'_>) -> Option<Self> {
        from.take(Self::read)
    }
}

/// A part of a state that is written and read in place.
pub(crate) trait Part {
    /// Passes the part on.
    fn save(&self, out: &mut Pieces<'_>);

    /// Puts what was saved in the part's place.
    fn load(&mut self, from: &mut Arriving<'_>) -> Option<()>;

    /// Returns about how many bytes it takes, where it can let go of some.
    fn bytes(&self) -> usize {
        0
    }

    /// Lets go of half of it: of what has been quiet longest.
    fn let_go_of_half(&mut self) {}

    /// Returns how many entries were let go for want of room.
    fn n_let_go(&self) -> u64 {
        0
    }
}

impl<T: Kept> Part for T {
    fn save(&self, out: &mut Pieces<'_>) {
        self.pass(out);
    }

    fn load(&mut self, from: &mut Arriving<'_>) -> Option<()> {
        *self = T::gather(from)?;
        Some(())
    }
}

/// Takes so many bytes off the front.
pub(crate) fn taken<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (front, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(front)
}

/// Lets a struct be kept, field by field; a field that is left out does not compile.
macro_rules! kept {
    ($name:ident { $($field:ident),* $(,)? }) => {
        impl $crate::kept::Kept for $name {
            fn write(&self, out: &mut Vec<u8>) {
                $($crate::kept::Kept::write(&self.$field, out);)*
            }

            fn held_bytes(&self) -> usize {
                0 $(+ $crate::kept::Kept::held_bytes(&self.$field))*
            }

            fn read(bytes: &mut &[u8]) -> Option<Self> {
                Some(Self { $($field: $crate::kept::Kept::read(bytes)?),* })
            }
        }
    };
}

pub(crate) use kept;

/// Lets numbers be kept as their bytes.
macro_rules! kept_numbers {
    ($($number:ty),*) => {$(
        impl Kept for $number {
            fn write(&self, out: &mut Vec<u8>) {
                out.extend(self.to_le_bytes());
            }

            fn read(bytes: &mut &[u8]) -> Option<Self> {
                let front = taken(bytes, size_of::<Self>())?;
                Some(Self::from_le_bytes(front.try_into().ok()?))
            }
        }
    )*};
}

kept_numbers!(u8, u16, u32, u64, u128, usize, i64, f32, f64);

impl Kept for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        match u8::read(bytes)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Kept for () {
    fn write(&self, _: &mut Vec<u8>) {}

    fn read(_: &mut &[u8]) -> Option<Self> {
        Some(())
    }
}

/// What an allocation takes beside what it is for.
const ALLOCATION_BYTES: usize = 16;

/// Returns about how many bytes a collection of values takes, with so much for each place.
fn all_bytes<'a, T: Kept + 'a>(
    values: impl ExactSizeIterator<Item = &'a T>,
    place_bytes: usize,
) -> usize {
    let n_values = values.len();
    let held: usize = values.map(Kept::held_bytes).sum();
    if n_values == 0 { 0 } else { ALLOCATION_BYTES + n_values * place_bytes + held }
}

impl Kept for String {
    fn held_bytes(&self) -> usize {
        ALLOCATION_BYTES + self.len()
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.len().write(out);
        out.extend(self.as_bytes());
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let length = usize::read(bytes)?;
        let text = std::str::from_utf8(taken(bytes, length)?).ok()?;
        Some(text.to_owned())
    }
}

impl Kept for Arc<str> {
    fn write(&self, out: &mut Vec<u8>) {
        self.len().write(out);
        out.extend(self.as_bytes());
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        String::read(bytes).map(Self::from)
    }
}

impl<T: Kept> Kept for Arc<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_ref().write(out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        T::read(bytes).map(Self::new)
    }
}

impl Kept for Timestamp {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        i64::read(bytes).map(Self)
    }
}

impl Kept for IpAddr {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::V4(v4) => (4_u8, v4.to_bits()).write(out),
            Self::V6(v6) => (6_u8, v6.to_bits()).write(out),
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        match u8::read(bytes)? {
            4 => Some(Self::V4(Ipv4Addr::from_bits(u32::read(bytes)?))),
            6 => Some(Self::V6(Ipv6Addr::from_bits(u128::read(bytes)?))),
            _ => None,
        }
    }
}

impl<T: Kept> Kept for Option<T> {
    fn held_bytes(&self) -> usize {
        self.as_ref().map_or(0, Kept::held_bytes)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.is_some().write(out);
        if let Some(value) = self {
            value.write(out);
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        if bool::read(bytes)? { T::read(bytes).map(Some) } else { Some(None) }
    }
}

impl<A: Kept, B: Kept> Kept for (A, B) {
    fn held_bytes(&self) -> usize {
        self.0.held_bytes() + self.1.held_bytes()
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::read(bytes)?, B::read(bytes)?))
    }
}

impl<T: Kept, const N: usize> Kept for [T; N] {
    fn write(&self, out: &mut Vec<u8>) {
        for value in self {
            value.write(out);
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let values: Vec<T> = (0..N).map(|_| T::read(bytes)).collect::<Option<_>>()?;
        values.try_into().ok()
    }
}

/// Writes a count and the values.
fn write_all<'a, T: Kept + 'a>(values: impl ExactSizeIterator<Item = &'a T>, out: &mut Vec<u8>) {
    values.len().write(out);
    for value in values {
        value.write(out);
    }
}

/// Reads a count and the values; a count that lies ends with the bytes.
fn read_all<T: Kept, C: FromIterator<T>>(bytes: &mut &[u8]) -> Option<C> {
    let length = usize::read(bytes)?;
    (0..length).map(|_| T::read(bytes)).collect()
}

/// Passes on a count and the values.
fn pass_all<'a, T: Kept + 'a>(values: impl ExactSizeIterator<Item = &'a T>, out: &mut Pieces<'_>) {
    out.add(|piece| values.len().write(piece));
    for value in values {
        out.add(|piece| value.write(piece));
    }
}

/// Gathers a count and the values; a count that lies ends with what arrives.
fn gather_all<T: Kept, C: FromIterator<T>>(from: &mut Arriving<'_>) -> Option<C> {
    let length = from.take(usize::read)?;
    (0..length).map(|_| from.take(T::read)).collect()
}

impl<T: Kept> Kept for Vec<T> {
    fn held_bytes(&self) -> usize {
        all_bytes(self.iter(), size_of::<T>())
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_all(self.iter(), out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        read_all(bytes)
    }

    fn pass(&self, out: &mut Pieces<'_>) {
        pass_all(self.iter(), out);
    }

    fn gather(from: &mut Arriving<'_>) -> Option<Self> {
        gather_all(from)
    }
}

impl<T: Kept> Kept for VecDeque<T> {
    fn held_bytes(&self) -> usize {
        all_bytes(self.iter(), size_of::<T>())
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_all(self.iter(), out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        read_all(bytes)
    }

    fn pass(&self, out: &mut Pieces<'_>) {
        pass_all(self.iter(), out);
    }

    fn gather(from: &mut Arriving<'_>) -> Option<Self> {
        gather_all(from)
    }
}

impl<T: Kept + Ord> Kept for BTreeSet<T> {
    fn held_bytes(&self) -> usize {
        all_bytes(self.iter(), size_of::<T>() * 3 / 2)
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_all(self.iter(), out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        read_all(bytes)
    }
}

impl<T: Kept + Ord + Hash, S: BuildHasher + Default> Kept for HashSet<T, S> {
    fn held_bytes(&self) -> usize {
        all_bytes(self.iter(), (size_of::<T>() + 1) * 3 / 2)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let mut values: Vec<&T> = self.iter().collect();
        values.sort_unstable();
        write_all(values.into_iter(), out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        read_all(bytes)
    }
}

impl<K: Kept + Ord, V: Kept> Kept for BTreeMap<K, V> {
    fn held_bytes(&self) -> usize {
        all_bytes(self.values(), size_of::<(K, V)>() * 3 / 2)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.len().write(out);
        for (key, value) in self {
            key.write(out);
            value.write(out);
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        read_all::<(K, V), Self>(bytes)
    }
}

impl<K: Kept + Ord + Hash, V: Kept, S: BuildHasher + Default> Kept for HashMap<K, V, S> {
    fn write(&self, out: &mut Vec<u8>) {
        let entries = in_order(self);
        entries.len().write(out);
        for (key, value) in entries {
            key.write(out);
            value.write(out);
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        read_all::<(K, V), Self>(bytes)
    }

    fn pass(&self, out: &mut Pieces<'_>) {
        let entries = in_order(self);
        out.add(|piece| entries.len().write(piece));
        for (key, value) in entries {
            out.add(|piece| {
                key.write(piece);
                value.write(piece);
            });
        }
    }

    fn gather(from: &mut Arriving<'_>) -> Option<Self> {
        gather_all::<(K, V), Self>(from)
    }
}

fn in_order<K: Ord, V, S>(map: &HashMap<K, V, S>) -> Vec<(&K, &V)> {
    let mut entries: Vec<(&K, &V)> = map.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<T: Kept + PartialEq + std::fmt::Debug>(value: &T) {
        let mut out = Vec::new();
        value.write(&mut out);
        let mut bytes = out.as_slice();
        assert_eq!(T::read(&mut bytes).as_ref(), Some(value));
        assert!(bytes.is_empty());
        for length in 0..out.len() {
            assert_eq!(T::read(&mut out.get(..length).unwrap()), None, "cut after {length}");
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_nothing_less() {
        check(&(7_u16, "text 가".to_owned()));
        check(&vec![Some(1.5_f64), None]);
        check(&HashMap::<String, Vec<u32>>::from([
            ("a".to_owned(), vec![1]),
            ("b".into(), vec![]),
        ]));
        check(&BTreeSet::from(
            ["192.0.2.1", "2001:db8::1"].map(|it| it.parse::<IpAddr>().unwrap()),
        ));
        check(&[true, false, true]);
        check(&Timestamp(-5));
    }

    #[test]
    fn a_count_that_lies_is_no_value() {
        let mut out = Vec::new();
        usize::MAX.write(&mut out);
        assert_eq!(Vec::<u64>::read(&mut out.as_slice()), None);
        assert_eq!(Vec::<()>::read(&mut [1, 0, 0, 0, 0, 0, 0, 0].as_slice()), Some(vec![()]));
    }
}
