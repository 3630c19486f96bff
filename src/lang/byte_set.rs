//! Sets of bytes that are fast to look for. Knows no language.

/// A set of bytes.
#[derive(Debug, Clone)]
pub(super) struct ByteSet([bool; 256]);

impl ByteSet {
    pub(super) const fn new(bytes: &[u8]) -> Self {
        let mut set = ByteSet([false; 256]);
        set.add(bytes);
        set
    }

    pub(super) const fn add(&mut self, bytes: &[u8]) {
        let mut idx = 0;
        while idx < bytes.len() {
            self.0[bytes[idx] as usize] = true;
            idx += 1;
        }
    }

    pub(super) fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    /// The number of bytes before the first of this set, one or two cycles for each; chunks were not faster.
    pub(super) fn find(&self, bytes: &[u8]) -> usize {
        bytes.iter().position(|&byte| self.contains(byte)).unwrap_or(bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::ByteSet;

    #[test]
    fn finds_the_first_byte_of_the_set_or_the_end() {
        let set = ByteSet::new(b"(\n");
        for len in 0..40 {
            let mut bytes = vec![b'a'; len];
            assert_eq!(set.find(&bytes), len);
            bytes.extend(b"(b\n");
            assert_eq!(set.find(&bytes), len);
        }
        assert!(set.contains(b'(') && !set.contains(b')'));
    }
}
