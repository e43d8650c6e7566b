//! Files in any encoding, and what a shopper posts.

use qinda::import::{quick_replies, read};
use qinda::model::{About, MESSAGE_CHARS_MAX, MessageId, checked_text};

use super::encoding::{Encoding, decode};
use super::posted::{Posted, Sent};
use crate::target::headed;

/// The bytes of a file of questions and answers, or of quick replies.
pub fn file(input: &[u8]) -> bool {
    let Ok((text, encoding)) = decode(input) else { return false };
    assert!(!text.contains('\0') && !encoding.name().is_empty());
    match encoding {
        Encoding::Utf8 => assert!(input.ends_with(text.as_bytes())),
        Encoding::Utf16 => assert!(text.len() <= input.len() * 2),
        Encoding::Gb18030 => assert!(text.len() <= input.len() * 3, "a byte became more than one character"),
    }
    let taken = read("file", &text).map_or(0, |reading| reading.taken.len());
    let replies = quick_replies(&text).map_or(0, |reading| reading.taken.len());
    taken + replies > 0
}

/// Files of Chinese desks.
pub fn file_seeds() -> Vec<Vec<u8>> {
    let text = "1. 什么时候发货\n答：两天内发出。\n2. 能换吗\n能。\n";
    let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let chinese = encoding_rs::GB18030.encode(text).0.into_owned();
    vec![text.into(), [b"\xef\xbb\xbf", text.as_bytes()].concat(), little, big, chinese]
}

/// What the page's form or its script posts.
pub fn shopper(input: &[u8]) -> bool {
    let Some((how, body)) = headed(input) else { return false };
    let sent = match how {
        // Without script the id may be missing; the server makes another then.
        "form" => serde_urlencoded::from_str::<Posted>(body).ok().map(|Posted { id, text, about }| {
            let id = id.parse().unwrap_or_else(|_| MessageId::of_name(&id));
            Sent { id, text, about }
        }),
        _ => serde_json::from_str::<Sent>(body).ok(),
    };
    let Some(Sent { id, text, about }) = sent else { return false };
    assert_eq!(id.to_string().parse(), Ok(id));
    let about = about.about();
    assert_eq!(About::default().told(about.clone()), Ok(about), "a fact beyond its limits");
    let Ok(kept) = checked_text("text", &text, MESSAGE_CHARS_MAX) else { return false };
    assert!((1..=MESSAGE_CHARS_MAX).contains(&kept.chars().count()));
    assert_eq!(checked_text("text", &kept, MESSAGE_CHARS_MAX), Ok(kept), "what was checked is not fit");
    true
}

/// Posts of a form and of the script.
pub fn shopper_seeds() -> Vec<Vec<u8>> {
    [
        "form\nid=0195f1a0-0000-7000-8000-000000000001&text=%E5%87%A0%E5%A4%A9%E5%88%B0%EF%BC%9F&order=A-1&stage=shipped",
        "form\ntext=hello&product=%E8%8C%B6&courier=&tracking=T1&arrives=soon",
        r#"json
{"id":"0195f1a0-0000-7000-8000-000000000001","text":"几天到？","about":{"order":"A-1","stage":"paid","product":"茶"}}"#,
    ]
    .map(Vec::from)
    .to_vec()
}
