//! A log as a file, read bit by bit. It may be larger than memory, and somebody may still be writing to it.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use encoding_rs::GB18030;
use qinda::import::chats::{Framed, ROW_BYTES_MAX, Shape, framed, is_blank, object_names, shape, table_cells};

use crate::errors::Trouble;
use crate::store::chats::Progress;
use crate::store::token_hash;

/// How much is read at once, in bytes.
const READ_BYTES: usize = 256 * 1024;
/// How much of the beginning is looked at to find out what the file is, in bytes.
const HEAD_BYTES: usize = 2 * ROW_BYTES_MAX;
/// How many bytes at the beginning, and before the place that was reached, tell a file from another.
const MARK_BYTES: u64 = 4_096;
/// How many objects are looked at to learn the names of the fields.
const OBJECTS_LOOKED_AT: usize = 50;

/// How a log in text is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// A table or objects.
    pub shape: Shape,
    /// The headings of the columns, or the names of the fields.
    pub headings: Vec<String>,
    /// Whether it is in GB 18030 instead of UTF-8.
    pub is_gb: bool,
    /// Where the rows begin, in bytes and lines.
    begins: (u64, u64),
}

/// What stands at a place of the file.
pub enum Piece {
    /// The words of a row, and the line it begins on.
    Row(u64, String),
    /// Nothing that can be read, and the line it begins on.
    Broken(u64),
}

/// A log that is being read.
pub struct LogFile {
    name: String,
    file: File,
    /// A second hold on the file, for looking back.
    looking_back: File,
    pub layout: Layout,
    buffer: Vec<u8>,
    from: usize,
    /// Where the next row begins, in bytes and lines before it.
    at: (u64, u64),
    is_at_end: bool,
    /// Whether the file is finished, so that what has no end of line is a row.
    is_whole: bool,
}

impl LogFile {
    /// Opens a log and finds out how it is written.
    pub fn open(path: &Path, is_whole: bool) -> Result<Self, Trouble> {
        let name = path.display().to_string();
        let opened = || Ok((File::open(path)?, File::open(path)?));
        let (mut file, looking_back) = opened().map_err(|error| Trouble::reading(&name, &error))?;
        let mut head = Vec::new();
        let read = file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head);
        read.map_err(|error| Trouble::reading(&name, &error))?;
        let layout = layout(&head, is_whole)?;
        let at = layout.begins;
        let mut log =
            Self { name, file, looking_back, layout, buffer: Vec::new(), from: 0, at, is_at_end: false, is_whole };
        log.seek(at)?;
        Ok(log)
    }

    fn seek(&mut self, to: (u64, u64)) -> Result<(), Trouble> {
        self.file.seek(SeekFrom::Start(to.0)).map_err(|error| Trouble::reading(&self.name, &error))?;
        (self.at, self.from, self.is_at_end) = (to, 0, false);
        self.buffer.clear();
        Ok(())
    }

    /// Goes on where an earlier run stopped, if this is the file that it read. Says whether it is.
    pub fn go_on(&mut self, progress: &Progress) -> Result<bool, Trouble> {
        let is_the_same = progress.bytes > self.layout.begins.0
            && self.bytes()? >= progress.bytes
            && self.mark(progress.bytes)? == progress.mark;
        if is_the_same {
            self.seek((progress.bytes, progress.lines))?;
        }
        Ok(is_the_same)
    }

    /// How many bytes the file has at this moment.
    pub fn bytes(&self) -> Result<u64, Trouble> {
        let metadata = self.file.metadata().map_err(|error| Trouble::reading(&self.name, &error))?;
        Ok(metadata.len())
    }

    /// How far it is read.
    pub fn progress(&mut self) -> Result<Progress, Trouble> {
        let (bytes, lines) = self.at;
        Ok(Progress { mark: self.mark(bytes)?, bytes, lines })
    }

    /// How many bytes at the end are no row yet.
    pub fn left_over(&self) -> usize {
        self.buffer[self.from..].iter().filter(|byte| !byte.is_ascii_whitespace()).count()
    }

    /// By what a file is known again that was read up to a place: how it begins, and what stands before the place.
    fn mark(&mut self, upto: u64) -> Result<String, Trouble> {
        let length = MARK_BYTES.min(upto);
        let mut seen = Vec::new();
        for from in [0, upto - length] {
            let read = self
                .looking_back
                .seek(SeekFrom::Start(from))
                .and_then(|_| self.looking_back.by_ref().take(length).read_to_end(&mut seen));
            read.map_err(|error| Trouble::reading(&self.name, &error))?;
        }
        Ok(token_hash(&String::from_utf8_lossy(&seen)))
    }

    /// The next row; none at the end of what is written.
    pub fn next_piece(&mut self) -> Result<Option<Piece>, Trouble> {
        loop {
            let rest = &self.buffer[self.from..];
            let (is_sound, length) = match framed(self.layout.shape, rest) {
                Framed::Row(length) => (true, length),
                Framed::Broken(length) => (false, length),
                Framed::Partial if !self.is_at_end => {
                    self.read_on()?;
                    continue;
                }
                Framed::Partial => match self.last_row() {
                    Some(last) => last,
                    None => return Ok(None),
                },
            };
            let bytes = &rest[..length];
            let text = is_sound.then(|| decoded(bytes, self.layout.is_gb));
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count().max(1);
            let line = self.at.1 + 1;
            self.at = (self.at.0 + length as u64, self.at.1 + lines as u64);
            self.from += length;
            return Ok(Some(text.map_or(Piece::Broken(line), |text| Piece::Row(line, text))));
        }
    }

    fn read_on(&mut self) -> Result<(), Trouble> {
        self.buffer.drain(..self.from);
        self.from = 0;
        let read = self.file.by_ref().take(READ_BYTES as u64).read_to_end(&mut self.buffer);
        self.is_at_end = read.map_err(|error| Trouble::reading(&self.name, &error))? == 0;
        Ok(())
    }

    /// What has no end and is a row all the same, whether it is sound, and its length: an object is whole when its brackets
    /// are, a row of a table only if somebody says that the file is finished. Then a quotation mark that is never closed takes
    /// its line alone with it.
    fn last_row(&self) -> Option<(bool, usize)> {
        let rest = &self.buffer[self.from..];
        if rest.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        let text = decoded(rest, self.layout.is_gb);
        match self.layout.shape {
            Shape::Objects => object_names(&text).map(|_| (true, rest.len())),
            Shape::Table(_) if !self.is_whole => None,
            Shape::Table(separator) if table_cells(&text, separator).is_some() => Some((true, rest.len())),
            Shape::Table(_) => {
                Some((false, rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1)))
            }
        }
    }
}

