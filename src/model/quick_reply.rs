//! Quick replies: short texts and pictures that an agent, a team or the whole shop keeps at hand.

use serde::{Deserialize, Serialize};

use super::text::{ANSWER_CHARS_MAX, SHORTCUT_CHARS_MAX, TextFault, checked_text};
use super::{MemberId, Micros, PictureId, QuickReplyId, TeamId};

/// The longest name of a category, in characters.
pub const CATEGORY_CHARS_MAX: usize = 30;

/// What a member writes: a quick reply without its history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickReplyFields {
    /// What is typed to get it at once.
    pub shortcut: String,
    /// What is put into the composer; empty only beside a picture.
    pub text: String,
    /// The group it is shown in; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// The picture that is sent with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureId>,
}

impl QuickReplyFields {
    /// The fields trimmed, every limit held.
    ///
    /// # Errors
    /// When the shortcut is empty, the text is empty and there is no picture, or one is too long.
    pub fn checked(self) -> Result<Self, TextFault> {
        let text = match self.text.trim() {
            "" if self.picture.is_some() => String::new(),
            text => checked_text("text", text, ANSWER_CHARS_MAX)?,
        };
        let category = match self.category.trim() {
            "" => String::new(),
            category => checked_text("category", category, CATEGORY_CHARS_MAX)?,
        };
        let shortcut = checked_text("shortcut", &self.shortcut, SHORTCUT_CHARS_MAX)?;
        Ok(Self { shortcut, text, category, picture: self.picture })
    }
}

/// Who keeps a quick reply, and so who sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "keeper", content = "id", rename_all = "snake_case")]
pub enum Keeper {
    /// The shop: everybody sees it.
    Shop,
    /// A team.
    Team(TeamId),
    /// One member alone.
    Member(MemberId),
}

/// A quick reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickReply {
    /// Its id.
    pub id: QuickReplyId,
    /// The member it belongs to; `None` when it is a team's or the shop's.
    pub owner: Option<MemberId>,
    /// The team it belongs to; `None` when it is a member's or the shop's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// What it says.
    #[serde(flatten)]
    pub fields: QuickReplyFields,
    /// Counts the changes, from 1.
    pub version: u32,
    /// When it was changed last.
    pub changed_at: Micros,
}

impl QuickReply {
    /// Who keeps it.
    #[must_use]
    pub const fn keeper(&self) -> Keeper {
        match (self.owner, self.team) {
            (Some(member), _) => Keeper::Member(member),
            (None, Some(team)) => Keeper::Team(team),
            (None, None) => Keeper::Shop,
        }
    }
}

impl Keeper {
    /// The member, if it is one.
    #[must_use]
    pub const fn member(self) -> Option<MemberId> {
        if let Self::Member(member) = self { Some(member) } else { None }
    }

    /// The team, if it is one.
    #[must_use]
    pub const fn team(self) -> Option<TeamId> {
        if let Self::Team(team) = self { Some(team) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quick_reply_needs_words_or_a_picture() {
        let bare = QuickReplyFields { shortcut: "hi".into(), ..Default::default() };
        assert_eq!(bare.clone().checked(), Err(TextFault::Empty { field: "text" }));
        let shown = QuickReplyFields { picture: Some(PictureId::of_bytes(b"x")), category: " 问候 ".into(), ..bare };
        assert_eq!(shown.checked().unwrap().category, "问候");
    }
}
