//! `POST /api/v1/chats`: chat logs from a program, with a key instead of a member. The key travels in a header alone, so it
//! stands in no log and no address; no cookie is read, so no page of another site can send anything.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{Router, post};
use axum::{Extension, Json};
use futures::StreamExt as _;
use qinda::import::chats::{ChatRow, Columns, Field, RowFault, object_names, source_name};
use qinda::model::{MICROS_PER_SECOND, Micros, ShopCard};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::AppState;
use super::errors::Refusal;
use super::turns::Turns;
use crate::store::chats::{self, Intake, Source, SourceFields, Taken};
use crate::store::keys::{self, Holder};
use crate::store::{Store, figure_rules};

/// The most bytes of a request.
pub const CHATS_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Of a longer request so many bytes are read before it is refused.
const READ_PAST_BYTES_MAX: usize = 4 * CHATS_BYTES_MAX;
/// The most rows of a request.
pub const CHATS_ROWS_MAX: usize = 5_000;
/// How many requests a key has …
pub const KEY_REQUESTS_MAX: u32 = 120;
/// … within this many seconds.
pub const KEY_REQUESTS_SPAN_SECONDS: i64 = 60;
/// So many rows are written in one transaction: shoppers' messages wait for no more.
const ROWS_AT_ONCE: usize = 500;
/// How many objects are looked at to learn the names of the fields.
const OBJECTS_LOOKED_AT: usize = 50;

/// The address of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/chats", post(take)).layer(Extension(Gate::default()))
}

/// How fast keys send, and whose request is being written.
#[derive(Clone, Default)]
struct Gate {
    turns: Turns,
    rates: Arc<Mutex<HashMap<String, Rate>>>,
}

#[derive(Clone, Copy)]
struct Rate {
    since: Micros,
    requests: u32,
}

impl Gate {
    /// Counts a request of a key, and says how many seconds to wait when there were too many.
    fn count(&self, key_hash: &str, now: Micros) -> Option<i64> {
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        let rate = rates.entry(key_hash.to_owned()).or_insert(Rate { since: now, requests: 0 });
        let over = rate.since.plus_seconds(KEY_REQUESTS_SPAN_SECONDS);
        if now >= over {
            *rate = Rate { since: now, requests: 0 };
        }
        rate.requests += 1;
        (rate.requests > KEY_REQUESTS_MAX).then(|| over.since(now) / MICROS_PER_SECOND + 1)
    }
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    source: String,
}

#[derive(Serialize)]
struct Answer {
    source: String,
    rows: usize,
    new: u64,
    known: u64,
    ends: u64,
    conversations: u64,
    without_shopper: i64,
    without_end: i64,
    bad: Vec<Bad>,
}

#[derive(Serialize)]
struct Bad {
    /// The place among the rows, from 0.
    index: u64,
    kind: &'static str,
    message: Words,
}

#[derive(Serialize)]
struct Words {
    zh: String,
    en: String,
}

async fn take(
    State(state): State<AppState>,
    Extension(gate): Extension<Gate>,
    headers: HeaderMap,
    wanted: Result<Query<Wanted>, QueryRejection>,
    body: Body,
) -> Result<Json<Answer>, Refusal> {
    let holder = holder(&state.store, &headers).await?;
    let now = state.store.clock().now();
    if let Some(seconds) = gate.count(&holder.key_hash, now) {
        return Err(TOO_FAST.retry_after(seconds));
    }
    let bytes = whole(body).await?;
    let Query(Wanted { source }) = wanted.map_err(|_| NO_SOURCE)?;
    let name = source_name(&source).ok_or(NO_SOURCE)?;
    let objects = objects(&bytes)?;
    if objects.len() > CHATS_ROWS_MAX {
        return Err(TOO_MUCH);
    }
    let _turn = gate.turns.take(holder.shop.id)?;
    touch(&state.store, &holder, now).await;
    let source = source_of(&state.store, &holder.shop, name).await?;
    take_in(&state.store, &holder.shop, source, &objects, now).await.map(Json)
}

