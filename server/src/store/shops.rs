//! Shops, their teams, and the channels where their shoppers write.

use std::collections::BTreeMap;

use qinda::model::{ChannelId, Micros, ShopCard, ShopId, TeamId};

use super::dialect::{Conn, DbRow, query};
use super::row::Columns;
use super::{Stored, Work, clock};

/// A shop, as the operator knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// What its members see of it.
    pub card: ShopCard,
    /// Whether it is the demo shop, whose passwords everybody knows.
    pub demo: bool,
}

/// A shop to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewShop {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// How many minutes its clocks are ahead of UTC.
    pub utc_offset_minutes: i32,
    /// Whether it is the demo shop.
    pub demo: bool,
    /// The first team, which answers in the first channel.
    pub team: String,
    /// The first channel's name in addresses.
    pub channel: String,
}

/// What became of a wish for a new shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShopAdded {
    /// It stands.
    Added(ShopId),
    /// Another shop has that slug.
    SlugTaken,
    /// Another channel has that slug.
    ChannelTaken,
}

/// Where shoppers write, and who answers there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// The shop.
    pub shop: ShopId,
    /// The shop's name, as shoppers read it.
    pub shop_name: String,
    /// The channel.
    pub id: ChannelId,
    /// The team that answers.
    pub team: TeamId,
    /// How many minutes the shop's clocks are ahead of UTC.
    pub utc_offset_minutes: i32,
}

/// Adds a shop with its first team and channel: a job for [`super::Store::write`].
///
/// # Errors
/// When the database refuses.
pub async fn add(work: &mut Work, new: NewShop) -> Stored<ShopAdded> {
    if by_slug(work.conn(), &new.slug).await?.is_some() {
        return Ok(ShopAdded::SlugTaken);
    }
    if channel(work.conn(), &new.channel).await?.is_some() {
        return Ok(ShopAdded::ChannelTaken);
    }
    let now = work.now();
    let id = clock::random_id(ShopId::new, now);
    query("INSERT INTO shops (id, slug, name, utc_offset_minutes, demo) VALUES ($1, $2, $3, $4, $5)")
        .bind(id.to_string())
        .bind(&new.slug)
        .bind(&new.name)
        .bind(i64::from(new.utc_offset_minutes))
        .bind(i64::from(new.demo))
        .execute(work.conn())
        .await?;
    let team = team_named(work.conn(), id, &new.team, now).await?;
    query("INSERT INTO channels (shop, id, slug, name, team) VALUES ($1, $2, $3, $4, $5)")
        .bind(id.to_string())
        .bind(clock::random_id(ChannelId::new, now).to_string())
        .bind(&new.channel)
        .bind(&new.name)
        .bind(team.to_string())
        .execute(work.conn())
        .await?;
    Ok(ShopAdded::Added(id))
}

/// The team of a name, made when there is none.
pub(crate) async fn team_named(conn: &mut Conn, shop: ShopId, name: &str, now: Micros) -> Stored<TeamId> {
    query("INSERT INTO teams (shop, id, name) VALUES ($1, $2, $3) ON CONFLICT (shop, name) DO NOTHING")
        .bind(shop.to_string())
        .bind(clock::random_id(TeamId::new, now).to_string())
        .bind(name)
        .execute(&mut *conn)
        .await?;
    let row = query("SELECT id FROM teams WHERE shop = $1 AND name = $2")
        .bind(shop.to_string())
        .bind(name)
        .fetch_one(conn)
        .await?;
    Ok(row.parsed("id")?)
}

/// The name of the team that a shop made first, where new members go unless told otherwise.
///
/// # Errors
/// When the database refuses.
pub async fn first_team(conn: &mut Conn, shop: ShopId) -> Stored<Option<String>> {
    let row = query("SELECT name FROM teams WHERE shop = $1 ORDER BY id LIMIT 1")
        .bind(shop.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.text("name")).transpose()?)
}

/// The team of a name, or the one that the shop made first.
pub(super) async fn team_of(conn: &mut Conn, shop: ShopId, name: Option<&str>) -> Stored<Option<TeamId>> {
    let row = query("SELECT id FROM teams WHERE shop = $1 AND ($2 = '' OR name = $2) ORDER BY id LIMIT 1")
        .bind(shop.to_string())
        .bind(name.unwrap_or_default())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.parsed("id")).transpose()?)
}

