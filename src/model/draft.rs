//! Half-written replies, so that what was begun on one device can be gone on with on another.

use serde::{Deserialize, Serialize};

use super::{ConversationId, DeviceId, MICROS_PER_SECOND, MemberId, Micros};

/// How many half-written replies of a member are kept; beyond that the oldest gives way.
pub const DRAFTS_MAX: usize = 100;

/// For so long a half-written reply is kept: after a week the shopper's question is another one.
pub const DRAFT_KEPT_SECONDS: i64 = 7 * 24 * 3600;

/// A half-written reply as the member's other devices see it. There is one for each conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Who writes it; nobody else sees it.
    pub member: MemberId,
    /// Whom it shall answer.
    pub conversation: ConversationId,
    /// The words so far.
    pub text: String,
    /// The device on which they stand.
    pub device: DeviceId,
    /// When they were written.
    pub at: Micros,
}

impl Draft {
    /// Whether it is too old to be kept.
    #[must_use]
    pub fn is_over(&self, now: Micros) -> bool {
        now.since(self.at) > DRAFT_KEPT_SECONDS * MICROS_PER_SECOND
    }
}
