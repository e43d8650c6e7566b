//! The life of a conversation, and the cases that figures count: who waited for what, from when to when.

use serde::{Deserialize, Serialize};

use super::rounds::rounds;
use crate::model::{
    Author, ChannelId, ConversationId, CustomerId, MICROS_PER_SECOND, MemberId, Message, Micros, TeamId,
};

/// Something that happened in a conversation, by the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happened {
    /// When.
    pub at: Micros,
    /// What.
    pub what: What,
}

/// What happens in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The shopper wrote.
    Asked,
    /// A member's words could be read.
    Answered {
        /// The member.
        by: MemberId,
        /// When the member sent them by the device's clock, which is told beside and never counted.
        written_at: Option<Micros>,
    },
    /// A robot wrote, or a greeting went out by itself.
    Automatic,
    /// It belongs to this member from now on, or to nobody.
    Given(Option<MemberId>),
    /// It was closed.
    Closed,
}

impl From<&Message> for Happened {
    fn from(message: &Message) -> Self {
        let what = match message.author {
            Author::Shopper => What::Asked,
            Author::Member(by) => What::Answered { by, written_at: message.written_at },
            Author::Automatic | Author::Newer => What::Automatic,
        };
        Self { at: message.at, what }
    }
}

/// A conversation as figures see it: no words, nothing of the shopper but an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// The conversation.
    pub conversation: ConversationId,
    /// The shopper; none in a log that does not tell.
    pub customer: Option<CustomerId>,
    /// The team that answers.
    pub team: TeamId,
    /// Where the shopper wrote.
    pub channel: ChannelId,
    /// What happened, in order. Of two things at one moment the one that stands first came first.
    pub happened: Vec<Happened>,
}

/// What a figure measures, one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// From a shopper's first unanswered message to the first human answer: every round.
    Response,
    /// The same, of the first round alone: the greeting.
    FirstResponse,
    /// From handing a conversation over to the receiver's first answer.
    Handover,
    /// From the first human answer to the closing.
    Handling,
    /// From the shopper's first message to the last closing.
    Resolution,
}

/// One thing that is measured: who waited, since when, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// The conversation.
    pub conversation: ConversationId,
    /// The shopper, where known.
    pub customer: Option<CustomerId>,
    /// The team.
    pub team: TeamId,
    /// Where the shopper wrote.
    pub channel: ChannelId,
    /// Whose it is: who ended it, or who held the conversation last.
    pub agent: Option<MemberId>,
    /// When it began.
    pub from: Micros,
    /// When it ended as it should.
    pub until: Option<Micros>,
    /// When it ended otherwise: the conversation was closed without an answer.
    pub left_at: Option<Micros>,
    /// When the one who ended it did so by their own device's clock; for showing only.
    pub written_at: Option<Micros>,
}

/// The latest state of a conversation, and how often it came back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Course {
    /// Its rounds.
    pub rounds: u32,
    /// Its rounds without an answer.
    pub unanswered: u32,
    /// Whether it was closed before anybody answered.
    pub abandoned: bool,
    /// How often somebody wrote in it after it was closed.
    pub reopened: u32,
}

impl Life {
    /// The cases of a subject. `session_gap_seconds` makes a first round of each that begins so long after a closing.
    #[must_use]
    pub fn cases(&self, subject: Subject, session_gap_seconds: Option<u32>) -> Vec<Case> {
        match subject {
            Subject::Response => self.responses(|_| true),
            Subject::FirstResponse => {
                let firsts = self.session_begins(session_gap_seconds);
                self.responses(|asked_at| firsts.contains(&asked_at))
            }
            Subject::Handover => self.handovers(),
            Subject::Handling => self.handling().into_iter().collect(),
            Subject::Resolution => self.resolution().into_iter().collect(),
        }
    }

    /// How it went.
    #[must_use]
    pub fn course(&self) -> Course {
        let rounds = rounds(self.happened.iter().copied());
        let unanswered = rounds.iter().filter(|round| round.answer.is_none()).count();
        let is_closed = self.closings().next().is_some();
        let nobody_answered = !rounds.is_empty() && rounds.iter().all(|round| round.answer.is_none());
        Course {
            rounds: u32::try_from(rounds.len()).unwrap_or(u32::MAX),
            unanswered: u32::try_from(unanswered).unwrap_or(u32::MAX),
            abandoned: is_closed && nobody_answered,
            reopened: self.reopened(),
        }
    }

