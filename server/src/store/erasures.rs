//! Erasing a shopper: everything that they and the staff said to each other goes, times and who answered stay.
//!
//! Figures are made of times, so they stay what they were; a conversation that went on ends with the erasure. The rows of the
//! feed are replaced like those of any other change, so each device loses the words at its next contact. A nameless shopper
//! stands in the place of the erased one, so that figures by shopper still count one.

use std::collections::{BTreeMap, BTreeSet};

use qinda::model::{
    Conversation, ConversationId, ConversationState, CustomerId, LessonId, MemberId, Message, Micros, PictureId,
    ShopId, TeamId,
};
use qinda::sync::{Change, ErasureTold, ShopperTold, erased_conversation, erased_message, words_taught};
use qinda::timing::{Happened, What};
use qinda::wording::Finding;

use super::clock::random_id;
use super::conversations;
use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, kept, unreadable};
use super::{Stored, Work, drafts, lessons, lives, rollups};

/// A conversation of the shop by which a shopper is named, one of an imported log too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedBy {
    /// The conversation.
    pub conversation: ConversationId,
    /// The team that it belongs to.
    pub team: TeamId,
    /// Whose it is.
    pub customer: CustomerId,
    /// When it was erased, if it was.
    pub erased_at: Option<Micros>,
}

/// The shopper of a conversation; `None` where the shop has no such conversation.
///
/// # Errors
/// When the database refuses.
pub async fn named_by(conn: &mut Conn, shop: ShopId, conversation: ConversationId) -> Stored<Option<NamedBy>> {
    let row = query("SELECT team, customer, erased_at FROM conversations WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(conversation.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(NamedBy {
        conversation,
        team: row.parsed("team")?,
        customer: row.parsed("customer")?,
        erased_at: row.micros_or_none("erased_at")?,
    }))
}

/// A conversation of a shopper, the first by id; `None` where the shop has none of them.
///
/// # Errors
/// When the database refuses.
pub async fn any_of(conn: &mut Conn, shop: ShopId, customer: CustomerId) -> Stored<Option<ConversationId>> {
    let row = query("SELECT id FROM conversations WHERE shop = $1 AND customer = $2 ORDER BY id LIMIT 1")
        .bind(shop.to_string())
        .bind(customer.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.parsed("id")).transpose()?)
}

/// What would be erased.
///
/// # Errors
/// When the database refuses.
pub async fn told(conn: &mut Conn, shop: ShopId, named: NamedBy) -> Stored<ShopperTold> {
    let row = query(
        "SELECT COUNT(*) AS conversations, COALESCE(SUM(CASE state WHEN 'open' THEN 1 ELSE 0 END), 0) AS open,
                MAX(customer_name) AS name
         FROM conversations WHERE shop = $1 AND customer = $2",
    )
    .bind(shop.to_string())
    .bind(named.customer.to_string())
    .fetch_one(conn)
    .await?;
    Ok(ShopperTold {
        name: row.text_or_none("name")?.unwrap_or_default(),
        conversations: row.number("conversations")?,
        open: row.number("open")?,
        erased_at: named.erased_at,
    })
}

/// Erases the shopper of a conversation: a job for [`super::Store::write`]. Doing it twice does it once, and answers the same.
/// `by` is nobody when the operator does it. `None` where the shop has no such conversation.
///
/// # Errors
/// When the database refuses.
pub async fn erase(
    work: &mut Work,
    shop: ShopId,
    conversation: ConversationId,
    by: Option<MemberId>,
) -> Stored<Option<ErasureTold>> {
    let Some(named) = named_by(work.conn(), shop, conversation).await? else { return Ok(None) };
    if named.erased_at.is_some() {
        return standing(work.conn(), shop, named.customer).await;
    }
    let now = work.now();
    let nobody = random_id(CustomerId::new, now);
    add_nobody(work.conn(), shop, nobody, now).await?;
    let all = conversations::of_customer(work.conn(), shop, named.customer).await?;
    let mut gone = Gone::default();
    let mut changed = Vec::with_capacity(all.len());
    for (conversation, in_feed) in &all {
        let thread = conversations::thread(work.conn(), shop, conversation.id).await?;
        gone.note(&thread);
        rollups::take_back(work, shop, conversation.id).await?;
        erase_one(work, shop, conversation, (thread, *in_feed), (nobody, now)).await?;
        changed.push(conversation.id);
    }
    rollups::mark(work.conn(), shop, &changed).await?;
    forget_shopper(work.conn(), shop, named.customer).await?;
    forget_lessons(work, shop, &gone).await?;
    forget_pictures(work.conn(), shop, &gone.pictures).await?;
    let conversations = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let erasure = ErasureTold { at: now, by, conversation, conversations };
    note(work.conn(), shop, nobody, &erasure).await?;
    tracing::info!(%shop, %conversation, conversations, by = ?by.map(|by| by.to_string()), "a shopper was erased");
    Ok(Some(erasure))
}

