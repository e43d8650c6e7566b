//! How replies came to be.

use qinda::model::{Composed, MemberId, Message, ShopId};
use qinda::sync::SendMessage;

use qinda::model::EntryId;

use super::Stored;
use super::dialect::Conn;
use super::row::unreadable;

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
    sqlx::query(
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
