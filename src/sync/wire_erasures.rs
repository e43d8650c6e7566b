//! What is asked and told when a shopper wishes to be forgotten.

use serde::{Deserialize, Serialize};

use crate::model::{ConversationId, MemberCard, MemberId, Micros};

/// The most erasures that are told at once.
pub const ERASURES_TOLD_MAX: u64 = 200;

/// `GET /api/conversations/{id}/shopper`: what would be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopperTold {
    /// What the shopper is called; empty once they were erased.
    pub name: String,
    /// How many conversations the shop has of them.
    pub conversations: u32,
    /// How many of these go on, and would be closed.
    pub open: u32,
    /// When they were erased, if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Micros>,
}

/// What became of a shopper who wished to be forgotten: `POST /api/conversations/{id}/erase-shopper`, and one of the list. It
/// says nothing of the shopper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureTold {
    /// When they were erased.
    pub at: Micros,
    /// The member who did it; nobody when the operator did.
    pub by: Option<MemberId>,
    /// The conversation by which they were named.
    pub conversation: ConversationId,
    /// How many conversations of theirs there were.
    pub conversations: u32,
}

/// `GET /api/erasures`: who was erased, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasuresAnswer {
    /// The erasures.
    pub erasures: Vec<ErasureTold>,
    /// The members who did it.
    pub members: Vec<MemberCard>,
    /// Whether there are more than are told.
    pub more: bool,
}
