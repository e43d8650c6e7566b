//! The lives of conversations, for the figures: messages without their words, to whom they were given, when they closed.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use qinda::model::{Author, Conversation, ConversationId, Micros, ShopId};
use qinda::sync::{Change, what_happened};
use qinda::timing::{Happened, Life, What};

use super::Stored;
use super::conversations;
use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, unreadable};

const GIVEN: &str = "given";
const CLOSED: &str = "closed";

/// What changes mean to the life of the conversation among them, beside its messages.
pub(super) fn goes_on(
    before: Option<&Conversation>,
    changes: &[Change],
    at: Micros,
) -> Option<(Conversation, Happened)> {
    let after = changes.iter().find_map(|change| match change {
        Change::Conversation(conversation) => Some(conversation),
        _ => None,
    })?;
    what_happened(before, after).map(|what| (after.clone(), Happened { at, what }))
}

/// Notes what happened to a conversation with its latest change.
pub(super) async fn note(conn: &mut Conn, shop: ShopId, conversation: &Conversation, it: Happened) -> Stored<()> {
    let (what, member) = match it.what {
        What::Given(member) => (GIVEN, member),
        What::Closed => (CLOSED, None),
        // Messages stand in a table of their own.
        What::Asked | What::Answered { .. } | What::Automatic => return Ok(()),
    };
    query(
        "INSERT INTO happened (shop, conversation, version, at, what, member) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (shop, conversation, version) DO NOTHING",
    )
    .bind(shop.to_string())
    .bind(conversation.id.to_string())
    .bind(i64::from(conversation.version))
    .bind(it.at.0)
    .bind(what)
    .bind(member.map(|member| member.to_string()))
    .execute(conn)
    .await?;
    Ok(())
}

/// A question about the conversations of a shop, `$1`, in which something happened from `$2` to before `$3`, and with 1 as
/// `$4` also about those that are open.
macro_rules! of_those_that_went_on {
    ($asked:literal, $order:literal) => {
        concat!(
            $asked,
            " IN (SELECT i.conversation FROM messages i WHERE i.shop = $1 AND i.at >= $2 AND i.at < $3
                  UNION SELECT h.conversation FROM happened h WHERE h.shop = $1 AND h.at >= $2 AND h.at < $3
                  UNION SELECT o.id FROM conversations o
                        WHERE o.shop = $1 AND o.in_feed = 1 AND o.state = 'open' AND $4 = 1)
             ORDER BY ",
            $order
        )
    };
}

const MESSAGES: &str = of_those_that_went_on!(
    "SELECT m.conversation, m.position, m.author_kind, m.author, m.at, m.written_at, c.customer, c.team, c.channel,
            c.last_position, c.version, c.counted_position, c.counted_version
     FROM messages m JOIN conversations c ON c.shop = m.shop AND c.id = m.conversation
     WHERE m.shop = $1 AND m.conversation",
    "m.conversation, m.position"
);
const BESIDE: &str = of_those_that_went_on!(
    "SELECT d.conversation, d.version, d.at, d.what, d.member FROM happened d WHERE d.shop = $1 AND d.conversation",
    "d.conversation, d.version"
);

/// How far a conversation came: its latest message and its version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub position: u32,
    pub version: u32,
}

/// A conversation as it is kept, how far it came, and how far it was counted.
pub(super) struct Recorded {
    /// Without what happened.
    life: Life,
    said: Vec<(u32, Happened)>,
    done: Vec<(u32, Happened)>,
    pub stands: Mark,
    pub counted: Mark,
}

impl Recorded {
    fn begin(row: &DbRow, conversation: ConversationId) -> Result<Self, sqlx::Error> {
        Ok(Self {
            life: begin(row, conversation)?,
            said: Vec::new(),
            done: Vec::new(),
            stands: Mark { position: row.number("last_position")?, version: row.number("version")? },
            counted: Mark { position: row.number("counted_position")?, version: row.number("counted_version")? },
        })
    }

    pub const fn conversation(&self) -> ConversationId {
        self.life.conversation
    }

    /// Its whole life.
    pub fn whole(self) -> Life {
        let Self { mut life, said, done, .. } = self;
        life.happened = in_order(said.into_iter().chain(done).map(|(_, it)| it));
        life
    }

    /// Its life up to a mark; without any message there was none. What is numbered otherwise, as in a log from elsewhere, is
    /// known as it stands and not at all.
    pub fn up_to(&self, mark: Mark) -> Life {
        let is_all = mark == self.stands;
        let said = self.said.iter().filter(|(position, _)| is_all || *position <= mark.position);
        let is_begun = said.clone().next().is_some();
        let done = self.done.iter().filter(|(version, _)| is_begun && (is_all || *version <= mark.version));
        Life { happened: in_order(said.chain(done).map(|(_, it)| *it)), ..self.life.clone() }
    }
}

/// What happened at one moment stays in its order: words before what was done after them.
fn in_order(happened: impl Iterator<Item = Happened>) -> Vec<Happened> {
    let mut happened: Vec<Happened> = happened.collect();
    happened.sort_by_key(|it| it.at);
    happened
}

