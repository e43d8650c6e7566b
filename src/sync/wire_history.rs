//! A figure through time, as the server tells it: requests and answers as JSON.

use serde::{Deserialize, Serialize};

use super::history_asked::{HistorySpan, Part, Split};
use super::wire_figures::{LeftOut, PlaceHours};
use crate::model::{DeviceKind, MemberCard, MemberId, Micros};
use crate::timing::{Definition, HourOfWeek, OpeningHours, Spread, Step, Value};

/// The longest span that is told of, in days: ten years.
pub const HISTORY_DAYS_MAX: i64 = 3_660;
/// The most pieces that a span is cut into.
pub const HISTORY_PIECES_MAX: usize = 400;
/// The most rows of a split.
pub const HISTORY_ROWS_MAX: usize = 100;
/// The most values in the series of all rows together; of a fine step fewer rows are told.
pub const HISTORY_ROW_VALUES_MAX: usize = 12_000;
/// A device that was not heard of for so long is silent: one that is open looks at the server every five minutes.
pub const SILENT_SECONDS: i64 = 600;
/// The most silent devices that are told one by one.
pub const SILENT_TOLD_MAX: usize = 20;

/// `GET /api/figures/history?figure&span&step&by&part&own`: a figure of the shop through time. An agent gets their own
/// and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryAnswer {
    /// What was asked about.
    pub span: HistorySpan,
    /// The span begins here …
    pub from: Micros,
    /// … and ends before this.
    pub to: Micros,
    /// The time before begins here …
    pub before_from: Micros,
    /// … and ends before this: while the span goes on, after as long a time as has passed of it.
    pub before_to: Micros,
    /// When this was made.
    pub at: Micros,
    /// The name of the shop's time zone; empty for clocks that never change.
    pub zone: String,
    /// The shop's opening hours, unless it is always open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<OpeningHours>,
    /// Those of the teams and channels that have hours of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_hours: Vec<PlaceHours>,
    /// Into what the span is cut.
    pub step: Step,
    /// How the rows are split.
    pub by: Split,
    /// Of which part alone it is told, and what that is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<NamedPart>,
    /// Whether it is of one agent only: whoever asked.
    pub own: bool,
    /// How the figure is made.
    pub definition: Definition,
    /// What it says of the whole span.
    pub value: Value,
    /// The same by opening hours alone, of a shop that has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_hours: Option<Value>,
    /// What it said of the time before.
    pub before: Value,
    /// How many rounds began in the span.
    pub rounds: u32,
    /// The span piece by piece.
    pub pieces: Vec<HistoryPiece>,
    /// The figure of each part.
    pub rows: Vec<HistoryRow>,
    /// How many parts more there are; those with the least to tell of are left.
    pub more_rows: usize,
    /// How the times behind it are spread.
    pub spread: Spread,
    /// The hours of the week in which there was something.
    pub hours_of_week: Vec<HistoryHour>,
    /// The figures of the shop, by their names.
    pub figures: Vec<FigureName>,
    /// That nothing is told of the figure, for it would have to be counted from more messages than are read for an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
}

/// A piece of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPiece {
    /// It begins here …
    pub from: Micros,
    /// … and ends before this.
    pub to: Micros,
    /// How many seconds the shop's clocks are ahead of UTC at its beginning.
    pub offset_seconds: i64,
    /// How many rounds began in it.
    pub rounds: u32,
    /// What the figure says of it.
    pub value: Value,
    /// What it said of the piece at the same place of the time before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
}

/// A part and what it is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedPart {
    /// The part.
    pub part: Part,
    /// Its name: the number and name of a member, the name of a team or a channel; empty where it is nobody's.
    pub name: String,
}

/// The figure of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// Whose it is.
    pub of: NamedPart,
    /// What the figure says of the whole span.
    pub value: Value,
    /// What it said of the time before.
    pub before: Value,
    /// What it says of each piece.
    pub series: Vec<Value>,
}

/// An hour of the week and what happened in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryHour {
    /// Which hour.
    pub at: HourOfWeek,
    /// How many rounds began in it.
    pub rounds: u32,
    /// What the figure says of it.
    pub value: Value,
}

/// A figure of the shop, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureName {
    /// Its id.
    pub id: String,
    /// Its name in Chinese.
    pub name: String,
    /// The same in English.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name_en: String,
}

/// `GET /api/figures/silent`: the devices that were heard of today, may still hold replies, and say nothing now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilentAnswer {
    /// When this was made.
    pub at: Micros,
    /// The devices, those that are silent longest first; at most [`SILENT_TOLD_MAX`].
    pub devices: Vec<SilentDevice>,
    /// How many there are in all.
    pub count: usize,
    /// Their members.
    pub members: Vec<MemberCard>,
}

/// A device that says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilentDevice {
    /// Whose it is.
    pub member: MemberId,
    /// What it is.
    pub kind: DeviceKind,
    /// When it was last heard of.
    pub last_at: Micros,
}
