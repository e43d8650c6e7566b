//! What of a message tells which reply comes: characters, pairs with the beginning and the end, and its length.

use super::super::grams::Gram;

/// Stand for the beginning, the end and the length: normalised texts never hold them.
const BEGIN: char = '\u{e000}';
const END: char = '\u{e001}';
const LENGTHS: [(usize, char); 5] =
    [(1, '\u{e010}'), (3, '\u{e011}'), (7, '\u{e012}'), (15, '\u{e013}'), (31, '\u{e014}')];
const LONGER: char = '\u{e015}';

/// The signs of a folded message, each once, in order. Nothing is left out: "好的" tells a lot about the reply.
pub(in super::super) fn told(folded: &[char]) -> Box<[Gram]> {
    let framed: Vec<char> = std::iter::once(BEGIN).chain(folded.iter().copied()).chain([END]).collect();
    let length = LENGTHS.iter().find(|(most, _)| folded.len() <= *most).map_or(LONGER, |(_, sign)| *sign);
    let mut told: Vec<Gram> = framed.windows(2).map(|pair| Gram::two(pair[0], pair[1])).collect();
    told.extend(folded.iter().chain([&length]).map(|one| Gram::one(*one)));
    told.sort_unstable();
    told.dedup();
    told.into_boxed_slice()
}
