//! The life of a conversation, and the cases that figures count: who waited for what, from when to when.

use serde::{Deserialize, Serialize};

use super::define::{Definition, Merge};
use super::rounds::{Round, rounds};
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
    /// From a member's first words to the closing after which nobody wrote.
    Handling,
    /// From the shopper's first message to the closing after which nobody wrote; closed without any answer it is left.
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
    /// When the session began that it belongs to: the shopper's first message, or the first one long after a closing.
    pub session_from: Micros,
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
    /// The cases that a definition counts.
    #[must_use]
    pub fn cases_of(&self, definition: &Definition) -> Vec<Case> {
        self.merged(definition.subject, definition.session_gap_seconds, definition.merge)
    }

    /// The cases of a subject, each round's questions merged into its first. `session_gap_seconds` says how long after a
    /// closing a shopper's message begins a session.
    #[must_use]
    pub fn cases(&self, subject: Subject, session_gap_seconds: Option<u32>) -> Vec<Case> {
        self.merged(subject, session_gap_seconds, Merge::First)
    }

    fn merged(&self, subject: Subject, session_gap_seconds: Option<u32>, merge: Merge) -> Vec<Case> {
        let mut cases = match subject {
            Subject::Response => return self.responses(session_gap_seconds, merge, |_| true),
            Subject::FirstResponse => {
                let is_first = |round: &Round| begins_session(round, session_gap_seconds);
                return self.responses(session_gap_seconds, merge, is_first);
            }
            Subject::Handover => self.handovers(),
            Subject::Handling => self.handling().into_iter().collect(),
            Subject::Resolution => self.resolution().into_iter().collect(),
        };
        let rounds = self.rounds();
        let sessions = || rounds.iter().filter(|round| begins_session(round, session_gap_seconds));
        for case in &mut cases {
            let begun = sessions().map(|round| round.asked_at).filter(|begun| *begun <= case.from).max();
            case.session_from = begun.unwrap_or(case.from);
        }
        cases
    }

    /// How it went.
    #[must_use]
    pub fn course(&self) -> Course {
        let rounds = self.rounds();
        let unanswered = rounds.iter().filter(|round| round.answer.is_none()).count();
        let is_closed = self.happened.iter().any(|it| it.what == What::Closed);
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
        Case {
            conversation,
            customer,
            team,
            channel,
            agent,
            from,
            session_from: from,
            until: None,
            left_at: None,
            written_at: None,
        }
    }

    fn rounds(&self) -> Vec<Round> {
        rounds(self.happened.iter().copied())
    }

    fn responses(&self, gap_seconds: Option<u32>, merge: Merge, is_meant: impl Fn(&Round) -> bool) -> Vec<Case> {
        let mut questions = self.happened.iter().filter(|it| it.what == What::Asked).map(|it| it.at);
        let mut session_from = Micros(0);
        let mut cases = Vec::new();
        for round in self.rounds() {
            if begins_session(&round, gap_seconds) {
                session_from = round.asked_at;
            }
            // Rounds hold all that the shopper wrote, in order.
            let asked: Vec<Micros> = questions.by_ref().take(round.questions as usize).collect();
            let counted = match merge {
                Merge::First => asked.get(..1),
                Merge::Last => asked.get(asked.len().saturating_sub(1)..),
                Merge::Each => asked.get(..),
            };
            if is_meant(&round) {
                let case = Case { session_from, ..self.response(&round) };
                cases.extend(counted.unwrap_or_default().iter().map(|from| Case { from: *from, ..case }));
            }
        }
        cases
    }

    fn response(&self, round: &Round) -> Case {
        Case {
            until: round.answer.map(|answer| answer.at),
            left_at: round.left_at,
            written_at: round.answer.and_then(|answer| answer.written_at),
            ..self.case(round.answer.map(|answer| answer.by).or(round.owner), round.asked_at)
        }
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
        Some(Case { until: self.closed_for_good(), ..self.case(Some(self.last_owner().unwrap_or(by)), from) })
    }

    fn resolution(&self) -> Option<Case> {
        let from = self.happened.iter().find(|it| it.what == What::Asked)?.at;
        let closed = self.closed_for_good();
        let is_answered = self.rounds().iter().any(|round| round.answer.is_some());
        let (until, left_at) = if is_answered { (closed, None) } else { (None, closed) };
        Some(Case { until, left_at, ..self.case(self.last_owner(), from) })
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

    /// When it was closed, unless somebody wrote in it after that.
    fn closed_for_good(&self) -> Option<Micros> {
        let mut closed = None;
        for Happened { at, what } in &self.happened {
            match what {
                What::Closed => closed = Some(*at),
                What::Asked | What::Answered { .. } => closed = None,
                What::Automatic | What::Given(_) => {}
            }
        }
        closed
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

fn begins_session(round: &Round, gap_seconds: Option<u32>) -> bool {
    let since_closing = round.closed_before.map(|closed| round.asked_at.since(closed));
    let is_new = |(micros, gap): (i64, u32)| micros > i64::from(gap) * MICROS_PER_SECOND;
    round.first || since_closing.zip(gap_seconds).is_some_and(is_new)
}
