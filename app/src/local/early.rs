//! What the boot script reads for a start while the desk is made ready (`public/early.js`), beside the page.

use js_sys::{Promise, Reflect, Uint8Array};
use qinda::model::MemberId;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::prepared::Stock;

/// Under which name of the window the boot script leaves it.
const EARLY: &str = "qindaEarly";
/// Stands with the length of a value that is a text.
const IS_TEXT: u32 = 1 << 31;

/// What is being read for this start.
pub(crate) struct Early(JsValue);

/// The rows that the device keeps, of the knowledge those alone that changed since it was packed, and how far the disk was when
/// they were read.
pub(crate) struct EarlyRows {
    pub(super) progress: String,
    /// As `public/early.js` lays them out.
    pub(super) rows: Vec<u8>,
}

/// A value as it lies on the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lying<'a> {
    /// As it is.
    Text(&'a str),
    /// Closed.
    Closed(&'a [u8]),
}

impl Early {
    /// What is read for a member and a build of the desk; none where nothing is, or for others. It is there once.
    pub(crate) fn take(member: MemberId, build: &str) -> Option<Self> {
        let window = web_sys::window()?;
        let early = Self(Reflect::get(&window, &EARLY.into()).ok().filter(JsValue::is_object)?);
        Reflect::set(&window, &EARLY.into(), &JsValue::UNDEFINED).ok()?;
        let is_meant = early.part("member")? == *member.to_string() && early.part("build")? == *build;
        is_meant.then_some(early)
    }

    /// What an earlier start prepared.
    pub(crate) async fn prepared(&self) -> Option<Stock> {
        let found = self.found("prepared").await?;
        let bytes = |name| found.part(name)?.dyn_ref().map(Uint8Array::to_vec);
        Some(Stock::of(bytes("index"), bytes("rows")))
    }

    /// The rows.
    pub(crate) async fn kept(&self) -> Option<EarlyRows> {
        let found = self.found("kept").await?;
        let rows = found.part("rows")?.dyn_ref().map(Uint8Array::to_vec)?;
        Some(EarlyRows { progress: found.part("progress")?.as_string()?, rows })
    }

    /// What is found of a part; none where it could not be read.
    async fn found(&self, part: &str) -> Option<Self> {
        let promise: Promise = self.part(part)?.dyn_into().ok()?;
        JsFuture::from(promise).await.ok().filter(JsValue::is_object).map(Self)
    }

    fn part(&self, name: &str) -> Option<JsValue> {
        Reflect::get(&self.0, &name.into()).ok()
    }
}

impl EarlyRows {
    /// The key of each row and what lies there; nothing further where the bytes are not whole.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Option<(&str, Lying<'_>)>> {
        let mut rest = &*self.rows;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let row = row(&mut rest);
            if row.is_none() {
                rest = &[];
            }
            Some(row)
        })
    }
}

fn row<'a>(rest: &mut &'a [u8]) -> Option<(&'a str, Lying<'a>)> {
    let (key, value) = (length(rest)?, length(rest)?);
    let key = text(taken(rest, key)?)?;
    let bytes = taken(rest, value & !IS_TEXT)?;
    let lying = if value & IS_TEXT == 0 { Lying::Closed(bytes) } else { Lying::Text(text(bytes)?) };
    Some((key, lying))
}

fn length(rest: &mut &[u8]) -> Option<u32> {
    let (length, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(u32::from_le_bytes(*length))
}

fn taken<'a>(rest: &mut &'a [u8], length: u32) -> Option<&'a [u8]> {
    rest.split_off(..length as usize)
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
