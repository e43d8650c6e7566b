//! `/api/wording`: what a pack of rules would have flagged, and what was sent despite a warning.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{Router, get, post};
use qinda::answers::masked;
use qinda::model::{Deed, MemberId, Micros};
use qinda::sync::{FlaggedBy, FlaggedText, PackRefused, REVIEW_DAYS_MAX, TrialAnswer, TrialRequest, WordingNotes};
use qinda::wording::{Finding, PackFault, PackFields, Trial, trial};
use serde::Deserialize;

use super::AppState;
use super::errors::Refusal;
use super::limits::Given;
use super::session::SignedInMember;
use super::turns::Turns;
use crate::store::figures::replies_since;
use crate::store::wording::{NOTES_MAX, notes_since};
use crate::store::{Stored, members};

/// The most replies that a pack is tried on.
pub const TRIAL_REPLIES_MAX: u64 = 20_000;
/// The most examples of a trial.
pub const TRIAL_EXAMPLES_MAX: usize = 20;

const SECONDS_PER_DAY: i64 = 24 * 3600;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/wording/notes", get(notes)).route("/api/wording/trial", post(try_out))
}

/// How far back to look.
#[derive(Deserialize)]
pub(super) struct Back {
    days: u16,
}

impl Back {
    /// The moment to look back to; longer spans than allowed become the longest one.
    pub(super) fn since(&self, now: Micros) -> Micros {
        now.plus_seconds(-i64::from(self.days.min(REVIEW_DAYS_MAX)) * SECONDS_PER_DAY)
    }
}

async fn notes(
    State(state): State<AppState>,
    member: SignedInMember,
    back: Result<Query<Back>, QueryRejection>,
) -> Result<Json<WordingNotes>, Refusal> {
    member.require(Deed::SeeFigures)?;
    let Query(back) = back.map_err(|_| Refusal::malformed())?;
    Ok(Json(read_notes(&state, &member, &back).await?))
}

async fn read_notes(state: &AppState, member: &SignedInMember, back: &Back) -> Stored<WordingNotes> {
    let shop = member.actor().shop;
    let since = back.since(state.store.clock().now());
    let mut snapshot = state.store.snapshot().await?;
    let mut found = notes_since(&mut snapshot, shop, since, NOTES_MAX + 1).await?;
    let more = found.len() as u64 > NOTES_MAX;
    found.truncate(usize::try_from(NOTES_MAX).unwrap_or(usize::MAX));
    let named: BTreeSet<MemberId> = found.iter().map(|note| note.member).collect();
    Ok(WordingNotes { notes: found, members: members::cards(&mut snapshot, shop, &named).await?, more })
}

async fn try_out(
    State(state): State<AppState>,
    member: SignedInMember,
    Given(request): Given<TrialRequest>,
) -> Result<Json<TrialAnswer>, Refusal> {
    member.require(Deed::EditKnowledge)?;
    let pack = request.pack.checked().map_err(unfit)?;
    let shop = member.actor().shop;
    let turn = state.turns.take(shop)?;
    let since = Back { days: request.days }.since(state.store.clock().now());
    let replies = replies_since(&mut *state.store.reader().await?, shop, since, TRIAL_REPLIES_MAX + 1).await?;
    Ok(Json(Turns::run(turn, move || tried(&pack, &replies)).await?))
}

fn tried(pack: &PackFields, replies: &[String]) -> TrialAnswer {
    let checked = replies.len().min(usize::try_from(TRIAL_REPLIES_MAX).unwrap_or(usize::MAX));
    let cut = replies.len() > checked;
    let Trial { checked, flagged, by_rule, examples } = trial(pack, replies[..checked].iter().map(String::as_str));
    let by_rule = by_rule.into_iter().map(|(rule, texts)| FlaggedBy { rule, texts }).collect();
    let example = |(text, finding): (String, Finding)| FlaggedText {
        text: masked(&text),
        words: masked(&finding.words),
        rule: finding.rule,
    };
    let examples = examples.into_iter().take(TRIAL_EXAMPLES_MAX).map(example).collect();
    TrialAnswer { checked, flagged, cut, by_rule, examples }
}

fn unfit(fault: PackFault) -> Refusal {
    let percent = match &fault {
        PackFault::TooBroad { percent, .. } => Some(*percent),
        _ => None,
    };
    let (PackFault::BadId { rule }
    | PackFault::DuplicateId { rule }
    | PackFault::EmptyRule { rule }
    | PackFault::BadPhrase { rule, .. }
    | PackFault::ContainsOwnException { rule, .. }
    | PackFault::TooBroad { rule, .. }
    | PackFault::TooMany { rule, .. }
    | PackFault::TooLong { rule, .. }) = fault;
    let refusal = if percent.is_some() { TOO_BROAD } else { UNFIT };
    refusal.pack(PackRefused { rule, percent })
}

const UNFIT: Refusal = Refusal::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    "pack_unfit",
    "这条规则还不能用，请检查它的词语和例外。",
    "This rule cannot be used yet. Check its words and exceptions.",
);
const TOO_BROAD: Refusal = Refusal::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    "pack_too_broad",
    "这条规则会拦下太多平常的话，请写得具体一些。",
    "This rule would stop too many everyday messages. Make it more specific.",
);
