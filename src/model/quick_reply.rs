//! Quick replies: short texts that an agent or the whole shop keeps at hand.

use serde::{Deserialize, Serialize};

use super::text::{ANSWER_CHARS_MAX, SHORTCUT_CHARS_MAX, TextFault, checked_text};
use super::{MemberId, Micros, QuickReplyId};

/// What a member writes: a quick reply without its history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickReplyFields {
    /// What is typed to get it at once.
    pub shortcut: String,
    /// What is put into the composer.
    pub text: String,
}

impl QuickReplyFields {
    /// The fields trimmed, every limit held.
    ///
    /// # Errors
    /// When one is empty or too long.
    pub fn checked(self) -> Result<Self, TextFault> {
        Ok(Self {
            shortcut: checked_text("shortcut", &self.shortcut, SHORTCUT_CHARS_MAX)?,
            text: checked_text("text", &self.text, ANSWER_CHARS_MAX)?,
        })
    }
}

/// A quick reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickReply {
    /// Its id.
    pub id: QuickReplyId,
    /// The member it belongs to; `None` when it is the shop's.
    pub owner: Option<MemberId>,
    /// What it says.
    #[serde(flatten)]
    pub fields: QuickReplyFields,
    /// Counts the changes, from 1.
    pub version: u32,
    /// When it was changed last.
    pub changed_at: Micros,
}
