//! Scopes: which part of a shop's data a device follows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{Actor, Deed, Keeper, MemberId, TeamId, Whose};

/// A part of a shop's data with a feed of its own. Every entity has one home scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// What everybody in the shop reads: articles, lessons, wording rules, policies, the shop's quick replies, the members.
    Knowledge,
    /// What a team shares: its conversations, its quick replies, what it chose.
    Inbox(TeamId),
    /// What belongs to one member alone: their quick replies, what they chose.
    Mailbox(MemberId),
}

impl Scope {
    /// Where a keeper's quick replies travel.
    #[must_use]
    pub const fn of_keeper(keeper: Keeper) -> Self {
        match keeper {
            Keeper::Shop => Self::Knowledge,
            Keeper::Team(team) => Self::Inbox(team),
            Keeper::Member(member) => Self::Mailbox(member),
        }
    }

    /// Where it travels how often somebody chose an answer.
    #[must_use]
    pub const fn of_whose(whose: Whose) -> Self {
        match whose {
            Whose::Member(member) => Self::Mailbox(member),
            Whose::Team(team) => Self::Inbox(team),
        }
    }

    /// The scopes that a member with these roles follows, sorted.
    #[must_use]
    pub fn of(actor: &Actor) -> Vec<Self> {
        let mut scopes = Vec::new();
        if actor.roles.may(Deed::ReadKnowledge) {
            scopes.push(Self::Knowledge);
        }
        if actor.roles.may(Deed::Answer) {
            scopes.push(Self::Inbox(actor.team));
        }
        scopes.push(Self::Mailbox(actor.member));
        scopes
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Knowledge => f.write_str("knowledge"),
            Self::Inbox(team) => write!(f, "inbox:{team}"),
            Self::Mailbox(member) => write!(f, "mailbox:{member}"),
        }
    }
}

/// A text that should have been a scope was none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a scope: {0}")]
pub struct NotAScope(pub String);

impl FromStr for Scope {
    type Err = NotAScope;

    fn from_str(text: &str) -> Result<Self, NotAScope> {
        let not_a_scope = || NotAScope(text.to_owned());
        match text.split_once(':') {
            None if text == "knowledge" => Ok(Self::Knowledge),
            Some(("inbox", team)) => team.parse().map(Self::Inbox).map_err(|_| not_a_scope()),
            Some(("mailbox", member)) => member.parse().map(Self::Mailbox).map_err(|_| not_a_scope()),
            _ => Err(not_a_scope()),
        }
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// How far a device has read a scope.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Which numbering of the scope the sequence belongs to; a reset starts a new one.
    pub generation: u32,
    /// The last change that was applied; 0 before the first.
    pub seq: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Roles, ShopId};

    #[test]
    fn a_scope_reads_back_from_its_name() {
        let scopes =
            [Scope::Knowledge, Scope::Inbox(TeamId::of_name("day")), Scope::Mailbox(MemberId::of_name("1001"))];
        for scope in scopes {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        assert!("inbox:nobody".parse::<Scope>().is_err());
        assert!("everything".parse::<Scope>().is_err());
    }

    #[test]
    fn an_editor_follows_no_inbox() {
        let actor = Actor {
            shop: ShopId::of_name("demo"),
            team: TeamId::of_name("day"),
            member: MemberId::of_name("3001"),
            roles: Roles::parse("editor"),
        };
        assert_eq!(Scope::of(&actor), vec![Scope::Knowledge, Scope::Mailbox(actor.member)]);
    }
}
