//! Shoppers on the shop's own page: known by a token in their browser, without an account.

use qinda::model::{
    About, Author, CustomerId, MESSAGE_CHARS_MAX, MICROS_PER_SECOND, MessageId, Micros, PictureId, ShopId, TextFault,
    checked_text,
};
use qinda::sync::ShopperMessage;

use super::conversations::{self, Received, receive_shopper_message};
use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, kept};
use super::shops::Channel;
use super::{Duty, Stored, Work, clock};

/// How many messages of one shopper are taken …
pub const VISITOR_MESSAGES_MAX: u32 = 60;
/// … within this many seconds. More are refused for the moment, and taken later.
pub const VISITOR_MESSAGES_SPAN_SECONDS: i64 = 60;
/// The most messages on one page and in one answer.
pub const VISITOR_PAGE_MESSAGES: u64 = 200;
/// How many questions are offered to a shopper who has not written yet.
pub const OFFERED_QUESTIONS_MAX: usize = 4;
/// How many characters such a question has at most.
pub const OFFERED_QUESTION_CHARS_MAX: usize = 30;
/// How many articles are looked at for them.
const OFFERED_FROM_ARTICLES_MAX: i64 = 50;

/// Who wrote a message, as far as a shopper may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Writer {
    /// The shopper.
    Shopper,
    /// A member of the staff, by work number.
    Staff(String),
    /// A greeting or a robot.
    Automatic,
}

/// A message as its shopper reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitorMessage {
    /// Its place, over all conversations of the shopper.
    pub seq: u64,
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub writer: Writer,
    /// The words.
    pub text: String,
    /// The picture that goes with them.
    pub picture: Option<PictureId>,
    /// When it arrived.
    pub at: Micros,
}

/// A message that the page hands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromPage {
    /// Its id, made by the page.
    pub id: MessageId,
    /// The words.
    pub text: String,
    /// What the page's address says it is about.
    pub about: About,
}

/// What became of a message from the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It stands, now or since an earlier try with the same id.
    Stands(VisitorMessage),
    /// Its id belongs to a message of somebody else.
    NotYours,
    /// It is empty or too long.
    Unfit(TextFault),
    /// Too many came in a short time; one may come after this many seconds.
    TooMany(i64),
}

/// What is kept of a shopper's token. Each shop keeps another hash, so one browser is a stranger in each.
#[must_use]
pub fn visitor_hash(shop: ShopId, token: &str) -> String {
    clock::token_hash(&format!("{shop}:{token}"))
}

/// The shopper of a token's hash, once they have written.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, shop: ShopId, visitor_hash: &str) -> Stored<Option<CustomerId>> {
    let row = query("SELECT id FROM customers WHERE shop = $1 AND token_hash = $2")
        .bind(shop.to_string())
        .bind(visitor_hash)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.parsed("id")).transpose()?)
}

/// Takes a message from the page, and notes the shopper down at the first one: a job for [`super::Store::write`].
///
/// # Errors
/// When the database refuses.
pub async fn take(
    work: &mut Work,
    channel: Channel,
    visitor_hash: String,
    FromPage { id, text, about }: FromPage,
    duty: Duty,
) -> Stored<Taken> {
    if let Err(fault) = checked_text("text", &text, MESSAGE_CHARS_MAX) {
        return Ok(Taken::Unfit(fault));
    }
    let now = work.now();
    let shop = channel.shop;
    let (customer, customer_name) = note_down(work.conn(), shop, &visitor_hash, now).await?;
    if !conversations::message_exists(work.conn(), shop, id).await?
        && let Some(seconds) = too_many(work.conn(), shop, customer, now).await?
    {
        return Ok(Taken::TooMany(seconds));
    }
    let new_conversation = clock::random_id(qinda::model::ConversationId::new, now);
    let message = ShopperMessage {
        id,
        text,
        customer,
        customer_name,
        channel: channel.id,
        team: channel.team,
        new_conversation,
        about,
    };
    Ok(match receive_shopper_message(work, shop, message, &duty).await? {
        Received::Stands(standing) => Taken::Stands(VisitorMessage {
            seq: standing.seq,
            id: standing.message.id,
            writer: Writer::Shopper,
            text: standing.message.text,
            picture: standing.message.picture,
            at: standing.message.at,
        }),
        Received::NotYours => Taken::NotYours,
        Received::Unfit(fault) => Taken::Unfit(fault),
    })
}

async fn note_down(conn: &mut Conn, shop: ShopId, visitor_hash: &str, now: Micros) -> Stored<(CustomerId, String)> {
    let id = clock::random_id(CustomerId::new, now);
    query(
        "INSERT INTO customers (shop, id, token_hash, name, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (token_hash) DO NOTHING",
    )
    .bind(shop.to_string())
    .bind(id.to_string())
    .bind(visitor_hash)
    .bind(visitor_name(id))
    .bind(now.0)
    .execute(&mut *conn)
    .await?;
    let row = query("SELECT id, name FROM customers WHERE token_hash = $1").bind(visitor_hash).fetch_one(conn).await?;
    Ok((row.parsed("id")?, row.text("name")?))
}

