//! What planning reads: chats and messages as numbers, by time and by member.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use qinda::model::{Author, ChannelId, ConversationId, ConversationState, MemberId, Micros, ShopId, TeamId};
use qinda::planning::SampledChat;
use qinda::timing::{Happened, What};

use super::super::dialect::{Conn, DbRow, query};
use super::super::row::{Columns, kept};
use super::super::{Stored, conversations, rollups};

/// What is counted together: hours begin at a quarter of an hour of UTC in every time zone.
pub const QUARTER_MICROS: i64 = 900_000_000;
const SLOTS_PER_QUARTER: i64 = 3;
const SLOTS_PER_HOUR: i64 = 12;

/// Where shoppers write, and the team that answers there.
pub async fn channels(conn: &mut Conn, shop: ShopId) -> Stored<Vec<(TeamId, ChannelId)>> {
    let rows = query("SELECT team, id FROM channels WHERE shop = $1 AND kind = 'page'");
    let rows = rows.bind(shop.to_string()).fetch_all(conn).await?;
    Ok(rows.iter().map(|row| Ok((row.parsed("team")?, row.parsed("id")?))).collect::<Result<_, sqlx::Error>>()?)
}

/// When the first chat of a shop began.
pub async fn first_opening(conn: &mut Conn, shop: ShopId) -> Stored<Option<Micros>> {
    let row = query("SELECT opened_at FROM conversations WHERE shop = $1 ORDER BY opened_at LIMIT 1")
        .bind(shop.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.micros("opened_at")).transpose()?)
}

/// How many chats began in each quarter of an hour.
pub async fn openings(conn: &mut Conn, shop: ShopId, (from, to): (Micros, Micros)) -> Stored<Vec<(Micros, u32)>> {
    let rows = query(
        "SELECT opened_at / 900000000 AS quarter, COUNT(*) AS chats FROM conversations
         WHERE shop = $1 AND opened_at >= $2 AND opened_at < $3 GROUP BY opened_at / 900000000",
    )
    .bind(shop.to_string())
    .bind(from.0)
    .bind(to.0)
    .fetch_all(conn)
    .await?;
    let counted = |row: &DbRow| Ok((quarter(row)?, row.number("chats")?));
    Ok(rows.iter().map(counted).collect::<Result<_, sqlx::Error>>()?)
}

fn quarter(row: &DbRow) -> Result<Micros, sqlx::Error> {
    Ok(Micros(row.number::<i64>("quarter")?.saturating_mul(QUARTER_MICROS)))
}

/// Whose the chats are that began in a span.
pub async fn owners(
    conn: &mut Conn,
    shop: ShopId,
    (from, to): (Micros, Micros),
) -> Stored<BTreeMap<Option<MemberId>, u32>> {
    let rows = query(
        "SELECT owner, COUNT(*) AS chats FROM conversations
         WHERE shop = $1 AND opened_at >= $2 AND opened_at < $3 GROUP BY owner",
    )
    .bind(shop.to_string())
    .bind(from.0)
    .bind(to.0)
    .fetch_all(conn)
    .await?;
    let counted = |row: &DbRow| Ok((row.parsed_or_none("owner")?, row.number("chats")?));
    Ok(rows.iter().map(counted).collect::<Result<_, sqlx::Error>>()?)
}

/// How many messages each member wrote in a span, and in how many hours: from what is kept, if that is ready.
///
/// # Errors
/// When the database refuses.
pub async fn writers(conn: &mut Conn, shop: ShopId, span: (Micros, Micros)) -> Stored<BTreeMap<MemberId, (u32, u32)>> {
    let Some(written) = rollups::written(conn, shop, span, SLOTS_PER_HOUR).await? else {
        return writers_of_messages(conn, shop, span).await;
    };
    let counted = |hours: BTreeMap<Micros, u32>| (hours.values().sum(), hours.len().try_into().unwrap_or(u32::MAX));
    Ok(written.into_iter().map(|(member, hours)| (member, counted(hours))).collect())
}