/// What goes beside the messages themselves.
#[derive(Default)]
struct Gone {
    taught: BTreeMap<String, u32>,
    pictures: BTreeSet<PictureId>,
}

impl Gone {
    fn note(&mut self, thread: &[Message]) {
        for (words, times) in words_taught(thread) {
            *self.taught.entry(words).or_insert(0) += times;
        }
        self.pictures.extend(thread.iter().filter_map(|message| message.picture));
    }
}

async fn add_nobody(conn: &mut Conn, shop: ShopId, nobody: CustomerId, now: Micros) -> Stored<()> {
    // No browser's token has such a hash, so nobody comes as this shopper.
    query("INSERT INTO customers (shop, id, token_hash, name, created_at) VALUES ($1, $2, $3, '', $4)")
        .bind(shop.to_string())
        .bind(nobody.to_string())
        .bind(format!("erased:{shop}:{nobody}"))
        .bind(now.0)
        .execute(conn)
        .await?;
    Ok(())
}

async fn erase_one(
    work: &mut Work,
    shop: ShopId,
    conversation: &Conversation,
    (thread, in_feed): (Vec<Message>, bool),
    (nobody, now): (CustomerId, Micros),
) -> Stored<()> {
    let at = conversations::not_before(now, thread.last().map(|message| message.at));
    let erased = erased_conversation(conversation.clone(), nobody, at);
    let begun = drafts::of_conversation(work.conn(), shop, conversation.id).await?;
    let begun = begun.into_iter().map(|draft| Change::DraftGone(draft.member, draft.conversation)).collect();
    work.write_changes(shop, begun, None).await?;
    erase_notes(work.conn(), shop, conversation.id).await?;
    write_erased(work.conn(), shop, &erased).await?;
    if conversation.state == ConversationState::Open {
        lives::note(work.conn(), shop, &erased, Happened { at, what: What::Closed }).await?;
    }
    if in_feed {
        let team = erased.team;
        thread.into_iter().for_each(|message| work.stage(shop, Change::Message(team, erased_message(message))));
        work.stage(shop, Change::Conversation(erased));
    }
    Ok(())
}

async fn write_erased(conn: &mut Conn, shop: ShopId, erased: &Conversation) -> Stored<()> {
    let (shop, id, nobody) = (shop.to_string(), erased.id.to_string(), erased.customer.to_string());
    query(
        "UPDATE conversations SET customer = $3, customer_name = '', state = 'closed', closed_at = $4, about = '{}',
                                  handover = NULL, whisper = NULL, version = $5, erased_at = $6
         WHERE shop = $1 AND id = $2",
    )
    .bind(&shop)
    .bind(&id)
    .bind(&nobody)
    .bind(erased.closed_at.map(|at| at.0))
    .bind(i64::from(erased.version))
    .bind(erased.erased_at.map(|at| at.0))
    .execute(conn)
    .await?;
    query("UPDATE messages SET text = '', picture = NULL, customer = $3 WHERE shop = $1 AND conversation = $2")
        .bind(&shop)
        .bind(&id)
        .bind(&nobody)
        .execute(conn)
        .await?;
    Ok(())
}

