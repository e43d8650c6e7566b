//! Half-written replies.

use qinda::model::{ConversationId, DRAFT_KEPT_SECONDS, DRAFTS_MAX, Draft, MemberId, Micros, ShopId};

use super::Stored;
use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, kept};

/// How many that are over leave with each draft that is written.
const OVER_AT_ONCE: u64 = 20;

/// What a member has half-written in a conversation.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    shop: ShopId,
    member: MemberId,
    conversation: ConversationId,
) -> Stored<Option<Draft>> {
    let row = query("SELECT * FROM drafts WHERE shop = $1 AND member = $2 AND conversation = $3")
        .bind(shop.to_string())
        .bind(member.to_string())
        .bind(conversation.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.as_ref().map(draft).transpose()?)
}

/// What anybody has half-written in a conversation.
pub(super) async fn of_conversation(conn: &mut Conn, shop: ShopId, conversation: ConversationId) -> Stored<Vec<Draft>> {
    let rows = query("SELECT * FROM drafts WHERE shop = $1 AND conversation = $2 ORDER BY member")
        .bind(shop.to_string())
        .bind(conversation.to_string())
        .fetch_all(conn)
        .await?;
    Ok(rows.iter().map(draft).collect::<Result<_, _>>()?)
}

pub(super) async fn put(conn: &mut Conn, shop: ShopId, draft: &Draft) -> Stored<()> {
    query(
        "INSERT INTO drafts (shop, member, conversation, text, device, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (shop, member, conversation) DO UPDATE SET
             text = excluded.text, device = excluded.device, at = excluded.at",
    )
    .bind(shop.to_string())
    .bind(draft.member.to_string())
    .bind(draft.conversation.to_string())
    .bind(&draft.text)
    .bind(draft.device.to_string())
    .bind(draft.at.0)
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn remove(
    conn: &mut Conn,
    shop: ShopId,
    member: MemberId,
    conversation: ConversationId,
) -> Stored<()> {
    query("DELETE FROM drafts WHERE shop = $1 AND member = $2 AND conversation = $3")
        .bind(shop.to_string())
        .bind(member.to_string())
        .bind(conversation.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// What gives way to a draft that was just written: the member's oldest beyond [`DRAFTS_MAX`], and some of anybody's
/// that are over.
pub(super) async fn surplus(conn: &mut Conn, shop: ShopId, written: &Draft, now: Micros) -> Stored<Vec<Draft>> {
    let rows = query(
        "SELECT * FROM drafts WHERE shop = $1 AND member = $2 AND conversation <> $3
         ORDER BY at DESC, conversation LIMIT 1000 OFFSET $4",
    )
    .bind(shop.to_string())
    .bind(written.member.to_string())
    .bind(written.conversation.to_string())
    .bind(kept(DRAFTS_MAX as u64 - 1))
    .fetch_all(&mut *conn)
    .await?;
    let mut surplus = rows.iter().map(draft).collect::<Result<Vec<_>, _>>()?;
    let rows = query("SELECT * FROM drafts WHERE shop = $1 AND at < $2 ORDER BY at LIMIT $3")
        .bind(shop.to_string())
        .bind(now.plus_seconds(-DRAFT_KEPT_SECONDS).0)
        .bind(kept(OVER_AT_ONCE))
        .fetch_all(conn)
        .await?;
    let over = rows.iter().map(draft).collect::<Result<Vec<_>, _>>()?;
    let is_other = |draft: &Draft| (draft.member, draft.conversation) != (written.member, written.conversation);
    let more: Vec<Draft> = over.into_iter().filter(|draft| is_other(draft) && !surplus.contains(draft)).collect();
    surplus.extend(more);
    Ok(surplus)
}

fn draft(row: &DbRow) -> Result<Draft, sqlx::Error> {
    Ok(Draft {
        member: row.parsed("member")?,
        conversation: row.parsed("conversation")?,
        text: row.text("text")?,
        device: row.parsed("device")?,
        at: row.micros("at")?,
    })
}
