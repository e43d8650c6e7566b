//! `GET /api/figures/defined`, `GET /api/figures/cases` and `/api/figures/rules`: figures as the shop defines them. A
//! supervisor sees everybody's, an agent their own.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{Router, get, post};
use qinda::model::{Deed, Micros};
use qinda::sync::{
    CasesAnswer, DefinedAnswer, FIGURE_TRIAL_DAYS, FigureTrial, NamedPart, Part, RulesAnswer, RulesTold,
};
use qinda::timing::{Definition, FigureRules, RulesFault};
use serde::Deserialize;

use super::AppState;
use super::errors::Refusal;
use super::figures::{SECONDS_PER_DAY, Span};
use super::session::SignedInMember;
use crate::sheet_of_figures::{figures_csv, figures_xlsx};
use crate::store::defined::{self, How, Question};
use crate::store::figure_rules;
use crate::store::stretches::Bounds;
use crate::zones;

/// What a browser calls a table in plain text …
pub(super) const CSV: &str = "text/csv; charset=utf-8";
/// … and a workbook.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/figures/defined", get(show))
        .route("/api/figures/defined.csv", get(plain_sheet))
        .route("/api/figures/defined.xlsx", get(workbook))
        .route("/api/figures/cases", get(cases))
        .route("/api/figures/trial", post(try_out))
        .route("/api/figures/rules", get(rules).put(put_rules))
}

/// What is asked, as an address says it.
#[derive(Deserialize)]
struct Wanted {
    from: Micros,
    to: Micros,
    /// Only those of whoever asks, also of one who may see everybody's.
    #[serde(default)]
    own: bool,
    /// Without what would have to be counted from many messages.
    #[serde(default)]
    quick: bool,
    /// Of which figure the cases are wanted.
    #[serde(default)]
    figure: String,
    /// Of which part of it alone.
    part: Option<Part>,
}

async fn show(
    State(state): State<AppState>,
    member: SignedInMember,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<DefinedAnswer>, Refusal> {
    Ok(Json(asked(&state, &member, wanted).await?))
}

/// The same as a file that every spreadsheet reads.
async fn plain_sheet(
    State(state): State<AppState>,
    member: SignedInMember,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<impl IntoResponse, Refusal> {
    let answer = asked(&state, &member, wanted).await?;
    Ok(as_file(CSV, "attachment; filename=\"qinda-figures.csv\"", figures_csv(&answer)))
}

/// The same as a workbook, with numbers that are numbers.
async fn workbook(
    State(state): State<AppState>,
    member: SignedInMember,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<impl IntoResponse, Refusal> {
    let answer = asked(&state, &member, wanted).await?;
    Ok(as_file(XLSX, "attachment; filename=\"qinda-figures.xlsx\"", figures_xlsx(&answer)))
}

/// A file for whoever asks for it.
pub(super) fn as_file(kind: &'static str, name: &'static str, bytes: impl IntoResponse) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes)
}

async fn asked(
    state: &AppState,
    member: &SignedInMember,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<DefinedAnswer, Refusal> {
    let is_quick = wanted.as_ref().is_ok_and(|wanted| wanted.quick);
    let (question, _, _) = question(state, member, wanted)?;
    let mut snapshot = state.store.snapshot().await?;
    Ok(defined::figures(&mut snapshot, &question, How { is_quick, ..How::default() }).await?)
}

async fn cases(
    State(state): State<AppState>,
    member: SignedInMember,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<CasesAnswer>, Refusal> {
    let (question, figure, part) = question(&state, &member, wanted)?;
    let mut snapshot = state.store.snapshot().await?;
    let answer = defined::cases(&mut snapshot, &question, (&figure, part), Bounds::default()).await?;
    answer.map(Json).ok_or_else(no_such_figure)
}

/// What a member asks, of which figure and of which part.
fn question(
    state: &AppState,
    member: &SignedInMember,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<(Question, String, Option<Part>), Refusal> {
    let sees_all = sees_all(member)?;
    let Query(Wanted { from, to, own, figure, part, .. }) = wanted.map_err(|_| Refusal::malformed())?;
    let span = Span { from, to }.fit()?;
    let only = (own || !sees_all).then_some(member.actor().member);
    let now = state.store.clock().now();
    let question = Question { shop: member.signed_in().shop.clone(), from: span.from, to: span.to, now, only };
    Ok((question, figure, part))
}

/// Whether a member may see everybody's figures; whoever answers sees their own at the least.
pub(super) fn sees_all(member: &SignedInMember) -> Result<bool, Refusal> {
    let sees_all = member.actor().roles.may(Deed::SeeFigures);
    if !sees_all {
        member.require(Deed::Answer)?;
    }
    Ok(sees_all)
}

async fn rules(State(state): State<AppState>, member: SignedInMember) -> Result<Json<RulesAnswer>, Refusal> {
    member.require(Deed::SeeFigures)?;
    let mut reader = state.store.reader().await?;
    let shop = member.actor().shop;
    let RulesTold { rules, version } = figure_rules::find(&mut reader, shop).await?;
    Ok(Json(RulesAnswer { rules, version, places: figure_rules::places(&mut reader, shop).await? }))
}

/// Rules as a desk of any version sends them.
#[derive(Deserialize)]
struct Sent {
    rules: serde_json::Value,
    version: u32,
}

async fn put_rules(
    State(state): State<AppState>,
    member: SignedInMember,
    sent: Result<Json<Sent>, JsonRejection>,
) -> Result<Json<RulesTold>, Refusal> {
    member.require(Deed::SeeFigures)?;
    let Json(Sent { rules, version }) = sent.map_err(|_| Refusal::malformed())?;
    let (shop, by) = (member.actor().shop, member.actor().member);
    let mut reader = state.store.reader().await?;
    let stands = figure_rules::find(&mut reader, shop).await?;
    let places = figure_rules::places(&mut reader, shop).await?;
    drop(reader);
    let rules = FigureRules::sent(rules, &stands.rules).map_err(|_| Refusal::malformed())?;
    let rules = rules.checked(zones::is_known).map_err(unfit)?;
    let rules = at_places(rules, &stands.rules, &places)?;
    if stands.version != version {
        return Err(changed_meanwhile());
    }
    let told = RulesTold { rules, version };
    let kept = told.clone();
    let is_kept = state
        .store
        .write(shop, move |work| Box::pin(async move { figure_rules::put(work, shop, &kept, Some(by)).await }))
        .await?;
    if !is_kept {
        return Err(changed_meanwhile());
    }
    Ok(Json(RulesTold { version: version + 1, ..told }))
}

/// The rules without the hours of places that are no more. Hours of a place that never was are refused.
fn at_places(mut rules: FigureRules, stands: &FigureRules, places: &[NamedPart]) -> Result<FigureRules, Refusal> {
    let is_there = |part: Part| places.iter().any(|place| place.part == part);
    let (own, stood) = (&mut rules.own_hours, &stands.own_hours);
    let is_known_team = |team| is_there(Part::Team(team)) || stood.teams.contains_key(&team);
    let is_known_channel = |channel| is_there(Part::Channel(channel)) || stood.channels.contains_key(&channel);
    if !own.teams.keys().copied().all(is_known_team) || !own.channels.keys().copied().all(is_known_channel) {
        return Err(no_such_place());
    }
    own.teams.retain(|team, _| is_there(Part::Team(*team)));
    own.channels.retain(|channel, _| is_there(Part::Channel(*channel)));
    Ok(rules)
}

/// What a definition would have said of the last days, before anybody keeps it.
async fn try_out(
    State(state): State<AppState>,
    member: SignedInMember,
    definition: Result<Json<Definition>, JsonRejection>,
) -> Result<Json<FigureTrial>, Refusal> {
    member.require(Deed::SeeFigures)?;
    let Json(definition) = definition.map_err(|_| Refusal::malformed())?;
    let definition = definition.checked().map_err(|fault| unfit(fault.into()))?;
    let to = state.store.clock().now();
    let from = to.plus_seconds(-FIGURE_TRIAL_DAYS * SECONDS_PER_DAY);
    let question = Question { shop: member.signed_in().shop.clone(), from, to, now: to, only: None };
    let mut snapshot = state.store.snapshot().await?;
    let (from, value) = defined::trial(&mut snapshot, &question, &definition, Bounds::default()).await?;
    Ok(Json(FigureTrial { from, to, value }))
}

pub(super) const fn no_such_figure() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "no_such_figure",
        "没有这个指标，可能刚被改名或删掉。请刷新页面。",
        "There is no such figure; it may have been renamed or removed. Reload the page.",
    )
}

const fn no_such_place() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "no_such_place",
        "营业时间里有一个团队或渠道已经不在了。请刷新页面再改，还没有保存。",
        "The hours name a team or a channel that is not there. Reload and change it again; nothing was saved.",
    )
}

