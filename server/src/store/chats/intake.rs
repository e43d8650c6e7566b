//! Rows of a log become messages of closed conversations.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use qinda::import::chats::{
    AGENTS_MAX, CONVERSATION_MESSAGES_MAX, ChatRow, Joined, LogMessage, LogReader, RowFault, Speaker, Thread,
};
use qinda::model::{Author, ConversationId, CustomerId, MemberId, MessageId, Micros, ShopId};

use super::writes::{Grown, Standing, Writes, standing};
use super::{Progress, Source, note};
use crate::store::dialect::AMONG;
use crate::store::{Stored, Work, members, rollups};

/// What comes in at once.
#[derive(Debug, Clone)]
pub struct Intake {
    /// The shop.
    pub shop: ShopId,
    /// The source.
    pub source: Arc<Source>,
    /// Understands the rows.
    pub reader: Arc<LogReader>,
    /// The members whom the source's names are known to mean.
    pub agents: Arc<BTreeMap<String, MemberId>>,
    /// The rows, in the order of the log.
    pub rows: Arc<Vec<ChatRow>>,
    /// How far the file is read with them.
    pub upto: Option<Progress>,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// So many messages are new.
    pub new: u64,
    /// So many rows were there already.
    pub known: u64,
    /// So many rows say that a conversation ended.
    pub ends: u64,
    /// So many conversations are new.
    pub conversations: u64,
    /// So many messages moved to another place in their conversation, because an earlier one came later.
    pub moved: u64,
    /// So many conversations more in which no shopper wrote; fewer, where one was found after all.
    pub without_shopper: i64,
    /// So many conversations more of which the log does not tell that they ended.
    pub without_end: i64,
    /// So many messages of agents whom the log does not name.
    pub unnamed: u64,
    /// The members whom the names mean that were met for the first time.
    pub agents: BTreeMap<String, MemberId>,
    /// So many of them have no account and got a closed one.
    pub strangers: u64,
    /// What was not taken: its line, and why.
    pub refused: Vec<(u64, RowFault)>,
    /// When the first and the last of the messages were written.
    pub span: Option<(Micros, Micros)>,
}

impl Taken {
    /// Adds what came of more rows. Of the members that were met, all are known from now on.
    pub fn add(&mut self, more: Self) {
        self.new += more.new;
        self.known += more.known;
        self.ends += more.ends;
        self.conversations += more.conversations;
        self.moved += more.moved;
        self.without_shopper += more.without_shopper;
        self.without_end += more.without_end;
        self.unnamed += more.unnamed;
        self.agents.extend(more.agents);
        self.strangers += more.strangers;
        self.refused.extend(more.refused);
        let both = |(from, to): (Micros, Micros)| self.span.map_or((from, to), |(a, b)| (a.min(from), b.max(to)));
        self.span = more.span.map(both).or(self.span);
    }
}

/// Takes rows in: a job for [`crate::store::Store::write`]. The same rows again change nothing.
///
/// # Errors
/// When the database refuses.
pub async fn take_in(work: &mut Work, intake: Intake) -> Stored<Taken> {
    let mut taken = Taken::default();
    let mut threads = BTreeMap::<ConversationId, Vec<&ChatRow>>::new();
    for row in intake.rows.iter() {
        threads.entry(row.conversation).or_default().push(row);
    }
    let mut writes = Writes::default();
    let ids: Vec<ConversationId> = threads.keys().copied().collect();
    for ids in ids.chunks(AMONG) {
        let mut standing = standing(work.conn(), intake.shop, ids).await?;
        let mut grown = Vec::new();
        for id in ids {
            let rows = threads.remove(id).unwrap_or_default();
            let more = More::of(work, &intake, rows, &mut taken).await?;
            grown.extend(grow(&intake, *id, standing.remove(id).unwrap_or_default(), more, &mut taken));
        }
        for it in grown.iter().filter(|it| it.is_counted) {
            // Earlier things may come later here: what was counted is counted anew.
            rollups::take_back(work, intake.shop, it.id).await?;
        }
        writes.prepare(work.conn(), &intake, grown).await?;
    }
    writes.run(work.conn(), intake.shop).await?;
    taken.refused.sort();
    if let Some(progress) = &intake.upto {
        note(work.conn(), intake.shop, &intake.source.name, progress).await?;
    }
    Ok(taken)
}

/// What rows say of one conversation.
#[derive(Default)]
struct More {
    messages: Vec<LogMessage>,
    lines: Vec<(MessageId, u64)>,
    ends: Vec<Micros>,
    /// The shoppers whom they name; the least is the one whose conversation it is, whatever order they come in.
    customer: Option<CustomerId>,
}

