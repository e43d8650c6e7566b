//! Conversations and their messages.

use qinda::model::{
    Author, Conversation, ConversationId, ConversationState, CustomerId, DeviceId, MemberId, Message, MessageId,
    Micros, ShopId, TextFault,
};
use qinda::sync::{ShopperMessage, knows_shopper, shopper_wrote};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::chats::IN_NO_FEED;
use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, unreadable};
use super::{Duty, Stored, Work, lives, members};

/// What `in_feed` is of a conversation that devices may hold.
const IN_FEED: i64 = 1;
/// What `in_feed` is of a conversation that had left its feed and comes back.
const COMES_BACK: u64 = 2;

/// A message as the shopper's page reads it: with its place among everything that this shopper can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopperReads {
    /// Its place, over all conversations of the shopper.
    pub seq: u64,
    /// The message.
    pub message: Message,
}

/// What is known about the conversation that a command names.
#[derive(Debug, Default)]
pub struct ConversationFacts {
    /// The conversation.
    pub conversation: Option<Conversation>,
    /// When its latest message arrived.
    pub last_at: Option<Micros>,
    /// The first answer after the position that was seen, from another device: who and when.
    pub answered_since: Option<(MemberId, Micros)>,
    /// Whether the shopper wrote after that position.
    pub shopper_wrote_since: bool,
}

/// What has to be known to decide on a command about a conversation.
pub async fn facts(
    conn: &mut Conn,
    shop: ShopId,
    id: ConversationId,
    seen: u32,
    device: DeviceId,
) -> Stored<ConversationFacts> {
    let Some(conversation) = find(conn, shop, id).await? else { return Ok(ConversationFacts::default()) };
    let last = conversation.last_position;
    let mut facts = ConversationFacts { conversation: Some(conversation), ..Default::default() };
    // The last message, and what the device did not write itself since.
    let since = query(
        "SELECT position, author_kind, author, device, at FROM messages
         WHERE shop = $1 AND conversation = $2 AND position >= $3
             AND (position = $4 OR device IS NULL OR device <> $5)
         ORDER BY position",
    )
    .bind(shop.to_string())
    .bind(id.to_string())
    .bind(i64::from(last.min(seen.saturating_add(1))))
    .bind(i64::from(last))
    .bind(device.to_string())
    .fetch_all(conn)
    .await?;
    for row in &since {
        let position: u32 = row.number("position")?;
        if position == last {
            facts.last_at = Some(row.micros("at")?);
        }
        match author(row)? {
            _ if position <= seen => {}
            Author::Shopper => facts.shopper_wrote_since = true,
            Author::Member(by) if row.parsed_or_none("device")? != Some(device) => {
                facts.answered_since = facts.answered_since.or(Some((by, row.micros("at")?)));
            }
            Author::Member(_) | Author::Automatic | Author::Newer => {}
        }
    }
    Ok(facts)
}

/// A conversation of the shop, unless it is one of an imported log, which no desk works on.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, shop: ShopId, id: ConversationId) -> Stored<Option<Conversation>> {
    let row = query("SELECT * FROM conversations WHERE shop = $1 AND id = $2 AND in_feed <> $3")
        .bind(shop.to_string())
        .bind(id.to_string())
        .bind(IN_NO_FEED)
        .fetch_optional(conn)
        .await?;
    Ok(row.as_ref().map(conversation).transpose()?)
}

/// Every conversation of a shopper, those of imported logs too, each with whether devices may hold it.
pub(super) async fn of_customer(
    conn: &mut Conn,
    shop: ShopId,
    customer: CustomerId,
) -> Stored<Vec<(Conversation, bool)>> {
    let rows = query("SELECT * FROM conversations WHERE shop = $1 AND customer = $2 ORDER BY id")
        .bind(shop.to_string())
        .bind(customer.to_string())
        .fetch_all(conn)
        .await?;
    let read = |row: &DbRow| Ok((conversation(row)?, row.number::<i64>("in_feed")? == IN_FEED));
    Ok(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?)
}

