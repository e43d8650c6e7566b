//! What is said about whose a conversation is.

use qinda::model::{Handover, MemberCard, MemberId, Whisper};
use qinda::sync::Present;

use super::super::Lang;
use super::Said;

/// How many colleagues are named at most; of more it is said how many there are.
const NAMES_MAX: usize = 2;

// Handing over.
pub(crate) const TRANSFER: Said = Said("转接", "Transfer");
pub(crate) const TO_WHOM: Said = Said("转给谁", "To whom");
pub(crate) const NOTE: Said = Said("留言", "Note");
pub(crate) const NOTE_HINT: Said =
    Said("例如：已答应今天补发，还差一个地址", "For example: promised to resend today, the address is missing");
pub(crate) const CHOOSE_COLLEAGUE: Said = Said("先选一位同事。", "Choose a colleague first.");
pub(crate) const NO_COLLEAGUE: Said = Said("组里没有别的同事可以接。", "Nobody else in your team can take it.");
pub(crate) const ON_DUTY: Said = Said("在岗", "On duty");
pub(crate) const HANDED: Said = Said("转来", "For you");

// A supervisor's word.
pub(crate) const WHISPER: Said = Said("悄悄话", "Whisper");
pub(crate) const WHISPER_TO: Said = Said("对负责的客服说（顾客看不到）", "To the agent; the shopper never sees it");
pub(crate) const WHISPER_HINT: Said =
    Said("例如：先道歉，再说补发", "For example: apologise first, then offer to resend");
pub(crate) const SAY_SOMETHING: Said = Said("写一句再发。", "Write something first.");

// Another's conversation.
pub(crate) const TAKE_AND_SEND: Said = Said("接手并发送", "Take over and send");
pub(crate) const SEND_BESIDE: Said = Said("不接手，直接发送", "Send without taking over");
pub(crate) const GO_ON: Said = Said("继续编辑", "Go on editing");

/// A colleague by name; by number where no name is known.
pub(crate) fn colleague(lang: Lang, members: &[MemberCard], id: MemberId) -> String {
    let card = members.iter().find(|card| card.id == id);
    card.map_or_else(
        || match lang {
            Lang::Zh => "同事".to_owned(),
            Lang::En => "a colleague".to_owned(),
        },
        |card| name(card).to_owned(),
    )
}

fn name(card: &MemberCard) -> &str {
    if card.name.trim().is_empty() { &card.work_number } else { &card.name }
}

/// How a conversation came to whoever owns it now.
pub(crate) fn handed_over(lang: Lang, members: &[MemberCard], handover: &Handover, to_me: bool) -> String {
    let by = colleague(lang, members, handover.by);
    let to = colleague(lang, members, handover.to);
    match (lang, to_me) {
        (Lang::Zh, true) => format!("{by} 转给您"),
        (Lang::Zh, false) => format!("{by} 转给 {to}"),
        (Lang::En, true) => format!("{by} handed this chat to you"),
        (Lang::En, false) => format!("{by} handed this chat to {to}"),
    }
}

/// Who whispered.
pub(crate) fn whispered(lang: Lang, members: &[MemberCard], whisper: &Whisper) -> String {
    let by = colleague(lang, members, whisper.by);
    match lang {
        Lang::Zh => format!("{by} 悄悄说"),
        Lang::En => format!("{by} whispers"),
    }
}

/// Who answers the shopper already.
pub(crate) fn answered_by(lang: Lang, name: &str) -> String {
    match lang {
        Lang::Zh => format!("{name} 正在接待这位顾客。您要怎样发？"),
        Lang::En => format!("{name} is answering this shopper. How should yours go out?"),
    }
}

/// Who else looks at a conversation, and what they do there: those who type come before those who look. `None` when
/// nobody does.
pub(crate) fn looking(lang: Lang, members: &[MemberCard], others: &[Present]) -> Option<(String, &'static str)> {
    let types = others.iter().any(|one| one.typing);
    let named: Vec<String> =
        others.iter().filter(|one| one.typing || !types).map(|one| colleague(lang, members, one.member)).collect();
    let deed = match (lang, types, named.len()) {
        (_, _, 0) => return None,
        (Lang::Zh, false, _) => "也在看",
        (Lang::Zh, true, _) => "正在输入…",
        (Lang::En, false, 1) => " is here too",
        (Lang::En, false, _) => " are here too",
        (Lang::En, true, 1) => " is typing…",
        (Lang::En, true, _) => " are typing…",
    };
    Some((names(lang, &named), deed))
}

/// A few by name, and how many there are.
fn names(lang: Lang, named: &[String]) -> String {
    let first = &named[..named.len().min(NAMES_MAX)];
    let more = named.len() - first.len();
    match (lang, more) {
        (Lang::Zh, 0) => first.join("、"),
        (Lang::Zh, _) => format!("{}等 {} 人", first.join("、"), named.len()),
        (Lang::En, 0) => first.join(" and "),
        (Lang::En, _) => format!("{} and {more} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use qinda::model::Roles;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn card(name: &str) -> MemberCard {
        let (id, roles) = (MemberId::of_name(name), Some(Roles::parse("agent")));
        MemberCard { id, work_number: "1001".into(), name: name.into(), active: true, team: None, roles }
    }

    #[wasm_bindgen_test]
    fn who_looks_is_named_and_who_types_comes_first() {
        let names = ["小林", "小陈", "小赵", "小孙"];
        let members: Vec<MemberCard> = names.into_iter().map(card).collect();
        let at = |count: usize, typing: usize| -> Vec<Present> {
            let others = names.iter().take(count).enumerate();
            others.map(|(place, name)| Present { member: MemberId::of_name(name), typing: place < typing }).collect()
        };
        let zh = |count, typing| {
            looking(Lang::Zh, &members, &at(count, typing)).map(|(names, deed)| format!("{names}{deed}"))
        };
        let en = |count, typing| {
            looking(Lang::En, &members, &at(count, typing)).map(|(names, deed)| format!("{names}{deed}"))
        };
        assert_eq!(zh(0, 0), None);
        assert_eq!(zh(1, 0).as_deref(), Some("小林也在看"));
        assert_eq!(zh(3, 1).as_deref(), Some("小林正在输入…"));
        assert_eq!(zh(4, 0).as_deref(), Some("小林、小陈等 4 人也在看"));
        assert_eq!(en(1, 1).as_deref(), Some("小林 is typing…"));
        assert_eq!(en(2, 2).as_deref(), Some("小林 and 小陈 are typing…"));
        assert_eq!(en(4, 0).as_deref(), Some("小林, 小陈 and 2 more are here too"));
    }
}
