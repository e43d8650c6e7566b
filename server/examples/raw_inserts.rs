//! What SQLite alone needs for the rows of a database: the messages, the feed and the commands of a file that the server
//! wrote are put into a new file with the same tables and indexes, in transactions of a given number of messages, each
//! on the disk before the next begins. Prints messages a second. For `make bench`, beside what the server needs.
//!
//! Usage: `raw_inserts FROM TO MESSAGES_IN_A_TRANSACTION`

use std::error::Error;
use std::time::Instant;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

/// The tables that a command adds a row to.
const TABLES: [&str; 3] = ["messages", "feed", "commands"];

/// How long the log grows before it is folded in, in pages: as the server lets it.
const LOG_PAGES_MAX: i64 = 4_000;

/// The rows of a table, and how one is inserted.
struct Table {
    insert: String,
    rows: Vec<Vec<Value>>,
}

impl Table {
    fn read(from: &Connection, name: &str) -> rusqlite::Result<Self> {
        let mut all = from.prepare(&format!("SELECT * FROM {name} ORDER BY rowid"))?;
        let columns = all.column_count();
        let rows = all.query_map([], |row| (0..columns).map(|at| row.get(at)).collect())?;
        let places = vec!["?"; columns].join(", ");
        Ok(Self { insert: format!("INSERT INTO {name} VALUES ({places})"), rows: rows.collect::<Result<_, _>>()? })
    }
}

/// The tables and indexes of a file.
fn layout(from: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut all =
        from.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name = ?1 ORDER BY rowid")?;
    let mut layout = Vec::new();
    for name in TABLES {
        layout.extend(all.query_map([name], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?);
    }
    Ok(layout)
}

fn main() -> Result<(), Box<dyn Error>> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, together] = asked.as_slice() else { return Err("raw_inserts FROM TO MESSAGES".into()) };
    let together: usize = together.parse()?;
    let from = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mut to = Connection::open(to)?;
    to.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    to.pragma_update(None, "synchronous", "FULL")?;
    to.pragma_update_and_check(None, "wal_autocheckpoint", LOG_PAGES_MAX, |_| Ok(()))?;
    // What the rows refer to is not there.
    to.pragma_update(None, "foreign_keys", "OFF")?;
    layout(&from)?.iter().try_for_each(|sql| to.execute_batch(sql))?;
    let tables = TABLES.iter().map(|name| Table::read(&from, name)).collect::<Result<Vec<_>, _>>()?;

    let messages = tables[0].rows.len();
    let groups = messages.div_ceil(together);
    let began = Instant::now();
    for group in 0..groups {
        let transaction = to.transaction()?;
        for table in &tables {
            let mut insert = transaction.prepare_cached(&table.insert)?;
            let share = |group: usize| table.rows.len() * group / groups;
            for row in &table.rows[share(group)..share(group + 1)] {
                insert.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()?;
    }
    println!("{:.0}", messages as f64 / began.elapsed().as_secs_f64());
    Ok(())
}
