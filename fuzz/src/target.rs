//! What a target of the fuzzer is, and what all of them use.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something that decodes bytes from the network or the disk, with what must hold of it.
pub struct Target {
    /// Its name, and that of its folder in the corpus.
    pub name: &'static str,
    /// The most bytes of an input.
    pub bytes_max: usize,
    /// Decodes an input and panics where something does not hold. Tells whether the input was one that decodes.
    pub run: fn(&[u8]) -> bool,
    /// Inputs to begin with; each decodes.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// The first line of an input, and the rest.
pub fn headed(input: &[u8]) -> Option<(&str, &str)> {
    std::str::from_utf8(input).ok()?.split_once('\n')
}

/// What was decoded is written and read again, and is the same.
pub fn again<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let text = serde_json::to_string(value).expect("what was read can be written");
    let read =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text} was written and is not read: {error}"));
    assert_eq!(serde_json::to_string(&read).ok().as_ref(), Some(&text), "written anew it is other text");
    read
}

/// The same for what can be compared.
pub fn same_again<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    assert_eq!(&again(value), value);
}
