//! Where a content can be cut without changing what is decoded in it: ends of lines that no digits and no literal run
//! across. What `derive` finds in a content is what it finds in the pieces between such places, archives excepted; a
//! property test holds that.

use super::{edit, radix};

/// How far behind its first half the second half of a literal may begin.
const GAP: usize = edit::GAP + 1;

/// The end of a line at which nothing goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Behind the newline.
    pub end: usize,
    /// The first byte that proves it.
    pub proof: usize,
}

/// Whether nothing that is decoded goes on behind the newline at `newline`.
pub fn rest_at(content: &[u8], newline: usize) -> Option<Rest> {
    let near = newline.saturating_sub(GAP);
    let blank = |byte: u8| byte.is_ascii_whitespace();
    let last = last_but(content, (near, newline), blank)?;
    // An operator joins the halves of a literal where the first half stands before it.
    let operand = last_but(content, (near, last + 1), edit::is_operator)?;
    let operand = last_but(content, (near, operand + 1), blank)?;
    let line = &content[(last + 1).saturating_sub(radix::WRAPPED)..=last];
    let digits = line.iter().rev().position(|byte| !radix::is_digit(*byte))?;
    let proof = operand.min(last - digits);
    (!matches!(content[operand], b'"' | b'\'')).then_some(Rest { end: newline + 1, proof })
}

/// The place of the last byte before `end` that is of another kind. When none is, the content must not begin at `near`, for
/// in another one more may stand before it; what stands farther away than that does not matter.
fn last_but(content: &[u8], (near, end): (usize, usize), kind: impl Fn(u8) -> bool) -> Option<usize> {
    let found = content[near..end].iter().rposition(|byte| !kind(*byte));
    found.map(|at| near + at).or((near > 0).then_some(near))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::rest_at;
    use crate::decode::{Budget, derive_text};

    /// Where a piece is cut out, and what is derived in it: text and place.
    fn derived(content: &[u8], start: usize) -> Vec<(usize, usize, Vec<u8>)> {
        let found = derive_text(content, &mut Budget::for_content(content.len()));
        let placed = found.into_iter().map(|one| {
            let span = one.source(crate::model::Span::new(0, one.text.len()));
            (start + span.start, start + span.end, one.text)
        });
        placed.collect()
    }

    fn pieces(content: &[u8]) -> Vec<(usize, usize)> {
        let ends = memchr::memchr_iter(b'\n', content).filter_map(|at| rest_at(content, at));
        let ends: Vec<usize> = ends.map(|rest| rest.end).chain([content.len()]).collect();
        std::iter::once(0).chain(ends.iter().copied()).zip(ends.iter().copied()).collect()
    }

    fn words() -> impl Strategy<Value = Vec<u8>> {
        let word = prop::sample::select(vec![
            "\n",
            "\n",
            "\n",
            "\r\n",
            "\n\n",
            " ",
            "    ",
            "\"",
            "'",
            "\" +",
            "\" .\n  \"",
            "'>\n",
            ".",
            ">",
            "</p>",
            "+",
            ";",
            ",",
            "\\n",
            "\\",
            "b\"",
            "&#65;",
            "%41",
            "\\u0041",
            "\\x41",
            "abc",
            "x = ",
            "=",
            "==",
            "&",
            "\t",
            "cGFzc3dvcmQ9c2VjcmV0IHRoYXQgaXMgbG9uZyBlbm91Z2ggdG8gd3JhcA",
            "cGFzc3dvcmQ9c2VjcmV0",
            "70617373776f72643d736563726574746861746c6f6e67",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ]);
        prop::collection::vec(word, 0..60).prop_map(|words| words.concat().into_bytes())
    }

    proptest! {
        #[test]
        fn nothing_is_decoded_across_a_rest(content in words(), blanks in 0usize..130) {
            let content = [&content[..], &vec![b' '; blanks], &content].concat();
            let mut whole = derived(&content, 0);
            let mut parts: Vec<_> =
                pieces(&content).into_iter().flat_map(|(start, end)| derived(&content[start..end], start)).collect();
            whole.sort();
            parts.sort();
            prop_assert_eq!(whole, parts);
        }

        #[test]
        fn what_stands_before_the_proof_does_not_matter(content in words(), before in words()) {
            for at in memchr::memchr_iter(b'\n', &content) {
                if let Some(rest) = rest_at(&content, at) {
                    let other = [&before[..], &content[rest.proof..]].concat();
                    let moved = rest_at(&other, before.len() + at - rest.proof);
                    prop_assert_eq!(moved.map(|it| it.end - before.len() + rest.proof), Some(rest.end));
                }
            }
        }
    }
}
