//! Members of the staff and their accounts.

use std::collections::{BTreeMap, BTreeSet};

use qinda::model::{Actor, Deed, MemberCard, MemberId, Roles, ShopId, TeamId};
use qinda::sync::Change;

use super::dialect::{Conn, DbRow, query};
use super::row::Columns;
use super::{Stored, Work, clock, devices, sessions, shops};

/// What an agent is called whom a log does not name.
const UNNAMED: &str = "未具名";

/// An account, as `qinda member` makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMember {
    /// The shop.
    pub shop: ShopId,
    /// The number the member signs in with.
    pub work_number: String,
    /// The member's name.
    pub name: String,
    /// Their roles.
    pub roles: Roles,
    /// The name of their team; made when there is none of that name.
    pub team: String,
    /// The hash of their password.
    pub password_hash: String,
}

/// What is known of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What colleagues see.
    pub card: MemberCard,
    /// Shop, team and roles.
    pub actor: Actor,
    /// The hash of the password.
    pub password_hash: String,
}

/// Adds a member: a job for [`super::Store::write`]. `None` when the work number is taken.
///
/// # Errors
/// When the database refuses.
pub async fn add(work: &mut Work, new: NewMember) -> Stored<Option<MemberId>> {
    if by_number(work.conn(), new.shop, &new.work_number).await?.is_some() {
        return Ok(None);
    }
    let now = work.now();
    let team = shops::team_named(work.conn(), new.shop, &new.team, now).await?;
    let id = clock::random_id(MemberId::new, now);
    query(
        "INSERT INTO members (shop, id, work_number, name, password_hash, roles, team, active)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1)",
    )
    .bind(new.shop.to_string())
    .bind(id.to_string())
    .bind(&new.work_number)
    .bind(&new.name)
    .bind(&new.password_hash)
    .bind(new.roles.to_text())
    .bind(team.to_string())
    .execute(work.conn())
    .await?;
    let card = MemberCard {
        id,
        work_number: new.work_number,
        name: new.name,
        active: true,
        team: Some(team),
        roles: Some(new.roles),
    };
    work.write_changes(new.shop, vec![Change::Member(card)], None).await?;
    Ok(Some(id))
}

/// Closes an account, ends its sessions and cuts its devices off: a job for [`super::Store::write`]. `false` when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn deactivate(work: &mut Work, shop: ShopId, work_number: String) -> Stored<bool> {
    let Some(account) = by_number(work.conn(), shop, &work_number).await? else { return Ok(false) };
    let at = work.now();
    sessions::end_all_of(work.conn(), shop, account.card.id).await?;
    devices::cut_off_all_of(work.conn(), shop, account.card.id, at).await?;
    let card = MemberCard { active: false, ..account.card };
    work.write_changes(shop, vec![Change::Member(card)], None).await?;
    Ok(true)
}

/// The account with a work number.
///
/// # Errors
/// When the database refuses.
pub async fn by_number(conn: &mut Conn, shop: ShopId, work_number: &str) -> Stored<Option<Account>> {
    let row = query("SELECT * FROM members WHERE shop = $1 AND work_number = $2")
        .bind(shop.to_string())
        .bind(work_number)
        .fetch_optional(conn)
        .await?;
    Ok(row.as_ref().map(account).transpose()?)
}

/// The member whom a log names: the one of that work number, or the only one of that name who has an account.
pub(super) async fn meant(conn: &mut Conn, shop: ShopId, who: &str) -> Stored<Option<MemberId>> {
    let rows = query(
        "SELECT id, work_number FROM members WHERE shop = $1 AND (work_number = $2 OR name = $2) AND password_hash <> ''",
    )
    .bind(shop.to_string())
    .bind(who)
    .fetch_all(conn)
    .await?;
    let mut named = Vec::new();
    for row in &rows {
        if row.text("work_number")? == who {
            return Ok(Some(row.parsed("id")?));
        }
        named.push(row.parsed("id")?);
    }
    Ok(named.pop().filter(|_| named.is_empty()))
}

/// Somebody whom a log names and who is no member.
pub(super) struct Stranger<'n> {
    /// Under which id they are known.
    pub id: MemberId,
    /// Their name; none where the log does not tell one.
    pub name: &'n str,
    /// The source of the log.
    pub of: &'n str,
    /// The team that answers there.
    pub team: TeamId,
}

/// What became of noting a stranger down.
pub(super) enum Noted {
    /// They are new.
    New,
    /// They were known.
    Known,
    /// There are too many already.
    TooMany,
}

