//! How a shop counts: its clocks, its hours, and which figures it looks at.

use serde::{Deserialize, Serialize};

use super::define::{DEFINITIONS_MAX, Definition, DefinitionFault};
use super::hours::{HoursFault, OpeningHours};
use super::presets::shipped;
use super::surge::{SurgeFault, SurgePlan};

/// The longest name of a time zone, in bytes.
pub const ZONE_NAME_BYTES_MAX: usize = 64;

/// How a shop counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureRules {
    /// The time zone by the name that the world gives it, such as `Asia/Shanghai`; empty for clocks that never change.
    #[serde(default)]
    pub zone: String,
    /// When the shop is open.
    #[serde(default = "OpeningHours::always")]
    pub hours: OpeningHours,
    /// Figures of its own, and shipped ones that it changed: those bear the same id.
    #[serde(default)]
    pub own: Vec<Definition>,
    /// What the shop does while many wait.
    #[serde(default)]
    pub surge: SurgePlan,
}

impl Default for FigureRules {
    fn default() -> Self {
        Self { zone: String::new(), hours: OpeningHours::always(), own: Vec::new(), surge: SurgePlan::default() }
    }
}

/// Why a shop cannot count so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RulesFault {
    /// There is no such time zone.
    #[error("there is no such time zone; a name is written as in Asia/Shanghai")]
    Zone,
    /// The hours are none.
    #[error(transparent)]
    Hours(#[from] HoursFault),
    /// A figure is none.
    #[error(transparent)]
    Definition(#[from] DefinitionFault),
    /// Two figures bear one id.
    #[error("two figures bear the same id")]
    Twice,
    /// The surge plan is none.
    #[error(transparent)]
    Surge(#[from] SurgeFault),
    /// There are too many.
    #[error("a shop keeps at most {DEFINITIONS_MAX} figures of its own")]
    TooMany,
}

impl FigureRules {
    /// The rules, if a shop can count so. Whether the world knows the time zone is for the caller to say.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn checked(self, knows_zone: impl Fn(&str) -> bool) -> Result<Self, RulesFault> {
        let zone = self.zone.trim().to_owned();
        if zone.len() > ZONE_NAME_BYTES_MAX || !(zone.is_empty() || knows_zone(&zone)) {
            return Err(RulesFault::Zone);
        }
        if self.own.len() > DEFINITIONS_MAX {
            return Err(RulesFault::TooMany);
        }
        let own = self.own.into_iter().map(Definition::checked).collect::<Result<Vec<_>, _>>()?;
        let is_twice = |(place, one): (usize, &Definition)| own[..place].iter().any(|before| before.id == one.id);
        if own.iter().enumerate().any(is_twice) {
            return Err(RulesFault::Twice);
        }
        Ok(Self { zone, hours: self.hours.checked()?, own, surge: self.surge.checked()? })
    }

    /// The figures of the shop: the shipped ones, as the shop changed them, then its own.
    #[must_use]
    pub fn definitions(&self) -> Vec<Definition> {
        let mut definitions = shipped();
        for own in &self.own {
            match definitions.iter_mut().find(|definition| definition.id == own.id) {
                Some(changed) => *changed = own.clone(),
                None => definitions.push(own.clone()),
            }
        }
        definitions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knows(zone: &str) -> bool {
        zone == "Asia/Shanghai"
    }

    fn greeting_within(seconds: u32) -> Definition {
        let mut greeting = shipped().swap_remove(0);
        greeting.threshold_seconds = Some(seconds);
        greeting
    }

    #[test]
    fn a_changed_figure_takes_the_place_of_the_shipped_one_and_a_new_one_comes_last() {
        let mine = Definition { id: "mine".into(), ..greeting_within(5) };
        let rules = FigureRules { own: vec![greeting_within(10), mine.clone()], ..FigureRules::default() };
        let definitions = rules.checked(knows).unwrap().definitions();
        assert_eq!(definitions.len(), shipped().len() + 1);
        assert_eq!((definitions[0].threshold_seconds, definitions.last()), (Some(10), Some(&mine)));
    }

    #[test]
    fn rules_that_nobody_can_count_by_are_refused() {
        let fault = |rules: FigureRules| rules.checked(knows).unwrap_err();
        let zone = |zone: &str| FigureRules { zone: zone.into(), ..FigureRules::default() };
        assert_eq!(fault(zone("Asia/Atlantis")), RulesFault::Zone);
        assert_eq!(zone(" Asia/Shanghai ").checked(knows).unwrap().zone, "Asia/Shanghai");
        let own = |own| FigureRules { own, ..FigureRules::default() };
        assert_eq!(fault(own(vec![greeting_within(1), greeting_within(2)])), RulesFault::Twice);
        let many = (0..=DEFINITIONS_MAX).map(|n| Definition { id: format!("n{n}"), ..greeting_within(9) });
        assert_eq!(fault(own(many.collect())), RulesFault::TooMany);
        let nameless = Definition { name: " ".into(), ..greeting_within(9) };
        assert_eq!(fault(own(vec![nameless])), RulesFault::Definition(DefinitionFault::Name));
        let hours = FigureRules { hours: OpeningHours::daily(600, 500), ..FigureRules::default() };
        assert_eq!(fault(hours), RulesFault::Hours(HoursFault::Span));
        let surge =
            FigureRules { surge: SurgePlan { release_at: 99, ..SurgePlan::default() }, ..FigureRules::default() };
        assert_eq!(fault(surge), RulesFault::Surge(SurgeFault::Order));
    }

    #[test]
    fn what_an_older_server_kept_reads() {
        assert_eq!(serde_json::from_str::<FigureRules>("{}").unwrap(), FigureRules::default());
    }
}