/// Adds the channel of an imported log, which no address leads to.
pub(super) async fn add_log_channel(
    conn: &mut Conn,
    shop: ShopId,
    id: ChannelId,
    name: &str,
    team: TeamId,
) -> Stored<ChannelId> {
    query("INSERT INTO channels (shop, id, slug, name, team, kind) VALUES ($1, $2, $3, $4, $5, 'imported')")
        .bind(shop.to_string())
        .bind(id.to_string())
        .bind(format!("imported:{id}"))
        .bind(name)
        .bind(team.to_string())
        .execute(conn)
        .await?;
    Ok(id)
}

/// Every shop of the server, by slug.
///
/// # Errors
/// When the database refuses.
pub async fn all(conn: &mut Conn) -> Stored<Vec<Shop>> {
    let rows = query("SELECT * FROM shops ORDER BY slug").fetch_all(conn).await?;
    Ok(rows.iter().map(shop).collect::<Result<_, _>>()?)
}

/// The shop of a slug.
///
/// # Errors
/// When the database refuses.
pub async fn by_slug(conn: &mut Conn, slug: &str) -> Stored<Option<Shop>> {
    let row = query("SELECT * FROM shops WHERE slug = $1").bind(slug).fetch_optional(conn).await?;
    Ok(row.as_ref().map(shop).transpose()?)
}

/// The channel of a slug.
///
/// # Errors
/// When the database refuses.
pub async fn channel(conn: &mut Conn, slug: &str) -> Stored<Option<Channel>> {
    let row = query(
        "SELECT c.shop, c.id, c.team, s.name AS shop_name, s.utc_offset_minutes
         FROM channels c JOIN shops s ON s.id = c.shop WHERE c.slug = $1 AND c.kind = 'page'",
    )
    .bind(slug)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Channel {
        shop: row.parsed("shop")?,
        shop_name: row.text("shop_name")?,
        id: row.parsed("id")?,
        team: row.parsed("team")?,
        utc_offset_minutes: row.number("utc_offset_minutes")?,
    }))
}

/// The channels of a shop, as they stand in addresses.
///
/// # Errors
/// When the database refuses.
pub async fn channel_slugs(conn: &mut Conn, shop: ShopId) -> Stored<Vec<String>> {
    let rows =
        query("SELECT slug FROM channels WHERE shop = $1 AND kind = 'page' ORDER BY slug").bind(shop.to_string());
    Ok(rows.fetch_all(conn).await?.iter().map(|row| row.text("slug")).collect::<Result<_, _>>()?)
}

/// The names of a shop's channels, each with its address where that says more. An imported log has none.
///
/// # Errors
/// When the database refuses.
pub async fn channel_names(conn: &mut Conn, shop: ShopId) -> Stored<BTreeMap<ChannelId, String>> {
    let rows = query("SELECT id, slug, name, kind FROM channels WHERE shop = $1")
        .bind(shop.to_string())
        .fetch_all(conn)
        .await?;
    let named = |row: &DbRow| {
        let (slug, name) = (row.text("slug")?, row.text("name")?);
        let says_it = slug == name || row.text("kind")? != "page";
        Ok((row.parsed("id")?, if says_it { name } else { format!("{name} ({slug})") }))
    };
    Ok(rows.iter().map(named).collect::<Result<_, sqlx::Error>>()?)
}

fn shop(row: &DbRow) -> Result<Shop, sqlx::Error> {
    Ok(Shop {
        card: ShopCard {
            id: row.parsed("id")?,
            slug: row.text("slug")?,
            name: row.text("name")?,
            utc_offset_minutes: row.number("utc_offset_minutes")?,
        },
        demo: row.truth("demo")?,
    })
}

/// A shop for a test.
#[cfg(test)]
pub(super) async fn added(store: &super::Store, slug: &'static str) -> ShopId {
    let new = NewShop {
        slug: slug.into(),
        name: slug.into(),
        utc_offset_minutes: 0,
        demo: false,
        team: "day".into(),
        channel: slug.into(),
    };
    match store.write(super::Lane::Server, |work| Box::pin(add(work, new))).await.unwrap() {
        ShopAdded::Added(shop) => shop,
        other => panic!("{slug} was not added: {other:?}"),
    }
}
