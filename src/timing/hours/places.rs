//! Hours of teams and channels that are not the shop's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{HoursFault, Open, OpeningHours};
use crate::model::{ChannelId, Micros, TeamId};
use crate::timing::Zone;

/// The most teams and channels with hours of their own.
pub const PLACES_MAX: usize = 100;

/// What some teams and channels have of their own, where the shop's does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct ByPlace<T> {
    /// Of teams.
    #[serde(default)]
    pub teams: BTreeMap<TeamId, T>,
    /// Of channels.
    #[serde(default)]
    pub channels: BTreeMap<ChannelId, T>,
}

impl<T> Default for ByPlace<T> {
    fn default() -> Self {
        Self { teams: BTreeMap::new(), channels: BTreeMap::new() }
    }
}

impl<T> ByPlace<T> {
    /// What holds for a conversation, if not the shop's: its channel's, else its team's. The channel is asked first, for it
    /// is where the shopper reads when somebody is there, and a team may answer at several.
    #[must_use]
    pub fn holds(&self, team: TeamId, channel: ChannelId) -> Option<&T> {
        self.channels.get(&channel).or_else(|| self.teams.get(&team))
    }

    /// Whether no team and no channel has anything of its own.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many teams and channels have something of their own.
    #[must_use]
    pub fn len(&self) -> usize {
        self.teams.len() + self.channels.len()
    }

    fn mapped<U>(&self, map: impl Fn(&T) -> U) -> ByPlace<U> {
        ByPlace {
            teams: self.teams.iter().map(|(team, of)| (*team, map(of))).collect(),
            channels: self.channels.iter().map(|(channel, of)| (*channel, map(of))).collect(),
        }
    }
}

impl ByPlace<OpeningHours> {
    /// The hours, fit to be kept.
    ///
    /// # Errors
    /// When some of them are none, or too many places have hours of their own.
    pub fn checked(self) -> Result<Self, HoursFault> {
        if self.len() > PLACES_MAX {
            return Err(HoursFault::Places);
        }
        let teams = self.teams.into_iter().map(|(team, hours)| Ok((team, hours.checked()?)));
        let channels = self.channels.into_iter().map(|(channel, hours)| Ok((channel, hours.checked()?)));
        Ok(Self { teams: teams.collect::<Result<_, _>>()?, channels: channels.collect::<Result<_, _>>()? })
    }
}

/// When somebody is there: at the shop, and where teams and channels have hours of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenHours {
    shop: Open,
    own: ByPlace<Open>,
}

impl OpenHours {
    /// Lays out hours from one moment to another, as [`OpeningHours::laid_out`] does.
    #[must_use]
    pub fn laid_out(
        shop: &OpeningHours,
        own: &ByPlace<OpeningHours>,
        zone: &Zone,
        (from, to): (Micros, Micros),
    ) -> Self {
        let laid_out = |hours: &OpeningHours| hours.laid_out(zone, from, to);
        Self { shop: laid_out(shop), own: own.mapped(laid_out) }
    }

    /// When somebody is there where neither a team nor a channel has hours of its own.
    #[must_use]
    pub const fn shop(&self) -> &Open {
        &self.shop
    }

    /// The hours that differ, each once and the shop's first, and which of them the teams and channels have.
    #[must_use]
    pub fn apart(&self) -> (Vec<&Open>, ByPlace<usize>) {
        let mut apart = vec![&self.shop];
        let mut number = |open| {
            apart.iter().position(|known| *known == open).unwrap_or_else(|| {
                apart.push(open);
                apart.len() - 1
            })
        };
        let teams = self.own.teams.iter().map(|(team, open)| (*team, number(open))).collect();
        let channels = self.own.channels.iter().map(|(channel, open)| (*channel, number(open))).collect();
        (apart, ByPlace { teams, channels })
    }

    /// When somebody is there for a conversation of a team and a channel.
    #[must_use]
    pub fn of(&self, team: TeamId, channel: ChannelId) -> &Open {
        self.own.holds(team, channel).unwrap_or(&self.shop)
    }
}

impl From<Open> for OpenHours {
    /// The same everywhere.
    fn from(shop: Open) -> Self {
        Self { shop, own: ByPlace::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> (TeamId, ChannelId) {
        (TeamId::of_name("after"), ChannelId::of_name("live"))
    }

    #[test]
    fn the_channels_hours_hold_before_the_teams_and_those_before_the_shops() {
        let (team, channel) = places();
        let (day, other) = (TeamId::of_name("day"), ChannelId::of_name("page"));
        let daily = |hour: u32| OpeningHours::daily(hour * 60, (hour + 1) * 60);
        let own = ByPlace { teams: [(team, daily(10))].into(), channels: [(channel, daily(20))].into() };
        let open = OpenHours::laid_out(&daily(8), &own, &Zone::fixed(0), (Micros(0), Micros(0).plus_seconds(86_400)));
        let begins = |team, channel| open.of(team, channel).spans()[0].0.0 / 3_600_000_000;
        assert_eq!(
            [begins(day, other), begins(team, other), begins(day, channel), begins(team, channel)],
            [8, 10, 20, 20]
        );
    }

    #[test]
    fn each_of_them_is_checked_and_they_are_not_too_many() {
        let (team, channel) = places();
        let wrong = OpeningHours::daily(600, 500);
        let of_team = ByPlace { teams: [(team, wrong.clone())].into(), ..ByPlace::default() };
        assert_eq!(of_team.checked(), Err(HoursFault::Span));
        let of_channel = ByPlace { channels: [(channel, wrong)].into(), ..ByPlace::default() };
        assert_eq!(of_channel.checked(), Err(HoursFault::Span));
        let many = |count: usize| ByPlace {
            teams: (0..count).map(|n| (TeamId::of_name(&n.to_string()), OpeningHours::always())).collect(),
            ..ByPlace::default()
        };
        assert_eq!(many(PLACES_MAX).checked().unwrap().len(), PLACES_MAX);
        assert_eq!(many(PLACES_MAX + 1).checked(), Err(HoursFault::Places));
    }
}
