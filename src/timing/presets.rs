//! The figures that a shop begins with: the desk's own, and those of the marketplaces. They are data in a file; the shop
//! changes every number.

use super::define::Definition;

const SHIPPED: &str = include_str!("presets.json");

/// The figures that are shipped, in the order in which they are shown.
#[must_use]
pub fn shipped() -> Vec<Definition> {
    serde_json::from_str(SHIPPED).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_shipped_is_sound_and_told_apart() {
        let definitions: Vec<Definition> = serde_json::from_str(SHIPPED).unwrap();
        assert!(definitions.len() >= 14);
        let ids: BTreeSet<_> = definitions.iter().map(|definition| definition.id.clone()).collect();
        assert_eq!(ids.len(), definitions.len());
        for definition in definitions {
            assert!(
                !definition.name_en.is_empty()
                    && definition.source.as_ref().is_some_and(|source| !source.by_en.is_empty()),
                "{}",
                definition.id
            );
            definition.clone().checked().unwrap_or_else(|fault| panic!("{}: {fault}", definition.id));
        }
    }
}