const fn changed_meanwhile() -> Refusal {
    Refusal::new(
        StatusCode::CONFLICT,
        "changed_meanwhile",
        "别人刚改过统计口径。请刷新后再改，您的改动还没有保存。",
        "Somebody changed how the shop counts meanwhile. Reload and change it again; nothing was saved.",
    )
}

const fn unfit(fault: RulesFault) -> Refusal {
    let (zh, en) = match fault {
        RulesFault::Zone => (
            "没有这个时区，请写成 Asia/Shanghai 这样的名字。",
            "There is no such time zone; write a name such as Asia/Shanghai.",
        ),
        RulesFault::Hours(_) => (
            "营业时间有误：每段从 24:00 之前开始、先开后关、不超过 24 小时，每天最多 8 段；特别的日子最多 400 天，单设时间的团队和渠道最多 100 个。",
            "The opening hours do not fit: a span begins before 24:00, ends after it begins, lasts at most 24 hours, and a day has at most 8; there are at most 400 special days, and 100 teams and channels with hours of their own.",
        ),
        RulesFault::Definition(_) => (
            "有一个指标填得不全：要有名称；达标率要有秒数；时间类只能按次统计；时长不超过一周；目标不超过 100 %。",
            "A figure is incomplete: it needs a name; a share needs its seconds; times are told of cases only and are at most a week; a goal is at most 100 %.",
        ),
        RulesFault::Surge(_) => (
            "高峰预案有误：每一步要写清叫谁来；后面的步骤人数不能比前面少；撤回的人数不能高于第一步；最多 12 步，每步最多 240 分钟。",
            "The surge plan does not fit: each step says whom to bring in, none asks for fewer than the one before, what is taken back no longer applies; at most 12 steps of at most 240 minutes.",
        ),
        RulesFault::Twice => ("两个指标用了同一个编号。", "Two figures bear the same id."),
        RulesFault::TooMany => ("自定义指标太多，最多 60 个。", "There are too many figures of your own; at most 60."),
    };
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit_rules", zh, en)
}
