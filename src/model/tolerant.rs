//! Reading what a newer side may say in a way of its own.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads a value that may be left out: what only a newer side knows counts as not said.
pub(super) fn if_known<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    let said = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(said).ok())
}
