//! Reading frames of a newer side: a scope that this code does not know is passed over, and the rest is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::{Cursor, Gap, Row, Scope, ScopePage};

/// A scope, if it is one that this code knows.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct IfKnown(Option<Scope>);

impl<'de> Deserialize<'de> for IfKnown {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Ok(Self(name.parse().ok()))
    }
}

/// A [`ScopePage`] of any scope.
#[derive(Deserialize)]
struct Page {
    scope: IfKnown,
    reset: bool,
    cursor: Cursor,
    head: u64,
    rows: Vec<Row>,
    #[serde(default)]
    gap: Option<Gap>,
    #[serde(default)]
    older: Vec<Row>,
}

impl Page {
    fn if_known(self) -> Option<ScopePage> {
        let Self { scope, reset, cursor, head, rows, gap, older } = self;
        Some(ScopePage { scope: scope.0?, reset, cursor, head, rows, gap, older })
    }
}

/// Reads the pages of the scopes that are known here.
pub(super) fn known_pages<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ScopePage>, D::Error> {
    Ok(Vec::<Page>::deserialize(deserializer)?.into_iter().filter_map(Page::if_known).collect())
}

/// Reads what is told by scope, of the scopes that are known here.
pub(super) fn known_scopes<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<Scope, T>, D::Error> {
    let told = BTreeMap::<IfKnown, T>::deserialize(deserializer)?;
    Ok(told.into_iter().filter_map(|(scope, told)| Some((scope.0?, told))).collect())
}
