//! What the address of the shopper's page says that it is about. Whoever made the link wrote it, so it is hearsay: it is
//! shown and fills blanks, and opens nothing.

use qinda::model::{About, Stage};
use serde::Deserialize;

/// The facts as they came, in the address, in hidden fields of the form or from the script.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Hearsay {
    product: Option<String>,
    order: Option<String>,
    courier: Option<String>,
    tracking: Option<String>,
    arrives: Option<String>,
    stage: Option<String>,
}

impl Hearsay {
    /// The facts that are fit to keep. One that is too long or makes no sense is left out, for a shopper's message is
    /// worth more than the address it came from.
    pub(super) fn about(self) -> About {
        let facts = [
            About { product: self.product, ..About::default() },
            About { order: self.order, ..About::default() },
            About { courier: self.courier, ..About::default() },
            About { tracking: self.tracking, ..About::default() },
            About { arrives: self.arrives, ..About::default() },
            About { stage: self.stage.as_deref().and_then(stage), ..About::default() },
        ];
        facts.into_iter().fold(About::default(), |known, fact| known.clone().told(fact).unwrap_or(known))
    }
}

fn stage(name: &str) -> Option<Stage> {
    serde_json::from_value(serde_json::Value::from(name)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unfit_is_left_out_and_the_rest_stays() {
        let said = Hearsay {
            product: Some("长".repeat(500)),
            order: Some(" A-1 ".into()),
            courier: Some(" ".into()),
            stage: Some("somewhere".into()),
            ..Hearsay::default()
        };
        assert_eq!(said.about(), About { order: Some("A-1".into()), ..About::default() });
        let shipped = Hearsay { stage: Some("shipped".into()), ..Hearsay::default() };
        assert_eq!(shipped.about().stage, Some(Stage::Shipped));
    }
}
