//! What a conversation is about: the product and the order, as far as somebody said so.

use serde::{Deserialize, Serialize};

use super::text::{TextFault, checked_text};

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
}

impl About {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These facts, where unknown those of `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            product: self.product.or(other.product),
            order: self.order.or(other.order),
            courier: self.courier.or(other.courier),
            tracking: self.tracking.or(other.tracking),
            arrives: self.arrives.or(other.arrives),
            stage: self.stage.or(other.stage),
        }
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

    /// The facts trimmed, empty ones unknown.
    ///
    /// # Errors
    /// When one is longer than [`ABOUT_CHARS_MAX`].
    pub fn checked(self) -> Result<Self, TextFault> {
        Ok(Self {
            product: checked_fact("product", self.product)?,
            order: checked_fact("order", self.order)?,
            courier: checked_fact("courier", self.courier)?,
            tracking: checked_fact("tracking", self.tracking)?,
            arrives: checked_fact("arrives", self.arrives)?,
            stage: self.stage,
        })
    }
}

fn checked_fact(field: &'static str, fact: Option<String>) -> Result<Option<String>, TextFault> {
    match fact.map(|fact| checked_text(field, &fact, ABOUT_CHARS_MAX)) {
        None | Some(Err(TextFault::Empty { .. })) => Ok(None),
        Some(checked) => checked.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_trimmed_bounded_and_completed() {
        let said = About { product: Some(" 护膝 ".into()), order: Some(" ".into()), ..About::default() };
        let checked = said.checked().unwrap();
        assert_eq!(checked, About { product: Some("护膝".into()), ..About::default() });
        let known = About { order: Some("A1".into()), product: Some("茶".into()), ..About::default() };
        let both = checked.or(known);
        assert_eq!((both.product.as_deref(), both.order.as_deref()), (Some("护膝"), Some("A1")));
        assert_eq!(both.likely_stage(), Some(Stage::Paid));
        let long = About { courier: Some("长".repeat(ABOUT_CHARS_MAX + 1)), ..About::default() };
        assert!(matches!(long.checked(), Err(TextFault::TooLong { field: "courier", .. })));
    }
}
