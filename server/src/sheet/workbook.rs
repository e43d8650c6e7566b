//! Writing workbooks (`.xlsx`): a few parts of XML in an archive. Words stand in them as words, so no cell holds a formula.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{DateTime, ZipWriter};

use super::{CELL_CHARS_MAX, Cell, Sheet};

/// The longest name of a sheet, in characters.
const NAME_CHARS_MAX: usize = 31;
/// What a sheet's name must not hold.
const NAME_SIGNS_BARRED: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];
/// How wide columns are, in characters.
const COLUMN_CHARS: (usize, usize) = (8, 48);
/// A sign of Chinese is as wide as two of Latin.
const WIDE_FROM: char = '\u{1100}';

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const TYPES: &str = "http://schemas.openxmlformats.org/package/2006/content-types";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const PARTS: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// How cells look, by their numbers: plain, heading, share, time.
const STYLES: &str = r#"<numFmts count="2"><numFmt numFmtId="164" formatCode="0.0%"/><numFmt numFmtId="165" formatCode="0.000"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs>"#;

/// A workbook of these sheets, in their order. The same sheets always make the same bytes.
///
/// # Panics
/// Never: an archive in memory takes what is written to it.
#[must_use]
pub fn xlsx(sheets: &[Sheet]) -> Vec<u8> {
    written(sheets).expect("memory takes what is written to it")
}

fn written(sheets: &[Sheet]) -> Result<Vec<u8>, ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, xml: &str| -> Result<(), ZipError> {
        archive.start_file(name, SimpleFileOptions::default().last_modified_time(DateTime::default()))?;
        Ok(archive.write_all(xml.as_bytes())?)
    };
    part("[Content_Types].xml", &content_types(sheets.len()))?;
    let root = format!("<Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/>");
    part("_rels/.rels", &within("Relationships", RELATIONS, &root))?;
    part("xl/workbook.xml", &book(sheets))?;
    part("xl/_rels/workbook.xml.rels", &relations(sheets.len()))?;
    part("xl/styles.xml", &within("styleSheet", MAIN, STYLES))?;
    for (number, sheet) in (1..).zip(sheets) {
        part(&format!("xl/worksheets/sheet{number}.xml"), &worksheet(sheet))?;
    }
    Ok(archive.finish()?.into_inner())
}

fn within(name: &str, space: &str, inner: &str) -> String {
    format!("{HEAD}<{name} xmlns=\"{space}\">{inner}</{name}>")
}

fn content_types(count: usize) -> String {
    let mut parts = format!(
        "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"{PARTS}.sheet.main+xml\"/>\
         <Override PartName=\"/xl/styles.xml\" ContentType=\"{PARTS}.styles+xml\"/>"
    );
    for number in 1..=count {
        let _ = write!(
            parts,
            "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"{PARTS}.worksheet+xml\"/>"
        );
    }
    within("Types", TYPES, &parts)
}

fn relations(count: usize) -> String {
    let mut parts = format!("<Relationship Id=\"rId0\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/>");
    for number in 1..=count {
        let target = format!("worksheets/sheet{number}.xml");
        let _ = write!(parts, "<Relationship Id=\"rId{number}\" Type=\"{OFFICE}/worksheet\" Target=\"{target}\"/>");
    }
    within("Relationships", RELATIONS, &parts)
}

fn book(sheets: &[Sheet]) -> String {
    let mut parts = String::from("<sheets>");
    for (number, sheet) in (1..).zip(sheets) {
        let name: String = sheet.name.chars().filter(|c| !NAME_SIGNS_BARRED.contains(c)).take(NAME_CHARS_MAX).collect();
        let name = escaped(&name);
        let _ =
            write!(parts, "<sheet xmlns:r=\"{OFFICE}\" name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>");
    }
    parts.push_str("</sheets>");
    within("workbook", MAIN, &parts)
}

