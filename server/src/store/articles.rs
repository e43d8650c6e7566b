//! Knowledge articles.

use qinda::model::{Article, ArticleId, ShopId};

use super::Stored;
use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, unreadable};

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

pub(super) async fn put(conn: &mut Conn, shop: ShopId, article: &Article) -> Stored<()> {
    query(
        "INSERT INTO articles (shop, id, fields, version, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (shop, id) DO UPDATE SET
             fields = excluded.fields, version = excluded.version,
             changed_by = excluded.changed_by, changed_at = excluded.changed_at",
    )
    .bind(shop.to_string())
    .bind(article.id.to_string())
    .bind(serde_json::to_string(&article.fields).map_err(unreadable)?)
    .bind(i64::from(article.version))
    .bind(article.changed_by.map(|member| member.to_string()))
    .bind(article.changed_at.0)
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn remove(conn: &mut Conn, shop: ShopId, id: ArticleId) -> Stored<()> {
    query("DELETE FROM articles WHERE shop = $1 AND id = $2")
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
    })
}
