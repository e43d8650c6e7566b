//! How a shop counts, as it is kept.

use qinda::model::{MemberId, ShopId};
use qinda::sync::RulesTold;

use super::dialect::Conn;
use super::documents::{self, Kind};
use super::{Stored, Work};

const RULES: Kind = Kind {
    find: "SELECT fields, version FROM figure_rules WHERE shop = $1",
    put: "INSERT INTO figure_rules (shop, fields, version, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)
          ON CONFLICT (shop) DO UPDATE SET
              fields = excluded.fields, version = excluded.version,
              changed_by = excluded.changed_by, changed_at = excluded.changed_at",
};

/// The rules of a shop; those that every shop begins with where it has none.
///
/// # Errors
/// When the database refuses, or what it has does not read.
pub async fn find(conn: &mut Conn, shop: ShopId) -> Stored<RulesTold> {
    let (rules, version) = documents::find(conn, &RULES, shop).await?;
    Ok(RulesTold { rules, version })
}

/// Keeps the rules of a shop in place of the version that was read: a job for [`super::Store::write`]. `false` when
/// somebody changed them meanwhile, and nothing was written.
///
/// # Errors
/// When the database refuses.
pub async fn put(work: &mut Work, shop: ShopId, told: &RulesTold, by: Option<MemberId>) -> Stored<bool> {
    documents::put(work, &RULES, shop, (&told.rules, told.version), by).await
}
