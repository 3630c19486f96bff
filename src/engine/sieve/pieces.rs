//! Cuts a content into pieces across which nothing is encoded, and tells which of them an older content does not have.

use std::borrow::Cow;

use super::Ground;
use crate::decode::{Rest, rest_at};
use crate::model::{Shared, Span};

/// A piece of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes.
    pub span: Span,
    /// The first byte of what proves that it begins there; none where the content begins.
    proof: Option<usize>,
    /// Whether it ends with the content.
    last: bool,
}

/// What has something new in it, or next to it, as few pieces as possible: each is one or several, in order.
pub fn fresh(ground: &Ground<'_>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    // Behind it stands what proves that the last piece ends.
    let mut proven = None;
    for part in ground.new_parts() {
        if proven.is_some_and(|proven| part.end <= proven) {
            continue;
        }
        let known = pieces.last().map_or(0, |piece| piece.span.end);
        let rest = end(ground.content, part.end);
        let (end, last) = (rest.map_or(ground.content.len(), |rest| rest.end), rest.is_none());
        proven = Some(rest.map_or(usize::MAX, |rest| rest.proof));
        match pieces.last_mut() {
            Some(before) if part.start < known => (before.span.end, before.last) = (end, last),
            Some(_) | None => {
                let (start, proof) = begin(ground.content, part.start);
                pieces.push(Piece { span: Span::new(start, end), proof, last });
            }
        }
    }
    pieces
}

/// Where the piece begins in which `at` lies.
fn begin(content: &[u8], at: usize) -> (usize, Option<usize>) {
    let rest = memchr::memrchr_iter(b'\n', &content[..at]).find_map(|newline| rest_at(content, newline));
    rest.map_or((0, None), |Rest { end, proof }| (end, Some(proof)))
}

/// The first place behind `at` where a piece ends, proven by bytes behind `at`; none: where the content does.
fn end(content: &[u8], at: usize) -> Option<Rest> {
    let newlines = memchr::memchr_iter(b'\n', &content[at..]);
    newlines.filter_map(|ahead| rest_at(content, at + ahead)).find(|rest| rest.proof >= at)
}

/// One text of several pieces.
pub fn joined<'c>(pieces: &[Piece], content: &'c [u8]) -> Cow<'c, [u8]> {
    match pieces {
        [piece] => Cow::Borrowed(piece.span.of(content)),
        pieces => Cow::Owned(pieces.iter().map(|piece| piece.span.of(content)).collect::<Vec<_>>().concat()),
    }
}

/// The single pieces in several.
pub fn split(content: &[u8], piece: Piece) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut start, mut proof) = (piece.span.start, piece.proof);
    for ahead in memchr::memchr_iter(b'\n', piece.span.of(content)) {
        if let Some(rest) = rest_at(content, piece.span.start + ahead) {
            pieces.push(Piece { span: Span::new(start, rest.end), proof, last: false });
            (start, proof) = (rest.end, Some(rest.proof));
        }
    }
    if piece.last {
        pieces.push(Piece { span: Span::new(start, piece.span.end), proof, last: true });
    }
    pieces
}

/// The pieces of an older content that stand in this one as a whole.
pub fn inherited(pieces: &[Piece], ground: &Ground<'_>) -> Vec<Piece> {
    let mut found = Vec::new();
    for piece in pieces {
        let stands = |shared: &&Shared| {
            let (old, Piece { span, proof, last }) = (shared.there(), *piece);
            let begins = proof.map_or(ground.begins_both(**shared), |proof| old.start <= proof);
            let ends = if last { ground.ends_both(**shared) } else { span.end <= old.end };
            begins && ends
        };
        let moved = |shared: &Shared| {
            let move_of = |at: usize| at - shared.from + shared.to;
            let span = Span::new(move_of(piece.span.start), move_of(piece.span.end));
            Piece { span, proof: piece.proof.map(move_of), last: piece.last }
        };
        found.extend(ground.shared().iter().filter(stands).map(moved));
    }
    found
}
