//! Small numbers as Parquet packs them: runs of one number, and groups of eight packed bit by bit.

/// How many numbers are packed together.
const GROUP: usize = 8;

/// Appends the numbers, each of so many bits.
pub(super) fn put_numbers(output: &mut Vec<u8>, numbers: &[u32], n_bits: u32) {
    let mut rest = numbers;
    // How many of the first of `rest` are in no run.
    let mut n_loose = 0;
    while let Some(&number) = rest.get(n_loose) {
        let tail = rest.get(n_loose..).unwrap_or_default();
        let n_equal = tail.iter().take_while(|it| **it == number).count();
        // A run begins where a group of loose numbers is full.
        let n_filling = n_loose.next_multiple_of(GROUP) - n_loose;
        if n_equal < n_filling + GROUP {
            n_loose += n_equal;
            continue;
        }
        let (loose, behind) = rest.split_at_checked(n_loose + n_filling).unwrap_or_default();
        put_packed(output, loose, n_bits);
        let n_run = n_equal - n_filling;
        put_run(output, number, n_run, n_bits);
        rest = behind.get(n_run..).unwrap_or_default();
        n_loose = 0;
    }
    put_packed(output, rest, n_bits);
}

/// Appends one number so many times.
pub(super) fn put_run(output: &mut Vec<u8>, number: u32, n_times: usize, n_bits: u32) {
    put_varint(output, (n_times << 1) as u64);
    let n_bytes = n_bits.div_ceil(8) as usize;
    output.extend(number.to_le_bytes().iter().take(n_bytes));
}

/// Appends numbers bit by bit; the last group is filled up with zeros.
fn put_packed(output: &mut Vec<u8>, numbers: &[u32], n_bits: u32) {
    if numbers.is_empty() {
        return;
    }
    let n_groups = numbers.len().div_ceil(GROUP);
    put_varint(output, ((n_groups << 1) | 1) as u64);
    let end = output.len() + n_groups * n_bits as usize;
    pack(output, numbers, n_bits);
    output.resize(end, 0);
}

/// Appends numbers of so many bits, 64 at most, without gaps.
pub(super) fn pack<N: Copy + Into<u64>>(output: &mut Vec<u8>, numbers: &[N], n_bits: u32) {
    if n_bits <= u32::BITS {
        return pack_small(output, numbers, n_bits);
    }
    let mut bits: u128 = 0;
    let mut n_waiting = 0;
    for &number in numbers {
        bits |= u128::from(number.into()) << n_waiting;
        n_waiting += n_bits;
        if 64 <= n_waiting {
            output.extend_from_slice(bits.to_le_bytes().first_chunk::<8>().unwrap_or(&[0; 8]));
            bits >>= 64;
            n_waiting -= 64;
        }
    }
    output.extend(bits.to_le_bytes().iter().take(n_waiting.div_ceil(8) as usize));
}

#[inline]
fn pack_small<N: Copy + Into<u64>>(output: &mut Vec<u8>, numbers: &[N], n_bits: u32) {
    let mut bits: u64 = 0;
    let mut n_waiting = 0;
    for &number in numbers {
        bits |= number.into() << n_waiting;
        n_waiting += n_bits;
        if 32 <= n_waiting {
            output.extend_from_slice(bits.to_le_bytes().first_chunk::<4>().unwrap_or(&[0; 4]));
            bits >>= 32;
            n_waiting -= 32;
        }
    }
    output.extend(bits.to_le_bytes().iter().take(n_waiting.div_ceil(8) as usize));
}

pub(super) fn put_varint(output: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        if number < 0x80 {
            return output.push(low);
        }
        output.push(low | 0x80);
        number >>= 7;
    }
}

/// Returns how many bits the largest of so many numbers has, counted from 0; one at least, because
/// not every reader takes numbers of no bits.
pub(super) fn bits_of(n_numbers: usize) -> u32 {
    let largest = n_numbers.saturating_sub(1);
    (usize::BITS - largest.leading_zeros()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(numbers: &[u32], n_bits: u32) -> Vec<u8> {
        let mut output = Vec::new();
        put_numbers(&mut output, numbers, n_bits);
        output
    }

    /// Reads them as the format's description says.
    fn read(mut bytes: &[u8], n_bits: u32) -> Vec<u32> {
        let mut numbers = Vec::new();
        while !bytes.is_empty() {
            let (mut header, mut shift) = (0_usize, 0);
            loop {
                let byte = bytes[0];
                bytes = &bytes[1..];
                header |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if byte < 0x80 {
                    break;
                }
            }
            let n_bytes = if header & 1 == 1 {
                (header >> 1) * n_bits as usize
            } else {
                n_bits.div_ceil(8) as usize
            };
            let (body, rest) = bytes.split_at(n_bytes);
            bytes = rest;
            if header & 1 == 1 {
                let bit = |at: usize| u32::from(body[at / 8] >> (at % 8) & 1);
                let n_bits = n_bits as usize;
                let number =
                    |at: usize| (0..n_bits).map(|i| bit(at * n_bits + i) << i).sum::<u32>();
                numbers.extend((0..(header >> 1) * GROUP).map(number));
            } else {
                let number =
                    body.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte));
                numbers.extend(std::iter::repeat_n(number, header >> 1));
            }
        }
        numbers
    }

    #[test]
    fn numbers_come_back() {
        let mut seed = 1_u32;
        for n_bits in 1..=20 {
            for n_numbers in [0, 1, 7, 8, 9, 16, 100, 1_000] {
                let mut numbers = Vec::new();
                while numbers.len() < n_numbers {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let number = (seed >> 8) & ((1 << n_bits) - 1);
                    let n_times = if seed.is_multiple_of(3) { (seed >> 4) % 40 + 1 } else { 1 };
                    numbers.extend(std::iter::repeat_n(number, n_times as usize));
                }
                let mut read = read(&put(&numbers, n_bits), n_bits);
                assert!(read.len() < numbers.len() + GROUP);
                read.truncate(numbers.len());
                assert_eq!(read, numbers, "{n_bits} bits");
            }
        }
    }

    #[test]
    fn one_number_takes_hardly_any_room() {
        assert_eq!(put(&[0; 1_000], 1), [0xd0, 0x0f, 0]);
        assert_eq!(put(&[1; 20], 1), [40, 1]);
        assert_eq!(put(&[1, 0, 1], 1), [3, 0b101]);
    }

    #[test]
    fn bits_hold_the_largest() {
        assert_eq!([0, 1, 2, 3, 4, 5, 256, 257].map(bits_of), [1, 1, 1, 2, 2, 3, 8, 9]);
    }
}