impl More {
    async fn of(work: &mut Work, intake: &Intake, rows: Vec<&ChatRow>, taken: &mut Taken) -> Stored<Self> {
        let mut more = Self::default();
        for row in rows {
            let author = match &row.speaker {
                Speaker::End => {
                    more.ends.push(row.at);
                    taken.ends += 1;
                    continue;
                }
                Speaker::Robot => Author::Automatic,
                Speaker::Shopper(who) => {
                    let named = (!who.is_empty()).then(|| intake.reader.customer_id(who));
                    more.customer = more.customer.into_iter().chain(named).min();
                    Author::Shopper
                }
                Speaker::Agent(who) => match agent(work, intake, who, taken).await? {
                    Some(member) => Author::Member(member),
                    None => {
                        taken.refused.push((row.line, RowFault::TooManyAgents));
                        continue;
                    }
                },
            };
            more.lines.push((row.id, row.line));
            more.messages.push(LogMessage { id: row.id, author, at: row.at, text: row.text.clone() });
        }
        Ok(more)
    }

    /// Of whoever was erased the log tells from then on when they wrote, and neither what nor who they are.
    fn leave_times_alone(&mut self) {
        self.messages.iter_mut().for_each(|message| message.text.clear());
    }

    /// Leaves no more messages than a conversation has room for beside those that stand.
    fn fit(&mut self, standing: &[LogMessage], taken: &mut Taken) {
        if standing.len() + self.messages.len() <= CONVERSATION_MESSAGES_MAX {
            return;
        }
        let mut ids: HashSet<MessageId> = standing.iter().map(|message| message.id).collect();
        let lines = std::mem::take(&mut self.lines);
        let mut lines = lines.into_iter();
        self.messages.retain(|message| {
            let line = lines.next();
            let is_known = ids.contains(&message.id);
            let has_room = is_known || ids.len() < CONVERSATION_MESSAGES_MAX;
            if has_room {
                ids.insert(message.id);
            } else {
                taken.refused.extend(line.map(|(_, line)| (line, RowFault::TooManyMessages)));
            }
            has_room
        });
    }
}

/// Adds what rows say to their conversation; nothing where nothing changes.
fn grow(intake: &Intake, id: ConversationId, standing: Standing, mut more: More, taken: &mut Taken) -> Option<Grown> {
    let Standing { mut thread, customer, version, is_counted, is_erased } = standing;
    if is_erased {
        more.leave_times_alone();
    }
    let before = thread.clone();
    more.fit(&before.messages, taken);
    let nobody = intake.reader.customer_of(id);
    let named = customer.filter(|customer| *customer != nobody).into_iter().chain(more.customer).min();
    let whose = customer.filter(|_| is_erased).or(named).unwrap_or(nobody);
    let is_another = customer != Some(whose);
    let joined = thread.join(more.messages, more.ends);
    taken.known += joined.known as u64;
    if joined.new == 0 && before.ends == thread.ends && !is_another {
        return None;
    }
    let span = thread.begins().zip(thread.ended())?;
    tell(taken, &before, &thread, joined);
    Some(Grown {
        id,
        customer: whose,
        no_longer: customer.filter(|customer| is_another && *customer == nobody),
        version: version + 1,
        is_counted,
        is_erased,
        span,
        stay: if is_another { 0 } else { joined.stay },
        stood: before.messages.len(),
        ends_change: (&before.ends, before.untold_end()) != (&thread.ends, thread.untold_end()),
        thread,
    })
}

fn tell(taken: &mut Taken, before: &Thread, after: &Thread, joined: Joined) {
    let is_new = before.begins().is_none();
    let lacks_shopper = |thread: &Thread| i64::from(thread.begins().is_some() && !thread.has_shopper());
    let lacks_end = |thread: &Thread| i64::from(thread.untold_end().is_some());
    taken.new += joined.new as u64;
    taken.conversations += u64::from(is_new);
    taken.moved += (before.messages.len() - joined.stay.min(before.messages.len())) as u64;
    taken.without_shopper += lacks_shopper(after) - lacks_shopper(before);
    taken.without_end += lacks_end(after) - lacks_end(before);
    if let Some((from, to)) = after.begins().zip(after.ended()) {
        let (first, last) = taken.span.unwrap_or((from, to));
        taken.span = Some((first.min(from), last.max(to)));
    }
}

/// Whom an agent's name means: the member of that work number, or the only one of that name; else somebody with a closed
/// account, so that figures can name them.
async fn agent(work: &mut Work, intake: &Intake, who: &str, taken: &mut Taken) -> Stored<Option<MemberId>> {
    taken.unnamed += u64::from(who.is_empty());
    if let Some(member) = intake.agents.get(who).or_else(|| taken.agents.get(who)) {
        return Ok(Some(*member));
    }
    let member = match members::meant(work.conn(), intake.shop, who).await? {
        Some(member) => member,
        None => {
            let id = intake.reader.agent_id(who);
            let stranger = members::Stranger { id, name: who, of: &intake.source.name, team: intake.source.team };
            match members::note_stranger(work.conn(), intake.shop, &stranger, AGENTS_MAX).await? {
                members::Noted::New => taken.strangers += 1,
                members::Noted::Known => {}
                members::Noted::TooMany => return Ok(None),
            }
            id
        }
    };
    taken.agents.insert(who.to_owned(), member);
    Ok(Some(member))
}
