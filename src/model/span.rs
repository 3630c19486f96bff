//! Places in content: byte spans for machines, line and column for people.

/// A half-open byte range `[start, end)` of one unit's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// The span `[start, end)`.
    pub const fn new(start: usize, end: usize) -> Self {
        Span { start, end }
    }

    /// Number of bytes.
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// True for a span of no bytes.
    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// True when the two spans share at least one byte.
    pub const fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// True when `other` lies inside this span.
    pub const fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The bytes of `content` at this span.
    pub fn of(self, content: &[u8]) -> &[u8] {
        &content[self.start..self.end]
    }
}

/// Bytes that one content has in common with an older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// Where they stand in the older content.
    pub from: usize,
    /// Where they stand in this content.
    pub to: usize,
    /// How many.
    pub len: usize,
}

impl Shared {
    /// Where the bytes stand in the older content.
    pub const fn there(self) -> Span {
        Span::new(self.from, self.from + self.len)
    }

    /// Where the bytes stand in this content.
    pub const fn here(self) -> Span {
        Span::new(self.to, self.to + self.len)
    }
}

/// A place as shown to people: line and column start at 1, columns count characters (a byte that is not part of
/// valid UTF-8 counts as one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}
