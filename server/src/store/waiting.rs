//! How many shoppers wait, over all shops.

use super::Stored;
use super::dialect::{Conn, query};
use super::row::Columns;

/// The open conversations in which the shopper said something that no member has answered. Greetings answer nothing.
///
/// # Errors
/// When the database refuses.
pub async fn count(conn: &mut Conn) -> Stored<u64> {
    let row = query(
        "SELECT COUNT(*) AS waiting FROM shops s
         JOIN conversations c ON c.shop = s.id AND c.in_feed = 1 AND c.state = 'open'
         WHERE EXISTS (SELECT 1 FROM messages m
                       WHERE m.shop = c.shop AND m.conversation = c.id AND m.author_kind = 'shopper' AND m.position >
                             (SELECT COALESCE(MAX(r.position), 0) FROM messages r
                              WHERE r.shop = c.shop AND r.conversation = c.id AND r.author_kind = 'member'))",
    )
    .fetch_one(conn)
    .await?;
    Ok(row.number("waiting")?)
}