fn worksheet(sheet: &Sheet) -> String {
    let mut parts = String::new();
    let is_headed = sheet.rows.first().is_some_and(|row| matches!(row.first(), Some(Cell::Heading(_))));
    if is_headed {
        parts.push_str(
            "<sheetViews><sheetView workbookViewId=\"0\">\
             <pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>",
        );
    }
    let widths = widths(sheet);
    if !widths.is_empty() {
        parts.push_str("<cols>");
        for (number, width) in (1..).zip(widths) {
            let _ = write!(parts, "<col min=\"{number}\" max=\"{number}\" width=\"{width}\" customWidth=\"1\"/>");
        }
        parts.push_str("</cols>");
    }
    parts.push_str("<sheetData>");
    for (number, row) in (1..).zip(&sheet.rows) {
        let _ = write!(parts, "<row r=\"{number}\">");
        for (column, cell) in row.iter().enumerate() {
            put(&mut parts, &format!("{}{number}", letters(column)), cell);
        }
        parts.push_str("</row>");
    }
    parts.push_str("</sheetData>");
    within("worksheet", MAIN, &parts)
}

fn put(parts: &mut String, place: &str, cell: &Cell) {
    // Writing to a text cannot fail.
    let _ = match cell {
        Cell::Nothing => Ok(()),
        Cell::Heading(text) => words(parts, place, 1, text),
        Cell::Text(text) => words(parts, place, 0, text),
        Cell::Count(number) => write!(parts, "<c r=\"{place}\"><v>{number}</v></c>"),
        Cell::Share(share) => write!(parts, "<c r=\"{place}\" s=\"2\"><v>{share}</v></c>"),
        Cell::Millis(_) => write!(parts, "<c r=\"{place}\" s=\"3\"><v>{}</v></c>", cell.plain()),
    };
}

fn words(parts: &mut String, place: &str, style: u8, text: &str) -> std::fmt::Result {
    let text = escaped(text);
    write!(parts, "<c r=\"{place}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
}

/// Words as XML has them. What XML cannot hold is left out, and what is too long for a cell.
fn escaped(text: &str) -> String {
    let holds = |c: &char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars().filter(|c| holds(c) && !matches!(c, '\u{fffe}' | '\u{ffff}')).take(CELL_CHARS_MAX) {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The name of a column: A to Z, then AA.
fn letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(column % 26).unwrap_or(0)));
        match (column / 26).checked_sub(1) {
            Some(next) => column = next,
            None => return letters.iter().rev().collect(),
        }
    }
}

/// How wide each column has to be.
fn widths(sheet: &Sheet) -> Vec<usize> {
    let mut widths = Vec::new();
    for row in &sheet.rows {
        for (column, cell) in row.iter().enumerate() {
            let plain = cell.plain();
            let chars = plain.chars().map(|c| if c >= WIDE_FROM { 2 } else { 1 }).sum::<usize>() + 2;
            if widths.len() <= column {
                widths.push(COLUMN_CHARS.0);
            }
            widths[column] = widths[column].max(chars).min(COLUMN_CHARS.1);
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader as _, Xlsx};

    use super::*;

    fn read(sheets: &[Sheet]) -> Xlsx<Cursor<Vec<u8>>> {
        Xlsx::new(Cursor::new(xlsx(sheets))).unwrap()
    }

    #[test]
    fn a_workbook_reads_back_as_it_was_written() {
        let mut sheet = Sheet::with_headings("数据/1", ["名称", "n"]);
        let hostile = "=HYPERLINK(\"http://x\")<b>&\u{1}\nline";
        sheet.rows.push(vec![Cell::Text(hostile.into()), Cell::Count(-3), Cell::Nothing, Cell::Share(1.0 / 3.0)]);
        sheet.rows.push(vec![Cell::Millis(61_007); 28]);
        let mut book = read(&[sheet, Sheet { name: "b".into(), rows: Vec::new() }]);
        assert_eq!(book.sheet_names(), ["数据1", "b"]);
        let range = book.worksheet_range("数据1").unwrap();
        let at = |row, column| range.get_value((row, column)).cloned();
        assert_eq!(at(1, 0), Some(Data::String(hostile.replace('\u{1}', ""))));
        assert_eq!((at(1, 1), at(1, 2)), (Some(Data::Float(-3.0)), Some(Data::Empty)));
        assert_eq!((at(1, 3), at(2, 27)), (Some(Data::Float(1.0 / 3.0)), Some(Data::Float(61.007))));
        assert!(book.worksheet_formula("数据1").unwrap().cells().all(|(_, _, formula)| formula.is_empty()));
        assert!(book.worksheet_range("b").unwrap().is_empty());
    }

    #[test]
    fn columns_have_names_beyond_z() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