fn decoded(bytes: &[u8], is_gb: bool) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !is_gb => text.to_owned(),
        _ => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

fn layout(head: &[u8], is_whole: bool) -> Result<Layout, Trouble> {
    if matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) || head.contains(&0) {
        return Err(Trouble::new(
            "这不是 UTF-8 或 GB18030 的文本。请另存为 CSV（UTF-8）、JSON Lines 或 XLSX 再导入。",
            "This is no text in UTF-8 or GB 18030. Save it as CSV (UTF-8), JSON Lines or XLSX and import that.",
        ));
    }
    let mark = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let is_gb = match std::str::from_utf8(head) {
        Ok(_) => false,
        // The last character may have been cut.
        Err(error) => error.error_len().is_some(),
    };
    let mut at = (mark, 0_u64);
    while let Some(line) = first_line(&head[at.0..], is_whole) {
        let text = decoded(&head[at.0..at.0 + line], is_gb);
        let past = (at.0 + line, at.1 + 1);
        if text.trim().is_empty() {
            at = past;
            continue;
        }
        if text.trim_start().starts_with('[') {
            return Err(Trouble::new(
                "这是一个 JSON 数组。请另存为 JSON Lines（每行一个对象）再导入。",
                "This is a JSON array. Save it as JSON Lines, one object on each line, and import that.",
            ));
        }
        let shape = shape(&text);
        let (headings, begins) = match shape {
            Shape::Objects => (names(&head[at.0..], is_gb), at),
            Shape::Table(separator) => table_heading(&head[at.0..], separator, is_gb, at),
        };
        let begins = (begins.0 as u64, begins.1);
        return Ok(Layout { shape, headings, is_gb, begins });
    }
    Err(Trouble::new(
        "文件里还没有完整的一行，什么也没有导入。",
        "The file has no whole line yet; nothing was imported.",
    ))
}

fn first_line(bytes: &[u8], is_whole: bool) -> Option<usize> {
    let end = bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
    // A single object without an end of line is a log, too.
    let is_object = || object_names(&decoded(bytes, false)).is_some();
    end.or_else(|| (!bytes.is_empty() && (is_whole || is_object())).then_some(bytes.len()))
}

/// The headings, which may have line ends between quotation marks, and where the rows begin.
fn table_heading(bytes: &[u8], separator: u8, is_gb: bool, at: (usize, u64)) -> (Vec<String>, (usize, u64)) {
    let length = match framed(Shape::Table(separator), bytes) {
        Framed::Row(length) | Framed::Broken(length) => length,
        Framed::Partial => bytes.len(),
    };
    let row = &bytes[..length];
    let lines = row.iter().filter(|byte| **byte == b'\n').count().max(1) as u64;
    let cells = table_cells(&decoded(row, is_gb), separator).filter(|cells| !is_blank(cells)).unwrap_or_default();
    (cells.iter().map(|cell| cell.trim().to_owned()).collect(), (at.0 + length, at.1 + lines))
}

