//! Packs what is known of Chinese characters into tables small enough for the agent's device.
//!
//! Readings: one stream of ten-bit units over the block of CJK unified ideographs, in the order of the code points: nine bits
//! name a syllable, the tenth says that another reading of the same character follows. `src/answers/pinyin.rs` reads it.
//!
//! Simplified forms: pairs of a traditional character and the one it folds to, two bytes each, in the order of the code
//! points. `src/answers/simplified.rs` reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use pinyin::ToPinyinMulti;

const FIRST: char = '\u{4e00}';
const LAST: char = '\u{9fff}';
const SYLLABLE_LETTERS_MAX: usize = 6;
const UNIT_BITS: u32 = 10;
const HETERONYMS: &str = include_str!("src/answers/tables/heteronyms.txt");
const SIMPLIFIED: &str = include_str!("src/answers/tables/simplified.txt");
/// Stands for a character without a reading.
const SILENT: usize = 0x1ff;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/answers/tables");
    let out = std::env::var("OUT_DIR").expect("cargo names the directory for generated files");
    let usual = heteronyms();
    let readings: Vec<Vec<String>> = (FIRST..=LAST).map(|character| readings(character, &usual)).collect();
    let syllables: Vec<&str> =
        readings.iter().flatten().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect();
    assert!(syllables.len() < SILENT, "nine bits name at most {SILENT} syllables");
    write(&out, "pinyin.bin", &packed(&readings, &syllables));
    write(&out, "pinyin.rs", source(&syllables).as_bytes());
    write(&out, "simplified.bin", &simplified());
}

/// The lines of a table without its remarks.
fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

/// The usual readings of the characters that have several.
fn heteronyms() -> BTreeMap<char, Vec<&'static str>> {
    lines(HETERONYMS)
        .map(|line| {
            let mut parts = line.split(' ');
            let character =
                parts.next().and_then(|first| first.chars().next()).expect("a line begins with a character");
            (character, parts.collect())
        })
        .collect()
}

fn simplified() -> Vec<u8> {
    let mut pairs = BTreeMap::new();
    for group in lines(SIMPLIFIED).flat_map(|line| line.split(' ')) {
        let mut forms = group.chars();
        let simplified = forms.next().expect("a group begins with the simplified character");
        for traditional in forms {
            assert!((FIRST..=LAST).contains(&traditional) && (FIRST..=LAST).contains(&simplified), "{group}");
            assert!(pairs.insert(traditional, simplified).is_none(), "{traditional} folds to one character");
        }
    }
    assert!(pairs.values().all(|simplified| !pairs.contains_key(simplified)), "what is folded stays as it is");
    let bytes = |character: char| (u32::from(character) as u16).to_le_bytes();
    pairs.into_iter().flat_map(|(traditional, simplified)| [bytes(traditional), bytes(simplified)]).flatten().collect()
}

/// The usual readings of a character, without tones, ü written as v and ê as e.
fn readings(character: char, usual: &BTreeMap<char, Vec<&'static str>>) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    for reading in character.to_pinyin_multi().into_iter().flatten() {
        let plain = reading.plain().replace('ü', "v").replace('ê', "e");
        assert!(plain.len() <= SYLLABLE_LETTERS_MAX && plain.bytes().all(|b| b.is_ascii_lowercase()), "{plain}");
        known.push(plain);
    }
    let Some(usual) = usual.get(&character) else {
        known.truncate(1);
        return known;
    };
    let kept: Vec<String> = usual.iter().map(|reading| (*reading).to_owned()).collect();
    assert!(kept.iter().all(|reading| known.contains(reading)), "{character} is read {known:?}, not {kept:?}");
    kept
}

fn packed(readings: &[Vec<String>], syllables: &[&str]) -> Vec<u8> {
    let mut bits = Bits::default();
    for of_one in readings {
        if of_one.is_empty() {
            bits.push(SILENT);
        }
        for (place, reading) in of_one.iter().enumerate() {
            let syllable = syllables.binary_search(&reading.as_str()).expect("every reading is a syllable");
            let more = usize::from(place + 1 < of_one.len());
            bits.push(syllable | more << (UNIT_BITS - 1));
        }
    }
    bits.finish()
}

fn source(syllables: &[&str]) -> String {
    let mut text = format!("const FIRST: char = {FIRST:?};\nconst SILENT: u16 = {SILENT};\n");
    let _ = writeln!(text, "const UNIT_BITS: u32 = {UNIT_BITS};");
    let _ = writeln!(text, "static SYLLABLES: [[u8; {SYLLABLE_LETTERS_MAX}]; {}] = [", syllables.len());
    for syllable in syllables {
        let mut letters = [0u8; SYLLABLE_LETTERS_MAX];
        letters[..syllable.len()].copy_from_slice(syllable.as_bytes());
        let _ = writeln!(text, "    {letters:?},");
    }
    text + "];\n"
}

fn write(out: &str, name: &str, bytes: &[u8]) {
    std::fs::write(Path::new(out).join(name), bytes).expect("the directory for generated files can be written");
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    pending: usize,
    pending_bits: u32,
}

impl Bits {
    fn push(&mut self, unit: usize) {
        self.pending |= unit << self.pending_bits;
        self.pending_bits += UNIT_BITS;
        while self.pending_bits >= 8 {
            self.bytes.push((self.pending & 0xff) as u8);
            self.pending >>= 8;
            self.pending_bits -= 8;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.pending_bits > 0 {
            self.bytes.push((self.pending & 0xff) as u8);
        }
        self.bytes
    }
}
