//! What stands of the conversations of a log, and what is written of them: for many conversations at once.

use std::collections::BTreeMap;

use qinda::import::chats::{LogMessage, Thread};
use qinda::model::{Author, ConversationId, CustomerId, Micros, ShopId};

use super::{IN_NO_FEED, Intake};
use crate::store::dialect::{Among, Conn, Many, Value, query};
use crate::store::row::Columns as _;
use crate::store::{Stored, conversations, rollups, visitors};

/// A conversation as it stands.
#[derive(Default)]
pub struct Standing {
    /// Its messages and ends.
    pub thread: Thread,
    /// Whose it is.
    pub customer: Option<CustomerId>,
    /// How often it changed; 0 if it is not there.
    pub version: i64,
    /// Whether the kept figures count it.
    pub is_counted: bool,
    /// Whether its shopper was erased.
    pub is_erased: bool,
}

static CONVERSATIONS: Among = Among::new(
    "SELECT id, customer, version, counted_version, erased_at FROM conversations WHERE shop = $1 AND id",
    "",
);
static MESSAGES: Among = Among::new(
    "SELECT conversation, id, author_kind, author, at, text FROM messages WHERE shop = $1 AND conversation",
    "ORDER BY conversation, position",
);
static ENDS: Among = Among::new(
    "SELECT conversation, at FROM happened WHERE shop = $1 AND version > 0 AND conversation",
    "ORDER BY conversation, version",
);

/// The conversations of these that are there.
pub async fn standing(
    conn: &mut Conn,
    shop: ShopId,
    ids: &[ConversationId],
) -> Stored<BTreeMap<ConversationId, Standing>> {
    let shop = shop.to_string();
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut standing = BTreeMap::new();
    for row in CONVERSATIONS.fetch_all(conn, &shop, &ids).await? {
        let (customer, version) = (Some(row.parsed("customer")?), row.number("version")?);
        let is_counted = row.truth("counted_version")?;
        let is_erased = row.micros_or_none("erased_at")?.is_some();
        let it = Standing { thread: Thread::default(), customer, version, is_counted, is_erased };
        standing.insert(row.parsed("id")?, it);
    }
    let there: Vec<String> = standing.keys().map(ToString::to_string).collect();
    for row in MESSAGES.fetch_all(conn, &shop, &there).await? {
        let author = conversations::author(&row)?;
        let message = LogMessage { id: row.parsed("id")?, author, at: row.micros("at")?, text: row.text("text")? };
        if let Some(of) = standing.get_mut(&row.parsed("conversation")?) {
            of.thread.messages.push(message);
        }
    }
    for row in ENDS.fetch_all(conn, &shop, &there).await? {
        if let Some(of) = standing.get_mut(&row.parsed("conversation")?) {
            of.thread.ends.push(row.micros("at")?);
        }
    }
    Ok(standing)
}

/// What is to be written of a conversation.
pub struct Grown {
    /// The conversation.
    pub id: ConversationId,
    /// What is known of it now.
    pub thread: Thread,
    /// Whose it is.
    pub customer: CustomerId,
    /// Whose it was as long as no row named anybody.
    pub no_longer: Option<CustomerId>,
    /// How often it changed, this time included.
    pub version: i64,
    /// Whether the kept figures count it as it was.
    pub is_counted: bool,
    /// Whether its shopper was erased: it has no name.
    pub is_erased: bool,
    /// From when to when it went.
    pub span: (Micros, Micros),
    /// So many messages stay as they are.
    pub stay: usize,
    /// So many messages stood there.
    pub stood: usize,
    /// Whether it ends at other times than before.
    pub ends_change: bool,
}

/// What is written of a batch, all conversations together.
#[derive(Default)]
pub struct Writes {
    customers: Vec<Vec<Value>>,
    conversations: Vec<Vec<Value>>,
    messages: Vec<Vec<Value>>,
    happened: Vec<Vec<Value>>,
    changed: Vec<ConversationId>,
    no_longer: Vec<CustomerId>,
    /// The least number of each shopper's messages, which are counted downwards.
    least: BTreeMap<CustomerId, i64>,
}

static LEAST: Among = Among::new(
    "SELECT customer, MIN(customer_seq) AS least FROM messages WHERE shop = $1 AND customer",
    "GROUP BY customer",
);
// No browser's token has such a hash, so nobody comes as one of these shoppers.
static PUT_CUSTOMERS: Many =
    Many::new("INSERT INTO customers (shop, id, token_hash, name, created_at)", 5, "ON CONFLICT DO NOTHING");
static PUT_CONVERSATIONS: Many = Many::new(
    "INSERT INTO conversations (shop, id, team, channel, customer, customer_name, state, owner, opened_at, closed_at,
                                last_position, version, about, in_feed)",
    14,
    "ON CONFLICT (shop, id) DO UPDATE SET
         customer = excluded.customer, customer_name = excluded.customer_name, owner = excluded.owner,
         opened_at = excluded.opened_at, closed_at = excluded.closed_at, last_position = excluded.last_position,
         version = excluded.version",
);
static PUT_MESSAGES: Many = Many::new(
    "INSERT INTO messages (shop, id, conversation, position, customer, customer_seq, author_kind, author, text, at)",
    10,
    "",
);
static PUT_HAPPENED: Many = Many::new("INSERT INTO happened (shop, conversation, version, at, what)", 5, "");

