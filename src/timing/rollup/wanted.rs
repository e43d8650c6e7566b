//! Questions: of which cases an answer tells, of whose, and where something stands in it.

use std::collections::HashSet;

use super::noted::Measured;
use super::{Began, CellOf};
use crate::model::{ChannelId, MemberId, TeamId};
use crate::timing::life::Subject;

/// By what an answer is divided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Split {
    /// By nothing.
    #[default]
    Nothing,
    /// By team.
    Team,
    /// By agent.
    Agent,
    /// By channel.
    Channel,
}

/// What alone is asked about; everything where nothing is named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Only {
    /// This team's.
    pub team: Option<TeamId>,
    /// This channel's.
    pub channel: Option<ChannelId>,
    /// This agent's.
    pub agent: Option<MemberId>,
}

/// Of which cases times and standings are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Subjects(u8);

/// Of cases of which this is set only how many there are is told.
const COUNTED: u8 = 1 << Measured::ALL.len();
/// Where this is set first rounds are told by themselves.
const FIRST_ALONE: u8 = COUNTED << 1;

impl From<Subject> for Subjects {
    fn from(subject: Subject) -> Self {
        let meant = Measured::ALL.into_iter().filter(|measured| measured.is_of(subject));
        let alone = if subject == Subject::FirstResponse { FIRST_ALONE } else { 0 };
        Self(meant.fold(alone, |subjects, measured| subjects | 1 << measured as u8))
    }
}

impl FromIterator<Subject> for Subjects {
    fn from_iter<I: IntoIterator<Item = Subject>>(subjects: I) -> Self {
        subjects.into_iter().fold(Self::default(), |all, subject| all.and(subject.into()))
    }
}

impl Subjects {
    /// These and others.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// The same, but told is only how many there are and how they stand, and no time.
    #[must_use]
    pub const fn counted(self) -> Self {
        Self(self.0 | COUNTED)
    }

    pub(super) const fn are_counted(self) -> bool {
        self.0 & COUNTED != 0
    }

    pub(super) const fn has(self, measured: Measured) -> bool {
        self.0 & 1 << measured as u8 != 0
    }

    /// Under what it is gathered: where nobody asks for first rounds by themselves, all rounds stand together.
    pub(super) const fn place(self, measured: Measured) -> usize {
        match measured {
            Measured::LaterRound if self.0 & FIRST_ALONE == 0 => Measured::FirstRound as usize,
            measured => measured as usize,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Of which cases times and standings are told.
    pub subjects: Subjects,
    /// By what the answer is divided.
    pub split: Split,
    /// What alone counts.
    pub only: Only,
}

impl Wanted {
    /// Whether the answer depends on the agent.
    #[must_use]
    pub const fn needs_agents(&self) -> bool {
        matches!(self.split, Split::Agent) || self.only.agent.is_some()
    }

    /// Whose group a cell belongs to, if it counts.
    pub(super) fn group(&self, cell: &CellOf) -> Option<GroupOf> {
        let Only { team, channel, agent } = self.only;
        let counts = team.is_none_or(|team| team == cell.team)
            && channel.is_none_or(|channel| channel == cell.channel)
            && agent.is_none_or(|agent| Some(agent) == cell.agent);
        counts.then_some(match self.split {
            Split::Nothing => GroupOf::All,
            Split::Team => GroupOf::Team(cell.team),
            Split::Agent => GroupOf::Agent(cell.agent),
            Split::Channel => GroupOf::Channel(cell.channel),
        })
    }
}

/// What a group of an answer is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupOf {
    /// Of everything that was asked about.
    All,
    /// Of a team.
    Team(TeamId),
    /// Of an agent, or of nobody yet.
    Agent(Option<MemberId>),
    /// Of a channel.
    Channel(ChannelId),
}

/// Of which groups alone is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Of these.
    These(HashSet<GroupOf>),
    /// Of all but these.
    AllBut(HashSet<GroupOf>),
}

impl Shown {
    pub(super) fn has(&self, group: &GroupOf) -> bool {
        match self {
            Self::These(groups) => groups.contains(group),
            Self::AllBut(groups) => !groups.contains(group),
        }
    }
}

/// Where a slot stands in an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InStep {
    /// The step of the answer that it belongs to.
    pub step: u32,
    /// How late it is: at or after how many of the moments that the answer looks at what is open from.
    pub age: Age,
    /// Whether it was open then, where that is told apart.
    pub began: Began,
}

/// After how many moments something began from which an answer looks at what has not ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age {
    /// Of those that are so long ago.
    pub wall: u8,
    /// Of those since which it was open for so long.
    pub open: u8,
}
