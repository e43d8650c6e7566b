use proptest::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::*;
use crate::sync::{Presence, PresenceRequest, PushAnswer, PushRequest};

const PAGE: &str = include_str!("../../../docs/SYNC.md");

fn said_and_read(text: &str) -> usize {
    let said = terse(text).expect("it can be said tersely");
    assert_eq!(from_terse(&said).as_deref(), Ok(text));
    said.len()
}

/// The examples below the heading of the terse form: a text, and its bytes in hex.
fn example() -> (&'static str, Vec<u8>) {
    let (_, after) = PAGE.split_once("\n## Said tersely").expect("the page has this heading");
    let block = |kind: &str| {
        let (_, begun) = after.split_once(&format!("```{kind}\n")).expect("it has such an example");
        begun.split_once("\n```").expect("it ends").0
    };
    let hex: String = block("text").split_whitespace().collect();
    let byte = |place: usize| u8::from_str_radix(&hex[place..place + 2], 16).unwrap();
    (block("json"), (0..hex.len()).step_by(2).map(byte).collect())
}

#[test]
fn the_example_of_the_page_is_said_as_it_says() {
    let (text, bytes) = example();
    let push: PushRequest = serde_json::from_str(text).unwrap();
    assert!(push.commands[0].action().is_ok(), "its hash fits");
    let said = terse(text).unwrap();
    let hex = said.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(said, bytes, "the page should show {hex}");
    assert_eq!(from_terse(&bytes).as_deref(), Ok(text));
    assert!(
        PAGE.contains(&format!("{} bytes in place of {}", said.len(), text.len())),
        "{} {}",
        said.len(),
        text.len()
    );
}

#[test]
fn the_table_is_the_one_of_its_number() {
    let sum: String = Sha256::digest(PHRASES)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        (TERSE_TABLE, sum.as_str()),
        (1, "ef3f05fc40b0e21a"),
        "a changed table is another table: desks and servers differ"
    );
    let phrases: Vec<&str> = PHRASES.lines().collect();
    assert!(phrases.len() <= PHRASES_OWN + 256);
    for (place, phrase) in phrases.iter().enumerate() {
        assert!(phrase.len() > 1 && !phrases[..place].contains(phrase), "{phrase} is worth a place");
        said_and_read(phrase);
    }
}

/// A reply, as a desk sends it many times a day, and what is answered.
const REPLY: &str = r#"{"protocol":1,"device":"01a20833-c71c-78bf-8615-c81d242e30e0","epoch":"01a20833-c71c-7008-a7ae-5e4f11ad183b","commands":[{"n":2,"kind":"message.send","version":1,"args":{"id":"01a20833-d702-7673-9818-b9ea456c46a3","conversation":"01a20833-d4c0-7536-9d59-02f0c3a0366b","text":"亲，第1个问题的答复：今天下午四点前的订单当天发出。","seen":3,"owner_seen":"01a20833-bf0c-74af-a445-efd7d6a5dad0","written_at":1795433944811988,"expires_at":1795606744811988,"composed":{"typed_chars":26,"typing_ms":0}},"hash":"79b6784af6d03e47d0ef7a807a70e609"}]}"#;

#[test]
fn a_reply_takes_little_more_than_its_ids_and_words() {
    let ids_and_words = 6 * 16 + 26 * 2;
    let said = said_and_read(REPLY);
    assert!(said <= ids_and_words + 50, "{said} of {}", REPLY.len());
    let answer = r#"{"through":2,"lease":{"at":1795433944872773,"until":1795693144872773}}"#;
    assert!(serde_json::from_str::<PushAnswer>(answer).is_ok() && said_and_read(answer) <= 26);
}

#[test]
fn who_looks_takes_little_more_than_ids() {
    let told =
        r#"{"page":"01a20833-c3de-7a48-b4f6-80a8ef7661d8","conversation":"01a20833-d4c0-7536-9d59-02f0c3a0366b"}"#;
    assert!(serde_json::from_str::<PresenceRequest>(told).is_ok() && said_and_read(told) <= 39);
    let heard = r#"{"conversation":"01a20833-d4c0-7536-9d59-02f0c3a0366b","present":[{"member":"01a20833-bf0c-74af-a445-efd7d6a5dad0"}],"may_rest":true}"#;
    assert!(serde_json::from_str::<Presence>(heard).is_ok() && said_and_read(heard) <= 38);
    assert_eq!(said_and_read("null"), 5);
}

#[test]
fn what_is_said_again_takes_two_bytes() {
    let one = r#""01a20833-c71c-78bf-8615-c81d242e30e0""#;
    let many = format!("[{}]", vec![one; 300].join(","));
    assert_eq!(said_and_read(&many), 1 + 2 + 299 + 2 * 300 + 17 + 2 * 299);
    let others: Vec<String> = (0..400_u128).map(|number| Uuid::from_u128(number).to_string()).collect();
    said_and_read(&[others.clone(), others].concat().join(" "));
}

#[test]
fn what_only_looks_like_something_is_said_as_it_is() {
    for text in [
        "",
        "01A20833-C71C-78BF-8615-C81D242E30E0",
        "01a20833-c71c-78bf-8615-c81d242e30e",
        "01a20833c71c78bf8615c81d242e30e0e0",
        "79B6784AF6D03E47D0EF7A807A70E609",
        "000179551234567890123456789012345678901234567890",
        "0001 -1795433944811988 1795433944811988.5e-12345",
        "18446744073709551615 18446744073709551616 9999999999999999999",
        "两字 三个字 a一b二c三d abcd四efgh 😀五六七😀 —…“引”‘号’",
        "\u{4e00}\u{9fff}\u{3000}\u{30ff}\u{ff00}\u{ffef}\u{2000}\u{206f}\u{4dff}\u{a000}\u{7f}\u{80}",
        r#"{"protocol":1,"device":"{"protocol":2,"device":""#,
    ] {
        said_and_read(text);
    }
}

