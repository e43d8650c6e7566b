//! What shoppers asked and what came of it: the shop's own history, for measuring its articles.

use qinda::model::{ArticleId, Author, ConversationId, EntryId, Micros, ShopId};

use super::Stored;
use super::conversations;
use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, kept};

/// What a shopper asked in a round, and the first answer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The shopper's words: the messages of the round, each on a line.
    pub text: String,
    /// The article that the answer was taken from.
    pub chosen: Option<ArticleId>,
    /// The answer.
    pub reply: Option<String>,
    /// When the round began.
    pub at: Micros,
}

struct Line {
    conversation: ConversationId,
    position: u32,
    author: Author,
    text: String,
    at: Micros,
    chosen: Option<EntryId>,
}

/// The rounds since a moment, made of the latest `messages_max` messages. A round that began before is cut. Imported logs,
/// most of which have no words, are left out.
///
/// # Errors
/// When the database refuses.
pub async fn asked_since(conn: &mut Conn, shop: ShopId, since: Micros, messages_max: u64) -> Stored<Vec<Asked>> {
    let rows = query(
        "SELECT m.conversation, m.position, m.author_kind, m.author, m.text, m.at, c.chosen
         FROM messages m LEFT JOIN composed c ON c.shop = m.shop AND c.message = m.id
         WHERE m.shop = $1 AND m.at >= $2 AND m.customer_seq > 0 ORDER BY m.at DESC LIMIT $3",
    )
    .bind(shop.to_string())
    .bind(since.0)
    .bind(kept(messages_max))
    .fetch_all(conn)
    .await?;
    let mut lines: Vec<Line> = rows.iter().map(line).collect::<Result<_, _>>()?;
    lines.sort_by_key(|line| (line.conversation, line.position));
    let threads = lines.chunk_by(|one, next| one.conversation == next.conversation);
    // Shoppers always write something: a round without words was erased.
    Ok(threads.flat_map(rounds_of).filter(|round| !round.text.trim().is_empty()).collect())
}

fn line(row: &DbRow) -> Result<Line, sqlx::Error> {
    Ok(Line {
        conversation: row.parsed("conversation")?,
        position: row.number("position")?,
        author: conversations::author(row)?,
        text: row.text("text")?,
        at: row.micros("at")?,
        chosen: row.parsed_or_none("chosen")?,
    })
}

/// The shopper's messages between two answers are one question: shoppers write in pieces.
fn rounds_of(thread: &[Line]) -> Vec<Asked> {
    let mut rounds: Vec<Asked> = Vec::new();
    let mut is_open = false;
    for line in thread {
        match (line.author, rounds.last_mut()) {
            (Author::Shopper, Some(round)) if is_open => {
                round.text.push('\n');
                round.text.push_str(&line.text);
            }
            (Author::Shopper, _) => {
                rounds.push(Asked { text: line.text.clone(), chosen: None, reply: None, at: line.at });
                is_open = true;
            }
            (Author::Member(_), Some(round)) if is_open => {
                round.reply = Some(line.text.clone()).filter(|text| !text.is_empty());
                round.chosen = match line.chosen {
                    Some(EntryId::Article(article)) => Some(article),
                    Some(EntryId::QuickReply(_)) | None => None,
                };
                is_open = false;
            }
            (Author::Member(_) | Author::Automatic | Author::Newer, _) => {}
        }
    }
    rounds
}

#[cfg(test)]
mod tests {
    use super::*;
    use qinda::model::MemberId;

    fn line(position: u32, author: Author, text: &str, chosen: Option<ArticleId>) -> Line {
        let chosen = chosen.map(EntryId::Article);
        let at = Micros(i64::from(position));
        Line { conversation: ConversationId::of_name("c"), position, author, text: text.into(), at, chosen }
    }

    #[test]
    fn the_messages_between_two_answers_are_one_question() {
        let agent = Author::Member(MemberId::of_name("1001"));
        let article = ArticleId::of_name("a");
        let thread = [
            line(1, Author::Shopper, "在吗", None),
            line(2, Author::Automatic, "您好", None),
            line(3, Author::Shopper, "几天到", None),
            line(4, agent, "三天左右", Some(article)),
            line(5, agent, "还有别的吗", None),
            line(6, Author::Shopper, "能开票吗", None),
        ];
        let told: Vec<(String, Option<String>, Option<ArticleId>)> =
            rounds_of(&thread).into_iter().map(|round| (round.text, round.reply, round.chosen)).collect();
        let expected = [
            ("在吗\n几天到".to_owned(), Some("三天左右".to_owned()), Some(article)),
            ("能开票吗".to_owned(), None, None),
        ];
        assert_eq!(told, expected);
    }
}
