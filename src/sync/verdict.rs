//! What became of a command.
//!
//! A device keeps verdicts with the words they are about, so what only a newer server says is kept as it was told: a desk
//! that was updated meanwhile reads it.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

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
    /// A verdict that only a newer server gives, with its fields. To this code it is no effect, so that no words are lost.
    #[serde(untagged, deserialize_with = "newer_verdict")]
    Newer(Map<String, Value>),
}

/// Why a command was rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What its shopper said was erased as they wished, and the conversation takes nothing more.
    Erased,
    /// It was given on top of another one that took no effect, and waits for what becomes of that.
    Waits,
    /// A code that only a newer server knows.
    #[serde(untagged)]
    Newer(String),
}

/// What happened between writing a reply and its arrival.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// A reason that only a newer server knows, with its fields.
    #[serde(untagged, deserialize_with = "newer_reason")]
    Newer(Map<String, Value>),
}

fn newer_verdict<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    newer(deserializer, "verdict", &["applied", "rejected", "parked"])
}

fn newer_reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    newer(deserializer, "what", &["answered", "closed", "taken_over", "expired"])
}

/// What bears a known name and does not read is no news but damage.
fn newer<'de, D: Deserializer<'de>>(
    deserializer: D,
    tag: &'static str,
    known: &[&str],
) -> Result<Map<String, Value>, D::Error> {
    let told = Map::deserialize(deserializer)?;
    match told.get(tag).and_then(Value::as_str) {
        Some(name) if !known.contains(&name) => Ok(told),
        Some(_) => Err(D::Error::custom("a known name with other fields")),
        None => Err(D::Error::missing_field(tag)),
    }
}
