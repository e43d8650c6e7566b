//! What is said tersely.

use qinda::model::{ConversationId, PageId};
use qinda::sync::{PresenceRequest, TERSE_BYTES_MAX, TERSE_TABLE, from_terse, terse};

use super::commands;

/// The terse form as it comes to the server or the desk; and the same bytes as a text that is to be said.
pub fn said(input: &[u8]) -> bool {
    if let Ok(text) = std::str::from_utf8(input) {
        comes_back(text);
    }
    let Ok(text) = from_terse(input) else { return false };
    assert!(text.len() <= TERSE_BYTES_MAX && input.first() == Some(&TERSE_TABLE));
    comes_back(&text);
    true
}

fn comes_back(text: &str) {
    if let Some(said) = terse(text) {
        assert!(said.len() <= text.len() + 1, "it is longer than the text");
        assert_eq!(from_terse(&said).as_deref(), Ok(text));
    }
}

/// Pushes, who looks where, and text of all kinds.
pub fn said_seeds() -> Vec<Vec<u8>> {
    let looks = PresenceRequest {
        page: PageId::of_name("page"),
        conversation: Some(ConversationId::of_name("c")),
        typing: true,
    };
    let pushes = commands::push_seeds().into_iter().filter_map(|push| String::from_utf8(push).ok());
    let others = [
        serde_json::to_string(&looks).expect("a seed can be written"),
        r#"["0199d1a0-0000-7000-8000-000000000001","0199d1a0-0000-7000-8000-000000000001",1795399200000000]"#
            .to_owned(),
        r#""亲，1 到 3 天到 😀 ok""#.to_owned(),
        String::new(),
    ];
    pushes.chain(others).filter_map(|text| terse(&text)).collect()
}
