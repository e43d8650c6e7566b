//! Daily, weekly and monthly reports: which days they cover, what they say, as a page to print and as a message that goes
//! out by itself.

mod chart;
pub mod html;
pub mod page;
pub mod payload;
pub mod post;
pub mod rules;
pub mod schedule;
pub mod settings;
pub mod spans;
pub mod words;

pub use post::Reach;
pub use schedule::{Posting, Sender};
pub use spans::{Kind, Span};
