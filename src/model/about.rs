//! What a conversation is about: the product and the order, as far as somebody said so.

use serde::{Deserialize, Serialize};

use super::text::{TextFault, checked_text};
use super::tolerant::if_known;

/// The longest of these facts, in characters.
pub const ABOUT_CHARS_MAX: usize = 100;

/// How far a purchase has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing was bought yet.
    Before,
    /// Paid, not on its way.
    Paid,
    /// On its way.
    Shipped,
    /// In the shopper's hands.
    Received,
}

/// Facts that fill the blanks of an answer and put the fitting answers first. Each may be unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// The order's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The courier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier: Option<String>,
    /// The parcel's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// When it is expected, as one would say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrives: Option<String>,
    /// How far the purchase has come, if somebody said so.
    #[serde(default, deserialize_with = "if_known", skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
}

impl About {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These facts after somebody told others: what was not told stays, a blank text empties the fact.
    ///
    /// # Errors
    /// When one is longer than [`ABOUT_CHARS_MAX`].
    pub fn told(self, told: Self) -> Result<Self, TextFault> {
        Ok(Self {
            product: told_fact("product", self.product, told.product)?,
            order: told_fact("order", self.order, told.order)?,
            courier: told_fact("courier", self.courier, told.courier)?,
            tracking: told_fact("tracking", self.tracking, told.tracking)?,
            arrives: told_fact("arrives", self.arrives, told.arrives)?,
            stage: told.stage.or(self.stage),
        })
    }

    /// How far the purchase has come: as somebody said, else as the facts let one think.
    #[must_use]
    pub fn likely_stage(&self) -> Option<Stage> {
        let follows = || match self {
            Self { tracking: Some(_), .. } => Some(Stage::Shipped),
            Self { order: Some(_), .. } => Some(Stage::Paid),
            _ => None,
        };
        self.stage.or_else(follows)
    }
}

fn told_fact(field: &'static str, known: Option<String>, told: Option<String>) -> Result<Option<String>, TextFault> {
    match told.map(|told| checked_text(field, &told, ABOUT_CHARS_MAX)) {
        None => Ok(known),
        Some(Err(TextFault::Empty { .. })) => Ok(None),
        Some(checked) => checked.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn what_is_told_counts_and_the_rest_stays() {
        let known = About { order: text("A1"), product: text("茶"), courier: text("顺风"), ..About::default() };
        let told = About { product: text(" 护膝 "), courier: text(" "), ..About::default() };
        let now = known.told(told).unwrap();
        assert_eq!(now, About { order: text("A1"), product: text("护膝"), ..About::default() });
        assert_eq!(now.likely_stage(), Some(Stage::Paid));
    }

    #[test]
    fn facts_are_bounded() {
        let long = About { courier: Some("长".repeat(ABOUT_CHARS_MAX + 1)), ..About::default() };
        assert!(matches!(About::default().told(long), Err(TextFault::TooLong { field: "courier", .. })));
    }
}
