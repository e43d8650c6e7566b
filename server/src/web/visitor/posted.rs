//! A shopper's message as it comes: from the form, which works without script, or from the page's script.

use qinda::model::MessageId;
use serde::Deserialize;

use super::hearsay::Hearsay;

/// What the form posts.
#[derive(Debug, Deserialize)]
pub(super) struct Posted {
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) text: String,
    #[serde(flatten)]
    pub(super) about: Hearsay,
}

/// A message that the script sends.
#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    pub(super) id: MessageId,
    pub(super) text: String,
    #[serde(default)]
    pub(super) about: Hearsay,
}
