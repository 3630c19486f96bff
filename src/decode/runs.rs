//! Finds long runs of one kind of bytes without looking at most of them; knows nothing of what they encode.

/// Every maximal run of at least `least` neighbours below `len` that are `in_class`, in order, as half-open pairs.
/// Looks first where a run that is long enough must reach, so that where runs are short most is jumped over.
pub fn runs(
    len: usize,
    least: usize,
    in_class: impl Fn(usize) -> bool,
) -> impl Iterator<Item = (usize, usize)> {
    // The first index at which the next run can begin: what stands before it is in no class, or nothing.
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let reach = from + least;
            if reach > len {
                return None;
            }
            if let Some(outside) = (from..reach).rev().find(|at| !in_class(*at)) {
                from = outside + 1;
                continue;
            }
            let end = (reach..len).find(|at| !in_class(*at)).unwrap_or(len);
            let run = (from, end);
            from = end + 1;
            return Some(run);
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::runs;

    /// The stupid twin: splits at everything that is outside.
    fn all(text: &[u8], least: usize) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut start = 0;
        for end in 0..=text.len() {
            if text.get(end).is_none_or(|byte| *byte != b'x') {
                if end - start >= least {
                    found.push((start, end));
                }
                start = end + 1;
            }
        }
        found
    }

    proptest! {
        #[test]
        fn jumping_misses_no_run(text in "(x{0,9}[.,]){0,9}x{0,9}", least in 1usize..7) {
            let text = text.as_bytes();
            let found: Vec<_> = runs(text.len(), least, |at| text[at] == b'x').collect();
            prop_assert_eq!(found, all(text, least));
        }
    }
}
