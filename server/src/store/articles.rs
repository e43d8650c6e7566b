//! Knowledge articles.

use qinda::model::{ARTICLE_VERSIONS_MAX, Article, ArticleId, ShopId};

use super::Stored;
use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, kept, unreadable};

/// An article of the shop.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, shop: ShopId, id: ArticleId) -> Stored<Option<Article>> {
    let row = query("SELECT * FROM articles WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.as_ref().map(article).transpose()?)
}

/// Every article of the shop.
///
/// # Errors
/// When the database refuses.
pub async fn all(conn: &mut Conn, shop: ShopId) -> Stored<Vec<Article>> {
    let rows =
        query("SELECT * FROM articles WHERE shop = $1 ORDER BY id").bind(shop.to_string()).fetch_all(conn).await?;
    Ok(rows.iter().map(article).collect::<Result<_, _>>()?)
}

/// What an article said before, the latest first.
///
/// # Errors
/// When the database refuses.
pub async fn former(conn: &mut Conn, shop: ShopId, id: ArticleId) -> Stored<Vec<Article>> {
    let rows = query(
        "SELECT article AS id, version, fields, '[]' AS copies, changed_by, changed_at FROM article_versions
         WHERE shop = $1 AND article = $2 ORDER BY version DESC LIMIT $3",
    )
    .bind(shop.to_string())
    .bind(id.to_string())
    .bind(kept(ARTICLE_VERSIONS_MAX as u64))
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(article).collect::<Result<_, _>>()?)
}

pub(super) async fn put(conn: &mut Conn, shop: ShopId, article: &Article) -> Stored<()> {
    if article.version > 1 {
        keep_former(conn, shop, article).await?;
    }
    query(
        "INSERT INTO articles (shop, id, fields, version, changed_by, changed_at, copies)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (shop, id) DO UPDATE SET
             fields = excluded.fields, version = excluded.version, changed_by = excluded.changed_by,
             changed_at = excluded.changed_at, copies = excluded.copies",
    )
    .bind(shop.to_string())
    .bind(article.id.to_string())
    .bind(serde_json::to_string(&article.fields).map_err(unreadable)?)
    .bind(i64::from(article.version))
    .bind(article.changed_by.map(|member| member.to_string()))
    .bind(article.changed_at.0)
    .bind(serde_json::to_string(&article.copies).map_err(unreadable)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps what stands before it is changed; the oldest version gives way.
async fn keep_former(conn: &mut Conn, shop: ShopId, changed: &Article) -> Stored<()> {
    query(
        "INSERT INTO article_versions (shop, article, version, fields, changed_by, changed_at)
         SELECT shop, id, version, fields, changed_by, changed_at FROM articles WHERE shop = $1 AND id = $2
         ON CONFLICT (shop, article, version) DO NOTHING",
    )
    .bind(shop.to_string())
    .bind(changed.id.to_string())
    .execute(&mut *conn)
    .await?;
    let oldest = i64::from(changed.version) - ARTICLE_VERSIONS_MAX as i64;
    query("DELETE FROM article_versions WHERE shop = $1 AND article = $2 AND version < $3")
        .bind(shop.to_string())
        .bind(changed.id.to_string())
        .bind(oldest)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn remove(conn: &mut Conn, shop: ShopId, id: ArticleId) -> Stored<()> {
    query("DELETE FROM articles WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .execute(&mut *conn)
        .await?;
    query("DELETE FROM article_versions WHERE shop = $1 AND article = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

fn article(row: &DbRow) -> Result<Article, sqlx::Error> {
    Ok(Article {
        id: row.parsed("id")?,
        fields: serde_json::from_str(&row.text("fields")?).map_err(unreadable)?,
        version: row.number("version")?,
        changed_by: row.parsed_or_none("changed_by")?,
        changed_at: row.micros("changed_at")?,
        copies: serde_json::from_str(&row.text("copies")?).map_err(unreadable)?,
    })
}
