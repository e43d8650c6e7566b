//! How far the counting of a shop came, and what changed since.

use std::collections::{BTreeMap, BTreeSet};

use qinda::model::{ConversationId, Day, ShopId};
use qinda::sync::Scope;

use super::apart;
use crate::store::dialect::{Conn, DbRow, query};
use crate::store::lives::Mark;
use crate::store::row::{Columns, kept};
use crate::store::{Stored, Work};

/// How a shop's inboxes are called among its scopes begins so.
const ENTITY: &str = "conversation:";

/// How far the counting of a shop came.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The turn of its parts.
    pub turn: i64,
    /// How far the first look at every conversation came, until it is done.
    pub swept: Option<String>,
    /// By which opening hours open parts are kept beside the parts; by none where it is not so, or does not hold any more.
    pub opening: Option<i64>,
    /// The next day for which they are to be made, until they are there for every day.
    pub opened: Option<Day>,
    /// The figures that are kept apart; none where that does not hold.
    pub apart: Option<BTreeMap<i64, Apart>>,
}

/// How far a figure that is kept apart is made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Apart {
    /// The first day of which it is kept, where it is not kept of all.
    pub since: Option<Day>,
    /// The next day for which it is to be made, until it is there for every day.
    pub next: Option<Day>,
}

impl Apart {
    /// Whether it is kept of a day, once it is made.
    pub fn is_since(self, day: Day) -> bool {
        self.since.is_none_or(|since| since <= day)
    }
}

impl Standing {
    /// Whether open parts are there by these opening hours for every day; by none, none are.
    pub fn is_opened(&self, number: Option<i64>) -> bool {
        self.is_opening(number) && self.opened.is_none()
    }

    /// Whether open parts are kept by these opening hours, or are being made.
    pub fn is_opening(&self, number: Option<i64>) -> bool {
        self.opening == number
    }

    /// Whether a figure that is kept apart is there for every day from one on.
    pub fn is_apart(&self, figure: i64, from: Day) -> bool {
        self.apart_of(figure).is_some_and(|apart| apart.next.is_none() && apart.is_since(from))
    }

    fn apart_of(&self, figure: i64) -> Option<Apart> {
        self.apart.as_ref()?.get(&figure).copied()
    }

    /// Whether a day of a figure that is kept apart goes with it.
    pub fn has_apart(&self, figure: i64, day: Day) -> bool {
        let is_made = |apart: Apart| apart.next.is_none_or(|next| day < next);
        self.apart_of(figure).is_some_and(|apart| apart.is_since(day) && is_made(apart))
    }

    /// Whether the open parts of a day go with it.
    pub fn has_opened(&self, day: Day) -> bool {
        self.opening.is_some() && self.opened.is_none_or(|next| day < next)
    }
}

/// What changed and is not folded.
#[derive(Debug, Default)]
pub struct Changed {
    pub conversations: BTreeSet<ConversationId>,
    /// Up to where each feed was looked through for them.
    pub cursors: Vec<(Scope, u64)>,
    /// Those of them that were marked.
    pub marked: Vec<ConversationId>,
    /// Whether there are more than were asked for.
    pub more: bool,
}

impl Changed {
    pub fn is_nothing(&self) -> bool {
        self.conversations.is_empty() && self.cursors.is_empty()
    }
}

