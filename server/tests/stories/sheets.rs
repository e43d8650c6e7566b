//! A workbook becomes rows of text, for editors, whatever the workbook tries.

use std::io::{Cursor, Write as _};

use qinda::sync::{SHEET_BYTES_MAX, SheetAnswer};
use reqwest::{Response, StatusCode};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::{Desk, TestShop, refusal};

const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
    <sheets><sheet name="话术" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const ROOT: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
    <Relationship Id="rId1" Target="xl/workbook.xml"
        Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>"#;
const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
    <Relationship Id="rId1" Target="worksheets/sheet1.xml"
        Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>"#;

/// A workbook of one sheet whose cells are these, by their places.
pub fn workbook(cells: &[(&str, &str)]) -> Vec<u8> {
    let mut rows = String::new();
    for (place, text) in cells {
        let row: String = place.chars().filter(char::is_ascii_digit).collect();
        rows += &format!(r#"<row r="{row}"><c r="{place}" t="inlineStr"><is><t>{text}</t></is></c></row>"#);
    }
    let sheet = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
    );
    zipped(&[
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

async fn post(desk: &Desk, bytes: Vec<u8>) -> Response {
    let post = desk.client.post(format!("{}/api/import/sheet", desk.origin));
    post.header("content-type", "application/octet-stream").body(bytes).send().await.unwrap()
}

#[tokio::test]
async fn a_workbook_becomes_rows_in_their_places() {
    let shop = TestShop::open().await.with_member("3001", "editor").await.with_member("1001", "agent").await;
    let editor = shop.desk("3001").await;
    let bytes = workbook(&[("A1", "分组"), ("C1", "内容"), ("C3", "您好"), ("XFD1048576", "远")]);
    let sheet: SheetAnswer = post(&editor, bytes.clone()).await.json().await.unwrap();
    let rows: Vec<(usize, String)> = sheet.rows.iter().map(|row| (row.line, row.cells.join("|"))).collect();
    assert_eq!(rows, [(1, "分组||内容".to_owned()), (3, "||您好".to_owned())]);
    assert!(sheet.cut);
    let agent = shop.desk("1001").await;
    assert_eq!(refusal(post(&agent, bytes).await).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_workbook_that_is_none_or_unpacks_to_too_much_is_refused() {
    let shop = TestShop::open().await.with_member("3001", "editor").await;
    let editor = shop.desk("3001").await;
    let none = post(&editor, b"PK\x03\x04 nothing".to_vec()).await;
    assert_eq!(refusal(none).await, (StatusCode::UNPROCESSABLE_ENTITY, "no_workbook".into()));
    let bomb = zipped(&[("xl/sharedStrings.xml", &vec![b' '; 65 * 1024 * 1024])]);
    assert!(bomb.len() < 1024 * 1024);
    let bomb = post(&editor, bomb).await;
    assert_eq!(refusal(bomb).await, (StatusCode::PAYLOAD_TOO_LARGE, "sheet_too_large".into()));
    let large = post(&editor, vec![0; SHEET_BYTES_MAX + 1]).await;
    assert_eq!(refusal(large).await, (StatusCode::PAYLOAD_TOO_LARGE, "sheet_too_large".into()));
}
