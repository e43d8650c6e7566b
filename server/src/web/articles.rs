//! `/api/articles`: what an article said before.

use axum::Json;
use axum::extract::{Path, State};
use axum::routing::{Router, get};
use qinda::model::{ArticleId, Deed};
use qinda::sync::VersionsAnswer;

use super::AppState;
use super::errors::Refusal;
use super::session::SignedInMember;
use crate::store::articles;

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/articles/{id}/versions", get(versions))
}

async fn versions(
    State(state): State<AppState>,
    member: SignedInMember,
    Path(id): Path<ArticleId>,
) -> Result<Json<VersionsAnswer>, Refusal> {
    member.require(Deed::EditKnowledge)?;
    let shop = member.actor().shop;
    let conn = &mut *state.store.reader().await?;
    articles::find(&mut *conn, shop, id).await?.ok_or_else(Refusal::not_found)?;
    Ok(Json(VersionsAnswer { versions: articles::former(conn, shop, id).await? }))
}
