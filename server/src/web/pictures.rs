//! `/api/pictures/{id}`: the pictures of quick replies and messages. A picture is known by its bytes, so it never
//! changes, and sending the same one again does nothing.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{Router, get};
use qinda::model::{Deed, PICTURE_BYTES_MAX, PictureId, picture_type};

use super::AppState;
use super::errors::Refusal;
use super::session::SignedInMember;
use crate::store::pictures::{self, Picture, PictureKept};

/// A picture stays with the shopper to whom it was sent, for as long as their browser likes.
pub(super) const FOR_GOOD: &str = "private, max-age=31536000, immutable";
/// A desk keeps pictures itself, closed, and drops those of a shopper who was erased: its browser keeps none beside it.
const BY_THE_DESK: &str = "private, no-store";
/// Should a browser ever take a picture for a page, the page can do nothing.
const POLICY: &str = "default-src 'none'; sandbox";

/// The addresses of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/pictures/{id}", get(show).put(keep)).layer(DefaultBodyLimit::max(PICTURE_BYTES_MAX))
}

async fn keep(
    State(state): State<AppState>,
    member: SignedInMember,
    Path(id): Path<String>,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refusal> {
    member.require(Deed::ReadKnowledge)?;
    let bytes = bytes.map_err(|refused| match refused.status() {
        StatusCode::PAYLOAD_TOO_LARGE => TOO_LARGE,
        _ => Refusal::malformed(),
    })?;
    let id: PictureId = id.parse().map_err(|_| Refusal::not_found())?;
    let media_type = picture_type(&bytes).ok_or(NO_PICTURE)?.to_owned();
    if id != PictureId::of_bytes(&bytes) {
        return Err(OTHER_BYTES);
    }
    let (shop, by) = (member.actor().shop, member.actor().member);
    let picture = Picture { media_type, bytes: bytes.into() };
    match state.store.write(shop, move |work| Box::pin(pictures::keep(work, shop, id, picture, Some(by)))).await? {
        PictureKept::Kept => Ok(StatusCode::NO_CONTENT),
        PictureKept::NoRoom => Err(NO_ROOM),
    }
}

async fn show(
    State(state): State<AppState>,
    member: SignedInMember,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    member.require(Deed::ReadKnowledge)?;
    let id = id.parse().map_err(|_| Refusal::not_found())?;
    let found = pictures::find(&mut *state.store.reader().await?, member.actor().shop, id).await?;
    found.map(|picture| shown(picture, BY_THE_DESK)).ok_or_else(Refusal::not_found)
}

/// A picture as an answer, which may be kept so long.
pub(super) fn shown(picture: Picture, kept: &'static str) -> Response {
    let media_type = HeaderValue::try_from(picture.media_type)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    let headers = [
        (CONTENT_TYPE, media_type),
        (CACHE_CONTROL, HeaderValue::from_static(kept)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, picture.bytes).into_response()
}

const TOO_LARGE: Refusal = Refusal::new(
    StatusCode::PAYLOAD_TOO_LARGE,
    "picture_too_large",
    "图片超过 1 MB，请缩小后再用。",
    "The picture has more than 1 MB. Make it smaller first.",
);
const NO_PICTURE: Refusal = Refusal::new(
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    "no_picture",
    "只收 PNG、JPEG、WebP、GIF 图片。",
    "Only PNG, JPEG, WebP and GIF pictures are taken.",
);
const OTHER_BYTES: Refusal = Refusal::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    "other_bytes",
    "图片在路上变了样，请再传一次。",
    "The picture changed on the way. Send it again.",
);
const NO_ROOM: Refusal = Refusal::new(
    StatusCode::INSUFFICIENT_STORAGE,
    "no_room",
    "店铺的图片已满 500 MB，请联系管理员。",
    "The shop's pictures have reached 500 MB. Ask your administrator.",
);
