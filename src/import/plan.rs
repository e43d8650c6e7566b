//! What a reading would change in a shop's knowledge.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Left, Reading, Reason, Taken, half_width};
use crate::model::{Article, ArticleFields, ArticleId};
use crate::order;

/// A reading compared with what the shop has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What the shop does not have.
    pub new: Vec<Taken>,
    /// What the shop has just so.
    pub unchanged: Vec<Taken>,
    /// What the shop answers otherwise, with the article it has.
    pub different: Vec<(ArticleId, Taken)>,
    /// What is not taken, in the order of the file.
    pub left: Vec<Left>,
}

/// Compares a reading with the shop's articles.
///
/// A question is the same if its title or any wording is, without regard to case, width,
/// punctuation and space. Of two the same in one file the first is taken.
#[must_use]
pub fn plan(reading: Reading, existing: &[Article]) -> Plan {
    let known = known_questions(existing);
    let mut plan = Plan { new: vec![], unchanged: vec![], different: vec![], left: reading.left };
    let mut seen = Seen::default();
    for taken in reading.taken {
        let article = keys(&taken.fields).find_map(|key| known.get(&key).copied());
        if let Some(first_line) = seen.before(&taken, article) {
            plan.left.push(Left::new(taken.line, &taken.fields.title, Reason::Duplicate { first_line }));
            continue;
        }
        match article.map(|article| &existing[article]) {
            None => plan.new.push(taken),
            Some(article) if says_nothing_new(&taken.fields, &article.fields) => plan.unchanged.push(taken),
            Some(article) => plan.different.push((article.id, taken)),
        }
    }
    order::sort_by_key(&mut plan.left, |left| left.line);
    plan
}

/// Where the questions of this file stood first.
#[derive(Default)]
struct Seen {
    questions: HashMap<String, usize>,
    articles: HashMap<usize, usize>,
}

impl Seen {
    /// The line of the same question before this one; remembers this one if there is none.
    fn before(&mut self, taken: &Taken, article: Option<usize>) -> Option<usize> {
        let title = key(&taken.fields.title);
        let line = self.questions.get(&title).or_else(|| self.articles.get(&article?)).copied();
        if line.is_none() {
            for key in keys(&taken.fields) {
                self.questions.entry(key).or_insert(taken.line);
            }
            self.articles.extend(article.map(|article| (article, taken.line)));
        }
        line
    }
}

/// Titles win over other wordings, earlier articles over later ones.
fn known_questions(existing: &[Article]) -> HashMap<String, usize> {
    let mut known = HashMap::new();
    for (at, article) in existing.iter().enumerate() {
        known.entry(key(&article.fields.title)).or_insert(at);
    }
    for (at, article) in existing.iter().enumerate() {
        for question in &article.fields.questions {
            known.entry(key(question)).or_insert(at);
        }
    }
    known
}

/// Whether the shop's article says all that the file says. Wordings and tags which editors added stay theirs.
fn says_nothing_new(taken: &ArticleFields, article: &ArticleFields) -> bool {
    let known: Vec<String> = keys(article).collect();
    keys(taken).all(|key| known.contains(&key))
        && taken.answers == article.answers
        && taken.tags.iter().all(|tag| article.tags.contains(tag))
        && (taken.shortcut.is_empty() || taken.shortcut == article.shortcut)
}

fn keys(fields: &ArticleFields) -> impl Iterator<Item = String> + '_ {
    std::iter::once(&fields.title).chain(&fields.questions).map(|question| key(question))
}

/// The question without case, width, punctuation and space.
fn key(question: &str) -> String {
    let folded: String =
        question.chars().map(half_width).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if folded.is_empty() { question.trim().to_owned() } else { folded }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Format;
    use crate::model::Micros;

    fn fields(title: &str, answer: &str) -> ArticleFields {
        ArticleFields { title: title.into(), answers: vec![answer.into()], ..Default::default() }
    }

    fn article(name: &str, fields: ArticleFields) -> Article {
        Article {
            id: ArticleId::of_name(name),
            fields,
            version: 1,
            changed_by: None,
            changed_at: Micros(0),
            copies: Vec::new(),
        }
    }

    fn reading(entries: &[(usize, ArticleFields)]) -> Reading {
        let taken = |(line, fields): &(usize, ArticleFields)| Taken {
            line: *line,
            number: None,
            fields: fields.clone(),
            note: None,
        };
        Reading { format: Format::Csv, taken: entries.iter().map(taken).collect(), left: vec![] }
    }

    #[test]
    fn what_is_new_what_is_there_and_what_differs() {
        let shop = [
            article("a", ArticleFields { questions: vec!["茶香吗".into()], ..fields("香不香?", "香") }),
            article("b", fields("Do you ship?", "Yes")),
        ];
        let plan = plan(
            reading(&[
                (1, fields("香不香？", "香")),
                (2, fields("ＤＯ you　ship", "No")),
                (3, fields("苦吗", "不苦")),
                (4, fields("苦 吗？", "有点苦")),
                (5, fields("茶香吗？", "很香")),
            ]),
            &shop,
        );
        assert_eq!(plan.unchanged.iter().map(|taken| taken.line).collect::<Vec<_>>(), [1]);
        assert_eq!(plan.different.iter().map(|(id, taken)| (*id, taken.line)).collect::<Vec<_>>(), [(shop[1].id, 2)]);
        assert_eq!(plan.new.iter().map(|taken| taken.line).collect::<Vec<_>>(), [3]);
        let left: Vec<_> = plan.left.iter().map(|left| (left.line, left.reason.clone())).collect();
        assert_eq!(left, [(4, Reason::Duplicate { first_line: 3 }), (5, Reason::Duplicate { first_line: 1 })]);
    }

    #[test]
    fn importing_twice_changes_nothing() {
        let first = reading(&[(1, fields("苦吗?", "不苦")), (2, fields("???", "?"))]);
        let shop: Vec<_> = first.taken.iter().map(|taken| article(&taken.fields.title, taken.fields.clone())).collect();
        let plan = plan(first, &shop);
        assert_eq!((plan.new.len(), plan.different.len(), plan.unchanged.len()), (0, 0, 2));
    }
}
