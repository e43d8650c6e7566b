//! Knowledge articles: a shopper's question in several wordings, and the answers the shop approved.

use serde::{Deserialize, Serialize};

use super::text::{ANSWER_CHARS_MAX, QUESTION_CHARS_MAX, SHORTCUT_CHARS_MAX, TAG_CHARS_MAX, TextFault, checked_text};
use super::{ArticleId, MemberId, Micros};

/// The most further wordings an article may carry.
pub const ARTICLE_QUESTIONS_MAX: usize = 50;
/// The most alternative answers an article may carry.
pub const ARTICLE_ANSWERS_MAX: usize = 20;
/// How many other wordings, of changes that met another one, an article keeps beside it at most.
pub const ARTICLE_COPIES_MAX: usize = 5;
/// How many former versions of an article are kept.
pub const ARTICLE_VERSIONS_MAX: usize = 20;
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

/// One of the fields of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArticleField {
    /// The question as the shop words it.
    Title,
    /// Other wordings of it.
    Questions,
    /// The answers.
    Answers,
    /// What it is about.
    Tags,
    /// What is typed to get it at once.
    Shortcut,
    /// A field that only a newer server knows.
    #[serde(other)]
    Newer,
}

impl ArticleField {
    /// Every field.
    pub const ALL: [Self; 5] = [Self::Title, Self::Questions, Self::Answers, Self::Tags, Self::Shortcut];
}

impl ArticleFields {
    /// The article with what a copy says in the fields in which it differs.
    #[must_use]
    pub fn taking(&self, copy: &ArticleCopy) -> Self {
        let mut fields = self.clone();
        for field in &copy.differs {
            match field {
                ArticleField::Title => fields.title.clone_from(&copy.fields.title),
                ArticleField::Questions => fields.questions.clone_from(&copy.fields.questions),
                ArticleField::Answers => fields.answers.clone_from(&copy.fields.answers),
                ArticleField::Tags => fields.tags.clone_from(&copy.fields.tags),
                ArticleField::Shortcut => fields.shortcut.clone_from(&copy.fields.shortcut),
                ArticleField::Newer => {}
            }
        }
        fields
    }

    /// The article with what a copy says beside what it says itself: its title as a further wording, its answers behind
    /// one's own. Of shortcuts there can be only one, and it stays.
    #[must_use]
    pub fn with_both(&self, copy: &ArticleCopy) -> Self {
        let mut fields = self.clone();
        let add = |list: &mut Vec<String>, more: &[String]| {
            let new: Vec<String> = more.iter().filter(|entry| !list.contains(entry)).cloned().collect();
            list.extend(new);
        };
        for field in &copy.differs {
            match field {
                ArticleField::Title => add(&mut fields.questions, std::slice::from_ref(&copy.fields.title)),
                ArticleField::Questions => add(&mut fields.questions, &copy.fields.questions),
                ArticleField::Answers => add(&mut fields.answers, &copy.fields.answers),
                ArticleField::Tags => add(&mut fields.tags, &copy.fields.tags),
                ArticleField::Shortcut | ArticleField::Newer => {}
            }
        }
        fields
    }
}

/// What somebody wrote while somebody else changed the same fields; an editor decides what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleCopy {
    /// The version that the article got when this was put aside; names it among the article's copies.
    pub version: u32,
    /// Who wrote it.
    pub by: MemberId,
    /// When it arrived.
    pub at: Micros,
    /// The fields in which it says something else.
    pub differs: Vec<ArticleField>,
    /// The article as it was meant to be.
    pub fields: ArticleFields,
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
    /// What else was written for it at the same time, and waits for an editor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<ArticleCopy>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_editor_takes_a_copy_or_keeps_both() {
        let own = ArticleFields {
            title: "几天到".into(),
            answers: vec!["三天".into(), "两天".into()],
            shortcut: "jt".into(),
            ..Default::default()
        };
        let other = ArticleFields {
            title: "多久到".into(),
            answers: vec!["两天".into(), "五天".into()],
            shortcut: "dj".into(),
            tags: vec!["物流".into()],
            ..Default::default()
        };
        let differs = vec![ArticleField::Title, ArticleField::Answers, ArticleField::Shortcut];
        let copy = ArticleCopy { version: 3, by: MemberId::of_name("3002"), at: Micros(1), differs, fields: other };
        let taken = own.taking(&copy);
        assert_eq!(taken, ArticleFields { tags: vec![], ..copy.fields.clone() });
        let both = own.with_both(&copy);
        assert_eq!((both.title.as_str(), both.shortcut.as_str()), ("几天到", "jt"));
        assert_eq!(
            (both.questions, both.answers),
            (vec!["多久到".to_owned()], ["三天", "两天", "五天"].map(String::from).to_vec())
        );
    }

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
