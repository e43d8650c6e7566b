//! Keys of programs that send chat logs. A key is shown once, when it is made; only its hash is kept.

use qinda::model::{MICROS_PER_SECOND, Micros, ShopCard, ShopId};

use super::dialect::{Conn, query};
use super::row::Columns;
use super::{Stored, Work, clock};

/// How a key begins, so that it is known where it turns up by mistake.
pub const KEY_PREFIX: &str = "qk_";
/// The most keys of a shop, those that were revoked with them.
pub const KEYS_MAX: i64 = 200;
/// That a key is in use is written down at most this often, in seconds.
pub const KEY_TOUCH_SECONDS: i64 = 60;

/// A key, without the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What the operator calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Micros,
    /// When it was used last, to about a minute.
    pub used_at: Option<Micros>,
    /// When it was revoked.
    pub revoked_at: Option<Micros>,
}

/// What a key opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The shop.
    pub shop: ShopCard,
    /// The hash of the key.
    pub key_hash: String,
    /// The key.
    pub key: Key,
}

/// What became of a wish for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyAdded {
    /// It stands; this is the secret, which nobody sees again.
    Added(String),
    /// There is one of that name, in use or revoked.
    NameTaken,
    /// The shop has too many.
    TooMany,
}

impl Holder {
    /// Whether it is time to write down that the key is in use.
    #[must_use]
    pub fn is_to_be_touched(&self, now: Micros) -> bool {
        self.key.used_at.is_none_or(|used| now.since(used) >= KEY_TOUCH_SECONDS * MICROS_PER_SECOND)
    }
}

/// Makes a key: a job for [`super::Store::write`], with a secret that was drawn before.
///
/// # Errors
/// When the database refuses.
pub async fn add(work: &mut Work, shop: ShopId, name: String, secret: String) -> Stored<KeyAdded> {
    let now = work.now();
    let all = all(work.conn(), shop).await?;
    if all.iter().any(|key| key.name == name) {
        return Ok(KeyAdded::NameTaken);
    }
    if all.len() as i64 >= KEYS_MAX {
        return Ok(KeyAdded::TooMany);
    }
    query("INSERT INTO api_keys (key_hash, shop, name, created_at) VALUES ($1, $2, $3, $4)")
        .bind(clock::token_hash(&secret))
        .bind(shop.to_string())
        .bind(name)
        .bind(now.0)
        .execute(work.conn())
        .await?;
    Ok(KeyAdded::Added(secret))
}

/// A new secret.
#[must_use]
pub fn secret() -> String {
    format!("{KEY_PREFIX}{}", clock::random_token())
}

/// Every key of a shop, by name.
///
/// # Errors
/// When the database refuses.
pub async fn all(conn: &mut Conn, shop: ShopId) -> Stored<Vec<Key>> {
    let rows = query("SELECT name, created_at, used_at, revoked_at FROM api_keys WHERE shop = $1 ORDER BY name")
        .bind(shop.to_string())
        .fetch_all(conn)
        .await?;
    let key = |row: &super::dialect::DbRow| {
        Ok(Key {
            name: row.text("name")?,
            created_at: row.micros("created_at")?,
            used_at: row.micros_or_none("used_at")?,
            revoked_at: row.micros_or_none("revoked_at")?,
        })
    };
    Ok(rows.iter().map(key).collect::<Result<_, sqlx::Error>>()?)
}

/// Revokes a key: a job for [`super::Store::write`]. `false` when no key of that name is in use.
///
/// # Errors
/// When the database refuses.
pub async fn revoke(work: &mut Work, shop: ShopId, name: String) -> Stored<bool> {
    let now = work.now();
    let row = query(
        "UPDATE api_keys SET revoked_at = $3 WHERE shop = $1 AND name = $2 AND revoked_at IS NULL RETURNING name",
    )
    .bind(shop.to_string())
    .bind(name)
    .bind(now.0)
    .fetch_optional(work.conn())
    .await?;
    Ok(row.is_some())
}

/// What a key opens, revoked or not. It is found by the hash of the whole secret, so no time tells how much of a guess is right.
///
/// # Errors
/// When the database refuses.
pub async fn holder(conn: &mut Conn, key: &str) -> Stored<Option<Holder>> {
    let key_hash = clock::token_hash(key);
    let row = query(
        "SELECT k.name AS key_name, k.created_at, k.used_at, k.revoked_at, s.id, s.slug, s.name, s.utc_offset_minutes
         FROM api_keys k JOIN shops s ON s.id = k.shop WHERE k.key_hash = $1",
    )
    .bind(&key_hash)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let shop = ShopCard {
        id: row.parsed("id")?,
        slug: row.text("slug")?,
        name: row.text("name")?,
        utc_offset_minutes: row.number("utc_offset_minutes")?,
    };
    let key = Key {
        name: row.text("key_name")?,
        created_at: row.micros("created_at")?,
        used_at: row.micros_or_none("used_at")?,
        revoked_at: row.micros_or_none("revoked_at")?,
    };
    Ok(Some(Holder { shop, key_hash, key }))
}

/// Notes that a key is in use: a job for [`super::Store::write`].
///
/// # Errors
/// When the database refuses.
pub async fn touch(work: &mut Work, key_hash: String) -> Stored<()> {
    let now = work.now();
    query("UPDATE api_keys SET used_at = $2 WHERE key_hash = $1")
        .bind(key_hash)
        .bind(now.0)
        .execute(work.conn())
        .await?;
    Ok(())
}