    fn case(&self, agent: Option<MemberId>, from: Micros) -> Case {
        let Self { conversation, customer, team, channel, .. } = *self;
        Case { conversation, customer, team, channel, agent, from, until: None, left_at: None, written_at: None }
    }

    fn responses(&self, is_meant: impl Fn(Micros) -> bool) -> Vec<Case> {
        let rounds = rounds(self.happened.iter().copied()).into_iter().filter(|round| is_meant(round.asked_at));
        let case = |round: super::Round| Case {
            until: round.answer.map(|answer| answer.at),
            left_at: round.left_at,
            written_at: round.answer.and_then(|answer| answer.written_at),
            ..self.case(round.answer.map(|answer| answer.by).or(round.owner), round.asked_at)
        };
        rounds.map(case).collect()
    }

    /// When the rounds began with which sessions began: the first one, and each that came that long after a closing.
    fn session_begins(&self, gap_seconds: Option<u32>) -> Vec<Micros> {
        let asked: Vec<Micros> = rounds(self.happened.iter().copied()).iter().map(|round| round.asked_at).collect();
        let is_new = |before: Micros, asked_at: Micros| {
            let closed = self.closings().filter(|closed| (before..=asked_at).contains(closed)).last();
            closed
                .zip(gap_seconds)
                .is_some_and(|(closed, gap)| asked_at.since(closed) > i64::from(gap) * MICROS_PER_SECOND)
        };
        let later = asked.windows(2).filter(|pair| is_new(pair[0], pair[1])).map(|pair| pair[1]);
        asked.first().copied().into_iter().chain(later).collect()
    }

    fn handovers(&self) -> Vec<Case> {
        let mut cases: Vec<Case> = Vec::new();
        let mut owner = None;
        for Happened { at, what } in &self.happened {
            let open = cases.last_mut().filter(|case| case.until.is_none() && case.left_at.is_none());
            match what {
                What::Given(to) => {
                    // Handed on before an answer: whoever has it now is the one who is waited for.
                    if let Some(case) = open.filter(|_| *to != owner) {
                        case.left_at = Some(*at);
                    }
                    // Taking what nobody had is no handing over.
                    if let (Some(_), Some(to)) = (owner.filter(|owner| Some(*owner) != *to), to) {
                        cases.push(self.case(Some(*to), *at));
                    }
                    owner = *to;
                }
                What::Answered { by, written_at } => {
                    owner = owner.or(Some(*by));
                    if let Some(case) = open.filter(|case| case.agent == Some(*by)) {
                        (case.until, case.written_at) = (Some(*at), *written_at);
                    }
                }
                What::Closed => {
                    if let Some(case) = open {
                        case.left_at = Some(*at);
                    }
                }
                What::Asked | What::Automatic => {}
            }
        }
        cases
    }

    fn handling(&self) -> Option<Case> {
        let (by, from) = self.happened.iter().find_map(|it| match it.what {
            What::Answered { by, .. } => Some((by, it.at)),
            _ => None,
        })?;
        let until = self.closings().last().filter(|closed| *closed >= from);
        Some(Case { until, ..self.case(Some(self.last_owner().unwrap_or(by)), from) })
    }

    fn resolution(&self) -> Option<Case> {
        let from = self.happened.iter().find(|it| it.what == What::Asked)?.at;
        let until = self.closings().last().filter(|closed| *closed >= from);
        Some(Case { until, ..self.case(self.last_owner(), from) })
    }

    fn last_owner(&self) -> Option<MemberId> {
        let mut owner = None;
        for Happened { what, .. } in &self.happened {
            match what {
                What::Given(to) => owner = *to,
                What::Answered { by, .. } => owner = owner.or(Some(*by)),
                _ => {}
            }
        }
        owner
    }

    fn closings(&self) -> impl Iterator<Item = Micros> {
        self.happened.iter().filter(|it| it.what == What::Closed).map(|it| it.at)
    }

    fn reopened(&self) -> u32 {
        let (mut reopened, mut is_closed) = (0, false);
        for Happened { what, .. } in &self.happened {
            match what {
                What::Closed => is_closed = true,
                What::Asked | What::Answered { .. } if is_closed => {
                    reopened += 1;
                    is_closed = false;
                }
                _ => {}
            }
        }
        reopened
    }
}