/// The lives of all conversations in which something happened in `from..to`, each from its beginning to now.
///
/// # Errors
/// When the database refuses.
pub async fn between(conn: &mut Conn, shop: ShopId, from: Micros, to: Micros) -> Stored<Vec<Life>> {
    let recorded = recorded_between(conn, shop, from, to).await?;
    Ok(recorded.into_iter().map(Recorded::whole).collect())
}

/// The same, with how far each was counted.
pub(super) async fn recorded_between(conn: &mut Conn, shop: ShopId, from: Micros, to: Micros) -> Stored<Vec<Recorded>> {
    read(conn, shop, (from, to), Also::Nothing).await
}

/// The lives of all conversations that are open, and of those in which something happened since.
///
/// # Errors
/// When the database refuses.
pub async fn of_now(conn: &mut Conn, shop: ShopId, since: Micros) -> Stored<Vec<Life>> {
    let recorded = read(conn, shop, (since, Micros(i64::MAX)), Also::Open).await?;
    Ok(recorded.into_iter().map(Recorded::whole).collect())
}

/// Which conversations are read beside those in which something happened.
#[derive(Clone, Copy)]
enum Also {
    Nothing,
    Open,
}

async fn read(conn: &mut Conn, shop: ShopId, span: (Micros, Micros), also: Also) -> Stored<Vec<Recorded>> {
    let mut beside = beside(conn, shop, span, also).await?;
    let mut lives: Vec<Recorded> = Vec::new();
    let take = |row: DbRow| -> Stored<_> {
        let conversation: ConversationId = row.parsed("conversation")?;
        if lives.last().is_none_or(|life| life.conversation() != conversation) {
            lives.push(Recorded::begin(&row, conversation)?);
        }
        if let Some(life) = lives.last_mut() {
            life.said.push((row.number("position")?, said(&row)?));
        }
        Ok(ControlFlow::Continue(()))
    };
    let (from, to) = span;
    query(MESSAGES).bind(shop.to_string()).bind(from.0).bind(to.0).bind(also as i64).each(conn, take).await?;
    for life in &mut lives {
        life.done = beside.remove(&life.conversation()).unwrap_or_default();
    }
    Ok(lives)
}

/// One conversation, if there is such.
pub(super) async fn recorded(conn: &mut Conn, shop: ShopId, id: ConversationId) -> Stored<Option<Recorded>> {
    let found = query(
        "SELECT customer, team, channel, last_position, version, counted_position, counted_version
         FROM conversations WHERE shop = $1 AND id = $2",
    );
    let found = found.bind(shop.to_string()).bind(id.to_string()).fetch_optional(conn).await?;
    let Some(mut recorded) = found.map(|row| Recorded::begin(&row, id)).transpose()? else { return Ok(None) };
    let rows = query(
        "SELECT position, author_kind, author, at, written_at FROM messages
         WHERE shop = $1 AND conversation = $2 ORDER BY position",
    );
    let rows = rows.bind(shop.to_string()).bind(id.to_string()).fetch_all(conn).await?;
    let words = rows.iter().map(|row| Ok((row.number("position")?, said(row)?)));
    recorded.said = words.collect::<Result<_, sqlx::Error>>()?;
    let rows =
        query("SELECT version, at, what, member FROM happened WHERE shop = $1 AND conversation = $2 ORDER BY version");
    let rows = rows.bind(shop.to_string()).bind(id.to_string()).fetch_all(conn).await?;
    let deeds = rows.iter().map(|row| Ok((row.number("version")?, done(row)?)));
    recorded.done = deeds.collect::<Result<_, sqlx::Error>>()?;
    Ok(Some(recorded))
}

/// What happened beside the messages, by conversation and in order.
async fn beside(
    conn: &mut Conn,
    shop: ShopId,
    (from, to): (Micros, Micros),
    also: Also,
) -> Stored<BTreeMap<ConversationId, Vec<(u32, Happened)>>> {
    let mut beside = BTreeMap::<ConversationId, Vec<(u32, Happened)>>::new();
    let take = |row: DbRow| -> Stored<_> {
        beside.entry(row.parsed("conversation")?).or_default().push((row.number("version")?, done(&row)?));
        Ok(ControlFlow::Continue(()))
    };
    query(BESIDE).bind(shop.to_string()).bind(from.0).bind(to.0).bind(also as i64).each(conn, take).await?;
    Ok(beside)
}

fn begin(row: &DbRow, conversation: ConversationId) -> Result<Life, sqlx::Error> {
    Ok(Life {
        conversation,
        customer: Some(row.parsed("customer")?),
        team: row.parsed("team")?,
        channel: row.parsed("channel")?,
        happened: Vec::new(),
    })
}

fn said(row: &DbRow) -> Result<Happened, sqlx::Error> {
    let what = match conversations::author(row)? {
        Author::Shopper => What::Asked,
        Author::Member(by) => What::Answered { by, written_at: row.micros_or_none("written_at")? },
        Author::Automatic | Author::Newer => What::Automatic,
    };
    Ok(Happened { at: row.micros("at")?, what })
}

fn done(row: &DbRow) -> Result<Happened, sqlx::Error> {
    let what = match row.text("what")?.as_str() {
        GIVEN => What::Given(row.parsed_or_none("member")?),
        CLOSED => What::Closed,
        other => return Err(unreadable(std::io::Error::other(format!("{other} is nothing that happens")))),
    };
    Ok(Happened { at: row.micros("at")?, what })
}
