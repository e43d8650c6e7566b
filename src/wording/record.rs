//! A shop's packs, and which of them are in force.

use serde::{Deserialize, Serialize};

use super::{PackFields, default_pack};
use crate::model::{MemberId, Micros, PackId};

/// A pack of wording rules, as a shop keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    /// Its id.
    pub id: PackId,
    /// What it says.
    #[serde(flatten)]
    pub fields: PackFields,
    /// Counts the changes, from 1.
    pub version: u32,
    /// Who changed it last.
    pub changed_by: Option<MemberId>,
    /// When it was changed last.
    pub changed_at: Micros,
}

impl Pack {
    /// The id under which a shop keeps its own edition of [`default_pack`].
    #[must_use]
    pub fn default_id() -> PackId {
        PackId::of_name("default")
    }
}

/// The packs that count: a shop's own, and the default pack unless the shop keeps its own edition of that.
pub fn in_force<'p>(kept: impl IntoIterator<Item = &'p Pack>) -> Vec<&'p PackFields> {
    let kept: Vec<&Pack> = kept.into_iter().collect();
    let own_edition = kept.iter().any(|pack| pack.id == Pack::default_id());
    let shipped = (!own_edition).then(default_pack);
    shipped.into_iter().chain(kept.into_iter().map(|pack| &pack.fields)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(id: PackId, name: &str) -> Pack {
        let fields = PackFields { name: name.into(), ..PackFields::default() };
        Pack { id, fields, version: 1, changed_by: None, changed_at: Micros::default() }
    }

    #[test]
    fn a_shops_own_edition_takes_the_place_of_the_default_pack() {
        let own = pack(PackId::of_name("own"), "自定");
        assert_eq!(in_force([&own]), [default_pack(), &own.fields]);
        let edited = pack(Pack::default_id(), "改过的");
        assert_eq!(in_force([&edited, &own]), [&edited.fields, &own.fields]);
        assert_eq!(in_force([]), [default_pack()]);
    }
}
