//! `/api/answers`: how well the shop's articles answer its own shoppers, and which replies could be articles.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::routing::{Router, get};
use qinda::answers::{EXCHANGES_MAX, Exchange, Index, Proposal, Review, recurring, review};
use qinda::model::{Article, Deed, Lesson};

use super::AppState;
use super::errors::Refusal;
use super::session::SignedInMember;
use super::turns::Turns;
use super::wording::Back;
use crate::store::history::{Asked, asked_since};
use crate::store::{articles, lessons};

/// The most messages of a shop's history that are read at once: about three for each question and its answer.
pub const HISTORY_MESSAGES_MAX: u64 = 3 * EXCHANGES_MAX as u64;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/answers/review", get(reviewed)).route("/api/answers/recurring", get(recurs))
}

type Asks = Result<Query<Back>, QueryRejection>;

async fn reviewed(State(state): State<AppState>, member: SignedInMember, back: Asks) -> Result<Json<Review>, Refusal> {
    member.require(Deed::EditKnowledge)?;
    let shop = member.actor().shop;
    let turn = state.turns.take(shop)?;
    let asked = history(&state, &member, back).await?;
    let mut snapshot = state.store.snapshot().await?;
    let articles = articles::all(&mut snapshot, shop).await?;
    let lessons = lessons::all(&mut snapshot, shop).await?;
    drop(snapshot);
    let told = Turns::run(turn, move || review(&index_of(&articles, &lessons), &exchanges(&asked))).await?;
    Ok(Json(told))
}

async fn recurs(
    State(state): State<AppState>,
    member: SignedInMember,
    back: Asks,
) -> Result<Json<Vec<Proposal>>, Refusal> {
    member.require(Deed::EditKnowledge)?;
    let turn = state.turns.take(member.actor().shop)?;
    let asked = history(&state, &member, back).await?;
    Ok(Json(Turns::run(turn, move || recurring(&exchanges(&asked))).await?))
}

async fn history(state: &AppState, member: &SignedInMember, back: Asks) -> Result<Vec<Asked>, Refusal> {
    let Query(back) = back.map_err(|_| Refusal::malformed())?;
    let since = back.since(state.store.clock().now());
    Ok(asked_since(&mut *state.store.reader().await?, member.actor().shop, since, HISTORY_MESSAGES_MAX).await?)
}

fn index_of(articles: &[Article], lessons: &[Lesson]) -> Index {
    let mut index = Index::new();
    articles.iter().for_each(|article| index.put_article(article));
    lessons.iter().for_each(|lesson| index.put_lesson(lesson));
    index.settle();
    index
}

fn exchanges(asked: &[Asked]) -> Vec<Exchange<'_>> {
    asked.iter().map(exchange).collect()
}

fn exchange(asked: &Asked) -> Exchange<'_> {
    Exchange { text: &asked.text, chosen: asked.chosen, reply: asked.reply.as_deref(), at: asked.at }
}
