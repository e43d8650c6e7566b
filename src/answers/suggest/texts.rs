//! The texts that lead to articles: titles, wordings, and what shoppers wrote when an article was chosen.

use super::super::entry::Field;
use super::super::grams::{Fast, Gram, Grams, Posting};
use super::super::pinyin::{SYLLABLE_COUNT, readings};
use super::asking::{Asks, denies};
use super::folding::{meaning, spoken};
use super::meetings::Meetings;
use crate::model::{ArticleId, LessonId};

/// How many texts are compared closely.
pub(super) const CLOSE_MAX: usize = 96;
/// How many characters and pairs of a message are looked up: the rarest.
const GRAMS_READ_MAX: usize = 96;
/// How many postings are read for a message, the rarest characters and pairs first.
const POSTINGS_READ_MAX: usize = 250_000;
/// Longer texts count as of this length, in characters.
const LENGTH_MAX: usize = 255;
/// So many times are told apart.
const TIMES_MAX: usize = 4;
/// With fewer texts it costs little to look up who meets whom.
const MEETINGS_TEXTS_MIN: u32 = 1_000;
/// So many texts are counted in one part.
const TEXTS_COUNTED: usize = 2_000;
/// BM25: how fast repetition stops to count.
const K1: f32 = 1.2;
/// BM25: how much long texts are held back.
const B: f32 = 0.75;
/// What a pair of characters counts beside a character when the promising are picked.
const PAIR_WEIGHT: f32 = 0.4;

/// Where a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Source {
    /// A title or wording, and which.
    Wording(ArticleId, Field, u16),
    /// A lesson.
    Lesson(ArticleId, LessonId),
}

impl Source {
    pub(in super::super) fn article(self) -> ArticleId {
        match self {
            Self::Wording(article, ..) | Self::Lesson(article, _) => article,
        }
    }
}

/// A text as it is compared.
#[derive(Debug, Clone)]
pub(in super::super) struct Phrase {
    /// The characters as spoken, each once.
    pub(super) spoken: Counted,
    /// What they mean, each once.
    pub(super) meaning: Counted,
    /// The pairs of what they mean.
    pub(super) pairs: Box<[Gram]>,
    /// How it sounds, each first reading once.
    pub(super) sounds: Box<[u16]>,
    /// What kinds of question it asks.
    pub(super) asks: Asks,
    /// Whether it denies something.
    pub(super) denies: bool,
}

/// The different characters of a text, in order, and how many it has in all.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    pub(super) different: Box<[char]>,
    pub(super) all: u32,
}

impl Phrase {
    /// Reads folded characters.
    pub(in super::super) fn new(folded: &[char]) -> Self {
        let spoken = spoken(folded);
        let mut meaning = meaning(folded);
        if meaning.is_empty() {
            meaning.clone_from(&spoken);
        }
        let pairs = sorted(meaning.windows(2).map(|pair| Gram::two(pair[0], pair[1])).collect());
        let sounds = sorted(spoken.iter().filter_map(|character| sound(*character)).collect());
        let (asks, denies) = (Asks::of(&meaning), denies(&meaning));
        Self { spoken: Counted::new(spoken), meaning: Counted::new(meaning), pairs, sounds, asks, denies }
    }

    /// The different characters of what it means, in order.
    pub(in super::super) fn characters(&self) -> &[char] {
        &self.meaning.different
    }

    /// Whether nothing can be compared.
    pub(super) fn is_empty(&self) -> bool {
        self.meaning.all == 0
    }

    fn bytes(&self) -> usize {
        let characters = self.spoken.different.len() + self.meaning.different.len();
        characters * size_of::<char>() + size_of_val(&*self.pairs) + size_of_val(&*self.sounds)
    }
}

impl Counted {
    fn new(characters: Vec<char>) -> Self {
        let all = characters.len() as u32;
        Self { different: sorted(characters), all }
    }
}

