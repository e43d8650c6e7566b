//! How work travels: commands go up, verdicts and a feed of changes come down.
//!
//! A device numbers its commands; the server gives each exactly one effect and one verdict. What changed is
//! written to a feed per [`Scope`] whose numbers have no gaps. A device shows `reducer(confirmed, outbox)`:
//! [`Replica`] holds both, and [`decide`] is the one place that says what a command does, on either side.

mod change;
mod checksum;
mod checkup;
mod command;
mod decide;
mod device;
mod draft;
#[cfg(test)]
mod examples;
mod history_asked;
mod lease;
mod live;
mod needs;
mod packed;
mod presence;
mod receipt;
mod replica;
mod scope;
mod standing;
mod state;
mod terse;
mod tolerant;
mod upgrade;
mod verdict;
mod wire;
mod wire_answers;
mod wire_devices;
mod wire_erasures;
mod wire_figures;
mod wire_history;
mod wire_now;
mod wire_planning;

pub use change::{Change, Entity, GoneConversation};
pub use checksum::{CHECK_RANGES_MAX, Sum, Sums, digest, range_of};
pub use checkup::{
    CHECK_KINDS_MAX, CheckAnswer, CheckRequest, Checkups, Comparison, KEPT_KINDS, KeptDigest, RangeRows, Remedy,
    Repair, repair,
};
pub use command::{
    Action, ChooseAnswer, CloseConversation, Command, CommandHash, DescribeConversation, FORMER_NUMBERS_MAX,
    FormerNumber, JudgeLesson, PutArticle, PutDraft, PutPack, PutPolicy, PutQuickReply, REPLY_EXPIRES_SECONDS,
    RemoveArticle, RemovePack, RemovePolicy, RemoveQuickReply, SendMessage, TakeConversation, TransferConversation,
    UnreadableCommand, WhisperTo,
};
pub use decide::{
    Decision, Facts, KNOWS_SHOPPER_SECONDS, LEARNED_TOGETHER_MAX, MergedArticle, REASON_CHARS_MAX, ShopperMessage,
    decide, erased_conversation, erased_message, knows_shopper, merge_article, shopper_wrote, what_happened,
    words_taught,
};
pub use device::{
    ConfirmedWrite, Contents, Counter, Device, Enqueued, Heard, Held, Keeping, Kept, Moved, News, OutboxWrite,
    Progress, Queued, keep, outbox, without_chats, without_scopes,
};
pub use draft::{DRAFT_REST_SECONDS, TellDraft, offered_draft, tell_draft};
pub use history_asked::{HistorySpan, Part, Split, Stretch, Unnamed};
pub use lease::{CLOCK_BACK_SECONDS_MAX, LEASE_SECONDS, Lease, LeaseState};
pub use live::{
    Asked, Beat, LIVE_ASKS_BYTES_MAX, LIVE_MISSES_MAX, LIVE_PAGE_BYTES_MAX, LIVE_PAGE_ROWS_MAX, LIVE_PAGE_WAIT_MILLIS,
    LivePage,
};
pub use packed::{PackedRow, RowsPacker, packed_rows};
pub use presence::{
    Board, HASTE_MILLIS, Looker, OnDuty, PAGES_MAX, PAGES_OF_MEMBER_MAX, PRESENCE_BEAT_MILLIS, PRESENCE_PAUSE_MILLIS,
    PRESENCE_SECONDS, PRESENT_TOLD_MAX, Presence, PresenceRequest, Present, RESTING_BEAT_MILLIS, RESTING_SECONDS,
    ROUSED_SECONDS, TYPING_BEAT_MILLIS, TYPING_REST_MILLIS, TYPING_SECONDS,
};
pub use receipt::{Known, Receipt, receive};
pub use replica::{Pending, Replica};
pub use scope::{Cursor, NotAScope, Scope};
pub use standing::{Filling, Gap, Standing};
pub use state::{State, Touched};
pub use terse::{NotTerse, TERSE, TERSE_BYTES_MAX, TERSE_TABLE, from_terse, terse};
pub use upgrade::{COMMAND_VERSION, VERSIONS_BACK};
pub use verdict::{ParkReason, RejectCode, Verdict};
pub use wire::{
    FiguresAnswer, Heads, LeaseTold, NewestFirst, PROTOCOL, PULL_BYTES_MAX, PULL_ROWS_MAX, PUSH_BYTES_MAX,
    PUSH_COMMANDS_MAX, PullAnswer, PullRequest, PushAnswer, PushRefusal, PushRequest, Row, ScopePage, SignedIn,
    VerdictRow,
};
pub use wire_answers::{
    CoachingAnswer, FlaggedBy, FlaggedText, PackRefused, REVIEW_DAYS_MAX, SHEET_BYTES_MAX, SHEET_COLUMNS_MAX,
    SHEET_ROWS_MAX, SheetAnswer, SheetRow, TrialAnswer, TrialRequest, VersionsAnswer, WordingNote, WordingNotes,
};
pub use wire_devices::{CUT_OFF, CutOff, DeviceCard, DevicesAnswer};
pub use wire_erasures::{ERASURES_TOLD_MAX, ErasureTold, ErasuresAnswer, ShopperTold};
pub use wire_figures::{
    CASES_MAX, CasesAnswer, DefinedAnswer, DefinedFigure, FIGURE_TRIAL_DAYS, FigureTrial, LeftOut, PlaceHours,
    RulesAnswer, RulesTold, ToldCase,
};
pub use wire_history::{
    FigureName, HISTORY_DAYS_MAX, HISTORY_PIECES_MAX, HISTORY_ROW_VALUES_MAX, HISTORY_ROWS_MAX, HistoryAnswer,
    HistoryHour, HistoryPiece, HistoryRow, NamedPart, SILENT_SECONDS, SILENT_TOLD_MAX, SilentAnswer, SilentDevice,
};
pub use wire_now::{
    AGENT_TOLD_MINUTES, AGENTS_TOLD_MAX, AgentNow, LEVEL_GOAL_PERCENT, LEVEL_MINUTES, LEVEL_POINTS, LEVEL_STEP_MINUTES,
    LevelStanding, LevelTold, NowAnswer, WAITING_TOLD_MAX, WaitingTold,
};
pub use wire_planning::{
    Foretold, HourTold, PLANNED_WEEKS_MAX, PastTold, PersonTold, PersonsTold, PlanTold, PlanningAnswer, ShareTold,
};
