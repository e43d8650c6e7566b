//! Rows of a log become messages of closed conversations.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use qinda::import::chats::{
    AGENTS_MAX, CONVERSATION_MESSAGES_MAX, ChatRow, Joined, LogMessage, LogReader, RowFault, Speaker, Thread,
};
use qinda::model::{Author, ConversationId, CustomerId, MemberId, MessageId, Micros, ShopId};

use super::{IN_NO_FEED, Progress, Source, note};
use crate::store::dialect::{Conn, query};
use crate::store::row::Columns as _;
use crate::store::{Stored, Work, conversations, members, rollups, visitors};

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
    for (id, rows) in threads {
        let more = More::of(work, &intake, rows, &mut taken).await?;
        grow(work, &intake, id, more, &mut taken).await?;
    }
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

/// A conversation as it stands.
struct Standing {
    thread: Thread,
    customer: Option<CustomerId>,
    version: i64,
}

async fn standing(conn: &mut Conn, shop: ShopId, id: ConversationId) -> Stored<Standing> {
    let row = query("SELECT customer, version FROM conversations WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(Standing { thread: Thread::default(), customer: None, version: 0 }) };
    let messages = query(
        "SELECT id, author_kind, author, at, text FROM messages WHERE shop = $1 AND conversation = $2 ORDER BY position",
    )
    .bind(shop.to_string())
    .bind(id.to_string())
    .fetch_all(conn)
    .await?;
    let messages = messages.iter().map(|row| {
        let author = conversations::author(row)?;
        Ok(LogMessage { id: row.parsed("id")?, author, at: row.micros("at")?, text: row.text("text")? })
    });
    let ends = query("SELECT at FROM happened WHERE shop = $1 AND conversation = $2 AND version > 0 ORDER BY version")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_all(conn)
        .await?;
    let ends = ends.iter().map(|row| row.micros("at")).collect::<Result<_, _>>()?;
    let messages = messages.collect::<Result<_, sqlx::Error>>()?;
    Ok(Standing {
        thread: Thread { messages, ends },
        customer: Some(row.parsed("customer")?),
        version: row.number("version")?,
    })
}

/// Adds what rows say to their conversation.
async fn grow(work: &mut Work, intake: &Intake, id: ConversationId, mut more: More, taken: &mut Taken) -> Stored<()> {
    let shop = intake.shop;
    let Standing { mut thread, customer, version } = standing(work.conn(), shop, id).await?;
    let before = thread.clone();
    more.fit(&before.messages, taken);
    let nobody = intake.reader.customer_of(id);
    let named = customer.filter(|customer| *customer != nobody).into_iter().chain(more.customer).min();
    let owner = named.unwrap_or(nobody);
    let is_owner_new = customer != Some(owner);
    let joined = thread.join(more.messages, more.ends);
    taken.known += joined.known as u64;
    if joined.new == 0 && before.ends == thread.ends && !is_owner_new {
        return Ok(());
    }
    let Some(span) = thread.begins().zip(thread.ended()) else { return Ok(()) };
    tell(taken, &before, &thread, joined);
    // Earlier things may come later here: what was counted is counted anew.
    rollups::take_back(work, shop, id).await?;
    rollups::mark(work.conn(), shop, id).await?;
    let stay = if is_owner_new { 0 } else { joined.stay };
    if stay < before.messages.len() {
        forget_after(work.conn(), shop, id, stay).await?;
    }
    put_customer(work, shop, owner, span.0).await?;
    put_conversation(work.conn(), intake, (id, owner, version + 1), &thread, span).await?;
    if is_owner_new && customer == Some(nobody) {
        forget_customer(work.conn(), shop, nobody).await?;
    }
    add_messages(work.conn(), shop, (id, owner), &thread.messages, stay).await?;
    if (&before.ends, before.untold_end()) != (&thread.ends, thread.untold_end()) {
        put_ends(work.conn(), shop, id, &thread, version > 0).await?;
    }
    Ok(())
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

async fn put_customer(work: &mut Work, shop: ShopId, id: CustomerId, since: Micros) -> Stored<()> {
    // No browser's token has such a hash, so nobody comes as this shopper.
    query(
        "INSERT INTO customers (shop, id, token_hash, name, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
    )
    .bind(shop.to_string())
    .bind(id.to_string())
    .bind(format!("imported:{shop}:{id}"))
    .bind(visitors::visitor_name(id))
    .bind(since.0)
    .execute(work.conn())
    .await?;
    Ok(())
}

async fn forget_customer(conn: &mut Conn, shop: ShopId, id: CustomerId) -> Stored<()> {
    query("DELETE FROM customers WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

async fn forget_after(conn: &mut Conn, shop: ShopId, id: ConversationId, stay: usize) -> Stored<()> {
    query("DELETE FROM messages WHERE shop = $1 AND conversation = $2 AND position > $3")
        .bind(shop.to_string())
        .bind(id.to_string())
        .bind(stay as i64)
        .execute(conn)
        .await?;
    Ok(())
}

async fn put_conversation(
    conn: &mut Conn,
    intake: &Intake,
    (id, customer, version): (ConversationId, CustomerId, i64),
    thread: &Thread,
    (opened_at, closed_at): (Micros, Micros),
) -> Stored<()> {
    query(
        "INSERT INTO conversations (shop, id, team, channel, customer, customer_name, state, owner, opened_at,
                                    closed_at, last_position, version, about, in_feed)
         VALUES ($1, $2, $3, $4, $5, $6, 'closed', $7, $8, $9, $10, $11, '{}', $12)
         ON CONFLICT (shop, id) DO UPDATE SET
             customer = excluded.customer, customer_name = excluded.customer_name, owner = excluded.owner,
             opened_at = excluded.opened_at, closed_at = excluded.closed_at,
             last_position = excluded.last_position, version = excluded.version",
    )
    .bind(intake.shop.to_string())
    .bind(id.to_string())
    .bind(intake.source.team.to_string())
    .bind(intake.source.channel.to_string())
    .bind(customer.to_string())
    .bind(visitors::visitor_name(customer))
    .bind(thread.owner().map(|owner| owner.to_string()))
    .bind(opened_at.0)
    .bind(closed_at.0)
    .bind(thread.messages.len() as i64)
    .bind(version)
    .bind(IN_NO_FEED)
    .execute(conn)
    .await?;
    Ok(())
}

async fn add_messages(
    conn: &mut Conn,
    shop: ShopId,
    (id, customer): (ConversationId, CustomerId),
    messages: &[LogMessage],
    stay: usize,
) -> Stored<()> {
    let (shop, id, customer) = (shop.to_string(), id.to_string(), customer.to_string());
    let row = query("SELECT COALESCE(MIN(customer_seq), 0) AS least FROM messages WHERE shop = $1 AND customer = $2")
        .bind(&shop)
        .bind(&customer)
        .fetch_one(conn)
        .await?;
    let mut seq: i64 = row.number("least")?;
    for (place, message) in messages.iter().enumerate().skip(stay) {
        seq = seq.min(0) - 1;
        let (kind, author) = match message.author {
            Author::Shopper => ("shopper", None),
            Author::Member(member) => ("member", Some(member.to_string())),
            Author::Automatic | Author::Newer => ("automatic", None),
        };
        query(
            "INSERT INTO messages (shop, id, conversation, position, customer, customer_seq, author_kind, author, text, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(&shop)
        .bind(message.id.to_string())
        .bind(&id)
        .bind(place as i64 + 1)
        .bind(&customer)
        .bind(seq)
        .bind(kind)
        .bind(author)
        .bind(&message.text)
        .bind(message.at.0)
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// The ends that the log tells are numbered from 1; the one that it does not tell is 0.
async fn put_ends(conn: &mut Conn, shop: ShopId, id: ConversationId, thread: &Thread, had_some: bool) -> Stored<()> {
    let (shop, id) = (shop.to_string(), id.to_string());
    if had_some {
        query("DELETE FROM happened WHERE shop = $1 AND conversation = $2").bind(&shop).bind(&id).execute(conn).await?;
    }
    let told = (1..).zip(&thread.ends).map(|(version, end)| (version, *end));
    for (version, at) in thread.untold_end().map(|end| (0, end)).into_iter().chain(told) {
        query("INSERT INTO happened (shop, conversation, version, at, what) VALUES ($1, $2, $3, $4, 'closed')")
            .bind(&shop)
            .bind(&id)
            .bind(version)
            .bind(at.0)
            .execute(conn)
            .await?;
    }
    Ok(())
}