/// The conversation of a shopper that goes on, the latest if there are several.
async fn open_of(conn: &mut Conn, shop: ShopId, customer: CustomerId) -> Stored<Option<Conversation>> {
    let row = query(
        "SELECT * FROM conversations WHERE shop = $1 AND customer = $2 AND state = 'open'
         ORDER BY opened_at DESC, id DESC LIMIT 1",
    )
    .bind(shop.to_string())
    .bind(customer.to_string())
    .fetch_optional(conn)
    .await?;
    Ok(row.as_ref().map(conversation).transpose()?)
}

/// The agent of the shopper's latest conversation, if that was closed lately and they are on duty.
async fn who_knows(
    conn: &mut Conn,
    shop: ShopId,
    message: &ShopperMessage,
    now: Micros,
    duty: &Duty,
) -> Stored<Option<MemberId>> {
    let row = query(
        "SELECT * FROM conversations WHERE shop = $1 AND customer = $2 AND state = 'closed'
         ORDER BY opened_at DESC, id DESC LIMIT 1",
    )
    .bind(shop.to_string())
    .bind(message.customer.to_string())
    .fetch_optional(&mut *conn)
    .await?;
    let Some(last) = row.as_ref().map(conversation).transpose()? else { return Ok(None) };
    let lately = last.closed_at.is_some_and(|closed_at| knows_shopper(closed_at, now));
    let Some(owner) = last.owner.filter(|owner| lately && duty.is_on(shop, *owner, now)) else { return Ok(None) };
    Ok((members::answers_in(conn, shop, owner).await? == Some(message.team)).then_some(owner))
}

async fn last_at(conn: &mut Conn, shop: ShopId, conversation: &Conversation) -> Stored<Option<Micros>> {
    let row = query("SELECT at FROM messages WHERE shop = $1 AND conversation = $2 AND position = $3")
        .bind(shop.to_string())
        .bind(conversation.id.to_string())
        .bind(i64::from(conversation.last_position))
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.micros("at")).transpose()?)
}

/// The moment of the next message: never before the one it follows, even after the clock was set back.
pub fn not_before(now: Micros, last_at: Option<Micros>) -> Micros {
    last_at.map_or(now, |last| now.max(Micros(last.0 + 1)))
}

