//! What a shop's own history tells: how well its articles answer what was asked, what nothing answered, and which
//! replies recur and could be articles.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::eval::place_of;
use super::index::Index;
use super::suggest::{Asked, CONFIDENCE_SHOWN_MIN, Phrase, has_meaning, read};
use crate::model::{ArticleId, Micros};

/// The most exchanges that are read: thirty days of five hundred conversations of four rounds.
pub const EXCHANGES_MAX: usize = 60_000;
/// The most groups or proposals that are told.
pub const GROUPS_MAX: usize = 100;
/// The most wordings or replies that are shown of a group.
pub const GROUP_TEXTS_MAX: usize = 8;
/// How much of a text is compared, in characters.
const COMPARED_CHARS_MAX: usize = 60;
/// How many places of the ranking are looked at.
const PLACES_MAX: usize = 10;
/// How many suggestions an agent sees.
const SHOWN_PLACES: usize = 3;
/// How much two questions must share to be of one group.
const GROUP_SHARE_MIN: f32 = 0.6;
/// How many groups a question is compared with.
const GROUPS_COMPARED_MAX: usize = 40;
/// How many groups are kept while reading.
const GROUPS_OPEN_MAX: usize = 4_000;
/// A reply shorter than this, in characters, is small talk.
const REPLY_CHARS_MIN: usize = 8;
/// How often a reply must have been sent.
const RECURS_MIN: u32 = 3;

/// What a shopper asked and what came of it.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The shopper's words.
    pub text: &'a str,
    /// The article that was chosen, where one was.
    pub chosen: Option<ArticleId>,
    /// What the agent wrote.
    pub reply: Option<&'a str>,
    /// When it was asked.
    pub at: Micros,
}

/// How well the articles answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Review {
    /// How many messages were read.
    pub asked: usize,
    /// How many say more than a greeting or a thanks.
    pub meaningful: usize,
    /// How many of those bring a suggestion.
    pub suggested: usize,
    /// How many have an article that was chosen.
    pub chosen: usize,
    /// Of those, how many have it in the first place.
    pub first: usize,
    /// Of those, how many have it among the first three.
    pub third: usize,
    /// The mean of one over the place of the chosen article, up to the tenth.
    pub mrr: f64,
    /// What nothing answered, the most frequent first.
    pub unanswered: Vec<Group>,
    /// The articles that were chosen although they did not stand among the first three, the worst first.
    pub missed: Vec<Missed>,
}

/// An article that the ranking missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missed {
    /// Which.
    pub article: ArticleId,
    /// How often it was chosen.
    pub chosen: usize,
    /// How often it did not stand among the first three.
    pub missed: usize,
}

/// Questions that ask about the same.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Group {
    /// One of them.
    pub example: String,
    /// How else it was asked.
    pub wordings: Vec<String>,
    /// How often.
    pub times: u32,
    /// What agents replied.
    pub replies: Vec<String>,
}

/// An article to start from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proposal {
    /// The question, in a shopper's words.
    pub title: String,
    /// Further wordings.
    pub questions: Vec<String>,
    /// The reply that recurs.
    pub answer: String,
    /// How often it was sent.
    pub times: u32,
}

