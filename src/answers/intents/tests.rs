//! Wordings that the base was not written from, against a made-up shop's twenty questions.

use super::*;

const SHOP: &str = include_str!("shop.txt");
const HELD_BACK: &str = include_str!("held_back_1.txt");
const SMALL_TALK: [&str; 4] = ["greeting", "thanks", "goodbye", NOTHING];

type Told = Vec<(IntentId, f32)>;

/// The shop's articles, each with the intent of its question.
fn shop() -> Vec<(&'static str, Told)> {
    let lines = SHOP.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let parts: Vec<&str> = line.split(" | ").collect();
            (parts[0], Intents::base().of_article(parts[1], &[], &[parts[2].to_owned()]))
        })
        .collect()
}

fn wordings(text: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut intent = "";
    let mut out = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("# ") {
            Some(name) => intent = name,
            None => out.push((intent, line)),
        }
    }
    out
}

fn names(told: &Told) -> Vec<&'static str> {
    told.iter().map(|(intent, _)| intent.name()).collect()
}

/// How many are found in the first place and in the first three, and what is not in the first.
#[derive(Debug, Default)]
struct Hits {
    asked: usize,
    first: usize,
    third: usize,
    missed: Vec<String>,
}

impl Hits {
    fn count(&mut self, better: usize, intent: &str, wording: &str, told: &Told) {
        self.asked += 1;
        self.first += usize::from(better == 0);
        self.third += usize::from(better < 3);
        if better > 0 {
            self.missed.push(format!("{better} before {intent}: {wording} {:?}", names(told)));
        }
    }

    fn at_least(&self, first: f32, third: f32) -> bool {
        let share = |hits: usize| hits as f32 / self.asked as f32;
        println!("{} asked: {:.3} {:.3}\n{}", self.asked, share(self.first), share(self.third), self.missed.join("\n"));
        share(self.first) >= first && share(self.third) >= third
    }
}

fn intents_of(text: &'static str) -> Hits {
    let mut hits = Hits::default();
    for (intent, wording) in wordings(text).into_iter().filter(|(intent, _)| *intent != NOTHING) {
        let told = Intents::base().of(wording);
        let better = told.iter().position(|(other, _)| other.name() == intent).unwrap_or(usize::MAX);
        hits.count(better, intent, wording, &told);
    }
    hits
}

fn articles_of(text: &'static str) -> Hits {
    let (base, shop) = (Intents::base(), shop());
    let mut hits = Hits::default();
    for (intent, wording) in wordings(text) {
        let Some((_, own)) = shop.iter().find(|(about, _)| *about == intent) else { continue };
        let told = base.of(wording);
        let own = base.affinity(&told, own);
        let better =
            shop.iter().filter(|(about, other)| *about != intent && base.affinity(&told, other) >= own).count();
        hits.count(better, intent, wording, &told);
    }
    hits
}

#[test]
fn shoppers_own_words_are_mapped_onto_intents() {
    let hits = intents_of(HELD_BACK);
    assert!(hits.at_least(0.9, 0.94), "{hits:#?}");
}

#[test]
fn shoppers_own_words_find_the_articles_of_a_shop_on_its_first_day() {
    let hits = articles_of(HELD_BACK);
    assert!(hits.at_least(0.9, 0.96), "{hits:#?}");
}

#[test]
fn two_questions_in_one_message_are_both_heard() {
    for message in ["有货吗？今天能发吗", "有货吗今天能发吗", "多少钱 包邮不"] {
        let told = Intents::base().of(message);
        assert!(told.len() >= 2 && told[1].1 > 0.5, "{message} {:?}", names(&told));
    }
}

#[test]
fn what_asks_nothing_is_no_question() {
    let small_talk = wordings(HELD_BACK).into_iter().filter(|(intent, _)| SMALL_TALK.contains(intent));
    let (silent, loud): (Vec<_>, Vec<_>) = small_talk
        .map(|(_, wording)| (wording, names(&Intents::base().of(wording))))
        .partition(|(_, told)| told.iter().all(|name| SMALL_TALK.contains(name)));
    assert!(loud.len() * 20 <= silent.len() + loud.len(), "{loud:?}");
}

#[test]
fn nothing_and_noise_are_told_apart_from_a_question() {
    for text in ["", " ", "?!", "😀😀", "\u{200b}", "0", &"好".repeat(10_000), &"x".repeat(10_000)] {
        let told = Intents::base().of(text);
        assert!(told.iter().all(|(intent, _)| SMALL_TALK.contains(&intent.name())), "{:?}", names(&told));
    }
}
