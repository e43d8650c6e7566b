//! How many people a shop needs, hour by hour: what will come, what it means for those who answer, and how sure that is.
//!
//! What comes is foretold by weekday and hour from past weeks ([`forecast()`]) and held against what came ([`backtest`]).
//! What that needs is said by two models of waiting lines ([`Queue`]): Erlang C, in which whoever waits stays, and Erlang A,
//! in which they leave after a while. `docs/PLANNING.md` tells both to people, with their sources and what they assume.

mod forecast;
mod gamma;
mod measure;
mod queue;
mod staffing;

pub use forecast::{
    BACKTEST_WEEKS_MAX, Backtest, ByHour, FORECAST_WEEKS_MAX, FORECAST_WEEKS_MIN, PastWeek, WeekError, backtest,
    fair_shares, forecast, range_of,
};
pub use measure::{
    HANDLING_SECONDS_MAX, LEFT_MIN, Measured, PAUSE_SECONDS, READING_SECONDS, SampledChat, WAIT_SECONDS_MAX, measured,
};
pub use queue::{LOAD_MAX, Outcome, Queue};
pub use staffing::{
    Assumptions, CHATS_MAX, Outlook, PATIENCE_SECONDS_MAX, PLANNED_MAX, PlanningFault, STRETCH_PERCENT_MAX,
    STRETCH_PERCENT_MIN, Staffing,
};

/// Hours of a day, as tables have them.
pub const HOURS_PER_DAY: usize = 24;
/// Days of a week.
pub const DAYS_PER_WEEK: usize = 7;

/// Something of each hour of a week: Monday first, then from midnight on.
pub type Week<T> = [[T; HOURS_PER_DAY]; DAYS_PER_WEEK];

/// A week made hour by hour.
#[must_use]
pub fn week_of<T>(mut of: impl FnMut(usize, usize) -> T) -> Week<T> {
    std::array::from_fn(|day| std::array::from_fn(|hour| of(day, hour)))
}