#[test]
fn every_wide_character_comes_back() {
    for (first, last) in WIDE_STRETCHES {
        let all: String = (first..=last).filter_map(|code| char::from_u32(code.into())).collect();
        assert_eq!(said_and_read(&all), 3 + 2 * all.chars().count());
    }
}

#[test]
fn what_cannot_be_said_tersely_is_left_to_json() {
    for text in ["{\n}", "a\tb", "\0", "\u{1f}", &"a".repeat(TERSE_BYTES_MAX + 1)] {
        assert_eq!(terse(text), None);
    }
    said_and_read(&"a".repeat(TERSE_BYTES_MAX));
}

#[test]
fn bytes_that_mean_nothing_are_refused() {
    let read = |bytes: &[u8]| from_terse(&[&[TERSE_TABLE], bytes].concat());
    for damaged in [
        &[ID][..],
        &[ID, 1, 2, 3],
        &[ID_AGAIN],
        &[ID_AGAIN, 0],
        &[HEX, 1],
        &[NUMBER],
        &[NUMBER, 0x80],
        &[NUMBER, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
        &[NUMBER, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0],
        &[WIDE],
        &[WIDE, 0],
        &[WIDE, 0, 0],
        &[WIDE, 0x7e, 0, WIDE_END],
        &[PHRASE],
        &[PHRASE, 255],
        &[0xff],
        &[b'"', 0xe4, 0xbd],
    ] {
        assert_eq!(read(damaged), Err(NotTerse::Damaged), "{damaged:?}");
    }
    assert_eq!(from_terse(&[]), Err(NotTerse::Damaged));
    assert_eq!(from_terse(b"{}"), Err(NotTerse::OtherTable));
    assert_eq!(from_terse(&[TERSE_TABLE + 1]), Err(NotTerse::OtherTable));
    assert_eq!(
        read(&[NUMBER, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]).as_deref(),
        Ok("18446744073709551615")
    );
}

#[test]
fn a_few_bytes_do_not_become_many() {
    let bomb = [&[TERSE_TABLE, ID][..], &[7; 16], &[ID_AGAIN, 0].repeat(TERSE_BYTES_MAX / 2)[..]].concat();
    assert_eq!(from_terse(&bomb), Err(NotTerse::TooLong));
    let wide = [&[TERSE_TABLE, WIDE][..], &[0x4e, 0].repeat(TERSE_BYTES_MAX / 3 + 1)[..], &[WIDE_END]].concat();
    assert_eq!(from_terse(&wide), Err(NotTerse::TooLong));
    assert_eq!(from_terse(&[TERSE_TABLE; TERSE_BYTES_MAX + 2]), Err(NotTerse::TooLong));
}

#[test]
fn a_push_of_which_a_bit_was_changed_reads_as_another_or_not_at_all() {
    let said = terse(REPLY).unwrap();
    for place in 0..said.len() {
        for bit in 0..8 {
            let mut changed = said.clone();
            changed[place] ^= 1 << bit;
            assert_ne!(from_terse(&changed).as_deref(), Ok(REPLY), "{place}");
        }
        assert_ne!(from_terse(&said[..place]).as_deref(), Ok(REPLY));
    }
}

/// Any JSON, with much in it that the table knows.
fn json() -> impl Strategy<Value = Value> {
    let id = any::<u128>().prop_map(|number| Uuid::from_u128(number).to_string());
    let hex = any::<u128>().prop_map(|number| format!("{number:032x}"));
    let words = "[一-龥，。！？a-z0-9 \"\\\\😀é\n\u{7f}-\u{ff}]{0,40}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop_oneof![id, hex, words.prop_map(String::from), any::<String>()].prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        let name =
            prop_oneof!["[a-z_]{0,12}", Just("conversation".to_owned()), Just("args".to_owned()), any::<String>()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..8).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Texts made of phrases, halves of phrases and what they stand between.
fn patchwork() -> impl Strategy<Value = String> {
    let phrases: Vec<&str> = PHRASES.lines().collect();
    let piece = (prop::sample::select(phrases), 0..60_usize, any::<u64>(), "[一-龥]{0,5}").prop_map(
        |(phrase, length, number, words)| format!("{}{number}{words}", phrase.get(..length).unwrap_or(phrase)),
    );
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_json_comes_back_byte_for_byte(value in json()) {
        let text = value.to_string();
        let said = terse(&text).expect("JSON in one line has no control characters");
        prop_assert_eq!(from_terse(&said), Ok(text));
    }

    #[test]
    fn any_text_comes_back_or_is_not_said(text in prop_oneof![any::<String>(), patchwork()]) {
        match terse(&text) {
            Some(said) => prop_assert_eq!(from_terse(&said), Ok(text)),
            None => prop_assert!(text.chars().any(|character| character < ' ')),
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused_and_what_is_read_can_be_said(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(text) = from_terse(&[&[TERSE_TABLE], &bytes[..]].concat())
            && let Some(said) = terse(&text)
        {
            prop_assert_eq!(from_terse(&said), Ok(text));
        }
    }
}
