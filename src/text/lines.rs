//! From byte offsets to lines and columns.

use std::cell::Cell;

use crate::model::{Position, Span};

/// Where the lines of some content begin. A line ends with its `\n`; the last one may lack it.
pub struct Lines<'c> {
    content: &'c [u8],
    starts: Vec<usize>,
    /// The last offset asked for and its column, so that asking in order does not count a long line again and again.
    last: Cell<(usize, usize)>,
}

impl<'c> Lines<'c> {
    /// Finds the lines of `content`, in one pass.
    pub fn new(content: &'c [u8]) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', content).map(|at| at + 1)).collect();
        Lines { content, starts, last: Cell::new((0, 1)) }
    }

    /// Number of lines; content that ends with a newline has an empty last line.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The 0-based index of the line that holds `offset`.
    pub fn index_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset) - 1
    }

    /// The bytes of line `idx` (0-based), without its line ending.
    pub fn span(&self, idx: usize) -> Span {
        let start = self.starts[idx];
        let mut end = self.starts.get(idx + 1).map_or(self.content.len(), |next| next - 1);
        if end > start && self.content[end - 1] == b'\r' {
            end -= 1;
        }
        Span::new(start, end)
    }

    /// Line and column of `offset`, as people count.
    pub fn position(&self, offset: usize) -> Position {
        let idx = self.index_at(offset);
        let (known, column) = self.last.get();
        let same_line = self.starts[idx] <= known && known <= offset;
        let (from, column) = if same_line { (known, column) } else { (self.starts[idx], 1) };
        let chars = |chunk: std::str::Utf8Chunk<'_>| chunk.valid().chars().count() + chunk.invalid().len();
        let column = column + self.content[from..offset].utf8_chunks().map(chars).sum::<usize>();
        self.last.set((offset, column));
        Position { line: idx + 1, column }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use crate::model::Position;

    #[test]
    fn offsets_become_lines_and_columns_in_characters() {
        let text = "a\u{e9}b\r\n\nlast".as_bytes();
        let lines = Lines::new(text);
        let at = |offset| lines.position(offset);
        assert_eq!(at(0), Position { line: 1, column: 1 });
        assert_eq!(at(3), Position { line: 1, column: 3 });
        assert_eq!(at(6), Position { line: 2, column: 1 });
        assert_eq!(at(text.len()), Position { line: 3, column: 5 });
        assert_eq!(lines.span(0).of(text), "a\u{e9}b".as_bytes());
        assert_eq!(lines.span(2).of(text), b"last");
        assert_eq!(lines.count(), 3);
    }
}
