//! `GET /c/{channel}/pictures/{id}`: a picture, for the shopper to whom it was sent and for nobody else.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{Visitor, cookie};
use crate::store::pictures;
use crate::web::pictures::{FOR_GOOD, shown};
use crate::web::{AppState, Refusal};

pub(super) async fn show(
    State(state): State<AppState>,
    Path((slug, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let id = id.parse().map_err(|_| Refusal::not_found())?;
    let mut reader = state.store.reader().await?;
    let visitor = Visitor::at_door(&mut reader, &slug, cookie::token(&headers)).await?;
    let visitor = visitor.ok_or_else(Refusal::not_found)?;
    let customer = visitor.customer.ok_or_else(Refusal::not_found)?;
    let found = pictures::find_for(&mut reader, visitor.channel.shop, customer, id).await?;
    found.map(|picture| shown(picture, FOR_GOOD)).ok_or_else(Refusal::not_found)
}
