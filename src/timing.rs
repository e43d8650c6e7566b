//! How fast we answered. The running clock on a device and the figures on the server come from the same
//! [`rounds`] over the messages of a conversation; device clocks never enter.

mod coaching;
mod define;
mod described;
mod figures;
mod history;
mod hours;
mod life;
mod presets;
pub mod rollup;
mod rounds;
mod rules;
mod sketch;
mod steps;
mod surge;
mod value;
mod zone;

pub use coaching::{Coaching, CoachingOfWay, ReplyOf, coaching};
pub use define::{
    ClockRule, DEFINITIONS_MAX, Definition, DefinitionFault, FIGURE_NAME_CHARS_MAX, FIGURE_SECONDS_MAX, Goal, Hours,
    HoursOf, LeaveOut, Merge, Source, Statistic, Unit, Window,
};
pub use figures::{Figure, Figures, Group, RoundOf, figures, hour_begins, quantile};
pub use history::{Band, HourOfWeek, Spread, by_hour_of_week, piece_of, series, spread};
pub use hours::{
    ByPlace, DaySpan, HoursFault, LAID_OUT_DAYS_MAX, Open, OpenHours, OpeningHours, PLACES_MAX, SPANS_MAX,
    SPECIAL_DAYS_MAX, spans_of, spans_text,
};
pub use life::{Case, Course, Happened, Life, Subject, What};
pub use presets::shipped;
pub use rounds::{
    ANSWER_LIMIT_SECONDS, Answer, GREETING_LIMIT_SECONDS, Round, SOON_PERCENT, Urgency, Waiting, rounds, waiting,
};
pub use rules::{FigureRules, RulesFault, ZONE_NAME_BYTES_MAX};
pub use sketch::{Sketch, SketchFault};
pub use steps::{Step, first_of_month, months_later};
pub use surge::{
    SURGE_CALL_CHARS_MAX, SURGE_MINUTES_MAX, SURGE_STEPS_MAX, SURGE_WAITING_MAX, SurgeFault, SurgePlan, SurgeState,
    SurgeStep, WaitingSince, waiting_over_time,
};
pub use value::{Asked, Standing, Tally, Value, counted, does, value};
pub use zone::{LocalTime, MINUTES_PER_DAY, Zone};
