//! Names that are written as text in addresses, headers and columns, and pictures, which are known by their bytes.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use qinda::model::{DeviceKind, EntryId, MessageId, PictureId, Roles, picture_type};
use qinda::sync::Scope;

use crate::target::same_again;

/// One text as each of them.
pub fn name(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else { return false };
    let roles = Roles::parse(text);
    assert_eq!(Roles::parse(&roles.to_text()), roles);
    same_again(&roles);
    let kind = DeviceKind::of_user_agent(text);
    same_again(&kind);
    let scope = is::<Scope>(text);
    if scope {
        same_again(&text.parse::<Scope>().expect("it was read"));
    }
    let known = [scope, is::<EntryId>(text), is::<MessageId>(text), !roles.as_slice().is_empty()];
    known.contains(&true) || kind != DeviceKind::default()
}

fn is<T: FromStr + Display + PartialEq + Debug>(text: &str) -> bool {
    let Ok(value) = text.parse::<T>() else { return false };
    assert_eq!(value.to_string().parse().ok(), Some(value));
    true
}

/// Names as they are met.
pub fn name_seeds() -> Vec<Vec<u8>> {
    [
        "knowledge",
        "inbox:0195f1a0-0000-7000-8000-000000000001",
        "mailbox:0195f1a0-0000-7000-8000-000000000002",
        "article:0195f1a0-0000-7000-8000-000000000003",
        "quick_reply:{0195F1A0-0000-7000-8000-000000000003}",
        "urn:uuid:0195f1a0-0000-7000-8000-000000000004",
        "0195f1a0000070008000000000000005",
        "agent,supervisor, editor,admin",
        "Mozilla/5.0 (Linux; Android 14; Mobile) Chrome/130.0 MicroMessenger/8.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/605.1.15",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Edg/130.0",
        "Mozilla/5.0 (Phone; OpenHarmony 5.0) HuaweiBrowser/5.0",
    ]
    .map(Vec::from)
    .to_vec()
}

/// What is kept as a picture is told by the first bytes and nothing else.
pub fn picture(input: &[u8]) -> bool {
    const KINDS: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];
    const TOLD_BY: usize = 12;
    let kind = picture_type(input);
    assert!(kind.is_none_or(|kind| KINDS.contains(&kind)));
    assert_eq!(picture_type(&input[..input.len().min(TOLD_BY)]), kind);
    let is_markup = input.trim_ascii_start().starts_with(b"<");
    assert!(kind.is_none() || !is_markup, "a page would be shown as a picture");
    assert_eq!(PictureId::of_bytes(input).to_string().parse(), Ok(PictureId::of_bytes(input)));
    kind.is_some()
}

/// How pictures begin.
pub fn picture_seeds() -> Vec<Vec<u8>> {
    [b"\x89PNG\r\n\x1a\nrest".as_slice(), b"\xff\xd8\xff\xe0rest", b"GIF89arest", b"GIF87a", b"RIFF....WEBPrest"]
        .map(Vec::from)
        .to_vec()
}