/// How a character sounds, by its first reading.
fn sound(character: char) -> Option<u16> {
    readings(character).first().map(|syllable| syllable.place() as u16)
}

fn sorted<T: Ord>(mut of: Vec<T>) -> Box<[T]> {
    of.sort_unstable();
    of.dedup();
    of.into_boxed_slice()
}

/// A text that is held.
#[derive(Debug)]
pub(in super::super) struct Held {
    pub(super) source: Source,
    pub(super) phrase: Phrase,
    line: Box<[char]>,
}

/// What all texts are first looked through by, close together.
#[derive(Debug, Clone, Copy, Default)]
struct Head {
    chars: u8,
    is_lesson: bool,
}

/// A set of texts.
#[derive(Debug)]
pub(super) struct Marked(Vec<u64>);

impl Marked {
    fn holds(&self, line: u32) -> bool {
        self.0[line as usize / 64] >> (line % 64) & 1 == 1
    }
}

/// The texts by what they hold.
#[derive(Debug, Default)]
pub(in super::super) struct Texts {
    held: Vec<Option<Held>>,
    heads: Vec<Head>,
    free: Vec<u32>,
    meanings: Grams,
    spoken: Fast<char, u32>,
    sounds: Vec<u32>,
    count: u32,
    meetings: Meetings,
    spoken_chars: u64,
    meaning_chars: u64,
}