/// The same from the messages.
///
/// # Errors
/// When the database refuses.
pub async fn writers_of_messages(
    conn: &mut Conn,
    shop: ShopId,
    (from, to): (Micros, Micros),
) -> Stored<BTreeMap<MemberId, (u32, u32)>> {
    let rows = query(
        "SELECT author, CAST(SUM(replies) AS BIGINT) AS replies, COUNT(*) AS hours
         FROM (SELECT author, COUNT(*) AS replies FROM messages
               WHERE shop = $1 AND at >= $2 AND at < $3 AND author_kind = 'member'
               GROUP BY author, at / 3600000000) AS by_hour
         GROUP BY author",
    )
    .bind(shop.to_string())
    .bind(from.0)
    .bind(to.0)
    .fetch_all(conn)
    .await?;
    let counted = |row: &DbRow| Ok((row.parsed("author")?, (row.number("replies")?, row.number("hours")?)));
    Ok(rows.iter().map(counted).collect::<Result<_, sqlx::Error>>()?)
}

/// In which quarters of an hour each member wrote, likewise.
///
/// # Errors
/// When the database refuses.
pub async fn presence(conn: &mut Conn, shop: ShopId, span: (Micros, Micros)) -> Stored<BTreeSet<(MemberId, Micros)>> {
    let Some(written) = rollups::written(conn, shop, span, SLOTS_PER_QUARTER).await? else {
        return presence_of_messages(conn, shop, span).await;
    };
    Ok(written.into_iter().flat_map(|(member, at)| at.into_keys().map(move |at| (member, at))).collect())
}

/// The same from the messages.
///
/// # Errors
/// When the database refuses.
pub async fn presence_of_messages(
    conn: &mut Conn,
    shop: ShopId,
    (from, to): (Micros, Micros),
) -> Stored<BTreeSet<(MemberId, Micros)>> {
    let rows = query(
        "SELECT DISTINCT author, at / 900000000 AS quarter FROM messages
         WHERE shop = $1 AND at >= $2 AND at < $3 AND author_kind = 'member'",
    )
    .bind(shop.to_string())
    .bind(from.0)
    .bind(to.0)
    .fetch_all(conn)
    .await?;
    let was_there = |row: &DbRow| Ok((row.parsed("author")?, quarter(row)?));
    Ok(rows.iter().map(was_there).collect::<Result<_, sqlx::Error>>()?)
}

/// The latest chats of a span: what was said in each, and whether it was closed for good.
pub async fn sample(conn: &mut Conn, shop: ShopId, (from, to): (Micros, Micros), max: u64) -> Stored<Vec<SampledChat>> {
    let mut chats: Vec<SampledChat> = Vec::new();
    let (mut latest, mut closed_at) = (None::<ConversationId>, None::<Micros>);
    let take = |row: DbRow| -> Stored<_> {
        let conversation: ConversationId = row.parsed("conversation")?;
        if latest != Some(conversation) {
            end(&mut chats, closed_at.take());
            chats.push(SampledChat { happened: Vec::new() });
            latest = Some(conversation);
            let is_closed = conversations::state(&row)? == ConversationState::Closed;
            closed_at = row.micros_or_none("closed_at")?.filter(|_| is_closed);
        }
        if let Some(chat) = chats.last_mut() {
            chat.happened.push(said(&row)?);
        }
        Ok(ControlFlow::Continue(()))
    };
    query(
        "SELECT m.conversation, m.author_kind, m.author, m.at, c.state, c.closed_at
         FROM messages m JOIN conversations c ON c.shop = m.shop AND c.id = m.conversation
         WHERE m.shop = $1 AND m.conversation IN
               (SELECT i.id FROM conversations i
                WHERE i.shop = $1 AND i.opened_at >= $2 AND i.opened_at < $3 ORDER BY i.opened_at DESC LIMIT $4)
         ORDER BY m.conversation, m.position",
    )
    .bind(shop.to_string())
    .bind(from.0)
    .bind(to.0)
    .bind(kept(max))
    .each(conn, take)
    .await?;
    end(&mut chats, closed_at);
    Ok(chats)
}

/// What is known of the closing stands last: words that came after it opened the chat again.
fn end(chats: &mut [SampledChat], closed_at: Option<Micros>) {
    if let (Some(chat), Some(at)) = (chats.last_mut(), closed_at) {
        chat.happened.push(Happened { at, what: What::Closed });
    }
}

fn said(row: &DbRow) -> Result<Happened, sqlx::Error> {
    let what = match conversations::author(row)? {
        Author::Shopper => What::Asked,
        Author::Member(by) => What::Answered { by, written_at: None },
        Author::Automatic | Author::Newer => What::Automatic,
    };
    Ok(Happened { at: row.micros("at")?, what })
}
