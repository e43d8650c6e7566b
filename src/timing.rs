//! How fast we answered. The running clock on a device and the figures on the server come from the same
//! [`rounds`] over the messages of a conversation; device clocks never enter.

mod coaching;
mod figures;
mod rounds;

pub use coaching::{Coaching, CoachingOfWay, ReplyOf, coaching};
pub use figures::{Figure, Figures, Group, RoundOf, figures, quantile};
pub use rounds::{ANSWER_LIMIT_SECONDS, Answer, GREETING_LIMIT_SECONDS, Round, Waiting, rounds, waiting};
