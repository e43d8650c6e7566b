//! `GET /api/figures/history` and `GET /api/figures/silent`: a figure through time, and which devices may still hold what
//! would change it. A supervisor sees everybody's, an agent their own.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{Router, get};
use qinda::model::{Deed, Micros};
use qinda::sync::{HistoryAnswer, HistorySpan, Part, SilentAnswer, Split};
use qinda::timing::Step;
use serde::Deserialize;

use super::AppState;
use super::defined::{CSV, XLSX, as_file, no_such_figure, sees_all};
use super::errors::Refusal;
use super::session::SignedInMember;
use crate::sheet_of_history::{history_csv, history_xlsx};
use crate::store::figure_history::{HistoryQuestion, NoHistory, history};
use crate::store::stretches::Bounds;
use crate::store::{figure_rules, silent};
use crate::zones;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/figures/history", get(show))
        .route("/api/figures/history.csv", get(plain_sheet))
        .route("/api/figures/history.xlsx", get(workbook))
        .route("/api/figures/silent", get(who_is_silent))
}

/// What is asked, as an address says it: a span by its name, or from one moment to another.
#[derive(Deserialize)]
struct Wanted {
    figure: String,
    span: Option<HistorySpan>,
    from: Option<Micros>,
    to: Option<Micros>,
    step: Option<Step>,
    #[serde(default)]
    by: Split,
    part: Option<Part>,
    /// Only those of whoever asks, also of one who may see everybody's.
    #[serde(default)]
    own: bool,
}

async fn show(
    State(state): State<AppState>,
    member: SignedInMember,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<HistoryAnswer>, Refusal> {
    answer(&state, &member, wanted).await.map(Json)
}

/// The same as a file that every spreadsheet reads.
async fn plain_sheet(
    State(state): State<AppState>,
    member: SignedInMember,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<impl IntoResponse, Refusal> {
    let answer = told(answer(&state, &member, wanted).await?)?;
    Ok(as_file(CSV, "attachment; filename=\"qinda-trend.csv\"", history_csv(&answer)))
}

/// The same as a workbook, with numbers that are numbers.
async fn workbook(
    State(state): State<AppState>,
    member: SignedInMember,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<impl IntoResponse, Refusal> {
    let answer = told(answer(&state, &member, wanted).await?)?;
    Ok(as_file(XLSX, "attachment; filename=\"qinda-trend.xlsx\"", history_xlsx(&answer)))
}

/// The answer, if there is something in it to take along.
fn told(answer: HistoryAnswer) -> Result<HistoryAnswer, Refusal> {
    if answer.left_out.is_some() { Err(Refusal::too_many_messages()) } else { Ok(answer) }
}

async fn answer(
    state: &AppState,
    member: &SignedInMember,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<HistoryAnswer, Refusal> {
    let sees_all = sees_all(member)?;
    let Query(Wanted { figure, span, from, to, step, by, part, own }) = wanted.map_err(|_| Refusal::malformed())?;
    let moments = || from.zip(to).map(|(from, to)| HistorySpan::Moments(from, to));
    let question = HistoryQuestion {
        shop: member.signed_in().shop.clone(),
        now: state.store.clock().now(),
        only: (own || !sees_all).then_some(member.actor().member),
        figure,
        span: span.or_else(moments).ok_or_else(Refusal::malformed)?,
        step,
        by,
        part,
    };
    let mut snapshot = state.store.snapshot().await?;
    history(&mut snapshot, &question, Bounds::default()).await?.map_err(|why| match why {
        NoHistory::NoSuchFigure => no_such_figure(),
        NoHistory::UnfitSpan => unfit_span(),
        NoHistory::TooFine => too_fine(),
    })
}

/// Which devices of the shop's day may still hold replies.
async fn who_is_silent(State(state): State<AppState>, member: SignedInMember) -> Result<Json<SilentAnswer>, Refusal> {
    member.require(Deed::SeeFigures)?;
    let shop = &member.signed_in().shop;
    let now = state.store.clock().now();
    let mut snapshot = state.store.snapshot().await?;
    let rules = figure_rules::find(&mut snapshot, shop.id).await?.rules;
    let zone = zones::zone(&rules.zone, shop.utc_offset_minutes, now.plus_seconds(-2 * 86_400), now);
    let today = zone.day_begins(zone.local(now).day);
    Ok(Json(silent::silent(&mut snapshot, shop.id, today, now, member.0.device).await?))
}

const fn unfit_span() -> Refusal {
    Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "unfit_span",
        "请选一段不超过十年的时间，开始在前，结束在后。更长的请分几段看。",
        "Choose a span of at most ten years that ends after it begins. Look at a longer one in parts.",
    )
}

const fn too_fine() -> Refusal {
    Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "too_fine",
        "分得太细，超过 400 格。请按天、周或月看，或者选短一点的时间。",
        "That is more than 400 pieces. Look by day, week or month, or choose a shorter span.",
    )
}
