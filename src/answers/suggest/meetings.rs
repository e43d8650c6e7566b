//! How often two frequent characters stand in one text: counted in idle time, then kept with every change, so that no
//! message has to count it.

use super::super::grams::Fast;

/// How many characters are counted: the most frequent.
const CHARACTERS_MAX: usize = 192;

/// How often frequent characters meet.
#[derive(Debug, Default)]
pub(super) struct Meetings {
    places: Fast<char, u16>,
    /// By two places, the greater first: each pair once.
    counts: Vec<u32>,
    /// Texts in slots before this one are counted.
    counted: u32,
    /// How many texts there were when it was begun.
    texts: u32,
}

impl Meetings {
    /// Begins to count the most frequent characters of so many texts.
    pub(super) fn begin(mut frequent: Vec<(usize, char)>, texts: u32) -> Self {
        frequent.sort_unstable_by(|one, other| other.cmp(one));
        frequent.truncate(CHARACTERS_MAX);
        let all = frequent.len();
        let places = frequent.into_iter().map(|(_, character)| character).zip(0u16..).collect();
        Self { places, counts: vec![0; all * (all + 1) / 2], counted: 0, texts }
    }

    /// Whether the texts became so many more or fewer that others are frequent.
    pub(super) fn is_outgrown(&self, texts: u32) -> bool {
        texts.abs_diff(self.texts) > self.texts / 4
    }

    /// The first slot that is not counted yet.
    pub(super) fn counted(&self) -> usize {
        self.counted as usize
    }

    /// Texts in slots before this one are counted now.
    pub(super) fn counted_to(&mut self, slot: usize) {
        self.counted = slot as u32;
    }

    /// Counts a text in a slot in or out, unless it will be counted later.
    pub(super) fn change(&mut self, slot: u32, characters: &[char], by: i32) {
        if slot < self.counted {
            self.count(characters, by);
        }
    }

    pub(super) fn count(&mut self, characters: &[char], by: i32) {
        let places: Vec<u16> = characters.iter().filter_map(|character| self.places.get(character).copied()).collect();
        for (before, one) in places.iter().enumerate() {
            for other in &places[..before] {
                let count = &mut self.counts[place(*one, *other)];
                *count = count.saturating_add_signed(by);
            }
        }
    }

    /// In how many texts both stand, if that is counted.
    pub(super) fn of(&self, one: char, other: char) -> Option<usize> {
        let is_complete = self.counted == u32::MAX;
        let places = self.places.get(&one).zip(self.places.get(&other)).filter(|_| is_complete);
        places.map(|(one, other)| self.counts[place(*one, *other)] as usize)
    }

    pub(super) fn bytes(&self) -> usize {
        self.counts.capacity() * size_of::<u32>() + self.places.capacity() * (size_of::<(char, u16)>() + 1)
    }
}

fn place(one: u16, other: u16) -> usize {
    let (greater, smaller) = (usize::from(one.max(other)), usize::from(one.min(other)));
    greater * (greater + 1) / 2 + smaller
}

#[cfg(test)]
mod tests {
    use super::super::texts::{Source, Texts};
    use crate::answers::entry::Field;
    use crate::model::ArticleId;

    fn put(texts: &mut Texts, number: usize) -> u32 {
        let (thing, asks) = (["护膝", "水杯", "帐篷"][number % 3], ["怎么退", "多重", "有货吗"][number / 3 % 3]);
        let both = if number.is_multiple_of(7) { "和水杯" } else { "" };
        let line: Vec<char> = format!("{thing}{both}{asks}{}", number % 10).chars().collect();
        texts.put(Source::Wording(ArticleId::of_name(&number.to_string()), Field::Title, 0), &line).unwrap()
    }

    #[test]
    fn what_is_kept_with_every_change_is_what_a_count_finds() {
        let mut texts = Texts::default();
        let slots: Vec<u32> = (0..5_000).map(|number| put(&mut texts, number)).collect();
        assert_eq!(texts.meeting('膝', '杯'), None);
        let mut parts = 0;
        while texts.count_part() {
            parts += 1;
            // Before and behind what is counted already.
            [parts, 4_000 + parts].into_iter().for_each(|number| texts.remove(slots[number]));
            (0..3).for_each(|more| _ = put(&mut texts, 5_000 + parts * 3 + more));
        }
        assert!(parts >= 3, "{parts}");
        slots[100..400].iter().for_each(|slot| texts.remove(*slot));
        (9_000..9_100).for_each(|number| _ = put(&mut texts, number));
        for (one, other) in [('膝', '杯'), ('膝', '退'), ('货', '帐'), ('杯', '重'), ('篷', '膝')] {
            let counted = texts.together(&texts.marked(one), other);
            assert_eq!(texts.meeting(one, other), Some(counted), "{one}{other}");
        }
    }
}