/// Asks the index everything that was asked.
#[must_use]
pub fn review(index: &Index, exchanges: &[Exchange<'_>]) -> Review {
    let mut review = Review::default();
    let mut groups = Groups::default();
    let mut reciprocal = 0.0;
    let mut by_article: BTreeMap<ArticleId, (usize, usize)> = BTreeMap::new();
    for exchange in latest(exchanges) {
        review.asked += 1;
        if !has_meaning(&read(exchange.text, COMPARED_CHARS_MAX)) {
            continue;
        }
        review.meaningful += 1;
        let ranking = index.rank(&Asked::of(&[exchange.text]), PLACES_MAX);
        let is_suggested = ranking.first().is_some_and(|best| best.share >= CONFIDENCE_SHOWN_MIN);
        review.suggested += usize::from(is_suggested);
        if let Some(chosen) = exchange.chosen {
            review.chosen += 1;
            let place = place_of(&ranking, chosen);
            review.first += usize::from(place.is_some_and(|place| place < 1));
            let is_shown = place.is_some_and(|place| place < SHOWN_PLACES);
            review.third += usize::from(is_shown);
            let (times, missed) = by_article.entry(chosen).or_default();
            *times += 1;
            *missed += usize::from(!is_shown);
            reciprocal += place.map_or(0.0, |place| 1.0 / (place + 1) as f64);
        } else if !is_suggested {
            groups.add(exchange);
        }
    }
    review.mrr = reciprocal / review.chosen.max(1) as f64;
    review.unanswered = groups.most_frequent();
    review.missed = most_missed(by_article);
    review
}

fn most_missed(by_article: BTreeMap<ArticleId, (usize, usize)>) -> Vec<Missed> {
    let articles = by_article.into_iter().map(|(article, (chosen, missed))| Missed { article, chosen, missed });
    let mut missed: Vec<Missed> = articles.filter(|article| article.missed > 0).collect();
    missed.sort_by_key(|article| (std::cmp::Reverse(article.missed), article.article));
    missed.truncate(GROUPS_MAX);
    missed
}

/// How often a reply was sent, its text, and the questions before it.
type Sent<'a> = (u32, &'a str, BTreeMap<&'a str, u32>);

/// Replies that recur, with the questions before them.
#[must_use]
pub fn recurring(exchanges: &[Exchange<'_>]) -> Vec<Proposal> {
    let mut by_reply: BTreeMap<Vec<char>, Sent<'_>> = BTreeMap::new();
    for exchange in latest(exchanges) {
        let Some(reply) = exchange.reply.filter(|reply| reply.chars().count() >= REPLY_CHARS_MIN) else { continue };
        if !has_meaning(&read(exchange.text, COMPARED_CHARS_MAX)) {
            continue;
        }
        let spoken = read(reply, reply.len()).into_iter().filter(|character| character.is_alphanumeric()).collect();
        let (times, _, questions) = by_reply.entry(spoken).or_insert_with(|| (0, reply, BTreeMap::new()));
        *times += 1;
        *questions.entry(exchange.text.trim()).or_default() += 1;
    }
    let mut proposals: Vec<Proposal> =
        by_reply.into_values().filter(|(times, ..)| *times >= RECURS_MIN).filter_map(proposal).collect();
    proposals.sort_by(|one, other| other.times.cmp(&one.times).then_with(|| one.answer.cmp(&other.answer)));
    proposals.truncate(GROUPS_MAX);
    proposals
}

fn proposal((times, answer, questions): Sent<'_>) -> Option<Proposal> {
    let mut questions: Vec<(&str, u32)> = questions.into_iter().collect();
    questions.sort_by_key(|(text, times)| (std::cmp::Reverse(*times), text.chars().count()));
    let mut wordings = questions.into_iter().map(|(text, _)| super::masked(text)).filter(|text| !text.is_empty());
    let title = wordings.next()?;
    Some(Proposal {
        title,
        questions: wordings.take(GROUP_TEXTS_MAX).collect(),
        answer: answer.trim().to_owned(),
        times,
    })
}

/// The latest, when there are more than are read.
fn latest<'a, 'b>(exchanges: &'b [Exchange<'a>]) -> Vec<&'b Exchange<'a>> {
    let mut all: Vec<&Exchange<'_>> = exchanges.iter().collect();
    all.sort_by_key(|exchange| std::cmp::Reverse(exchange.at));
    all.truncate(EXCHANGES_MAX);
    all
}

/// Questions put together while reading.
#[derive(Default)]
struct Groups {
    open: Vec<(Phrase, Group)>,
    by_character: HashMap<char, Vec<usize>>,
}

impl Groups {
    fn add(&mut self, exchange: &Exchange<'_>) {
        let phrase = Phrase::new(&read(exchange.text, COMPARED_CHARS_MAX));
        let place = self.nearest(&phrase).or_else(|| self.opened(phrase));
        let Some((_, group)) = place.and_then(|place| self.open.get_mut(place)) else { return };
        group.times += 1;
        let text = super::masked(exchange.text);
        if group.example.is_empty() {
            group.example = text;
        } else if group.example != text {
            keep(&mut group.wordings, text);
        }
        if let Some(reply) = exchange.reply {
            keep(&mut group.replies, super::masked(reply));
        }
    }

    fn nearest(&self, phrase: &Phrase) -> Option<usize> {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for character in phrase.characters() {
            for place in self.by_character.get(character).into_iter().flatten().rev().take(GROUPS_COMPARED_MAX) {
                *shared.entry(*place).or_default() += 1;
            }
        }
        let like = |(place, shared): (usize, usize)| {
            let both = self.open[place].0.characters().len() + phrase.characters().len();
            (2.0 * shared as f32 / both as f32, std::cmp::Reverse(place))
        };
        let nearest =
            shared.into_iter().map(like).max_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        nearest.filter(|(share, _)| *share >= GROUP_SHARE_MIN).map(|(_, place)| place.0)
    }

    fn opened(&mut self, phrase: Phrase) -> Option<usize> {
        if self.open.len() >= GROUPS_OPEN_MAX {
            return None;
        }
        let place = self.open.len();
        for character in phrase.characters() {
            self.by_character.entry(*character).or_default().push(place);
        }
        self.open.push((phrase, Group::default()));
        Some(place)
    }

    fn most_frequent(self) -> Vec<Group> {
        let mut groups: Vec<Group> = self.open.into_iter().map(|(_, group)| group).collect();
        groups.sort_by(|one, other| other.times.cmp(&one.times).then_with(|| one.example.cmp(&other.example)));
        groups.truncate(GROUPS_MAX);
        groups
    }
}

fn keep(texts: &mut Vec<String>, text: String) {
    if texts.len() < GROUP_TEXTS_MAX && !text.is_empty() && !texts.contains(&text) {
        texts.push(text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::titled;
    use super::*;

    fn exchange<'a>(text: &'a str, reply: Option<&'a str>, at: i64) -> Exchange<'a> {
        Exchange { text, chosen: None, reply, at: Micros(at) }
    }

    fn index() -> Index {
        let mut index = Index::new();
        ["什么时候发货", "可以开发票吗"].map(titled).iter().for_each(|article| index.put_article(article));
        index
    }

    #[test]
    fn what_nothing_answers_is_grouped_the_most_frequent_first() {
        let asked = [
            exchange("伞骨断了能修吗", Some("可以寄回来免费修一次"), 1),
            exchange("请问伞骨断了可以修吗", None, 2),
            exchange("手柄掉色吗", None, 3),
            exchange("可以开发票吗", Some("可以的,请填抬头"), 4),
            exchange("好的谢谢", None, 5),
        ];
        let review = review(&index(), &asked);
        assert_eq!((review.asked, review.meaningful, review.suggested), (5, 4, 1));
        let groups: Vec<(&str, u32)> = review.unanswered.iter().map(|g| (g.example.as_str(), g.times)).collect();
        assert_eq!(groups, [("请问伞骨断了可以修吗", 2), ("手柄掉色吗", 1)]);
        assert_eq!(review.unanswered[0].wordings, ["伞骨断了能修吗"]);
        assert_eq!(review.unanswered[0].replies, ["可以寄回来免费修一次"]);
    }

    #[test]
    fn chosen_articles_say_how_good_the_ranking_was() {
        let mut asked = [exchange("能不能开发票", None, 1), exchange("什么时候发货呀", None, 2)];
        asked[0].chosen = Some(titled("可以开发票吗").id);
        asked[1].chosen = Some(ArticleId::of_name("gone"));
        let review = review(&index(), &asked);
        assert_eq!((review.chosen, review.first, review.third), (2, 1, 1));
        assert!((review.mrr - 0.5).abs() < 1e-9 && review.unanswered.is_empty());
        assert_eq!(review.missed, [Missed { article: ArticleId::of_name("gone"), chosen: 1, missed: 1 }]);
    }

    #[test]
    fn a_reply_that_recurs_becomes_a_proposal_without_personal_data() {
        let answer = "伞面是防水涂层,小雨不沾水";
        let asked = [
            exchange("这伞防水吗", Some(answer), 1),
            exchange("这伞防水吗", Some("伞面是防水涂层，小雨不沾水。"), 2),
            exchange("会不会漏雨,我电话13800001111", Some(answer), 3),
            exchange("在吗", Some("在的亲,请问有什么可以帮您"), 4),
            exchange("多重", Some("这款伞重三百克左右"), 5),
        ];
        let proposals = recurring(&asked);
        assert_eq!(proposals.len(), 1);
        assert_eq!((proposals[0].title.as_str(), proposals[0].times), ("这伞防水吗", 3));
        assert_eq!(proposals[0].questions, ["会不会漏雨,我电话#"]);
    }
}
