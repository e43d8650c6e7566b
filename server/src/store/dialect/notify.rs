//! Telling the other nodes of a server, and hearing them. A file has no other nodes.

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

use super::{Conn, Place, connect, query};

/// The channel on which nodes talk.
const CHANNEL: &str = "qinda";
/// The most bytes of one message; PostgreSQL takes less than 8,000.
#[cfg(test)]
pub const MESSAGE_BYTES_MAX: usize = 7_900;

/// Tells the other nodes.
pub struct Teller {
    options: Box<PgConnectOptions>,
    conn: Option<Conn>,
}

impl Teller {
    /// For the nodes at this place, if there can be any.
    pub fn new(place: &Place) -> Option<Self> {
        match place {
            Place::File(_) => None,
            // Hints need not survive a power cut, so they wait for no disk.
            Place::Server(options) => {
                let options = options.as_ref().clone().options([("synchronous_commit", "off")]);
                Some(Self { options: Box::new(options), conn: None })
            }
        }
    }

    /// Tells a message. PostgreSQL takes less than 8,000 bytes.
    ///
    /// # Errors
    /// When the server cannot be reached. The next message is told over a new connection.
    pub async fn tell(&mut self, message: &str) -> Result<(), sqlx::Error> {
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => connect::beside(&self.options).await?,
        };
        query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(message).execute(&mut conn).await?;
        self.conn = Some(conn);
        Ok(())
    }
}

/// Hears what the other nodes tell, and this one too.
pub struct Hearer(PgListener);

impl Hearer {
    /// Begins to hear at this place; `None` where there is nobody to be heard.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn begin(place: &Place) -> Result<Option<Self>, sqlx::Error> {
        let Place::Server(options) = place else { return Ok(None) };
        let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
        let pool = pool.acquire_timeout(connect::CONNECT_WAIT).connect_lazy_with(connect::named(options));
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Some(Self(listener)))
    }

    /// The next message; `None` when the connection broke and is there again, so that messages may be missing.
    ///
    /// # Errors
    /// When the connection broke and is not there again.
    pub async fn next(&mut self) -> Result<Option<String>, sqlx::Error> {
        Ok(self.0.try_recv().await?.map(|message| message.payload().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::cluster;

    #[tokio::test]
    async fn what_is_told_is_heard_also_after_both_connections_were_ended() {
        let place = Place::server(&cluster::new_database()).unwrap();
        let (mut hearer, mut teller) = (Hearer::begin(&place).await.unwrap().unwrap(), Teller::new(&place).unwrap());
        teller.tell("one").await.unwrap();
        assert_eq!(hearer.next().await.unwrap().as_deref(), Some("one"));
        let Place::Server(options) = &place else { panic!("{place} is a server") };
        let mut beside = connect::beside(options).await.unwrap();
        let end = "SELECT pg_terminate_backend(pid)::text AS ended FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()";
        assert_eq!(query(end).fetch_all(&mut beside).await.unwrap().len(), 2);
        assert_eq!(hearer.next().await.unwrap(), None, "it says that something may be missing");
        assert!(teller.tell("lost").await.is_err());
        teller.tell("two").await.unwrap();
        assert_eq!(hearer.next().await.unwrap().as_deref(), Some("two"));
    }
}
