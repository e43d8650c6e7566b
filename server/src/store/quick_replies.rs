//! Quick replies.

use qinda::model::{Keeper, QuickReply, QuickReplyFields, QuickReplyId, ShopId};
use qinda::sync::Scope;

use super::Stored;
use super::dialect::{Conn, DbRow, query};
use super::row::Columns;

/// A quick reply of the shop, of a team or of a member.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, shop: ShopId, id: QuickReplyId) -> Stored<Option<QuickReply>> {
    let row = query("SELECT * FROM quick_replies WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.as_ref().map(quick_reply).transpose()?)
}

/// The quick replies of a keeper, in the order in which they were made.
///
/// # Errors
/// When the database refuses.
pub async fn all_of(conn: &mut Conn, shop: ShopId, keeper: Keeper) -> Stored<Vec<QuickReply>> {
    let rows = query(
        "SELECT * FROM quick_replies
         WHERE shop = $1 AND COALESCE(owner, '') = $2 AND COALESCE(team, '') = $3 ORDER BY id",
    )
    .bind(shop.to_string())
    .bind(owner_of(keeper))
    .bind(team_of(keeper))
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(quick_reply).collect::<Result<_, _>>()?)
}

fn owner_of(keeper: Keeper) -> String {
    keeper.member().map(|member| member.to_string()).unwrap_or_default()
}

fn team_of(keeper: Keeper) -> String {
    keeper.team().map(|team| team.to_string()).unwrap_or_default()
}

fn quick_reply(row: &DbRow) -> Result<QuickReply, sqlx::Error> {
    Ok(QuickReply {
        id: row.parsed("id")?,
        owner: row.parsed_or_none("owner")?,
        team: row.parsed_or_none("team")?,
        fields: QuickReplyFields {
            shortcut: row.text("shortcut")?,
            text: row.text("text")?,
            category: row.text("category")?,
            picture: row.parsed_or_none("picture")?,
        },
        version: row.number("version")?,
        changed_at: row.micros("changed_at")?,
    })
}

pub(super) async fn put(conn: &mut Conn, shop: ShopId, reply: &QuickReply) -> Stored<()> {
    query(
        "INSERT INTO quick_replies (shop, id, owner, team, shortcut, text, category, picture, version, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (shop, id) DO UPDATE SET
             owner = excluded.owner, team = excluded.team, shortcut = excluded.shortcut, text = excluded.text,
             category = excluded.category, picture = excluded.picture,
             version = excluded.version, changed_at = excluded.changed_at",
    )
    .bind(shop.to_string())
    .bind(reply.id.to_string())
    .bind(reply.owner.map(|owner| owner.to_string()))
    .bind(reply.team.map(|team| team.to_string()))
    .bind(&reply.fields.shortcut)
    .bind(&reply.fields.text)
    .bind(&reply.fields.category)
    .bind(reply.fields.picture.map(|picture| picture.to_string()))
    .bind(i64::from(reply.version))
    .bind(reply.changed_at.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a quick reply out of a scope. One that lives elsewhere by now stays.
pub(super) async fn remove(conn: &mut Conn, shop: ShopId, scope: Scope, id: QuickReplyId) -> Stored<()> {
    let keeper = match scope {
        Scope::Knowledge => Keeper::Shop,
        Scope::Inbox(team) => Keeper::Team(team),
        Scope::Mailbox(member) => Keeper::Member(member),
    };
    query(
        "DELETE FROM quick_replies
         WHERE shop = $1 AND id = $2 AND COALESCE(owner, '') = $3 AND COALESCE(team, '') = $4",
    )
    .bind(shop.to_string())
    .bind(id.to_string())
    .bind(owner_of(keeper))
    .bind(team_of(keeper))
    .execute(conn)
    .await?;
    Ok(())
}
