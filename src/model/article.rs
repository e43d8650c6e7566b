//! Knowledge articles: a shopper's question in several wordings, and the answers the shop approved.

use serde::{Deserialize, Serialize};

use super::text::{ANSWER_CHARS_MAX, QUESTION_CHARS_MAX, SHORTCUT_CHARS_MAX, TAG_CHARS_MAX, TextFault, checked_text};
use super::{ArticleId, MemberId, Micros};

/// The most further wordings an article may carry.
pub const ARTICLE_QUESTIONS_MAX: usize = 50;
/// The most alternative answers an article may carry.
pub const ARTICLE_ANSWERS_MAX: usize = 20;
/// The most tags an article may carry.
pub const ARTICLE_TAGS_MAX: usize = 20;

/// What an editor writes: an article without its history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleFields {
    /// The question as the shop words it.
    pub title: String,
    /// Other wordings of the same question.
    #[serde(default)]
    pub questions: Vec<String>,
    /// Alternative answers, the preferred one first.
    pub answers: Vec<String>,
    /// What the article is about, in the shop's words.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What an agent types to get it at once; may be empty.
    #[serde(default)]
    pub shortcut: String,
}

impl ArticleFields {
    /// The fields trimmed, empty entries dropped, every limit held.
    ///
    /// # Errors
    /// When the title or all answers are empty, or a limit is passed.
    pub fn checked(self) -> Result<Self, TextFault> {
        let shortcut = match self.shortcut.trim() {
            "" => String::new(),
            given => checked_text("shortcut", given, SHORTCUT_CHARS_MAX)?,
        };
        let answers = checked_list("answers", self.answers, ARTICLE_ANSWERS_MAX, ANSWER_CHARS_MAX)?;
        if answers.is_empty() {
            return Err(TextFault::Empty { field: "answers" });
        }
        Ok(Self {
            title: checked_text("title", &self.title, QUESTION_CHARS_MAX)?,
            questions: checked_list("questions", self.questions, ARTICLE_QUESTIONS_MAX, QUESTION_CHARS_MAX)?,
            answers,
            tags: checked_list("tags", self.tags, ARTICLE_TAGS_MAX, TAG_CHARS_MAX)?,
            shortcut,
        })
    }
}

fn checked_list(
    field: &'static str,
    entries: Vec<String>,
    entries_max: usize,
    chars_max: usize,
) -> Result<Vec<String>, TextFault> {
    let kept: Vec<String> = entries
        .into_iter()
        .filter(|entry| !entry.trim().is_empty())
        .map(|entry| checked_text(field, &entry, chars_max))
        .collect::<Result<_, _>>()?;
    if kept.len() > entries_max {
        return Err(TextFault::TooMany { field, count: kept.len(), max: entries_max });
    }
    Ok(kept)
}

/// A knowledge article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Its id.
    pub id: ArticleId,
    /// What it says.
    #[serde(flatten)]
    pub fields: ArticleFields,
    /// Counts the changes, from 1.
    pub version: u32,
    /// Who changed it last.
    pub changed_by: Option<MemberId>,
    /// When it was changed last.
    pub changed_at: Micros,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_needs_a_title_and_an_answer() {
        let fields = ArticleFields {
            title: " 几天到 ".into(),
            answers: vec![" ".into(), " 三天左右 ".into()],
            ..Default::default()
        };
        let checked = fields.clone().checked().unwrap();
        assert_eq!((checked.title.as_str(), checked.answers), ("几天到", vec!["三天左右".to_owned()]));

        let nameless = ArticleFields { title: "\n".into(), ..fields.clone() };
        assert_eq!(nameless.checked(), Err(TextFault::Empty { field: "title" }));
        let silent = ArticleFields { answers: vec![], ..fields };
        assert_eq!(silent.checked(), Err(TextFault::Empty { field: "answers" }));
    }
}
