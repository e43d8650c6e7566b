//! Reading the rounds that figures are made of.

use futures::TryStreamExt as _;
use qinda::model::{ConversationId, ConversationState, MemberId, Message, Micros, ShopId};
use qinda::timing::{RoundOf, rounds};

use super::dialect::{Conn, DbRow};
use super::row::Columns;
use super::{Stored, conversations};

/// The longest span of time that figures are made of at once, in days.
pub const FIGURES_DAYS_MAX: i64 = 92;

/// The rounds whose question came in `from..to`. A round may have begun with a message before, so the whole
/// conversation is read; its words stay in the database.
///
/// # Errors
/// When the database refuses.
pub async fn rounds_between(conn: &mut Conn, shop: ShopId, from: Micros, to: Micros) -> Stored<Vec<RoundOf>> {
    let mut rows = sqlx::query(
        "SELECT m.id, m.conversation, m.position, m.author_kind, m.author, m.at, c.owner, c.state, c.closed_at
         FROM messages m JOIN conversations c ON c.shop = m.shop AND c.id = m.conversation
         WHERE m.shop = $1 AND m.conversation IN
               (SELECT i.conversation FROM messages i WHERE i.shop = $1 AND i.at >= $2 AND i.at < $3)
         ORDER BY m.conversation, m.position",
    )
    .bind(shop.to_string())
    .bind(from.0)
    .bind(to.0)
    .fetch(conn);
    let mut found = Vec::new();
    let mut thread: Option<Thread> = None;
    while let Some(row) = rows.try_next().await? {
        let message = message(&row)?;
        if thread.as_ref().is_none_or(|thread| thread.id != message.conversation) {
            found.extend(thread.take().into_iter().flat_map(Thread::rounds));
            thread = Some(Thread::begin(&row, message.conversation)?);
        }
        if let Some(thread) = thread.as_mut() {
            thread.messages.push(message);
        }
    }
    found.extend(thread.into_iter().flat_map(Thread::rounds));
    found.retain(|of| (from..to).contains(&of.round.asked_at));
    Ok(found)
}

struct Thread {
    id: ConversationId,
    owner: Option<MemberId>,
    closed_at: Option<Micros>,
    messages: Vec<Message>,
}

impl Thread {
    fn begin(row: &DbRow, id: ConversationId) -> Result<Self, sqlx::Error> {
        // A conversation that was opened again waits again.
        let closed = conversations::state(row)? == ConversationState::Closed;
        let closed_at = row.micros_or_none("closed_at")?.filter(|_| closed);
        Ok(Self { id, owner: row.parsed_or_none("owner")?, closed_at, messages: Vec::new() })
    }

    fn rounds(self) -> impl Iterator<Item = RoundOf> {
        let (owner, closed_at) = (self.owner, self.closed_at);
        rounds(&self.messages).into_iter().map(move |round| RoundOf { round, owner, closed_at })
    }
}

fn message(row: &DbRow) -> Result<Message, sqlx::Error> {
    Ok(Message {
        id: row.parsed("id")?,
        conversation: row.parsed("conversation")?,
        position: row.number("position")?,
        author: conversations::author(row)?,
        text: String::new(),
        picture: None,
        at: row.micros("at")?,
        written_at: None,
    })
}
