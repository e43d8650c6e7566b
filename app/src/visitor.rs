//! The page on which a shopper writes: rendered by the server, whole without script, live with a small one.
//!
//! It shows staff by their work number and nothing else of them, and every text as text.

mod clock;
mod page;
mod words;

pub use clock::Moment;
pub use page::{Bubble, Composer, Fault, Side, UnknownChannel, VisitorPage, unknown_channel, visitor_page};
pub use words::{Lang, Words};
