//! What became of a command.

use serde::{Deserialize, Serialize};

use crate::model::{MemberId, Micros};

/// What became of a command. Every command gets exactly one verdict, and it never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It took effect.
    Applied,
    /// It took no effect and never will; its words stay on the device.
    Rejected {
        /// Why.
        code: RejectCode,
    },
    /// It took no effect because things moved on; the agent decides what becomes of it.
    Parked {
        /// What happened in between.
        reason: ParkReason,
    },
}

/// Why a command was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectCode {
    /// The member's roles do not allow it.
    Forbidden,
    /// What it is about does not exist, or not for this member.
    Gone,
    /// A text is empty, too long or otherwise unfit.
    Invalid,
    /// Somebody else changed the same thing first.
    Conflict,
    /// The wording check refuses the words, or warns and no reason was given.
    Wording,
    /// A blank of the reply was not filled.
    Unfilled,
    /// This server does not know this kind of command, or not in this version.
    Unknown,
    /// A kind of rejection that only a newer server knows.
    #[serde(other)]
    Newer,
}

/// What happened between writing a reply and its arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum ParkReason {
    /// A colleague, or the same member elsewhere, answered.
    Answered {
        /// Who.
        by: MemberId,
        /// When.
        at: Micros,
    },
    /// The conversation was closed.
    Closed,
    /// A colleague took the conversation over.
    TakenOver {
        /// Who owns it now.
        by: MemberId,
    },
    /// It arrived after its time.
    Expired,
}