/// What staff call a shopper who gave no name.
pub(super) fn visitor_name(id: CustomerId) -> String {
    let digest = clock::token_hash(&id.to_string());
    let number = u32::from_str_radix(&digest[..6], 16).unwrap_or_default() % 10_000;
    format!("访客 {number:04}")
}

/// How many seconds to wait before the next message, when the latest ones came too fast.
async fn too_many(conn: &mut Conn, shop: ShopId, customer: CustomerId, now: Micros) -> Stored<Option<i64>> {
    let row = query(
        "SELECT at FROM messages WHERE shop = $1 AND customer = $2 AND author_kind = 'shopper'
         ORDER BY customer_seq DESC LIMIT 1 OFFSET $3",
    )
    .bind(shop.to_string())
    .bind(customer.to_string())
    .bind(i64::from(VISITOR_MESSAGES_MAX) - 1)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let free_at = row.micros("at")?.plus_seconds(VISITOR_MESSAGES_SPAN_SECONDS);
    Ok((free_at > now).then(|| free_at.since(now) / MICROS_PER_SECOND + 1))
}

/// The number of the latest message of a shopper.
///
/// # Errors
/// When the database refuses.
pub async fn head(conn: &mut Conn, shop: ShopId, customer: CustomerId) -> Stored<u64> {
    let row = query("SELECT COALESCE(MAX(customer_seq), 0) AS head FROM messages WHERE shop = $1 AND customer = $2")
        .bind(shop.to_string())
        .bind(customer.to_string())
        .fetch_one(conn)
        .await?;
    Ok(row.number("head")?)
}

/// The messages of a shopper after a place, in order; at most [`VISITOR_PAGE_MESSAGES`].
///
/// # Errors
/// When the database refuses.
pub async fn messages_after(
    conn: &mut Conn,
    shop: ShopId,
    customer: CustomerId,
    after: u64,
) -> Stored<Vec<VisitorMessage>> {
    let rows = query(
        "SELECT m.customer_seq, m.id, m.author_kind, m.author, m.text, m.picture, m.at,
                COALESCE(b.work_number, '') AS work_number
         FROM messages m LEFT JOIN members b ON b.shop = m.shop AND b.id = m.author
         WHERE m.shop = $1 AND m.customer = $2 AND m.customer_seq > $3
         ORDER BY m.customer_seq LIMIT $4",
    )
    .bind(shop.to_string())
    .bind(customer.to_string())
    .bind(kept(after))
    .bind(kept(VISITOR_PAGE_MESSAGES))
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(visitor_message).collect::<Result<_, _>>()?)
}

/// The latest messages of a shopper before a place, in order; at most [`VISITOR_PAGE_MESSAGES`]. The numbers have
/// no gaps, so these are the messages after a place that can be reckoned.
///
/// # Errors
/// When the database refuses.
pub async fn messages_before(
    conn: &mut Conn,
    shop: ShopId,
    customer: CustomerId,
    before: u64,
) -> Stored<Vec<VisitorMessage>> {
    let after = before.saturating_sub(VISITOR_PAGE_MESSAGES + 1);
    let mut messages = messages_after(conn, shop, customer, after).await?;
    messages.retain(|message| message.seq < before);
    Ok(messages)
}

/// A few short questions from the shop's articles, for a shopper who has not written yet.
///
/// # Errors
/// When the database refuses.
pub async fn offered_questions(conn: &mut Conn, shop: ShopId) -> Stored<Vec<String>> {
    let rows = query("SELECT fields FROM articles WHERE shop = $1 ORDER BY id LIMIT $2")
        .bind(shop.to_string())
        .bind(OFFERED_FROM_ARTICLES_MAX)
        .fetch_all(conn)
        .await?;
    let fields = rows.iter().filter_map(|row| row.text("fields").ok());
    let articles = fields.filter_map(|text| serde_json::from_str::<qinda::model::ArticleFields>(&text).ok());
    let titles = articles.map(|fields| fields.title);
    let short = titles.filter(|title| title.chars().count() <= OFFERED_QUESTION_CHARS_MAX);
    Ok(short.take(OFFERED_QUESTIONS_MAX).collect())
}

fn visitor_message(row: &DbRow) -> Result<VisitorMessage, sqlx::Error> {
    let writer = match conversations::author(row)? {
        Author::Shopper => Writer::Shopper,
        Author::Member(_) => Writer::Staff(row.text("work_number")?),
        Author::Automatic | Author::Newer => Writer::Automatic,
    };
    Ok(VisitorMessage {
        seq: row.number("customer_seq")?,
        id: row.parsed("id")?,
        writer,
        text: row.text("text")?,
        picture: row.parsed_or_none("picture")?,
        at: row.micros("at")?,
    })
}
