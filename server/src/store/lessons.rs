//! Lessons: which words of shoppers agents answered with which article.

use qinda::model::{ArticleId, Lesson, LessonId, ShopId};

use super::Stored;
use super::dialect::{Conn, DbRow, query};
use super::row::{Columns, kept};

/// A lesson of the shop.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, shop: ShopId, id: LessonId) -> Stored<Option<Lesson>> {
    let row = query("SELECT * FROM lessons WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.as_ref().map(lesson).transpose()?)
}

/// The lessons that lead to an article.
///
/// # Errors
/// When the database refuses.
pub async fn of_article(conn: &mut Conn, shop: ShopId, article: ArticleId) -> Stored<Vec<LessonId>> {
    let rows = query("SELECT id FROM lessons WHERE shop = $1 AND article = $2 ORDER BY id")
        .bind(shop.to_string())
        .bind(article.to_string())
        .fetch_all(conn)
        .await?;
    Ok(rows.iter().map(|row| row.parsed("id")).collect::<Result<_, _>>()?)
}

/// Every lesson of the shop.
///
/// # Errors
/// When the database refuses.
pub async fn all(conn: &mut Conn, shop: ShopId) -> Stored<Vec<Lesson>> {
    let rows =
        query("SELECT * FROM lessons WHERE shop = $1 ORDER BY id").bind(shop.to_string()).fetch_all(conn).await?;
    Ok(rows.iter().map(lesson).collect::<Result<_, _>>()?)
}

pub(super) async fn put(conn: &mut Conn, shop: ShopId, lesson: &Lesson) -> Stored<()> {
    query(
        "INSERT INTO lessons (shop, id, article, text, times, last_at, taken_back) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (shop, id) DO UPDATE SET
             times = excluded.times, last_at = excluded.last_at, taken_back = excluded.taken_back",
    )
    .bind(shop.to_string())
    .bind(lesson.id.to_string())
    .bind(lesson.article.to_string())
    .bind(&lesson.text)
    .bind(i64::from(lesson.times))
    .bind(lesson.last_at.0)
    .bind(i64::from(lesson.taken_back))
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn remove(conn: &mut Conn, shop: ShopId, id: LessonId) -> Stored<()> {
    query("DELETE FROM lessons WHERE shop = $1 AND id = $2")
        .bind(shop.to_string())
        .bind(id.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// The lessons beyond `max`, the least confirmed and oldest first. What an editor took back goes last, for without it
/// the same choice would teach again; the lesson just learned stays.
pub(super) async fn surplus(conn: &mut Conn, shop: ShopId, learned: LessonId, max: usize) -> Stored<Vec<LessonId>> {
    let row = query("SELECT COUNT(*) AS count FROM lessons WHERE shop = $1")
        .bind(shop.to_string())
        .fetch_one(&mut *conn)
        .await?;
    let surplus = row.number::<u64>("count")?.saturating_sub(max as u64);
    if surplus == 0 {
        return Ok(Vec::new());
    }
    let rows =
        query("SELECT id FROM lessons WHERE shop = $1 AND id <> $2 ORDER BY taken_back, times, last_at, id LIMIT $3")
            .bind(shop.to_string())
            .bind(learned.to_string())
            .bind(kept(surplus))
            .fetch_all(conn)
            .await?;
    Ok(rows.iter().map(|row| row.parsed("id")).collect::<Result<_, _>>()?)
}

fn lesson(row: &DbRow) -> Result<Lesson, sqlx::Error> {
    Ok(Lesson {
        id: row.parsed("id")?,
        article: row.parsed("article")?,
        text: row.text("text")?,
        times: row.number("times")?,
        last_at: row.micros("last_at")?,
        taken_back: row.truth("taken_back")?,
    })
}

#[cfg(test)]
mod tests {
    use qinda::model::Micros;

    use super::*;
    use crate::store::{Clock, Store, shops};

    fn learned(name: &str, times: u32, last_at: i64, taken_back: bool) -> Lesson {
        let (id, article) = (LessonId::of_name(name), ArticleId::of_name("a"));
        Lesson { id, article, text: name.into(), times, last_at: Micros(last_at), taken_back }
    }

    #[tokio::test]
    async fn the_least_confirmed_and_oldest_give_way_and_what_was_taken_back_stays_longest() {
        let directory = tempfile::TempDir::new().unwrap();
        let store = Store::open(&directory.path().join("qinda.db"), Clock::system()).await.unwrap();
        let shop = shops::added(&store, "tea").await;
        let job = store.write(shop, move |work| {
            Box::pin(async move {
                for lesson in [
                    learned("often", 3, 1, false),
                    learned("late", 1, 5, false),
                    learned("early", 1, 2, false),
                    learned("back", 1, 0, true),
                    learned("new", 1, 9, false),
                ] {
                    put(work.conn(), shop, &lesson).await?;
                }
                let none = surplus(work.conn(), shop, LessonId::of_name("new"), 5).await?;
                Ok((none, surplus(work.conn(), shop, LessonId::of_name("new"), 2).await?))
            })
        });
        let (none, gone) = job.await.unwrap();
        assert_eq!((none, gone), (vec![], ["early", "late", "often"].map(LessonId::of_name).to_vec()));
        store.close().await;
    }
}
