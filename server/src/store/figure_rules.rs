//! How a shop counts, as it is kept.

use qinda::model::{MemberId, ShopId};
use qinda::sync::{NamedPart, Part, PlaceHours, RulesTold};
use qinda::timing::FigureRules;

use super::dialect::Conn;
use super::documents::{self, Kind};
use super::{Stored, Work, members, shops};

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

/// The teams and channels of a shop, which may have hours of their own: the teams first, by name.
///
/// # Errors
/// When the database refuses.
pub async fn places(conn: &mut Conn, shop: ShopId) -> Stored<Vec<NamedPart>> {
    let teams = members::team_names(conn, shop).await?.into_iter();
    let mut teams: Vec<NamedPart> = teams.map(|(team, name)| NamedPart { part: Part::Team(team), name }).collect();
    let channels = shops::channel_names(conn, shop).await?.into_iter();
    let mut channels: Vec<NamedPart> =
        channels.map(|(channel, name)| NamedPart { part: Part::Channel(channel), name }).collect();
    for places in [&mut teams, &mut channels] {
        places.sort_by(|one, other| one.name.cmp(&other.name));
    }
    teams.append(&mut channels);
    Ok(teams)
}

/// The hours of those teams and channels that have hours of their own, with their names.
///
/// # Errors
/// When the database refuses.
pub async fn own_hours(conn: &mut Conn, shop: ShopId, rules: &FigureRules) -> Stored<Vec<PlaceHours>> {
    if rules.own_hours.is_empty() {
        return Ok(Vec::new());
    }
    let places = places(conn, shop).await?.into_iter();
    Ok(places.filter_map(|of| Some(PlaceHours { hours: of.part.own(&rules.own_hours)?.clone(), of })).collect())
}