/// The shops in which something changed since it was folded.
pub async fn changed_shops(conn: &mut Conn) -> Stored<Vec<ShopId>> {
    let rows = query(
        "SELECT s.shop AS shop FROM scopes s
         LEFT JOIN figure_cursors c ON c.shop = s.shop AND c.scope = s.scope
         WHERE s.scope LIKE 'inbox:%' AND s.head > COALESCE(c.seq, 0)
         UNION SELECT shop FROM figure_marks
         UNION SELECT shop FROM figure_folds WHERE swept IS NOT NULL
         UNION SELECT id FROM shops WHERE NOT EXISTS (SELECT 1 FROM figure_folds f WHERE f.shop = shops.id)",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(|row| row.parsed("shop")).collect::<Result<_, _>>()?)
}

/// How far the counting of a shop came; `None` before it began.
pub async fn find(conn: &mut Conn, shop: ShopId) -> Stored<Option<Standing>> {
    let row = query("SELECT turn, swept, opening, opened, opening_turn, apart_turn FROM figure_folds WHERE shop = $1")
        .bind(shop.to_string())
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let turn = row.number("turn")?;
    let holds = row.number::<i64>("opening_turn")? == turn;
    let apart = if row.number::<i64>("apart_turn")? == turn { Some(apart(conn, shop).await?) } else { None };
    Ok(Some(Standing {
        turn,
        swept: row.text_or_none("swept")?,
        opening: row.number_or_none("opening")?.filter(|_| holds),
        opened: row.number_or_none("opened")?.filter(|_| holds).map(Day),
        apart,
    }))
}

async fn apart(conn: &mut Conn, shop: ShopId) -> Stored<BTreeMap<i64, Apart>> {
    let rows = query("SELECT figure, since, next_day FROM figure_apart_made WHERE shop = $1").bind(shop.to_string());
    let rows = rows.fetch_all(conn).await?;
    let apart = |row: &DbRow| {
        let (since, next) = (row.number_or_none("since")?, row.number_or_none("next_day")?);
        Ok((row.number("figure")?, Apart { since: since.map(Day), next: next.map(Day) }))
    };
    Ok(rows.iter().map(apart).collect::<Result<_, sqlx::Error>>()?)
}

/// Begins to count: from here on what changes is found in the feeds, and what is there already by looking at everything.
pub async fn begin(work: &mut Work, shop: ShopId) -> Stored<()> {
    let begun = query(
        "INSERT INTO figure_folds (shop, turn, swept) VALUES ($1, 0, '') ON CONFLICT (shop) DO NOTHING RETURNING turn",
    );
    if begun.bind(shop.to_string()).fetch_optional(work.conn()).await?.is_none() {
        return Ok(());
    }
    query(
        "INSERT INTO figure_cursors (shop, scope, seq)
         SELECT shop, scope, head FROM scopes WHERE shop = $1 AND scope LIKE 'inbox:%'",
    )
    .bind(shop.to_string())
    .execute(work.conn())
    .await?;
    apart::begin_all(work, shop).await
}

/// What changed in a shop, at most so many conversations.
pub async fn changed(conn: &mut Conn, shop: ShopId, most: usize) -> Stored<Changed> {
    let mut changed = Changed::default();
    for (scope, cursor, head) in scopes_behind(conn, shop).await? {
        let room = most.saturating_sub(changed.conversations.len());
        if room == 0 {
            changed.more = true;
            break;
        }
        let rows = query(
            "SELECT seq, entity FROM feed
             WHERE shop = $1 AND scope = $2 AND seq > $3 AND seq <= $4 AND entity LIKE 'conversation:%'
             ORDER BY seq LIMIT $5",
        )
        .bind(shop.to_string())
        .bind(scope.to_string())
        .bind(kept(cursor))
        .bind(kept(head))
        .bind(kept(room as u64))
        .fetch_all(conn)
        .await?;
        for row in &rows {
            let entity = row.text("entity")?;
            changed.conversations.extend(entity.strip_prefix(ENTITY).and_then(|id| id.parse::<ConversationId>().ok()));
        }
        let is_cut = rows.len() == room;
        let last = rows.last().filter(|_| is_cut).map(|row| row.number("seq")).transpose()?;
        changed.more |= is_cut;
        changed.cursors.push((scope, last.unwrap_or(head)));
    }
    let room = most.saturating_sub(changed.conversations.len());
    let rows = query("SELECT conversation FROM figure_marks WHERE shop = $1 ORDER BY conversation LIMIT $2")
        .bind(shop.to_string())
        .bind(kept(room as u64))
        .fetch_all(conn)
        .await?;
    changed.more |= rows.len() == room;
    changed.marked = rows.iter().map(|row| row.parsed("conversation")).collect::<Result<_, _>>()?;
    changed.conversations.extend(&changed.marked);
    Ok(changed)
}

/// The inboxes of a shop whose feed went on, up to where each was looked through, and where it stands.
async fn scopes_behind(conn: &mut Conn, shop: ShopId) -> Stored<Vec<(Scope, u64, u64)>> {
    let rows = query(
        "SELECT s.scope AS scope, COALESCE(c.seq, 0) AS seq, s.head AS head FROM scopes s
         LEFT JOIN figure_cursors c ON c.shop = s.shop AND c.scope = s.scope
         WHERE s.shop = $1 AND s.scope LIKE 'inbox:%' AND s.head > COALESCE(c.seq, 0) ORDER BY s.scope",
    )
    .bind(shop.to_string())
    .fetch_all(conn)
    .await?;
    let scopes = rows.iter().map(|row| Ok((row.parsed("scope")?, row.number("seq")?, row.number("head")?)));
    Ok(scopes.collect::<Result<_, sqlx::Error>>()?)
}

/// Conversations after this one, by id, that are not counted as they stand.
pub async fn uncounted(conn: &mut Conn, shop: ShopId, after: &str, most: usize) -> Stored<Vec<ConversationId>> {
    let rows = query(
        "SELECT id FROM conversations WHERE shop = $1 AND id > $2 AND counted_version <> version ORDER BY id LIMIT $3",
    )
    .bind(shop.to_string())
    .bind(after)
    .bind(kept(most as u64))
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(|row| row.parsed("id")).collect::<Result<_, _>>()?)
}

