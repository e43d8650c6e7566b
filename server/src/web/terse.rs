//! Frames that are said tersely: who tells so is answered so.

use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use qinda::sync::{NotTerse, TERSE, from_terse, terse};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::errors::Refusal;
use super::limits::{Given, body_of, is_of};

/// A body of JSON, or the terse form of one, and how it is to be answered.
pub struct Told<T>(pub T, pub Manner);

/// How something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// As JSON.
    Plain,
    /// In the terse form of JSON.
    Terse,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Told<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        if !is_of(request.headers(), TERSE) {
            return Given::from_request(request, state).await.map(|Given(told)| Self(told, Manner::Plain));
        }
        let bytes = body_of(request, state).await?;
        let text = from_terse(&bytes).map_err(|why| match why {
            NotTerse::OtherTable => Refusal::not_json(),
            NotTerse::Damaged => Refusal::malformed(),
            NotTerse::TooLong => Refusal::too_large(),
        })?;
        let told = serde_json::from_str(&text).map_err(|_| Refusal::malformed())?;
        Ok(Self(told, Manner::Terse))
    }
}

/// An answer, and how it is said.
pub struct Answer<T>(pub T, pub Manner);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let Self(answer, manner) = self;
        let said = || serde_json::to_string(&answer).ok().and_then(|text| terse(&text));
        match (manner == Manner::Terse).then(said).flatten() {
            Some(said) => ([(header::CONTENT_TYPE, TERSE)], said).into_response(),
            None => Json(answer).into_response(),
        }
    }
}