/// Notes a stranger down under a closed account without a password, so that figures can name them. Devices do not hear of it.
pub(super) async fn note_stranger(conn: &mut Conn, shop: ShopId, stranger: &Stranger<'_>, max: usize) -> Stored<Noted> {
    let is_known = query("SELECT id FROM members WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(stranger.id.to_string())
        .fetch_optional(&mut *conn)
        .await?
        .is_some();
    if is_known {
        return Ok(Noted::Known);
    }
    let row = query("SELECT COUNT(*) AS count FROM members WHERE shop = $1 AND password_hash = ''");
    let count: u64 = row.bind(shop.to_string()).fetch_one(&mut *conn).await?.number("count")?;
    if count >= max as u64 {
        return Ok(Noted::TooMany);
    }
    let name = if stranger.name.is_empty() { UNNAMED } else { stranger.name };
    query(
        "INSERT INTO members (shop, id, work_number, name, password_hash, roles, team, active)
         VALUES ($1, $2, $3, $4, '', '', $5, 0) ON CONFLICT DO NOTHING",
    )
    .bind(shop.to_string())
    .bind(stranger.id.to_string())
    .bind(format!("{}:{name}", stranger.of))
    .bind(name)
    .bind(stranger.team.to_string())
    .execute(conn)
    .await?;
    Ok(Noted::New)
}

/// The team whose shoppers a member may answer, if the account is in use and may.
pub(super) async fn answers_in(conn: &mut Conn, shop: ShopId, member: MemberId) -> Stored<Option<TeamId>> {
    let row = query("SELECT * FROM members WHERE shop = $1 AND id = $2 AND active = 1")
        .bind(shop.to_string())
        .bind(member.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(actor) = row.as_ref().map(actor).transpose()? else { return Ok(None) };
    Ok(actor.roles.may(Deed::Answer).then_some(actor.team))
}

/// Every account of a shop, by work number.
///
/// # Errors
/// When the database refuses.
pub async fn all(conn: &mut Conn, shop: ShopId) -> Stored<Vec<Account>> {
    let rows = query("SELECT * FROM members WHERE shop = $1 ORDER BY work_number")
        .bind(shop.to_string())
        .fetch_all(conn)
        .await?;
    Ok(rows.iter().map(account).collect::<Result<_, _>>()?)
}

/// What colleagues see of these members.
///
/// # Errors
/// When the database refuses.
pub async fn cards(conn: &mut Conn, shop: ShopId, named: &BTreeSet<MemberId>) -> Stored<Vec<MemberCard>> {
    let everybody = all(conn, shop).await?.into_iter().map(|account| account.card);
    Ok(everybody.filter(|card| named.contains(&card.id)).collect())
}

/// The names of a shop's teams.
///
/// # Errors
/// When the database refuses.
pub async fn team_names(conn: &mut Conn, shop: ShopId) -> Stored<BTreeMap<TeamId, String>> {
    let rows = query("SELECT id, name FROM teams WHERE shop = $1").bind(shop.to_string()).fetch_all(conn).await?;
    Ok(rows.iter().map(|row| Ok((row.parsed("id")?, row.text("name")?))).collect::<Result<_, sqlx::Error>>()?)
}

pub(super) async fn put_card(conn: &mut Conn, shop: ShopId, card: &MemberCard) -> Stored<()> {
    query("UPDATE members SET work_number = $3, name = $4, active = $5 WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(card.id.to_string())
        .bind(&card.work_number)
        .bind(&card.name)
        .bind(i64::from(card.active))
        .execute(conn)
        .await?;
    Ok(())
}

fn account(row: &DbRow) -> Result<Account, sqlx::Error> {
    Ok(Account { card: card(row)?, actor: actor(row)?, password_hash: row.text("password_hash")? })
}

pub(super) fn card(row: &DbRow) -> Result<MemberCard, sqlx::Error> {
    Ok(MemberCard {
        id: row.parsed("id")?,
        work_number: row.text("work_number")?,
        name: row.text("name")?,
        active: row.truth("active")?,
        team: Some(row.parsed("team")?),
        roles: Some(Roles::parse(&row.text("roles")?)),
    })
}

pub(super) fn actor(row: &DbRow) -> Result<Actor, sqlx::Error> {
    Ok(Actor {
        shop: row.parsed("shop")?,
        team: row.parsed("team")?,
        member: row.parsed("id")?,
        roles: Roles::parse(&row.text("roles")?),
    })
}
