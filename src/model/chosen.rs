//! What agents choose to answer with, and what the desk learns from it.

use serde::{Deserialize, Serialize};

use super::tolerant::if_known;
use super::{ArticleId, LessonId, MICROS_PER_SECOND, MemberId, Micros, NotAnId, QuickReplyId, TeamId, checked_text};

/// The longest text of a lesson, in characters.
pub const LESSON_CHARS_MAX: usize = 200;
/// Words with fewer letters and digits than this teach nothing.
pub const LESSON_CHARS_MIN: usize = 2;
/// The most lessons a shop keeps; the oldest and least confirmed give way.
pub const LESSONS_MAX: usize = 20_000;
/// After this long a choice counts half.
pub const USAGE_HALF_LIFE_DAYS: i64 = 14;

/// What answers: an article or a quick reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum EntryId {
    /// A knowledge article.
    Article(ArticleId),
    /// A quick reply.
    QuickReply(QuickReplyId),
}

impl EntryId {
    /// The article, if it is one.
    #[must_use]
    pub const fn article(self) -> Option<ArticleId> {
        match self {
            Self::Article(id) => Some(id),
            Self::QuickReply(_) => None,
        }
    }
}

impl std::str::FromStr for EntryId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        match text.split_once(':') {
            Some(("article", id)) => id.parse().map(Self::Article),
            Some(("quick_reply", id)) => id.parse().map(Self::QuickReply),
            _ => Err(NotAnId(text.to_owned())),
        }
    }
}

impl std::fmt::Display for EntryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Article(id) => write!(f, "article:{id}"),
            Self::QuickReply(id) => write!(f, "quick_reply:{id}"),
        }
    }
}

/// How an answer was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The desk suggested it.
    Suggested,
    /// The agent searched for it.
    Searched,
    /// It was at hand: a quick reply that was tapped.
    AtHand,
    /// It was copied, to be pasted elsewhere.
    Copied,
    /// A case of a policy gave it.
    Policy,
    /// A way that only a newer desk knows.
    #[serde(other)]
    Newer,
}

/// How often and how lately something was chosen: a count in which older choices weigh less.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The count at `at`, in thousandths.
    pub weight_milli: u32,
    /// When it was chosen last.
    pub at: Micros,
}

impl Usage {
    /// The count as it weighs at a moment; a choice counts half after [`USAGE_HALF_LIFE_DAYS`].
    #[must_use]
    pub fn weight_at(self, now: Micros) -> f32 {
        const HALF_LIFE: f32 = (USAGE_HALF_LIFE_DAYS * 24 * 3600 * MICROS_PER_SECOND) as f32;
        let age = now.since(self.at) as f32;
        self.weight_milli as f32 / 1000.0 * (-age / HALF_LIFE).exp2()
    }

    /// The usage after one more choice.
    #[must_use]
    pub fn chosen(self, now: Micros) -> Self {
        let weight = (self.weight_at(now) + 1.0) * 1000.0;
        Self { weight_milli: weight.round() as u32, at: now.max(self.at) }
    }
}

/// Whose choices are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "whose", content = "of", rename_all = "snake_case")]
pub enum Whose {
    /// One member's.
    Member(MemberId),
    /// A whole team's.
    Team(TeamId),
}

/// How often an answer was chosen by somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// By whom.
    #[serde(flatten)]
    pub whose: Whose,
    /// Which answer.
    pub entry: EntryId,
    /// How often and how lately.
    pub usage: Usage,
}

/// What a shopper wrote and the article that an agent chose for it. Personal data are masked before it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    /// Its id, which follows from article and text: the same choice again confirms the same lesson.
    pub id: LessonId,
    /// The article that was chosen.
    pub article: ArticleId,
    /// The shopper's words, masked.
    pub text: String,
    /// How often the choice was made.
    pub times: u32,
    /// When it was made last.
    pub last_at: Micros,
    /// An editor took it back: it teaches nothing, and choosing the same again does not revive it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub taken_back: bool,
}

impl Lesson {
    /// The words of a shopper as a lesson keeps them; `None` when they teach nothing.
    #[must_use]
    pub fn words(text: &str) -> Option<String> {
        let text: String = crate::answers::masked(text).chars().take(LESSON_CHARS_MAX).collect();
        let text = checked_text("text", &text, LESSON_CHARS_MAX).ok()?;
        (text.chars().filter(|c| c.is_alphanumeric()).count() >= LESSON_CHARS_MIN).then_some(text)
    }

    /// The id of the lesson that these [`words`](Self::words) teach for an article.
    #[must_use]
    pub fn id_of(article: ArticleId, text: &str) -> LessonId {
        let folded: String = crate::answers::normalise(text).chars().iter().filter(|c| c.is_alphanumeric()).collect();
        LessonId::of_name(&format!("{article} {folded}"))
    }
}

/// How a reply came to be, for coaching.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composed {
    /// How many characters were typed or spoken by the agent, not taken from an answer.
    #[serde(default)]
    pub typed_chars: u32,
    /// How long the agent was typing, in milliseconds; pauses are not counted.
    #[serde(default)]
    pub typing_ms: u32,
    /// The answer it was taken from, if any.
    #[serde(default, deserialize_with = "if_known", skip_serializing_if = "Option::is_none")]
    pub chosen: Option<EntryId>,
    /// How that was come by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<How>,
    /// From the shopper's first unanswered message, or the opening of the conversation if that came later, to the
    /// choice, in milliseconds by the device's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice_ms: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3600;

    #[test]
    fn a_choice_counts_half_after_a_half_life() {
        let start = Micros(1_700_000_000_000_000);
        let once = Usage::default().chosen(start);
        assert_eq!(once.weight_milli, 1000);
        let later = start.plus_seconds(USAGE_HALF_LIFE_DAYS * DAY);
        assert!((once.weight_at(later) - 0.5).abs() < 1e-3);
        assert_eq!(once.chosen(later).weight_milli, 1500);
    }

    #[test]
    fn an_entry_reads_back_from_its_name() {
        let entries = [EntryId::Article(ArticleId::of_name("a")), EntryId::QuickReply(QuickReplyId::of_name("a"))];
        for entry in entries {
            assert_eq!(entry.to_string().parse(), Ok(entry));
        }
        assert!("article:x".parse::<EntryId>().is_err() && "x".parse::<EntryId>().is_err());
    }

    #[test]
    fn words_are_cut_and_those_that_teach_nothing_are_left() {
        assert_eq!(Lesson::words("？ 嗯"), None);
        assert_eq!(Lesson::words(" 几天到？").as_deref(), Some("几天到？"));
        assert_eq!(Lesson::words("打13800138000问下几天到").as_deref(), Some("打#问下几天到"));
        let long = Lesson::words(&"长".repeat(LESSON_CHARS_MAX + 9)).unwrap();
        assert_eq!(long.chars().count(), LESSON_CHARS_MAX);
    }

    #[test]
    fn the_same_words_for_the_same_article_are_the_same_lesson() {
        let article = ArticleId::of_name("shipping");
        assert_eq!(Lesson::id_of(article, "什么时候发货？"), Lesson::id_of(article, " 什么时候发货 "));
        assert_ne!(Lesson::id_of(article, "什么时候发货"), Lesson::id_of(ArticleId::of_name("x"), "什么时候发货"));
    }
}