/// The names of the fields of the first objects.
fn names(bytes: &[u8], is_gb: bool) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n').take(OBJECTS_LOOKED_AT) {
        for name in object_names(&decoded(line, is_gb)).unwrap_or_default() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn rows(log: &mut LogFile) -> Vec<(u64, String)> {
        let mut rows = Vec::new();
        while let Some(piece) = log.next_piece().unwrap() {
            rows.push(match piece {
                Piece::Row(line, text) => (line, text.trim_end().to_owned()),
                Piece::Broken(line) => (line, "!".to_owned()),
            });
        }
        rows
    }

    fn row(line: u64, text: &str) -> (u64, String) {
        (line, text.to_owned())
    }

    #[test]
    fn a_file_that_is_still_written_gives_whole_rows_alone_and_goes_on_later() {
        let mut file = written("\u{feff}\n会话,\"时\n间\"\nc1,\"9:30\n\"\nc2,\"没关\nc3,9:4".as_bytes());
        let mut log = LogFile::open(file.path(), false).unwrap();
        assert_eq!(log.layout.headings, ["会话", "时\n间"]);
        assert_eq!(rows(&mut log), [row(4, "c1,\"9:30\n\"")]);
        assert!(log.left_over() > 0);
        let progress = log.progress().unwrap();
        file.write_all("5\"\nc4,9:50\n".as_bytes()).unwrap();
        let mut later = LogFile::open(file.path(), false).unwrap();
        assert!(later.go_on(&progress).unwrap());
        assert_eq!(rows(&mut later), [row(6, "c2,\"没关\nc3,9:45\""), row(8, "c4,9:50")]);
        assert_eq!(later.left_over(), 0);

        let other = written("\u{feff}\n会话,\"时\n间\"\nc1,\"9:31\n\"\nc2,9:31\n".as_bytes());
        let mut other = LogFile::open(other.path(), false).unwrap();
        assert!(!other.go_on(&progress).unwrap(), "another file is read from its beginning");
        assert_eq!(rows(&mut other).len(), 2);
        let shorter = written("\u{feff}\n会话,\"时\n间\"\n".as_bytes());
        assert!(!LogFile::open(shorter.path(), false).unwrap().go_on(&progress).unwrap());
    }

    #[test]
    fn a_last_row_without_an_end_is_taken_where_it_is_whole() {
        let table = written(b"a,b\n1,2\n3,4");
        assert_eq!(rows(&mut LogFile::open(table.path(), false).unwrap()), [row(2, "1,2")]);
        assert_eq!(rows(&mut LogFile::open(table.path(), true).unwrap()), [row(2, "1,2"), row(3, "3,4")]);
        let open = written(b"a,b\n1,\"2\n3,4\n");
        assert_eq!(rows(&mut LogFile::open(open.path(), false).unwrap()), []);
        assert_eq!(rows(&mut LogFile::open(open.path(), true).unwrap()), [row(2, "!"), row(3, "3,4")]);
        let objects = written(b"{\"a\":1}\n{\"b\":2}");
        let mut log = LogFile::open(objects.path(), false).unwrap();
        assert_eq!(log.layout.headings, ["a", "b"]);
        assert_eq!(rows(&mut log), [row(1, "{\"a\":1}"), row(2, "{\"b\":2}")]);
        let half = written(b"{\"a\":1}\n{\"b\":");
        assert_eq!(rows(&mut LogFile::open(half.path(), true).unwrap()), [row(1, "{\"a\":1}")]);
    }

    #[test]
    fn rows_of_a_large_file_in_gb_18030_are_the_same_as_those_of_utf_8() {
        let mut text = String::from("会话;时间;内容\n");
        for number in 0..20_000 {
            text += &format!("对话{number};2026-11-01 09:30;\"请问“{number}”号\n还有吗\"\n");
        }
        assert!(text.len() > 3 * READ_BYTES);
        let (utf8, gb) = (written(text.as_bytes()), written(&GB18030.encode(&text).0));
        let (mut utf8, mut gb) = (LogFile::open(utf8.path(), false).unwrap(), LogFile::open(gb.path(), false).unwrap());
        assert!(gb.layout.is_gb && !utf8.layout.is_gb);
        let (one, other) = (rows(&mut utf8), rows(&mut gb));
        assert_eq!((one.len(), one.last().unwrap().0), (20_000, 40_000));
        assert_eq!(one, other);
    }

    #[test]
    fn what_is_no_log_is_told_in_words() {
        for bytes in [&b""[..], b"a,b", b"\n\n", b"[{\"a\":1}]\n", b"PK\0\0\n", b"\xff\xfea\0"] {
            assert!(LogFile::open(written(bytes).path(), false).is_err(), "{bytes:?}");
        }
        assert!(LogFile::open(Path::new("/nowhere/log.csv"), false).is_err());
    }
}