/// Of what was sent despite a warning it is kept which rule warned, and neither the words nor the reason.
async fn erase_notes(conn: &mut Conn, shop: ShopId, conversation: ConversationId) -> Stored<()> {
    let rows = query(
        "SELECT message, findings FROM wording_notes
         WHERE shop = $1 AND message IN (SELECT id FROM messages WHERE shop = $1 AND conversation = $2)",
    )
    .bind(shop.to_string())
    .bind(conversation.to_string())
    .fetch_all(conn)
    .await?;
    for row in &rows {
        let mut findings: Vec<Finding> = serde_json::from_str(&row.text("findings")?).map_err(unreadable)?;
        findings.iter_mut().for_each(|finding| finding.words.clear());
        query("UPDATE wording_notes SET findings = $3, reason = '' WHERE shop = $1 AND message = $2")
            .bind(shop.to_string())
            .bind(row.text("message")?)
            .bind(serde_json::to_string(&findings).map_err(unreadable)?)
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn forget_shopper(conn: &mut Conn, shop: ShopId, customer: CustomerId) -> Stored<()> {
    query("DELETE FROM customers WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(customer.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// A lesson goes that has this shopper's words, unless it was confirmed more often than they wrote them: then others say so, too.
async fn forget_lessons(work: &mut Work, shop: ShopId, gone: &Gone) -> Stored<()> {
    if gone.taught.is_empty() {
        return Ok(());
    }
    let all = lessons::all(work.conn(), shop).await?;
    let is_theirs = |text: &str, times: u32| gone.taught.get(text).is_some_and(|wrote| times <= *wrote);
    let theirs: Vec<LessonId> =
        all.into_iter().filter(|lesson| is_theirs(&lesson.text, lesson.times)).map(|lesson| lesson.id).collect();
    work.write_changes(shop, theirs.into_iter().map(Change::LessonGone).collect(), None).await
}

/// A picture goes that was sent to nobody else and that no quick reply has.
async fn forget_pictures(conn: &mut Conn, shop: ShopId, pictures: &BTreeSet<PictureId>) -> Stored<()> {
    for picture in pictures {
        query(
            "DELETE FROM pictures WHERE shop = $1 AND id = $2
                 AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.shop = $1 AND m.picture = $2)
                 AND NOT EXISTS (SELECT 1 FROM quick_replies q WHERE q.shop = $1 AND q.picture = $2)",
        )
        .bind(shop.to_string())
        .bind(picture.to_string())
        .execute(conn)
        .await?;
    }
    Ok(())
}

async fn note(conn: &mut Conn, shop: ShopId, nobody: CustomerId, erasure: &ErasureTold) -> Stored<()> {
    query("INSERT INTO erasures (shop, id, at, member, conversation, conversations) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(shop.to_string())
        .bind(nobody.to_string())
        .bind(erasure.at.0)
        .bind(erasure.by.map(|by| by.to_string()))
        .bind(erasure.conversation.to_string())
        .bind(i64::from(erasure.conversations))
        .execute(conn)
        .await?;
    Ok(())
}

async fn standing(conn: &mut Conn, shop: ShopId, nobody: CustomerId) -> Stored<Option<ErasureTold>> {
    let row = query("SELECT * FROM erasures WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(nobody.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.as_ref().map(erasure).transpose()?)
}

/// Who was erased, the latest first; at most `max`.
///
/// # Errors
/// When the database refuses.
pub async fn latest(conn: &mut Conn, shop: ShopId, max: u64) -> Stored<Vec<ErasureTold>> {
    let rows = query("SELECT * FROM erasures WHERE shop = $1 ORDER BY at DESC, id LIMIT $2")
        .bind(shop.to_string())
        .bind(kept(max))
        .fetch_all(conn)
        .await?;
    Ok(rows.iter().map(erasure).collect::<Result<_, _>>()?)
}

fn erasure(row: &DbRow) -> Result<ErasureTold, sqlx::Error> {
    Ok(ErasureTold {
        at: row.micros("at")?,
        by: row.parsed_or_none("member")?,
        conversation: row.parsed("conversation")?,
        conversations: row.number("conversations")?,
    })
}