/// Reads what is sent. Of what is too long the rest is read as well, up to a bound: a program whose connection breaks while
/// it still sends never hears why.
async fn whole(body: Body) -> Result<Vec<u8>, Refusal> {
    let (mut pieces, mut bytes, mut length) = (body.into_data_stream(), Vec::new(), 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Refusal::malformed())?;
        length += piece.len();
        if length <= CHATS_BYTES_MAX {
            bytes.extend_from_slice(&piece);
        } else if length > READ_PAST_BYTES_MAX {
            break;
        }
    }
    if length > CHATS_BYTES_MAX { Err(TOO_MUCH) } else { Ok(bytes) }
}

/// Whose key it is, if it is one that is in use.
async fn holder(store: &Store, headers: &HeaderMap) -> Result<Holder, Refusal> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, key) = given.and_then(|given| given.trim().split_once(' ')).ok_or(NO_KEY)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(NO_KEY);
    }
    let holder = keys::holder(&mut *store.reader().await?, key.trim()).await?.ok_or(NO_KEY)?;
    if holder.key.revoked_at.is_some() { Err(REVOKED) } else { Ok(holder) }
}

/// A request is not refused because its time could not be noted.
async fn touch(store: &Store, holder: &Holder, now: Micros) {
    if !holder.is_to_be_touched(now) {
        return;
    }
    let key_hash = holder.key_hash.clone();
    let touched = store.write(holder.shop.id, move |work| Box::pin(keys::touch(work, key_hash))).await;
    if let Err(error) = touched {
        tracing::warn!(%error, "that a key is in use could not be written down");
    }
}

/// The rows of an array, or of lines.
fn objects(bytes: &[u8]) -> Result<Vec<&str>, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::malformed())?.trim();
    if text.starts_with('[') {
        let all: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| Refusal::malformed())?;
        return Ok(all.into_iter().map(RawValue::get).collect());
    }
    if !text.is_empty() && !text.starts_with('{') {
        return Err(Refusal::malformed());
    }
    Ok(text.lines().filter(|line| !line.trim().is_empty()).collect())
}

/// The source of that name; one that is new is read by the shop's clocks, and answered by its first team.
async fn source_of(store: &Store, shop: &ShopCard, name: String) -> Result<Source, Refusal> {
    let mut reader = store.reader().await?;
    if let Some(source) = chats::find(&mut reader, shop.id, &name).await? {
        return Ok(source);
    }
    let zone = figure_rules::find(&mut reader, shop.id).await?.rules.zone;
    drop(reader);
    let (fields, id) = (SourceFields { zone, ..SourceFields::default() }, shop.id);
    let kept = store.write(id, move |work| Box::pin(chats::put(work, id, name, None, fields))).await?;
    kept.ok_or(TOO_MANY_SOURCES)
}

async fn take_in(
    store: &Store,
    shop: &ShopCard,
    source: Source,
    objects: &[&str],
    now: Micros,
) -> Result<Answer, Refusal> {
    let columns = columns_of(&source, objects);
    let reader = Arc::new(source.fields.reader(&source.name, shop, now));
    let (mut rows, mut bad) = (Vec::<ChatRow>::new(), Vec::<(u64, RowFault)>::new());
    for (line, object) in (1..).zip(objects) {
        match reader.object(line, object, &columns) {
            Ok(row) => rows.push(row),
            Err(fault) => bad.push((line, fault)),
        }
    }
    let (source, mut taken, mut agents) = (Arc::new(source), Taken::default(), Arc::new(BTreeMap::new()));
    for rows in rows.chunks(ROWS_AT_ONCE) {
        let intake = Intake {
            shop: shop.id,
            source: Arc::clone(&source),
            reader: Arc::clone(&reader),
            agents: Arc::clone(&agents),
            rows: Arc::new(rows.to_vec()),
            upto: None,
        };
        taken.add(store.write(shop.id, move |work| Box::pin(chats::take_in(work, intake))).await?);
        agents = Arc::new(taken.agents.clone());
    }
    bad.append(&mut taken.refused);
    bad.sort();
    let Taken { new, known, ends, conversations, without_shopper, without_end, .. } = taken;
    let source = source.name.clone();
    let bad = bad.into_iter().map(told).collect();
    Ok(Answer { source, rows: objects.len(), new, known, ends, conversations, without_shopper, without_end, bad })
}

