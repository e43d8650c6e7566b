//! `/report/settings`: which reports go out, when and where to.

use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, Form, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{Router, get};
use qinda::model::Deed;
use serde::Deserialize;

use super::AppState;
use super::errors::Refusal;
use super::limits::is_foreign;
use super::report::{Asked, language, refused, written};
use super::session::SignedInMember;
use crate::reports::Kind;
use crate::reports::rules::{Format, ReportRules, RulesFault, Tongue, minute_of};
use crate::reports::settings::{Settings, Told, page};
use crate::store::report_sends::{self, RulesKept};
use crate::store::{figure_rules, reported};

/// The longest form, in bytes.
const FORM_BYTES_MAX: usize = 16 * 1024;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/report/settings", get(show).post(keep)).layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

/// What the form posts.
#[derive(Debug, Deserialize)]
struct Posted {
    version: u32,
    daily: Option<String>,
    weekly: Option<String>,
    monthly: Option<String>,
    daily_at: String,
    later_at: String,
    address: String,
    format: Format,
    tongue: Tongue,
    secret: String,
    no_secret: Option<String>,
    try_out: Option<String>,
}

impl Posted {
    /// The rules as they are typed. A secret that is not typed anew stays what it was.
    fn rules(self, kept: &ReportRules) -> Result<ReportRules, (ReportRules, RulesFault)> {
        let ticked = [(Kind::Daily, self.daily), (Kind::Weekly, self.weekly), (Kind::Monthly, self.monthly)];
        let secret = match (self.no_secret, self.secret.is_empty()) {
            (Some(_), _) => String::new(),
            (None, true) => kept.secret.clone(),
            (None, false) => self.secret,
        };
        let times = minute_of(&self.daily_at).zip(minute_of(&self.later_at));
        let (daily_minute, later_minute) = times.unwrap_or((kept.daily_minute, kept.later_minute));
        let rules = ReportRules {
            kinds: ticked.into_iter().filter_map(|(kind, ticked)| ticked.map(|_| kind)).collect(),
            daily_minute,
            later_minute,
            address: self.address,
            format: self.format,
            tongue: self.tongue,
            secret,
        };
        if times.is_none() {
            return Err((rules, RulesFault::Time));
        }
        rules.clone().checked().map_err(|fault| (rules, fault))
    }
}

async fn show(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    address: Uri,
    member: Result<SignedInMember, Refusal>,
) -> Response {
    let lang = language(asked.lang.as_deref(), &headers);
    let settings = async {
        let member = member?;
        member.require(Deed::SeeFigures)?;
        let kept = kept(&state, &member).await?;
        settings(&state, &member, kept.rules.clone(), &kept, Told::Nothing).await
    };
    match settings.await {
        Ok(settings) => written(StatusCode::OK, page(&settings, lang)),
        Err(refusal) => refused(&refusal, lang, &address),
    }
}

async fn keep(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    address: Uri,
    member: Result<SignedInMember, Refusal>,
    form: Result<Form<Posted>, FormRejection>,
) -> Response {
    let lang = language(asked.lang.as_deref(), &headers);
    let settings = async {
        if is_foreign(&headers) {
            return Err(Refusal::foreign_page());
        }
        let member = member?;
        member.require(Deed::SeeFigures)?;
        let Form(posted) = form.map_err(|_| Refusal::malformed())?;
        put(&state, &member, posted).await
    };
    match settings.await {
        Ok(settings) => {
            let status = match settings.told {
                Told::Nothing | Told::Kept | Told::Tried(_) => StatusCode::OK,
                Told::MovedOn => StatusCode::CONFLICT,
                Told::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            };
            written(status, page(&settings, lang))
        }
        Err(refusal) => refused(&refusal, lang, &address),
    }
}

async fn put(state: &AppState, member: &SignedInMember, posted: Posted) -> Result<Settings, Refusal> {
    let before = kept(state, member).await?;
    let (version, is_trial) = (posted.version, posted.try_out.is_some());
    let rules = match posted.rules(&before.rules) {
        Ok(rules) => rules,
        Err((typed, fault)) => return settings(state, member, typed, &before, Told::Unfit(fault)).await,
    };
    if is_trial && rules.address.is_empty() {
        return settings(state, member, rules, &before, Told::Unfit(RulesFault::Address)).await;
    }
    let (shop, by, put) = (member.actor().shop, member.actor().member, rules.clone());
    let is_kept = state
        .store
        .write(shop, move |work| {
            let put = put.clone();
            Box::pin(async move { report_sends::put_rules(work, shop, version, put, by).await })
        })
        .await?;
    let now = kept(state, member).await?;
    let told = match (is_kept, is_trial) {
        (false, _) => Told::MovedOn,
        (true, false) => Told::Kept,
        (true, true) => {
            // One at a time for each shop: a report reads much, and an address may take its time.
            let _turn = state.turns.take(shop)?;
            Told::Tried(state.reports.try_out(&member.signed_in().shop, &now.rules).await)
        }
    };
    settings(state, member, rules, &now, told).await
}

async fn kept(state: &AppState, member: &SignedInMember) -> Result<RulesKept, Refusal> {
    Ok(report_sends::rules(&mut *state.store.reader().await?, member.actor().shop).await?)
}

async fn settings(
    state: &AppState,
    member: &SignedInMember,
    rules: ReportRules,
    kept: &RulesKept,
    told: Told,
) -> Result<Settings, Refusal> {
    let shop = &member.signed_in().shop;
    let mut reader = state.store.reader().await?;
    let figures = figure_rules::find(&mut reader, shop.id).await?.rules;
    let zone = reported::clocks(&figures, shop, state.store.clock().now());
    let sent = report_sends::latest(&mut reader, shop.id).await?;
    let (version, has_secret) = (kept.version, !kept.rules.secret.is_empty());
    Ok(Settings { rules, version, has_secret, sent, zone, told })
}
