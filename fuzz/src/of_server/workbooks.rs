//! Workbooks, whose makers nobody trusts.

use std::io::{Cursor, Write as _};

use qinda::sync::{SHEET_COLUMNS_MAX, SHEET_ROWS_MAX, SheetAnswer};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::sheets::{SheetFault, TEXT_BYTES_MAX, looks_like_workbook, rows};
use crate::target::same_again;

const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="话术" sheetId="1"
r:id="rId1"/></sheets></workbook>"#;
const ROOT: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="xl/workbook.xml" Type=
"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>"#;
const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="worksheets/sheet1.xml" Type=
"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>"#;
const SHEET: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:E3"/>
<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>内容</t></is></c></row><row r="3">
<c r="B3"><v>12.5</v></c><c r="C3" s="1"><v>45000</v></c><c r="D3" t="b"><v>1</v></c><c r="E3" t="e"><v>#N/A</v></c></row>
</sheetData></worksheet>"#;
const STRINGS: &str = r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="2" uniqueCount="2">
<si><t>分组</t></si><si><r><t xml:space="preserve">您 </t></r><r><t>好</t></r></si></sst>"#;
const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1">
<numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"/>
</cellXfs></styleSheet>"#;
/// The parts of a workbook, in the order in which an input holds them.
const PARTS: [&str; 6] = [
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
];
/// What stands between two parts in an input.
const BETWEEN: &str = "\n====\n";

/// A file, as it is sent.
pub fn sheet(input: &[u8]) -> bool {
    read(input)
}

/// The parts of a workbook, which are packed first: no fuzzer guesses their check sums. A part that is left out is a
/// plain one.
pub fn workbook(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else { return false };
    let mut given = text.split(BETWEEN);
    let plain = [SHEET, STRINGS, STYLES, WORKBOOK, RELATIONS, ROOT];
    let parts: Vec<(&str, &str)> =
        PARTS.into_iter().zip(plain).map(|(name, plain)| (name, given.next().unwrap_or(plain))).collect();
    read(&packed(&parts))
}

fn read(bytes: &[u8]) -> bool {
    match rows(bytes) {
        Ok(sheet) => {
            assert!(looks_like_workbook(bytes) || !bytes.starts_with(b"PK\x03\x04"));
            within_bounds(&sheet);
            true
        }
        Err(SheetFault::NoWorkbook | SheetFault::TooLarge) => false,
    }
}

fn within_bounds(sheet: &SheetAnswer) {
    same_again(sheet);
    assert!(sheet.rows.len() <= SHEET_ROWS_MAX);
    let cells = || sheet.rows.iter().flat_map(|row| &row.cells);
    assert!(cells().map(String::len).sum::<usize>() <= TEXT_BYTES_MAX);
    for row in &sheet.rows {
        assert!(row.line > 0 && (1..=SHEET_COLUMNS_MAX).contains(&row.cells.len()));
        assert!(row.cells.iter().any(|cell| !cell.trim().is_empty()), "an empty row is listed");
    }
}

fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in parts.iter().filter(|(_, text)| !text.is_empty()) {
        archive.start_file(*name, stored).expect("a part begins");
        archive.write_all(text.as_bytes()).expect("a part is written");
    }
    archive.finish().expect("the archive ends").into_inner()
}

/// Whole files.
pub fn sheet_seeds() -> Vec<Vec<u8>> {
    let parts = [SHEET, STRINGS, STYLES, WORKBOOK, RELATIONS, ROOT];
    let all: Vec<(&str, &str)> = PARTS.into_iter().zip(parts).collect();
    let without_strings = SHEET.replace(r#" t="s""#, "");
    let least = [(PARTS[0], without_strings.as_str()), all[3], all[4], all[5]];
    vec![packed(&all), packed(&least)]
}

/// Sheets, with and without what stands beside them.
pub fn workbook_seeds() -> Vec<Vec<u8>> {
    let all = [SHEET, STRINGS, STYLES, WORKBOOK, RELATIONS, ROOT];
    [all[..1].join(BETWEEN), all[..2].join(BETWEEN), all.join(BETWEEN)].map(String::into_bytes).to_vec()
}