impl Texts {
    /// Takes a text in; `None` when it holds nothing to compare.
    pub(in super::super) fn put(&mut self, source: Source, folded: &[char]) -> Option<u32> {
        let phrase = Phrase::new(folded);
        if phrase.is_empty() {
            return None;
        }
        let mut line = meaning(folded);
        if line.is_empty() {
            line = spoken(folded);
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.held.push(None);
            self.heads.push(Head::default());
            self.held.len() as u32 - 1
        });
        self.meanings.put(slot, false, &line);
        self.count_in(&phrase, 1);
        self.meetings.change(slot, &phrase.meaning.different, 1);
        let is_lesson = matches!(source, Source::Lesson(..));
        self.heads[slot as usize] = Head { chars: line.len().min(LENGTH_MAX) as u8, is_lesson };
        self.held[slot as usize] = Some(Held { source, phrase, line: line.into_boxed_slice() });
        Some(slot)
    }

    /// Takes a text out.
    pub(in super::super) fn remove(&mut self, slot: u32) {
        let Some(held) = self.held.get_mut(slot as usize).and_then(Option::take) else { return };
        self.meanings.remove(slot, &held.line);
        self.count_in(&held.phrase, -1);
        self.meetings.change(slot, &held.phrase.meaning.different, -1);
        self.free.push(slot);
    }

    fn count_in(&mut self, phrase: &Phrase, by: i32) {
        self.sounds.resize(SYLLABLE_COUNT, 0);
        for sound in &phrase.sounds {
            let times = &mut self.sounds[usize::from(*sound)];
            *times = times.saturating_add_signed(by);
        }
        for character in &phrase.spoken.different {
            let times = self.spoken.entry(*character).or_default();
            *times = times.saturating_add_signed(by);
            if *times == 0 {
                self.spoken.remove(character);
            }
        }
        self.count = self.count.saturating_add_signed(by);
        let (by, spoken, meaning) = (i64::from(by), i64::from(phrase.spoken.all), i64::from(phrase.meaning.all));
        self.spoken_chars = self.spoken_chars.saturating_add_signed(by * spoken);
        self.meaning_chars = self.meaning_chars.saturating_add_signed(by * meaning);
    }

    /// Counts a part of who meets whom; whether something is left.
    pub(in super::super) fn count_part(&mut self) -> bool {
        if self.meetings.is_outgrown(self.count) && self.count >= MEETINGS_TEXTS_MIN {
            let holding = self.spoken.keys().map(|character| (self.holding(*character), *character));
            let frequent = holding.filter(|(holding, _)| self.is_frequent(*holding)).collect();
            self.meetings = Meetings::begin(frequent, self.count);
            return true;
        }
        let from = self.meetings.counted();
        if from >= self.held.len() {
            return false;
        }
        let held = self.held.iter().skip(from).take(TEXTS_COUNTED).flatten();
        held.for_each(|held| self.meetings.count(&held.phrase.meaning.different, 1));
        let to = from + TEXTS_COUNTED;
        self.meetings.counted_to(if to < self.held.len() { to } else { u32::MAX as usize });
        true
    }

    pub(super) fn held(&self, slot: u32) -> Option<&Held> {
        self.held.get(slot as usize).and_then(Option::as_ref)
    }

    /// A text as it is compared.
    pub(in super::super) fn phrase(&self, slot: u32) -> Option<&Phrase> {
        self.held(slot).map(|held| &held.phrase)
    }

    /// The mean lengths, as spoken and as meant.
    pub(super) fn means(&self) -> (f32, f32) {
        let count = self.count.max(1) as f32;
        (self.spoken_chars as f32 / count, self.meaning_chars as f32 / count)
    }

    /// How much it tells that a text holds what so many hold.
    pub(super) fn rarity(&self, holding: usize) -> f32 {
        let holding = holding as f32;
        ((self.count as f32 - holding + 0.5) / (holding + 0.5)).max(0.0).ln_1p()
    }

    pub(super) fn rarity_spoken(&self, character: char) -> f32 {
        self.rarity(self.spoken.get(&character).copied().unwrap_or(0) as usize)
    }

    pub(super) fn rarity_sound(&self, sound: u16) -> f32 {
        self.rarity(self.sounds.get(usize::from(sound)).copied().unwrap_or(0) as usize)
    }

    pub(super) fn rarity_meaning(&self, gram: Gram) -> f32 {
        self.rarity(self.meanings.get(gram).len())
    }

    /// How many texts hold a character.
    pub(super) fn holding(&self, character: char) -> usize {
        self.meanings.get(Gram::one(character)).len()
    }

    /// Whether so many texts hold a character that it can keep others away: rarer ones meet too seldom to tell.
    pub(super) fn is_frequent(&self, holding: usize) -> bool {
        const SHARE_MIN: f32 = 0.02;
        holding as f32 >= SHARE_MIN * self.count.max(1) as f32
    }

    /// How much two characters that so many texts hold can exclude each other at most.
    pub(super) fn excluding_at_most(&self, one: usize, other: usize) -> f32 {
        const CHANCE_MIN: f32 = 2.0;
        let chance = self.chance(one, other);
        if chance < CHANCE_MIN { 0.0 } else { chance / (chance + 2.0) }
    }

    /// In how many texts two frequent characters stand, if that was counted in idle time.
    pub(super) fn meeting(&self, one: char, other: char) -> Option<usize> {
        self.meetings.of(one, other)
    }

    /// How many texts hold both by chance.
    fn chance(&self, one: usize, other: usize) -> f32 {
        one as f32 * other as f32 / self.count.max(1) as f32
    }

    /// Which texts hold a character.
    pub(super) fn marked(&self, character: char) -> Marked {
        let mut marked = vec![0u64; self.held.len().div_ceil(64)];
        for posting in self.meanings.get(Gram::one(character)) {
            marked[posting.line() as usize / 64] |= 1 << (posting.line() % 64);
        }
        Marked(marked)
    }

    /// How much two frequent characters exclude each other: 0 when they meet as often as chance says, near 1 when they
    /// never do.
    pub(super) fn excluding(&self, one: usize, other: usize, together: usize) -> f32 {
        let chance = self.chance(one, other);
        ((chance - together as f32) / (chance + 2.0)).max(0.0)
    }

    /// How many of the marked texts hold a character.
    pub(super) fn together(&self, marked: &Marked, other: char) -> usize {
        self.meanings.get(Gram::one(other)).iter().filter(|posting| marked.holds(posting.line())).count()
    }

    /// The texts that share most with a phrase, the most first.
    pub(super) fn promising(&self, asked: &Phrase, with_lessons: bool) -> Vec<u32> {
        let mut scores = self.scores(asked);
        if !with_lessons {
            scores.iter_mut().zip(&self.heads).filter(|(_, head)| head.is_lesson).for_each(|(score, _)| *score = 0.0);
        }
        let least = least_of_best(&scores, CLOSE_MAX);
        let mut found: Vec<(f32, u32)> =
            scores.into_iter().zip(0u32..).filter(|(score, _)| *score > 0.0 && *score >= least).collect();
        let source = |slot: u32| self.held(slot).map(|held| held.source);
        found
            .sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then_with(|| source(one.1).cmp(&source(other.1))));
        found.into_iter().take(CLOSE_MAX).map(|(_, slot)| slot).collect()
    }

    /// What each text shares with a phrase.
    fn scores(&self, asked: &Phrase) -> Vec<f32> {
        let mut scores = vec![0.0f32; self.held.len()];
        let by_length = self.saturated_by_length();
        let mut left = POSTINGS_READ_MAX;
        for (list, weight) in self.rarest(asked) {
            if list.len() > left {
                break;
            }
            left -= list.len();
            let weight = weight * self.rarity(list.len());
            for posting in list {
                let slot = posting.line() as usize;
                let counts = &by_length[usize::from(self.heads[slot].chars)];
                scores[slot] += weight * counts[posting.times() as usize - 1];
            }
        }
        scores
    }

    /// The lists of the rarest characters and pairs of a phrase, and what each counts.
    fn rarest(&self, asked: &Phrase) -> Vec<(&[Posting], f32)> {
        let ones = asked.meaning.different.iter().map(|character| (Gram::one(*character), 1.0));
        let pairs = asked.pairs.iter().map(|pair| (*pair, PAIR_WEIGHT));
        let lists = ones.chain(pairs).map(|(gram, weight)| (self.meanings.get(gram), weight));
        let mut lists: Vec<(&[Posting], f32)> = lists.filter(|(list, _)| !list.is_empty()).collect();
        lists.sort_by_key(|(list, _)| list.len());
        lists.truncate(GRAMS_READ_MAX);
        lists
    }

    /// BM25's count for each length and times: divided once, not for each posting.
    fn saturated_by_length(&self) -> Vec<[f32; TIMES_MAX]> {
        let mean = self.means().1;
        let counts = |chars: usize| [1.0, 2.0, 3.0, 4.0].map(|times| saturated(times, chars as f32 / mean));
        (0..=LENGTH_MAX).map(counts).collect()
    }

    pub(in super::super) fn bytes(&self) -> usize {
        let held: usize = self.held.iter().flatten().map(|held| held.phrase.bytes() + size_of_val(&*held.line)).sum();
        let heads = self.heads.capacity() * size_of::<Head>();
        self.held.capacity() * size_of::<Option<Held>>()
            + heads
            + held
            + self.meanings.bytes()
            + self.meetings.bytes()
            + self.spoken.len() * 12
    }
}

/// BM25: what so many times count in a text of that length, of which the mean is 1.
pub(super) fn saturated(times: f32, length: f32) -> f32 {
    times * (K1 + 1.0) / (times + K1 * (1.0 - B + B * length))
}

/// The score that the last of so many best has, and perhaps others too.
pub(in super::super) fn least_of_best(scores: &[f32], count: usize) -> f32 {
    // The bits of positive numbers are in their order, and whole numbers are compared faster.
    let mut bits: Vec<u32> = scores.iter().filter(|score| **score > 0.0).map(|score| score.to_bits()).collect();
    if bits.len() <= count {
        return 0.0;
    }
    let place = bits.len() - count;
    f32::from_bits(*bits.select_nth_unstable(place).1)
}
