//! `POST /api/import/sheet`: the first sheet of a workbook as rows of text, for the desk's import page.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{Router, post};
use qinda::model::Deed;
use qinda::sync::{SHEET_BYTES_MAX, SheetAnswer};

use super::AppState;
use super::errors::Refusal;
use super::session::SignedInMember;
use super::turns::Turns;
use crate::sheets::{self, SheetFault};

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/import/sheet", post(read)).layer(DefaultBodyLimit::max(SHEET_BYTES_MAX))
}

async fn read(
    State(state): State<AppState>,
    member: SignedInMember,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Json<SheetAnswer>, Refusal> {
    member.require(Deed::EditKnowledge)?;
    let bytes = bytes.map_err(|refused| match refused.status() {
        StatusCode::PAYLOAD_TOO_LARGE => TOO_LARGE,
        _ => Refusal::malformed(),
    })?;
    let turn = state.turns.take(member.actor().shop)?;
    match Turns::run(turn, move || sheets::rows(&bytes)).await? {
        Ok(sheet) => Ok(Json(sheet)),
        Err(SheetFault::NoWorkbook) => Err(NO_WORKBOOK),
        Err(SheetFault::TooLarge) => Err(TOO_LARGE),
    }
}

const TOO_LARGE: Refusal = Refusal::new(
    StatusCode::PAYLOAD_TOO_LARGE,
    "sheet_too_large",
    "表格太大：最多 5 MB，展开后最多 64 MB。请分成几个文件。",
    "The workbook is too large: 5 MB at most, 64 MB unpacked. Split it.",
);
const NO_WORKBOOK: Refusal = Refusal::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    "no_workbook",
    "读不懂这个表格。请另存为 .xlsx 或 CSV 再试。",
    "The workbook could not be read. Save it as .xlsx or CSV and try again.",
);
