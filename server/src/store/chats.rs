//! Chat logs from elsewhere: where they come from, how they are read, and how far.
//!
//! What comes in stands in the tables of conversations and messages, so figures are made of it as of everything else. It is in
//! no feed: nobody's device hears of it, and nobody is rung.

mod forgetting;
mod intake;
mod writes;

use qinda::import::chats::{Columns, LATER_THAN_NOW_SECONDS, LogReader, RoleWords};
use qinda::model::{ChannelId, Micros, ShopCard, ShopId, TeamId};
use serde::{Deserialize, Serialize};

use super::dialect::{Conn, DbRow, query};
use super::row::{Columns as _, kept, unreadable};
use super::{Stored, Work, clock, shops};
use crate::zones;

pub use forgetting::forget_some;
pub use intake::{Intake, Taken, take_in};

/// What `in_feed` is of a conversation of a log.
pub(super) const IN_NO_FEED: i64 = 3;
/// The most sources of a shop.
pub const SOURCES_MAX: i64 = 100;

/// How the logs of a source are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFields {
    /// Which column holds what.
    pub columns: Columns,
    /// What its words for roles mean.
    pub roles: RoleWords,
    /// The time zone of times that do not say theirs; the shop's where it is empty.
    pub zone: String,
    /// Whether the words of messages are kept.
    pub keep_text: bool,
}

impl SourceFields {
    /// Understands the rows of the source at a moment.
    #[must_use]
    pub fn reader(&self, source: &str, shop: &ShopCard, now: Micros) -> LogReader {
        LogReader {
            source: source.to_owned(),
            roles: self.roles.clone(),
            zone: zones::zone(&self.zone, shop.utc_offset_minutes, Micros(0), now.plus_seconds(LATER_THAN_NOW_SECONDS)),
            now,
            keep_text: self.keep_text,
        }
    }
}

/// How far a file was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// By what the file is known again.
    pub mark: String,
    /// So many bytes.
    pub bytes: u64,
    /// So many lines.
    pub lines: u64,
}

/// Where logs come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// The channel that its conversations belong to.
    pub channel: ChannelId,
    /// The team that answers there.
    pub team: TeamId,
    /// How its logs are read.
    pub fields: SourceFields,
    /// How far the latest file was read.
    pub progress: Progress,
}

/// The source of a name.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, shop: ShopId, name: &str) -> Stored<Option<Source>> {
    let row = query("SELECT * FROM chat_sources WHERE shop = $1 AND name = $2")
        .bind(shop.to_string())
        .bind(name)
        .fetch_optional(conn)
        .await?;
    Ok(row.as_ref().map(source).transpose()?)
}

fn source(row: &DbRow) -> Result<Source, sqlx::Error> {
    Ok(Source {
        name: row.text("name")?,
        channel: row.parsed("channel")?,
        team: row.parsed("team")?,
        fields: serde_json::from_str(&row.text("fields")?).map_err(unreadable)?,
        progress: Progress { mark: row.text("mark")?, bytes: row.number("bytes")?, lines: row.number("lines")? },
    })
}

/// Keeps how the logs of a source are read: a job for [`super::Store::write`]. A new source gets its channel, answered by the
/// named team or by the shop's first. `None` when the shop has too many sources, or no team of that name.
///
/// # Errors
/// When the database refuses.
pub async fn put(
    work: &mut Work,
    shop: ShopId,
    name: String,
    team: Option<String>,
    fields: SourceFields,
) -> Stored<Option<Source>> {
    let now = work.now();
    let conn = work.conn();
    let found = find(conn, shop, &name).await?;
    let team = match (&team, &found) {
        (None, Some(found)) => Some(found.team),
        (None, None) => shops::team_of(conn, shop, None).await?,
        (Some(team), _) => shops::team_of(conn, shop, Some(team)).await?,
    };
    let Some(team) = team else { return Ok(None) };
    let channel = match &found {
        Some(found) => found.channel,
        None if count(conn, shop).await? >= SOURCES_MAX => return Ok(None),
        None => shops::add_log_channel(conn, shop, clock::random_id(ChannelId::new, now), &name, team).await?,
    };
    query(
        "INSERT INTO chat_sources (shop, name, channel, team, fields, mark, bytes, lines, changed_at)
         VALUES ($1, $2, $3, $4, $5, '', 0, 0, $6)
         ON CONFLICT (shop, name) DO UPDATE SET
             team = excluded.team, fields = excluded.fields, changed_at = excluded.changed_at",
    )
    .bind(shop.to_string())
    .bind(&name)
    .bind(channel.to_string())
    .bind(team.to_string())
    .bind(serde_json::to_string(&fields).map_err(unreadable)?)
    .bind(now.0)
    .execute(conn)
    .await?;
    let progress = found.map(|found| found.progress).unwrap_or_default();
    Ok(Some(Source { name, channel, team, fields, progress }))
}

async fn count(conn: &mut Conn, shop: ShopId) -> Stored<i64> {
    let row = query("SELECT COUNT(*) AS count FROM chat_sources WHERE shop = $1").bind(shop.to_string());
    Ok(row.fetch_one(conn).await?.number("count")?)
}

/// Whether anything of a source came in.
///
/// # Errors
/// When the database refuses.
pub async fn has_conversations(conn: &mut Conn, shop: ShopId, source: &Source) -> Stored<bool> {
    let row = query("SELECT id FROM conversations WHERE shop = $1 AND in_feed = $2 AND channel = $3 LIMIT 1")
        .bind(shop.to_string())
        .bind(IN_NO_FEED)
        .bind(source.channel.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

async fn note(conn: &mut Conn, shop: ShopId, source: &str, progress: &Progress) -> Stored<()> {
    query("UPDATE chat_sources SET mark = $3, bytes = $4, lines = $5 WHERE shop = $1 AND name = $2")
        .bind(shop.to_string())
        .bind(source)
        .bind(&progress.mark)
        .bind(kept(progress.bytes))
        .bind(kept(progress.lines))
        .execute(conn)
        .await?;
    Ok(())
}
