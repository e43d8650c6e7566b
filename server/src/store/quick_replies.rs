//! Quick replies.

use qinda::model::{QuickReply, QuickReplyFields, QuickReplyId, ShopId};
use qinda::sync::Scope;

use super::Stored;
use super::dialect::Conn;
use super::row::Columns;

/// A quick reply of the shop or of one of its members.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, shop: ShopId, id: QuickReplyId) -> Stored<Option<QuickReply>> {
    let row = sqlx::query("SELECT * FROM quick_replies WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(QuickReply {
        id: row.parsed("id")?,
        owner: row.parsed_or_none("owner")?,
        fields: QuickReplyFields { shortcut: row.text("shortcut")?, text: row.text("text")? },
        version: row.number("version")?,
        changed_at: row.micros("changed_at")?,
    }))
}

pub(super) async fn put(conn: &mut Conn, shop: ShopId, reply: &QuickReply) -> Stored<()> {
    sqlx::query(
        "INSERT INTO quick_replies (shop, id, owner, shortcut, text, version, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (shop, id) DO UPDATE SET
             owner = excluded.owner, shortcut = excluded.shortcut, text = excluded.text,
             version = excluded.version, changed_at = excluded.changed_at",
    )
    .bind(shop.to_string())
    .bind(reply.id.to_string())
    .bind(reply.owner.map(|owner| owner.to_string()))
    .bind(&reply.fields.shortcut)
    .bind(&reply.fields.text)
    .bind(i64::from(reply.version))
    .bind(reply.changed_at.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a quick reply out of a scope. One that lives elsewhere by now stays.
pub(super) async fn remove(conn: &mut Conn, shop: ShopId, scope: Scope, id: QuickReplyId) -> Stored<()> {
    let owner = match scope {
        Scope::Mailbox(member) => member.to_string(),
        Scope::Knowledge | Scope::Inbox(_) => String::new(),
    };
    sqlx::query("DELETE FROM quick_replies WHERE shop = $1 AND id = $2 AND COALESCE(owner, '') = $3")
        .bind(shop.to_string())
        .bind(id.to_string())
        .bind(owner)
        .execute(conn)
        .await?;
    Ok(())
}