/// Whether the shop has a message with that id, in any conversation.
pub async fn message_exists(conn: &mut Conn, shop: ShopId, id: MessageId) -> Stored<bool> {
    let row = query("SELECT position FROM messages WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

async fn find_message(conn: &mut Conn, shop: ShopId, id: MessageId) -> Stored<Option<(CustomerId, ShopperReads)>> {
    let row = query("SELECT * FROM messages WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((row.parsed("customer")?, shopper_reads(&row)?)))
}

/// What became of a shopper's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It stands, now or since an earlier try with the same id.
    Stands(ShopperReads),
    /// Its id belongs to a message of somebody else.
    NotYours,
    /// It is empty or too long.
    Unfit(TextFault),
}

/// Receives a message from a shopper: a job for [`super::Store::write`]. The same id twice is stored once.
///
/// # Errors
/// When the database refuses.
pub async fn receive_shopper_message(
    work: &mut Work,
    shop: ShopId,
    message: ShopperMessage,
    duty: &Duty,
) -> Stored<Received> {
    let (id, customer) = (message.id, message.customer);
    if let Some(standing) = find_message(work.conn(), shop, id).await? {
        return Ok(yours(standing, customer));
    }
    let open = open_of(work.conn(), shop, customer).await?;
    let last_at = match &open {
        Some(conversation) => last_at(work.conn(), shop, conversation).await?,
        None => None,
    };
    let at = not_before(work.now(), last_at);
    let knows = match &open {
        Some(_) => None,
        None => who_knows(work.conn(), shop, &message, at, duty).await?,
    };
    let is_new = open.is_none();
    let changes = match shopper_wrote(message, open, knows, at) {
        Ok(changes) => changes,
        Err(fault) => return Ok(Received::Unfit(fault)),
    };
    let life = if is_new { lives::goes_on(None, &changes, at) } else { None };
    work.write_changes(shop, changes, None).await?;
    if let Some((conversation, it)) = life {
        lives::note(work.conn(), shop, &conversation, it).await?;
    }
    let standing = find_message(work.conn(), shop, id).await?;
    standing.map(|standing| yours(standing, customer)).ok_or_else(|| sqlx::Error::RowNotFound.into())
}

fn yours((of, message): (CustomerId, ShopperReads), customer: CustomerId) -> Received {
    if of == customer && message.message.author == Author::Shopper {
        Received::Stands(message)
    } else {
        Received::NotYours
    }
}

fn as_json<T: Serialize>(value: Option<&T>) -> Result<Option<String>, sqlx::Error> {
    value.map(serde_json::to_string).transpose().map_err(unreadable)
}

fn of_json<T: DeserializeOwned>(row: &DbRow, column: &'static str) -> Result<Option<T>, sqlx::Error> {
    row.text_or_none(column)?.map(|text| serde_json::from_str(&text)).transpose().map_err(unreadable)
}

/// Writes a conversation's row. Says whether it had left its feed and comes back with this.
pub(super) async fn put(conn: &mut Conn, shop: ShopId, conversation: &Conversation) -> Stored<bool> {
    if go_on(conn, shop, conversation).await? {
        return Ok(false);
    }
    let put = query(
        "INSERT INTO conversations (shop, id, team, channel, customer, customer_name, state, owner, opened_at,
                                    closed_at, last_position, version, about, handover, whisper)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (shop, id) DO UPDATE SET
             team = excluded.team, customer_name = excluded.customer_name, state = excluded.state,
             owner = excluded.owner, closed_at = excluded.closed_at, last_position = excluded.last_position,
             version = excluded.version, about = excluded.about, handover = excluded.handover,
             whisper = excluded.whisper,
             in_feed = CASE conversations.in_feed WHEN 0 THEN 2 ELSE 1 END
         RETURNING in_feed",
    )
    .bind(shop.to_string())
    .bind(conversation.id.to_string())
    .bind(conversation.team.to_string())
    .bind(conversation.channel.to_string())
    .bind(conversation.customer.to_string())
    .bind(&conversation.customer_name)
    .bind(state_name(conversation.state))
    .bind(conversation.owner.map(|owner| owner.to_string()))
    .bind(conversation.opened_at.0)
    .bind(conversation.closed_at.map(|at| at.0))
    .bind(i64::from(conversation.last_position))
    .bind(i64::from(conversation.version))
    .bind(serde_json::to_string(&conversation.about).map_err(unreadable)?)
    .bind(as_json(conversation.handover.as_ref())?)
    .bind(as_json(conversation.whisper.as_ref())?)
    .fetch_one(conn)
    .await?;
    Ok(put.number::<u64>("in_feed")? == COMES_BACK)
}

/// Writes what every message changes of a conversation; `false` when more than that changed, or it is not in its feed, and
/// nothing was written. Most often it is all, and what other tables and indexes know of the conversation stays.
async fn go_on(conn: &mut Conn, shop: ShopId, conversation: &Conversation) -> Stored<bool> {
    let went_on = query(
        "UPDATE conversations SET last_position = $3, version = $4, owner = $5, handover = $6, whisper = $12
         WHERE shop = $1 AND id = $2 AND in_feed = 1 AND state = $7 AND team = $8 AND customer_name = $9 AND about = $10
             AND closed_at IS NOT DISTINCT FROM $11
         RETURNING in_feed",
    )
    .bind(shop.to_string())
    .bind(conversation.id.to_string())
    .bind(i64::from(conversation.last_position))
    .bind(i64::from(conversation.version))
    .bind(conversation.owner.map(|owner| owner.to_string()))
    .bind(as_json(conversation.handover.as_ref())?)
    .bind(state_name(conversation.state))
    .bind(conversation.team.to_string())
    .bind(&conversation.customer_name)
    .bind(serde_json::to_string(&conversation.about).map_err(unreadable)?)
    .bind(conversation.closed_at.map(|at| at.0))
    .bind(as_json(conversation.whisper.as_ref())?)
    .fetch_optional(conn)
    .await?;
    Ok(went_on.is_some())
}

/// From now on it is in its feed as any other.
pub(super) async fn came_back(conn: &mut Conn, shop: ShopId, id: ConversationId) -> Stored<()> {
    query("UPDATE conversations SET in_feed = 1 WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// The messages of a conversation, in order.
pub(super) async fn thread(conn: &mut Conn, shop: ShopId, id: ConversationId) -> Stored<Vec<Message>> {
    let rows = query("SELECT * FROM messages WHERE shop = $1 AND conversation = $2 ORDER BY position")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_all(conn)
        .await?;
    Ok(rows.iter().map(message).collect::<Result<_, _>>()?)
}

/// Adds a message to its conversation, and gives it its place among everything its shopper can read.
pub(super) async fn add_message(
    conn: &mut Conn,
    shop: ShopId,
    message: &Message,
    device: Option<DeviceId>,
) -> Stored<()> {
    let (kind, author) = match message.author {
        Author::Shopper => ("shopper", None),
        Author::Member(member) => ("member", Some(member.to_string())),
        Author::Automatic | Author::Newer => ("automatic", None),
    };
    query(
        "INSERT INTO messages (shop, id, conversation, position, customer, customer_seq, author_kind, author,
                               device, text, at, written_at, picture)
         VALUES ($1, $2, $3, $4,
                (SELECT customer FROM conversations WHERE shop = $1 AND id = $3),
                (SELECT COALESCE(MAX(customer_seq), 0) + 1 FROM messages WHERE shop = $1
                 AND customer = (SELECT customer FROM conversations WHERE shop = $1 AND id = $3)),
                $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(shop.to_string())
    .bind(message.id.to_string())
    .bind(message.conversation.to_string())
    .bind(i64::from(message.position))
    .bind(kind)
    .bind(author)
    .bind(device.map(|device| device.to_string()))
    .bind(&message.text)
    .bind(message.at.0)
    .bind(message.written_at.map(|at| at.0))
    .bind(message.picture.map(|picture| picture.to_string()))
    .execute(conn)
    .await?;
    Ok(())
}

const fn state_name(state: ConversationState) -> &'static str {
    match state {
        ConversationState::Open => "open",
        ConversationState::Closed => "closed",
    }
}

pub(super) fn state(row: &DbRow) -> Result<ConversationState, sqlx::Error> {
    let name = row.text("state")?;
    [ConversationState::Open, ConversationState::Closed]
        .into_iter()
        .find(|state| state_name(*state) == name)
        .ok_or_else(|| sqlx::Error::Decode(format!("no state of a conversation: {name}").into()))
}

pub(super) fn author(row: &DbRow) -> Result<Author, sqlx::Error> {
    match row.text("author_kind")?.as_str() {
        "shopper" => Ok(Author::Shopper),
        "member" => row.parsed("author").map(Author::Member),
        "automatic" => Ok(Author::Automatic),
        other => Err(sqlx::Error::Decode(format!("no kind of author: {other}").into())),
    }
}

fn conversation(row: &DbRow) -> Result<Conversation, sqlx::Error> {
    Ok(Conversation {
        id: row.parsed("id")?,
        team: row.parsed("team")?,
        channel: row.parsed("channel")?,
        customer: row.parsed("customer")?,
        customer_name: row.text("customer_name")?,
        state: state(row)?,
        owner: row.parsed_or_none("owner")?,
        opened_at: row.micros("opened_at")?,
        closed_at: row.micros_or_none("closed_at")?,
        last_position: row.number("last_position")?,
        about: serde_json::from_str(&row.text("about")?).map_err(unreadable)?,
        handover: of_json(row, "handover")?,
        whisper: of_json(row, "whisper")?,
        erased_at: row.micros_or_none("erased_at")?,
        version: row.number("version")?,
    })
}

fn shopper_reads(row: &DbRow) -> Result<ShopperReads, sqlx::Error> {
    Ok(ShopperReads { seq: row.number("customer_seq")?, message: message(row)? })
}

fn message(row: &DbRow) -> Result<Message, sqlx::Error> {
    Ok(Message {
        id: row.parsed("id")?,
        conversation: row.parsed("conversation")?,
        position: row.number("position")?,
        author: author(row)?,
        text: row.text("text")?,
        picture: row.parsed_or_none("picture")?,
        at: row.micros("at")?,
        written_at: row.micros_or_none("written_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_does_not_turn_a_conversation_around() {
        assert_eq!(not_before(Micros(5), Some(Micros(9))), Micros(10));
        assert_eq!(not_before(Micros(20), Some(Micros(9))), Micros(20));
        assert_eq!(not_before(Micros(5), None), Micros(5));
    }
}
