//! How replies came to be.

use qinda::model::{Composed, EntryId, How, MemberId, Message, ShopId};
use qinda::sync::SendMessage;

use super::Stored;
use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, unreadable};

/// Keeps how a reply came to be, as far as its desk told it.
pub(super) async fn put(
    conn: &mut Conn,
    shop: ShopId,
    member: MemberId,
    message: &Message,
    args: &SendMessage,
) -> Stored<()> {
    let told = args.composed;
    let Composed { chosen, how, choice_ms, .. } = told.unwrap_or_default();
    let chosen = chosen.or(args.chosen.map(EntryId::Article));
    if told.is_none() && chosen.is_none() {
        return Ok(());
    }
    let how = how.map(|how| serde_json::to_string(&how)).transpose().map_err(unreadable)?;
    query(
        "INSERT INTO composed (shop, message, conversation, member, at, typed_chars, typing_ms, chosen, how, choice_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(shop.to_string())
    .bind(message.id.to_string())
    .bind(message.conversation.to_string())
    .bind(member.to_string())
    .bind(message.at.0)
    .bind(told.map(|told| i64::from(told.typed_chars)))
    .bind(told.map(|told| i64::from(told.typing_ms)))
    .bind(chosen.map(|entry| entry.to_string()))
    .bind(how.as_deref().map(|how| how.trim_matches('"')))
    .bind(choice_ms.map(i64::from))
    .execute(conn)
    .await?;
    Ok(())
}

/// What a desk told of a reply; `None` when it told nothing.
pub(super) fn told(row: &DbRow) -> Result<Option<Composed>, sqlx::Error> {
    let Some(typed_chars) = row.number_or_none("typed_chars")? else { return Ok(None) };
    let how = row.text_or_none("how")?.map(serde_json::Value::from);
    Ok(Some(Composed {
        typed_chars,
        typing_ms: row.number_or_none("typing_ms")?.unwrap_or_default(),
        chosen: row.parsed_or_none("chosen")?,
        how: how.map(serde_json::from_value::<How>).transpose().map_err(unreadable)?,
        choice_ms: row.number_or_none("choice_ms")?,
    }))
}
