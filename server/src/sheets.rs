//! Reading workbooks (`.xlsx`) as rows of text. Whoever made the file is not trusted: what it unpacks to, and what is
//! kept of it, has limits.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};
use qinda::sync::{SHEET_COLUMNS_MAX, SHEET_ROWS_MAX, SheetAnswer, SheetRow};
use zip::ZipArchive;

/// The most bytes that the parts of a workbook may have when they are unpacked.
pub const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The most parts of a workbook.
pub const PARTS_MAX: usize = 2_000;
/// The most bytes of text that are kept of a sheet.
pub const TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;

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
    measure(bytes)?;
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

/// Unpacks every part once and counts: what a part says of its own size is not believed.
fn measure(bytes: &[u8]) -> Result<(), SheetFault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| SheetFault::NoWorkbook)?;
    if archive.len() > PARTS_MAX {
        return Err(SheetFault::TooLarge);
    }
    let mut room = UNPACKED_BYTES_MAX;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|_| SheetFault::NoWorkbook)?;
        let unpacked = std::io::copy(&mut part.take(room + 1), &mut std::io::sink());
        let unpacked = unpacked.map_err(|_| SheetFault::NoWorkbook)?;
        room = room.checked_sub(unpacked).ok_or(SheetFault::TooLarge)?;
    }
    Ok(())
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

    #[test]
    fn what_is_no_workbook_is_told() {
        assert_eq!(rows(b"PK\x03\x04 not really"), Err(SheetFault::NoWorkbook));
        assert_eq!(rows(b""), Err(SheetFault::NoWorkbook));
        assert!(!looks_like_workbook("分组,内容".as_bytes()));
    }
}