/// Which field of the objects is which. A program that names an `id` means the number of the message.
fn columns_of(source: &Source, objects: &[&str]) -> Columns {
    let mut names: Vec<String> = Vec::new();
    for name in objects.iter().take(OBJECTS_LOOKED_AT).flat_map(|object| object_names(object).unwrap_or_default()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut columns = source.fields.columns.found_in(&names, &Columns::default());
    if columns.of(Field::Id).is_none() {
        columns.say(Field::Id, Field::Id.name());
    }
    columns
}

fn told((line, fault): (u64, RowFault)) -> Bad {
    Bad { index: line - 1, kind: fault.kind(), message: Words { zh: fault.zh(), en: fault.en() } }
}

const NO_KEY: Refusal = Refusal::new(
    StatusCode::UNAUTHORIZED,
    "no_key",
    "没有密钥，或者密钥不对。请在 Authorization 头里写 Bearer 和 qinda shop key 给的密钥。",
    "There is no key, or a wrong one. Send Authorization: Bearer with a key that qinda shop key made.",
);
const REVOKED: Refusal = Refusal::new(
    StatusCode::FORBIDDEN,
    "key_revoked",
    "这个密钥已作废。请用 qinda shop key 另做一个。",
    "This key was revoked. Make another one with qinda shop key.",
);
const TOO_MUCH: Refusal = Refusal::new(
    StatusCode::PAYLOAD_TOO_LARGE,
    "too_many_rows",
    "一次最多 5000 行、4 MB，请分几次发。",
    "At most 5,000 rows and 4 MB at once; send them in parts.",
);
const NO_SOURCE: Refusal = Refusal::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    "no_source",
    "请在地址里写明来源，如 ?source=taobao，1 到 40 个字。",
    "Name the source in the address, as in ?source=taobao, with 1 to 40 characters.",
);
const TOO_MANY_SOURCES: Refusal = Refusal::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    "too_many_sources",
    "来源太多，最多 100 个。",
    "There are too many sources; at most 100.",
);
const TOO_FAST: Refusal = Refusal::new(
    StatusCode::TOO_MANY_REQUESTS,
    "too_fast",
    "这个密钥发得太快：每分钟最多 120 次。",
    "This key sends too fast: at most 120 requests a minute.",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_so_many_requests_and_then_waits() {
        let gate = Gate::default();
        let at = |second| Micros(0).plus_seconds(second);
        assert!((0..KEY_REQUESTS_MAX).all(|_| gate.count("a", at(5)).is_none()));
        assert_eq!(gate.count("a", at(30)), Some(36));
        assert_eq!(gate.count("b", at(30)), None, "another key has requests of its own");
        assert_eq!(gate.count("a", at(65)), None);
    }

    #[test]
    fn rows_come_as_an_array_or_as_lines() {
        assert_eq!(objects(b" [{\"a\":1}, 2]").unwrap(), ["{\"a\":1}", "2"]);
        assert_eq!(objects(b"{\"a\":1}\n\n{\"a\":2}\r\n").unwrap(), ["{\"a\":1}", "{\"a\":2}"]);
        assert_eq!(objects(b"").unwrap(), Vec::<&str>::new());
        for bad in [&b"[{\"a\":1}"[..], b"a,b", b"\xff"] {
            assert!(objects(bad).is_err());
        }
    }
}
