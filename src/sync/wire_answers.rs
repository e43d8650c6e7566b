//! What the server tells about answers and wording, beside the sync: requests and answers as JSON.

use serde::{Deserialize, Serialize};

use crate::model::{Article, ConversationId, MemberCard, MemberId, MessageId, Micros};
use crate::timing::Coaching;
use crate::wording::{Finding, PackFields};

/// The longest span over which a pack is tried, notes are listed and answers are reviewed, in days.
pub const REVIEW_DAYS_MAX: u16 = 31;
/// The largest sheet that is read for an import, in bytes.
pub const SHEET_BYTES_MAX: usize = 5 * 1024 * 1024;
/// The most rows that are read of a sheet.
pub const SHEET_ROWS_MAX: usize = 20_000;
/// The most cells in a row that are read.
pub const SHEET_COLUMNS_MAX: usize = 50;

/// `POST /api/wording/trial`: what would this pack have flagged?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialRequest {
    /// The pack, as it stands in the editor.
    pub pack: PackFields,
    /// How many days back; at most [`REVIEW_DAYS_MAX`].
    pub days: u16,
}

/// What a pack would have flagged among the replies of the last days, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialAnswer {
    /// How many replies were checked.
    pub checked: usize,
    /// How many of them have a finding.
    pub flagged: usize,
    /// Whether there were more replies in that time than are checked at once.
    pub cut: bool,
    /// How many replies each rule flags, the most first.
    pub by_rule: Vec<FlaggedBy>,
    /// Some of the replies that were flagged, numbers and names masked.
    pub examples: Vec<FlaggedText>,
}

/// How many replies a rule flags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlaggedBy {
    /// The id of the rule.
    pub rule: String,
    /// How many.
    pub texts: usize,
}

/// A reply that was flagged, masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlaggedText {
    /// The reply, masked.
    pub text: String,
    /// The words that were found, masked.
    pub words: String,
    /// The id of the rule that found them.
    pub rule: String,
}

/// A refused pack: `POST /api/wording/trial` answers 422 with this beside the usual words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRefused {
    /// The rule that cannot be used.
    pub rule: String,
    /// The share of everyday sentences that it would flag, in percent, when that is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u32>,
}

/// `GET /api/wording/notes`: what was sent with a reason although the wording check warned, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordingNotes {
    /// The notes.
    pub notes: Vec<WordingNote>,
    /// The members named in them.
    pub members: Vec<MemberCard>,
    /// Whether there are more than are listed.
    pub more: bool,
}

/// One reply that was sent despite a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordingNote {
    /// The message.
    pub message: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Who sent it.
    pub member: MemberId,
    /// When.
    pub at: Micros,
    /// What the check found.
    pub findings: Vec<Finding>,
    /// Why it was sent all the same.
    pub reason: String,
}

/// `GET /api/figures/coaching`: the figures of a span of time. An agent gets their own and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoachingAnswer {
    /// Replies sent at this moment or later …
    pub from: Micros,
    /// … and before this one are counted.
    pub to: Micros,
    /// When the figures were made.
    pub at: Micros,
    /// Everybody's together; `None` for whoever sees only their own.
    pub total: Option<Coaching>,
    /// By member.
    pub by_member: Vec<(MemberId, Coaching)>,
    /// The members named in them.
    pub members: Vec<MemberCard>,
}

/// A row of a sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetRow {
    /// Its number, counted from 1.
    pub line: usize,
    /// Its cells.
    pub cells: Vec<String>,
}

/// `POST /api/import/sheet`: the first sheet of a workbook as rows of text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetAnswer {
    /// The rows that are not empty.
    pub rows: Vec<SheetRow>,
    /// Whether the sheet has more rows, columns or text than are read.
    pub cut: bool,
}

/// The answer to `GET /api/articles/{id}/versions`: what an article said before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionsAnswer {
    /// The former versions that are kept, the latest first.
    pub versions: Vec<Article>,
}