/// Takes the next turn. `false` when somebody took it meanwhile.
pub async fn take_turn(conn: &mut Conn, shop: ShopId, standing: &Standing) -> Stored<bool> {
    let taken = query(
        "UPDATE figure_folds SET turn = turn + 1, opening_turn = opening_turn + 1, apart_turn = apart_turn + 1,
                 swept = $3
             WHERE shop = $1 AND turn = $2 RETURNING turn",
    )
    .bind(shop.to_string())
    .bind(standing.turn)
    .bind(standing.swept.clone())
    .fetch_optional(conn)
    .await?;
    Ok(taken.is_some())
}

/// Goes on to the next turn, whichever it was.
pub async fn turn(conn: &mut Conn, shop: ShopId) -> Stored<()> {
    query(
        "UPDATE figure_folds SET turn = turn + 1, opening_turn = opening_turn + 1, apart_turn = apart_turn + 1
         WHERE shop = $1",
    )
    .bind(shop.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes by which opening hours open parts are kept, and for which day they are to be made next.
pub async fn open(conn: &mut Conn, shop: ShopId, opening: Option<i64>, opened: Option<Day>) -> Stored<()> {
    query("UPDATE figure_folds SET opening = $2, opened = $3, opening_turn = turn WHERE shop = $1")
        .bind(shop.to_string())
        .bind(opening)
        .bind(opened.map(|day| day.0))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether a conversation counts for anything.
pub async fn is_counted(conn: &mut Conn, shop: ShopId, id: ConversationId) -> Stored<bool> {
    let row = query("SELECT counted_version FROM conversations WHERE shop = $1 AND id = $2 AND counted_version <> 0")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// Notes how far a conversation is counted.
pub async fn count(conn: &mut Conn, shop: ShopId, id: ConversationId, mark: Mark) -> Stored<()> {
    query("UPDATE conversations SET counted_position = $3, counted_version = $4 WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .bind(i64::from(mark.position))
        .bind(i64::from(mark.version))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that what changed is folded.
pub async fn fold(conn: &mut Conn, shop: ShopId, changed: &Changed) -> Stored<()> {
    for (scope, seq) in &changed.cursors {
        query(
            "INSERT INTO figure_cursors (shop, scope, seq) VALUES ($1, $2, $3)
             ON CONFLICT (shop, scope) DO UPDATE SET seq = excluded.seq",
        )
        .bind(shop.to_string())
        .bind(scope.to_string())
        .bind(kept(*seq))
        .execute(conn)
        .await?;
    }
    for conversation in &changed.marked {
        query("DELETE FROM figure_marks WHERE shop = $1 AND conversation = $2")
            .bind(shop.to_string())
            .bind(conversation.to_string())
            .execute(conn)
            .await?;
    }
    Ok(())
}
