//! Reading the rounds that figures are made of.

use std::ops::ControlFlow;

use qinda::model::{Author, ConversationId, ConversationState, MemberId, Micros, ShopId};
use qinda::timing::{Happened, ReplyOf, RoundOf, What, rounds};

use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, kept};
use super::{Stored, composed, conversations};

/// The longest span of time that figures are made of at once, in days.
pub const FIGURES_DAYS_MAX: i64 = 92;

/// The rounds whose question came in `from..to`. A round may have begun with a message before, so the whole
/// conversation is read; its words stay in the database.
///
/// # Errors
/// When the database refuses.
pub async fn rounds_between(conn: &mut Conn, shop: ShopId, from: Micros, to: Micros) -> Stored<Vec<RoundOf>> {
    let mut found = Vec::new();
    let mut thread: Option<Thread> = None;
    let take = |row: DbRow| -> Stored<_> {
        let conversation: ConversationId = row.parsed("conversation")?;
        if thread.as_ref().is_none_or(|thread| thread.id != conversation) {
            found.extend(thread.take().into_iter().flat_map(Thread::rounds));
            thread = Some(Thread::begin(&row, conversation)?);
        }
        if let Some(thread) = thread.as_mut() {
            thread.happened.push(happened(&row)?);
        }
        Ok(ControlFlow::Continue(()))
    };
    query(
        "SELECT m.conversation, m.author_kind, m.author, m.at, c.owner, c.state, c.closed_at
         FROM messages m JOIN conversations c ON c.shop = m.shop AND c.id = m.conversation
         WHERE m.shop = $1 AND m.conversation IN
               (SELECT i.conversation FROM messages i WHERE i.shop = $1 AND i.at >= $2 AND i.at < $3)
         ORDER BY m.conversation, m.position",
    )
    .bind(shop.to_string())
    .bind(from.0)
    .bind(to.0)
    .each(conn, take)
    .await?;
    found.extend(thread.into_iter().flat_map(Thread::rounds));
    found.retain(|of| (from..to).contains(&of.round.asked_at));
    Ok(found)
}

/// The replies sent from here in `from..to` and how they came to be, of one member or of everybody.
///
/// # Errors
/// When the database refuses.
pub async fn replies_between(
    conn: &mut Conn,
    shop: ShopId,
    (from, to): (Micros, Micros),
    member: Option<MemberId>,
) -> Stored<Vec<ReplyOf>> {
    let rows = query(
        "SELECT m.author, c.typed_chars, c.typing_ms, c.chosen, c.how, c.choice_ms
         FROM messages m LEFT JOIN composed c ON c.shop = m.shop AND c.message = m.id
         WHERE m.shop = $1 AND m.at >= $2 AND m.at < $3 AND m.author_kind = 'member' AND m.customer_seq > 0
             AND ($4 = '' OR m.author = $4)",
    )
    .bind(shop.to_string())
    .bind(from.0)
    .bind(to.0)
    .bind(member.map(|member| member.to_string()).unwrap_or_default())
    .fetch_all(conn)
    .await?;
    let reply = |row: &DbRow| Ok(ReplyOf { member: row.parsed("author")?, composed: composed::told(row)? });
    Ok(rows.iter().map(reply).collect::<Result<_, sqlx::Error>>()?)
}

/// What members wrote since a moment, the newest first; at most `max`.
///
/// # Errors
/// When the database refuses.
pub async fn replies_since(conn: &mut Conn, shop: ShopId, since: Micros, max: u64) -> Stored<Vec<String>> {
    let rows = query(
        "SELECT text FROM messages WHERE shop = $1 AND at >= $2 AND author_kind = 'member' AND text <> ''
         ORDER BY at DESC LIMIT $3",
    )
    .bind(shop.to_string())
    .bind(since.0)
    .bind(kept(max))
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(|row| row.text("text")).collect::<Result<_, _>>()?)
}

struct Thread {
    id: ConversationId,
    owner: Option<MemberId>,
    closed_at: Option<Micros>,
    happened: Vec<Happened>,
}

impl Thread {
    fn begin(row: &DbRow, id: ConversationId) -> Result<Self, sqlx::Error> {
        // A conversation that was opened again waits again.
        let closed = conversations::state(row)? == ConversationState::Closed;
        let closed_at = row.micros_or_none("closed_at")?.filter(|_| closed);
        Ok(Self { id, owner: row.parsed_or_none("owner")?, closed_at, happened: Vec::new() })
    }

    fn rounds(self) -> impl Iterator<Item = RoundOf> {
        let (owner, closed_at) = (self.owner, self.closed_at);
        rounds(self.happened).into_iter().map(move |round| RoundOf { round, owner, closed_at })
    }
}

fn happened(row: &DbRow) -> Result<Happened, sqlx::Error> {
    let what = match conversations::author(row)? {
        Author::Shopper => What::Asked,
        Author::Member(by) => What::Answered { by, written_at: None },
        Author::Automatic | Author::Newer => What::Automatic,
    };
    Ok(Happened { at: row.micros("at")?, what })
}
