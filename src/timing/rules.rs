//! How a shop counts: its clocks, its hours, and which figures it looks at.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::define::{DEFINITIONS_MAX, Definition, DefinitionFault};
use super::hours::{ByPlace, HoursFault, OpenHours, OpeningHours};
use super::presets::shipped;
use super::surge::{SurgeFault, SurgePlan};
use super::zone::Zone;
use crate::model::{ChannelId, Micros, TeamId};

/// The longest name of a time zone, in bytes.
pub const ZONE_NAME_BYTES_MAX: usize = 64;

/// The field of hours that are not the shop's, as it is sent.
const OWN_HOURS: &str = "own_hours";
/// The field of a figure that says how questions merge.
const MERGE: &str = "merge";

/// How a shop counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureRules {
    /// The time zone by the name that the world gives it, such as `Asia/Shanghai`; empty for clocks that never change.
    #[serde(default)]
    pub zone: String,
    /// When the shop is open.
    #[serde(default = "OpeningHours::always")]
    pub hours: OpeningHours,
    /// When teams and channels are there that have hours of their own.
    #[serde(default)]
    pub own_hours: ByPlace<OpeningHours>,
    /// Figures of its own, and shipped ones that it changed: those bear the same id.
    #[serde(default)]
    pub own: Vec<Definition>,
    /// What the shop does while many wait.
    #[serde(default)]
    pub surge: SurgePlan,
}

impl Default for FigureRules {
    fn default() -> Self {
        Self {
            zone: String::new(),
            hours: OpeningHours::always(),
            own_hours: ByPlace::default(),
            own: Vec::new(),
            surge: SurgePlan::default(),
        }
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
        let (hours, own_hours) = (self.hours.checked()?, self.own_hours.checked()?);
        Ok(Self { zone, hours, own_hours, own, surge: self.surge.checked()? })
    }

    /// The rules as a desk sent them. One of an older version does not name what it does not know: there what stands stays.
    ///
    /// # Errors
    /// When they do not read.
    pub fn sent(sent: Json, stands: &Self) -> serde_json::Result<Self> {
        let mut fields: Map<String, Json> = serde_json::from_value(sent)?;
        let own_hours = serde_json::to_value(&stands.own_hours)?;
        fields.entry(OWN_HOURS).or_insert(own_hours);
        let own = fields.get_mut("own").and_then(Json::as_array_mut).into_iter().flatten();
        let stood = stands.definitions();
        for sent in own.filter_map(Json::as_object_mut) {
            let stood = stood.iter().find(|stood| sent.get("id").and_then(Json::as_str) == Some(&stood.id));
            if let Some(stood) = stood {
                sent.entry(MERGE).or_insert(serde_json::to_value(stood.merge)?);
            }
        }
        serde_json::from_value(Json::Object(fields))
    }

    /// Whether there are hours at all: the shop, a team or a channel is not always open.
    #[must_use]
    pub fn has_hours(&self) -> bool {
        self.hours != OpeningHours::always() || !self.own_hours.is_empty()
    }

    /// The hours that hold for a conversation of a team and a channel.
    #[must_use]
    pub fn hours_of(&self, team: TeamId, channel: ChannelId) -> &OpeningHours {
        self.own_hours.holds(team, channel).unwrap_or(&self.hours)
    }

    /// All hours, laid out from one moment to another.
    #[must_use]
    pub fn laid_out(&self, zone: &Zone, from: Micros, to: Micros) -> OpenHours {
        OpenHours::laid_out(&self.hours, &self.own_hours, zone, (from, to))
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
    use crate::timing::Merge;

    /// A figure that was kept before questions could merge otherwise.
    const EARLY: &str = r#"{"id":"a","name":"a","subject":"response","statistic":"median"}"#;

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
        let own_hours =
            ByPlace { teams: [(TeamId::of_name("night"), OpeningHours::daily(600, 500))].into(), ..ByPlace::default() };
        let own_hours = FigureRules { own_hours, ..FigureRules::default() };
        assert_eq!(fault(own_hours), RulesFault::Hours(HoursFault::Span));
        let surge =
            FigureRules { surge: SurgePlan { release_at: 99, ..SurgePlan::default() }, ..FigureRules::default() };
        assert_eq!(fault(surge), RulesFault::Surge(SurgeFault::Order));
    }

    #[test]
    fn what_an_older_server_kept_reads() {
        assert_eq!(serde_json::from_str::<FigureRules>("{}").unwrap(), FigureRules::default());
    }

    fn night_shift() -> FigureRules {
        let night = OpeningHours::daily(1_200, 1_560);
        let own_hours = ByPlace { teams: [(TeamId::of_name("night"), night)].into(), ..ByPlace::default() };
        FigureRules { own_hours, ..FigureRules::default() }
    }

    #[test]
    fn what_an_older_desk_does_not_know_stays_as_it_stands() {
        let stands = night_shift();
        let mut sent =
            serde_json::to_value(FigureRules { zone: "Asia/Tokyo".into(), ..FigureRules::default() }).unwrap();
        assert!(
            FigureRules::sent(sent.clone(), &stands).unwrap().own_hours.is_empty(),
            "who names them takes them away"
        );
        sent.as_object_mut().unwrap().remove(OWN_HOURS).unwrap();
        let kept = FigureRules::sent(sent, &stands).unwrap();
        assert_eq!(kept, FigureRules { zone: "Asia/Tokyo".into(), ..stands.clone() });
        for wrong in [Json::Null, Json::Array(Vec::new())] {
            assert!(FigureRules::sent(wrong, &stands).is_err());
        }
    }

    #[test]
    fn a_figure_merges_as_it_did_when_an_older_desk_changes_its_seconds() {
        let each = Definition { merge: Merge::Each, ..greeting_within(5) };
        let stands = FigureRules { own: vec![each.clone()], ..FigureRules::default() };
        let shipped_one = shipped().into_iter().find(|it| it.merge != Merge::First).unwrap();
        let new = Definition { id: "new".into(), ..greeting_within(9) };
        let own = vec![Definition { threshold_seconds: Some(9), ..each }, shipped_one, new];
        let all = FigureRules { own, ..FigureRules::default() };
        let mut sent = serde_json::to_value(&all).unwrap();
        for own in sent["own"].as_array_mut().unwrap() {
            own.as_object_mut().unwrap().remove(MERGE).unwrap();
        }
        assert_eq!(FigureRules::sent(sent, &stands).unwrap(), all);
        assert_eq!(serde_json::from_str::<Definition>(EARLY).unwrap().merge, Merge::First, "as it was kept before");
    }

    #[test]
    fn there_are_hours_once_a_team_has_some() {
        let (rules, none) = (night_shift(), FigureRules::default());
        assert_eq!((none.has_hours(), rules.has_hours()), (false, true));
        let page = ChannelId::of_name("page");
        assert_eq!(*rules.hours_of(TeamId::of_name("day"), page), OpeningHours::always());
        assert_eq!(*rules.hours_of(TeamId::of_name("night"), page), OpeningHours::daily(1_200, 1_560));
    }
}
