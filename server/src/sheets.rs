//! Reading workbooks (`.xlsx`) as rows of text. Whoever made the file is not trusted: what it unpacks to, and what is
//! kept of it, has limits.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, Write};
use std::ops::ControlFlow;

use calamine::{DataRef, Reader as _, Xlsx};
use qinda::sync::{SHEET_COLUMNS_MAX, SHEET_ROWS_MAX, SheetAnswer, SheetRow};
use zip::ZipArchive;

/// The most bytes that the parts of a workbook may have when they are unpacked.
pub const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The same, of a workbook that the operator names on this machine: the longest sheet there can be.
pub const OWN_UNPACKED_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// The most parts of a workbook.
pub const PARTS_MAX: usize = 2_000;
/// The most bytes of text that are kept of a sheet.
pub const TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The name under which a part says how many strings it has.
const STRINGS_CLAIMED: &[u8] = b"uniqueCount";
/// The fewest bytes of a string in a part.
const STRING_BYTES_MIN: u64 = 5;

/// Why a workbook is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetFault {
    /// It is no workbook, or a damaged one.
    NoWorkbook,
    /// It unpacks to more than is allowed.
    TooLarge,
}

/// Whether the bytes begin as a workbook does.
#[must_use]
pub fn looks_like_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The rows of the first sheet.
///
/// # Errors
/// When the bytes are no workbook, or one that is too large.
pub fn rows(bytes: &[u8]) -> Result<SheetAnswer, SheetFault> {
    measure(Cursor::new(bytes), UNPACKED_BYTES_MAX)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|_| SheetFault::NoWorkbook)?;
    let first = workbook.sheet_names().first().cloned().ok_or(SheetFault::NoWorkbook)?;
    let mut cells = workbook.worksheet_cells_reader(&first).map_err(|_| SheetFault::NoWorkbook)?;
    let mut sheet = Sheet::default();
    while let Some(cell) = cells.next_cell().map_err(|_| SheetFault::NoWorkbook)? {
        let (row, column) = cell.get_position();
        if !sheet.add(row as usize, column as usize, text(cell.get_value())) {
            break;
        }
    }
    Ok(sheet.answer)
}

/// Hands over the rows of the first sheet of a file one by one, each with its number, until told to stop.
///
/// # Errors
/// When the file is no workbook, or one that is too large.
pub fn each_row(file: &File, mut take: impl FnMut(u64, Vec<String>) -> ControlFlow<()>) -> Result<(), SheetFault> {
    measure(BufReader::new(file), OWN_UNPACKED_BYTES_MAX)?;
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(|_| SheetFault::NoWorkbook)?;
    let first = workbook.sheet_names().first().cloned().ok_or(SheetFault::NoWorkbook)?;
    let mut cells = workbook.worksheet_cells_reader(&first).map_err(|_| SheetFault::NoWorkbook)?;
    let (mut line, mut row) = (0, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(|_| SheetFault::NoWorkbook)? {
        let (of, column) = cell.get_position();
        let (of, column) = (u64::from(of) + 1, column as usize);
        if of != line && !row.is_empty() && take(line, std::mem::take(&mut row)).is_break() {
            return Ok(());
        }
        line = of;
        if column < SHEET_COLUMNS_MAX {
            row.resize(row.len().max(column + 1), String::new());
            row[column] = text(cell.get_value());
        }
    }
    if !row.is_empty() {
        // Whoever takes them may stop at the last one, too.
        let _ = take(line, row);
    }
    Ok(())
}

/// Unpacks every part once and counts: what a part says of its own size is not believed.
fn measure(bytes: impl Read + Seek, room: u64) -> Result<(), SheetFault> {
    let mut archive = ZipArchive::new(bytes).map_err(|_| SheetFault::NoWorkbook)?;
    if archive.len() > PARTS_MAX {
        return Err(SheetFault::TooLarge);
    }
    let mut room = room;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|_| SheetFault::NoWorkbook)?;
        let mut claims = Claims::default();
        let unpacked = std::io::copy(&mut part.take(room + 1), &mut claims);
        let unpacked = unpacked.map_err(|_| SheetFault::NoWorkbook)?;
        room = room.checked_sub(unpacked).ok_or(SheetFault::TooLarge)?;
        if claims.are_wide() {
            return Err(SheetFault::NoWorkbook);
        }
        if claims.strings > unpacked / STRING_BYTES_MIN {
            return Err(SheetFault::TooLarge);
        }
    }
    Ok(())
}

/// Looks through a part, while it is unpacked, for how many strings it claims to have. The reader makes room for that many
/// before it reads the first, and where there is no such room the whole server would end.
#[derive(Default)]
struct Claims {
    /// The most that is claimed.
    strings: u64,
    /// How the part begins.
    beginning: Vec<u8>,
    /// How much of [`STRINGS_CLAIMED`] was just read.
    matched: usize,
    /// The number that is being read, once the name was.
    number: Option<u64>,
}

