//! Chat logs from elsewhere, as they come bit by bit.

use std::collections::BTreeMap;

use qinda::import::chats::{
    ChatRow, Columns, Framed, LogMessage, LogReader, RoleWords, Shape, Speaker, Thread, framed, is_blank, object_names,
    shape, table_cells,
};
use qinda::model::{Author, ConversationId};
use qinda::timing::Zone;

use super::examples::NOW;

/// A log: its rows, what they say, and the conversations that they make.
pub fn log(input: &[u8]) -> bool {
    let first = input.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let shape = shape(&String::from_utf8_lossy(first));
    let rows = frames(shape, input);
    for part in [input.len() / 3, input.len() / 2, input.len().saturating_sub(1)] {
        let sooner = frames(shape, &input[..part]);
        assert!(rows.starts_with(&sooner), "a file that grows is read otherwise: {sooner:?}, then {rows:?}");
    }
    let said: Vec<ChatRow> = read(shape, input, &rows);
    let joined = threads(&said);
    assert!(joined.values().all(|thread| thread.messages.is_sorted_by_key(|message| message.at)));
    !said.is_empty()
}

/// Where each row begins and ends, and whether it is one; without what has no end yet.
fn frames(shape: Shape, mut bytes: &[u8]) -> Vec<(bool, usize)> {
    let mut frames = Vec::new();
    loop {
        let (is_row, length) = match framed(shape, bytes) {
            Framed::Row(length) => (true, length),
            Framed::Broken(length) => (false, length),
            Framed::Partial => return frames,
        };
        assert!((1..=bytes.len()).contains(&length), "a row of {length} of {} bytes", bytes.len());
        frames.push((is_row, length));
        bytes = &bytes[length..];
    }
}

fn read(shape: Shape, input: &[u8], rows: &[(bool, usize)]) -> Vec<ChatRow> {
    let reader = LogReader {
        source: "fuzz".into(),
        roles: RoleWords::default(),
        zone: Zone::fixed(8 * 3_600),
        now: NOW,
        keep_text: true,
    };
    let mut from = 0;
    let texts = rows.iter().map(|(is_row, length)| {
        let bytes = &input[from..from + length];
        from += length;
        is_row.then(|| String::from_utf8_lossy(bytes).into_owned())
    });
    let texts: Vec<String> = texts.flatten().collect();
    let lines = (1..).zip(&texts);
    match shape {
        Shape::Objects => {
            let names = texts.first().and_then(|text| object_names(text)).unwrap_or_default();
            let columns = Columns::default().found_in(&names, &Columns::default());
            lines.filter_map(|(line, text)| reader.object(line, text, &columns).ok()).collect()
        }
        Shape::Table(separator) => {
            let mut tables = lines.filter_map(|(line, text)| Some((line, table_cells(text, separator)?)));
            let headings = tables.next().map(|(_, cells)| cells).unwrap_or_default();
            let columns = Columns::default().found_in(&headings, &Columns::default());
            let places = columns.places(&headings);
            tables
                .filter(|(_, cells)| !is_blank(cells))
                .filter_map(|(line, cells)| reader.cells(line, &cells, &places).ok())
                .collect()
        }
    }
}

/// The conversations, made of one half of the rows after the other; the same once more changes nothing.
fn threads(said: &[ChatRow]) -> BTreeMap<ConversationId, Thread> {
    let mut threads = BTreeMap::<ConversationId, Thread>::new();
    let (one, other) = said.split_at(said.len() / 2);
    for rows in [one, other] {
        join(&mut threads, rows);
    }
    let before = threads.clone();
    assert_eq!(join(&mut threads, said), 0, "the same log is new again");
    assert_eq!(threads, before);
    threads
}

/// Joins rows to their conversations; how many were new.
fn join(threads: &mut BTreeMap<ConversationId, Thread>, rows: &[ChatRow]) -> usize {
    let mut new = 0;
    for row in rows {
        let thread = threads.entry(row.conversation).or_default();
        let author = match &row.speaker {
            Speaker::Shopper(_) => Author::Shopper,
            Speaker::Agent(_) | Speaker::Robot => Author::Automatic,
            Speaker::End => {
                thread.join(Vec::new(), vec![row.at]);
                continue;
            }
        };
        let message = LogMessage { id: row.id, author, at: row.at, text: row.text.clone() };
        new += thread.join(vec![message], Vec::new()).new;
    }
    new
}

/// Logs as desks export them.
pub fn log_seeds() -> Vec<Vec<u8>> {
    [
        "会话ID,发送时间,发送人,发送人类型,消息内容\r\nc1,2026-11-20 10:00:00,小王,买家,\"在吗,\r\n亲\"\r\nc1,2026-11-20 10:00:09,01,客服,在的\r\nc1,2026-11-20 10:05:00,,结束,\r\n",
        "conversation\ttime\twho\trole\nc1\t1763600000\tann\tcustomer\nc1\t1763600007\t7\tagent\n\nc2\t2025/11/20 9:00\tbob\trobot\n",
        "{\"chat\":\"c1\",\"at\":\"2026-11-20T10:00:00Z\",\"role\":\"shopper\",\"text\":\"hi\"}\n{\"chat\":\"c1\",\"at\":1763600000123,\"role\":\"agent\"}\n",
        "会话;时间;角色\nc1;2026-11-20 10:00;买家\nc1;never;买家\n\"c2;2026-11-20 10:00;买家\n",
    ]
    .map(Vec::from)
    .to_vec()
}