impl Writes {
    /// Makes room for what grew, and notes what is to be written.
    pub async fn prepare(&mut self, conn: &mut Conn, intake: &Intake, grown: Vec<Grown>) -> Stored<()> {
        let shop = intake.shop.to_string();
        let mut unknown: Vec<CustomerId> = grown.iter().map(|it| it.customer).collect();
        unknown.retain(|customer| !self.least.contains_key(customer));
        self.least.extend(unknown.iter().map(|customer| (*customer, 0)));
        let unknown: Vec<String> = unknown.iter().map(ToString::to_string).collect();
        for row in LEAST.fetch_all(conn, &shop, &unknown).await? {
            self.least.insert(row.parsed("customer")?, row.number::<i64>("least")?.min(0));
        }
        for it in grown {
            if it.stay < it.stood {
                forget_after(conn, &shop, it.id, it.stay).await?;
            }
            if it.ends_change && it.version > 1 {
                forget_ends(conn, &shop, it.id).await?;
            }
            self.note(intake, &shop, it);
        }
        Ok(())
    }

    fn note(&mut self, intake: &Intake, shop: &str, it: Grown) {
        let (id, customer, (from, to)) = (it.id.to_string(), it.customer.to_string(), it.span);
        let name = if it.is_erased { String::new() } else { visitors::visitor_name(it.customer) };
        self.customers.push(vec![
            shop.into(),
            (&customer).into(),
            format!("imported:{shop}:{customer}").into(),
            (&name).into(),
            from.0.into(),
        ]);
        self.conversations.push(vec![
            shop.into(),
            (&id).into(),
            intake.source.team.to_string().into(),
            intake.source.channel.to_string().into(),
            (&customer).into(),
            name.into(),
            "closed".into(),
            it.thread.owner().map(|owner| owner.to_string()).into(),
            from.0.into(),
            to.0.into(),
            (it.thread.messages.len() as i64).into(),
            it.version.into(),
            "{}".into(),
            IN_NO_FEED.into(),
        ]);
        let least = self.least.entry(it.customer).or_default();
        for (position, message) in (1_i64..).zip(&it.thread.messages).skip(it.stay) {
            *least -= 1;
            self.messages.push(message_row(shop, (&id, position), (&customer, *least), message));
        }
        if it.ends_change {
            // The ends that the log tells are numbered from 1; the one that it does not tell is 0.
            let told = (1_i64..).zip(&it.thread.ends).map(|(version, end)| (version, *end));
            for (version, at) in it.thread.untold_end().map(|end| (0, end)).into_iter().chain(told) {
                self.happened.push(vec![shop.into(), (&id).into(), version.into(), at.0.into(), "closed".into()]);
            }
        }
        self.changed.push(it.id);
        self.no_longer.extend(it.no_longer);
    }

    /// Writes it, what others refer to first.
    pub async fn run(self, conn: &mut Conn, shop: ShopId) -> Stored<()> {
        PUT_CUSTOMERS.write(conn, self.customers).await?;
        PUT_CONVERSATIONS.write(conn, self.conversations).await?;
        PUT_MESSAGES.write(conn, self.messages).await?;
        PUT_HAPPENED.write(conn, self.happened).await?;
        rollups::mark(conn, shop, &self.changed).await?;
        for customer in self.no_longer {
            forget_customer(conn, shop, customer).await?;
        }
        Ok(())
    }
}

fn message_row(
    shop: &str,
    (conversation, position): (&str, i64),
    (customer, seq): (&str, i64),
    message: &LogMessage,
) -> Vec<Value> {
    let (kind, author) = match message.author {
        Author::Shopper => ("shopper", None),
        Author::Member(member) => ("member", Some(member.to_string())),
        Author::Automatic | Author::Newer => ("automatic", None),
    };
    vec![
        shop.into(),
        message.id.to_string().into(),
        conversation.into(),
        position.into(),
        customer.into(),
        seq.into(),
        kind.into(),
        author.into(),
        (&message.text).into(),
        message.at.0.into(),
    ]
}

async fn forget_customer(conn: &mut Conn, shop: ShopId, id: CustomerId) -> Stored<()> {
    query("DELETE FROM customers WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

async fn forget_after(conn: &mut Conn, shop: &str, id: ConversationId, stay: usize) -> Stored<()> {
    query("DELETE FROM messages WHERE shop = $1 AND conversation = $2 AND position > $3")
        .bind(shop)
        .bind(id.to_string())
        .bind(stay as i64)
        .execute(conn)
        .await?;
    Ok(())
}

async fn forget_ends(conn: &mut Conn, shop: &str, id: ConversationId) -> Stored<()> {
    query("DELETE FROM happened WHERE shop = $1 AND conversation = $2")
        .bind(shop)
        .bind(id.to_string())
        .execute(conn)
        .await?;
    Ok(())
}