impl Claims {
    /// Whether the part is written in a wide encoding, in which the claim is not seen. No office program writes that.
    fn are_wide(&self) -> bool {
        matches!(self.beginning[..], [0xff, 0xfe] | [0xfe, 0xff] | [b'<', 0] | [0, b'<'])
    }

    fn see(&mut self, byte: u8) {
        self.number = match (self.number, byte) {
            (Some(number), b'0'..=b'9') => Some(number.saturating_mul(10).saturating_add(u64::from(byte - b'0'))),
            (Some(0), b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'"' | b'\'') => Some(0),
            _ => None,
        };
        self.strings = self.strings.max(self.number.unwrap_or_default());
        let next = if byte == STRINGS_CLAIMED[self.matched] { self.matched } else { 0 };
        self.matched = if byte == STRINGS_CLAIMED[next] { next + 1 } else { 0 };
        if self.matched == STRINGS_CLAIMED.len() {
            (self.matched, self.number) = (0, Some(0));
        }
    }
}

impl Write for Claims {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let missing = 2 - self.beginning.len();
        self.beginning.extend(bytes.iter().take(missing));
        bytes.iter().for_each(|byte| self.see(*byte));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A cell as it is shown; a code that was kept as a number has no decimals.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => moment.as_f64().to_string(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

#[derive(Default)]
struct Sheet {
    answer: SheetAnswer,
    text_bytes: usize,
}

impl Sheet {
    /// Puts a cell in its place; `false` when there is no room for any other.
    fn add(&mut self, row: usize, column: usize, text: String) -> bool {
        if text.trim().is_empty() {
            return true;
        }
        let line = row + 1;
        let is_new = self.answer.rows.last().is_none_or(|last| last.line != line);
        if column >= SHEET_COLUMNS_MAX {
            self.answer.cut = true;
            return true;
        }
        self.text_bytes += text.len();
        if self.text_bytes > TEXT_BYTES_MAX || (is_new && self.answer.rows.len() >= SHEET_ROWS_MAX) {
            self.answer.cut = true;
            return false;
        }
        if is_new {
            self.answer.rows.push(SheetRow { line, cells: Vec::new() });
        }
        if let Some(SheetRow { cells, .. }) = self.answer.rows.last_mut() {
            cells.resize(cells.len().max(column + 1), String::new());
            cells[column] = text;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_in_their_places_and_limits_hold() {
        let mut sheet = Sheet::default();
        for (row, column, text) in [(0, 0, "组"), (0, 2, "内容"), (3, 1, "hi"), (3, SHEET_COLUMNS_MAX, "远")] {
            assert!(sheet.add(row, column, text.into()));
        }
        let rows: Vec<(usize, String)> = sheet.answer.rows.iter().map(|row| (row.line, row.cells.join("|"))).collect();
        assert_eq!(rows, [(1, "组||内容".to_owned()), (4, "|hi".to_owned())]);
        assert!(sheet.answer.cut);
        assert!(!sheet.add(4, 0, "长".repeat(TEXT_BYTES_MAX)));
    }

    fn measured(bytes: &[u8]) -> Result<(), SheetFault> {
        measure(Cursor::new(bytes), UNPACKED_BYTES_MAX)
    }

    fn archive_of(part: &[u8]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(part).unwrap();
        archive.finish().unwrap().into_inner()
    }

    /// A few bytes that claimed ten trillion strings ended the server of all shops.
    #[test]
    fn a_part_that_claims_more_strings_than_it_can_have_is_not_read() {
        for claim in ["uniqueCount=\"10000000000000\"", "uniqueCount = '27544672095943611'", "uniqueuniqueCount=\"99\""]
        {
            let part = format!("<sst count=\"1\" {claim}><si><t>组</t></si></sst>");
            assert_eq!(measured(&archive_of(part.as_bytes())), Err(SheetFault::TooLarge), "{claim}");
        }
        let wide: Vec<u8> = "<sst/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(measured(&archive_of(&wide)), Err(SheetFault::NoWorkbook));
        for honest in ["<sst count=\"9\" uniqueCount=\"2\"><si/><si/></sst>", "<t>uniqueCount: 99999999</t>", ""] {
            assert_eq!(measured(&archive_of(honest.as_bytes())), Ok(()), "{honest}");
        }
        let mut claims = Claims::default();
        "<sst uniqueCount=\"123\">4".bytes().for_each(|byte| claims.see(byte));
        assert_eq!(claims.strings, 123);
    }

    #[test]
    fn what_is_no_workbook_is_told() {
        assert_eq!(rows(b"PK\x03\x04 not really"), Err(SheetFault::NoWorkbook));
        assert_eq!(rows(b""), Err(SheetFault::NoWorkbook));
        assert!(!looks_like_workbook("分组,内容".as_bytes()));
    }
}
