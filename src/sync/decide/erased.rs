//! What is left of a conversation when its shopper wishes to be forgotten: times and who answered, under no name.

use std::collections::BTreeMap;

use crate::model::{About, Author, Conversation, ConversationState, CustomerId, Lesson, Message, Micros};

/// So many messages in a row are learned from together at most.
pub const LEARNED_TOGETHER_MAX: usize = 3;

/// A conversation without anything of its shopper. It is `nobody`'s from now on, and ends now unless it has ended.
#[must_use]
pub fn erased_conversation(conversation: Conversation, nobody: CustomerId, now: Micros) -> Conversation {
    let closed_at = match conversation.state {
        ConversationState::Open => Some(now),
        ConversationState::Closed => conversation.closed_at,
    };
    Conversation {
        customer: nobody,
        customer_name: String::new(),
        state: ConversationState::Closed,
        closed_at,
        about: About::default(),
        handover: None,
        whisper: None,
        erased_at: Some(now),
        version: conversation.version + 1,
        ..conversation
    }
}

/// A message without its words: who wrote it and when.
#[must_use]
pub fn erased_message(message: Message) -> Message {
    Message { text: String::new(), picture: None, ..message }
}

/// The words of a conversation as lessons may have kept them, each with how often the shopper wrote them. A desk learns from the
/// latest messages of the shopper in a row, from one of them or from several together.
#[must_use]
pub fn words_taught(thread: &[Message]) -> BTreeMap<String, u32> {
    let mut taught = BTreeMap::new();
    for run in thread.chunk_by(|one, next| (one.author == Author::Shopper) == (next.author == Author::Shopper)) {
        if run.first().is_none_or(|message| message.author != Author::Shopper) {
            continue;
        }
        for last in 1..=run.len() {
            for first in last.saturating_sub(LEARNED_TOGETHER_MAX)..last {
                let together: Vec<&str> = run[first..last].iter().map(|message| message.text.as_str()).collect();
                if let Some(words) = Lesson::words(&together.join(" ")) {
                    *taught.entry(words).or_insert(0) += 1;
                }
            }
        }
    }
    taught
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ConversationId, MemberId, MessageId, PictureId, Whisper};
    use crate::sync::examples::conversation;

    const NOW: Micros = Micros(50);

    fn said(position: u32, author: Author, text: &str) -> Message {
        Message {
            id: MessageId::of_name(&position.to_string()),
            conversation: ConversationId::of_name("c"),
            position,
            author,
            text: text.into(),
            picture: None,
            at: Micros(i64::from(position)),
            written_at: None,
        }
    }

    #[test]
    fn of_a_conversation_times_and_who_answered_are_left() {
        let owner = Some(MemberId::of_name("1001"));
        let whisper = Some(Whisper { by: MemberId::of_name("2001"), words: "林女士急".into(), at: Micros(9) });
        let about = About { order: Some("A1".into()), ..About::default() };
        let open = Conversation { owner, whisper, about, ..conversation(4) };
        let nobody = CustomerId::of_name("nobody");
        let erased = erased_conversation(open.clone(), nobody, NOW);
        let told = serde_json::to_string(&erased).unwrap();
        for word in ["林", "A1", &open.customer.to_string()] {
            assert!(!told.contains(word), "{word} in {told}");
        }
        assert_eq!(
            (erased.state, erased.closed_at, erased.erased_at),
            (ConversationState::Closed, Some(NOW), Some(NOW))
        );
        assert_eq!((erased.owner, erased.opened_at, erased.last_position), (owner, open.opened_at, 4));
        assert_eq!(erased.version, open.version + 1);

        let ended = Conversation { state: ConversationState::Closed, closed_at: Some(Micros(7)), ..open };
        assert_eq!(erased_conversation(ended, nobody, NOW).closed_at, Some(Micros(7)), "it ended when it ended");
    }

    #[test]
    fn of_a_message_its_moment_and_its_author_are_left() {
        let message = Message { picture: Some(PictureId::of_name("p")), ..said(3, Author::Shopper, "我叫林") };
        let erased = erased_message(message.clone());
        assert_eq!((erased.text.as_str(), erased.picture), ("", None));
        assert_eq!((erased.id, erased.at, erased.author, erased.position), (message.id, message.at, message.author, 3));
    }

    #[test]
    fn words_are_found_as_a_desk_learns_them_alone_and_together() {
        let agent = Author::Member(MemberId::of_name("1001"));
        let thread = [
            said(1, Author::Shopper, "在吗"),
            said(2, Author::Shopper, "几天到货"),
            said(3, agent, "亲，三天"),
            said(4, Author::Shopper, "几天到货"),
            said(5, Author::Shopper, "电话13800138000"),
        ];
        let taught = words_taught(&thread);
        assert_eq!(taught.get("几天到货"), Some(&2));
        assert_eq!(taught.get("在吗 几天到货"), Some(&1));
        assert!(!taught.contains_key("亲，三天"), "what an agent says is not learned");
        assert!(!taught.contains_key("几天到货 几天到货"), "the answer parts them");
        let masked = Lesson::words("几天到货 电话13800138000").unwrap();
        assert!(taught.contains_key(&masked) && !masked.contains("13800138000"), "{masked}");
    }
}
