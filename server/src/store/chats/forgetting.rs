//! Taking an import back: what came in by a wrong column, or has to be erased.

use qinda::model::{ConversationId, CustomerId, ShopId};

use super::{IN_NO_FEED, find};
use crate::store::dialect::{Conn, DbRow, query};
use crate::store::row::Columns as _;
use crate::store::{Stored, Work, rollups};

/// So many conversations are forgotten in one transaction.
const FORGOTTEN_AT_ONCE: i64 = 200;

/// Forgets some conversations of a source, and with the last of them the source: a job for [`crate::store::Store::write`].
/// Answers how many there were; `None` once there is no such source.
///
/// # Errors
/// When the database refuses.
pub async fn forget_some(work: &mut Work, shop: ShopId, source: String) -> Stored<Option<u64>> {
    let Some(found) = find(work.conn(), shop, &source).await? else { return Ok(None) };
    let rows = query(
        "SELECT id, customer FROM conversations WHERE shop = $1 AND in_feed = $2 AND channel = $3 ORDER BY id LIMIT $4",
    )
    .bind(shop.to_string())
    .bind(IN_NO_FEED)
    .bind(found.channel.to_string())
    .bind(FORGOTTEN_AT_ONCE)
    .fetch_all(work.conn())
    .await?;
    for row in &rows {
        let (id, customer) = read(row)?;
        rollups::take_back(work, shop, id).await?;
        forget_conversation(work.conn(), shop, id, customer).await?;
    }
    let ids: Vec<ConversationId> = rows.iter().map(|row| Ok(read(row)?.0)).collect::<Result<_, sqlx::Error>>()?;
    // Whoever counts just now may have read them; nothing is found under the marks, and they are gone with the next count.
    rollups::mark(work.conn(), shop, &ids).await?;
    if rows.is_empty() {
        query("DELETE FROM chat_sources WHERE shop = $1 AND name = $2")
            .bind(shop.to_string())
            .bind(source)
            .execute(work.conn())
            .await?;
        query("DELETE FROM channels WHERE shop = $1 AND id = $2")
            .bind(shop.to_string())
            .bind(found.channel.to_string())
            .execute(work.conn())
            .await?;
    }
    Ok(Some(rows.len() as u64))
}

fn read(row: &DbRow) -> Result<(ConversationId, CustomerId), sqlx::Error> {
    Ok((row.parsed("id")?, row.parsed("customer")?))
}

async fn forget_conversation(conn: &mut Conn, shop: ShopId, id: ConversationId, customer: CustomerId) -> Stored<()> {
    let (shop, id, customer) = (shop.to_string(), id.to_string(), customer.to_string());
    for sql in [
        "DELETE FROM messages WHERE shop = $1 AND conversation = $2",
        "DELETE FROM happened WHERE shop = $1 AND conversation = $2",
        "DELETE FROM conversations WHERE shop = $1 AND id = $2",
    ] {
        query(sql).bind(&shop).bind(&id).execute(conn).await?;
    }
    query(
        "DELETE FROM customers WHERE shop = $1 AND id = $2
         AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.shop = $1 AND c.customer = $2)",
    )
    .bind(&shop)
    .bind(&customer)
    .execute(conn)
    .await?;
    Ok(())
}
