//! What is said about whose a conversation is.

use qinda::model::{Handover, MemberCard, MemberId};

use super::super::Lang;
use super::Said;

// Handing over.
pub(crate) const TRANSFER: Said = Said("转接", "Transfer");
pub(crate) const TO_WHOM: Said = Said("转给谁", "To whom");
pub(crate) const NOTE: Said = Said("留言", "Note");
pub(crate) const NOTE_HINT: Said =
    Said("例如：已答应今天补发，还差一个地址", "For example: promised to resend today, the address is missing");
pub(crate) const CHOOSE_COLLEAGUE: Said = Said("先选一位同事。", "Choose a colleague first.");
pub(crate) const NO_COLLEAGUE: Said = Said("组里没有别的同事可以接。", "Nobody else in your team can take it.");
pub(crate) const HANDED: Said = Said("转来", "For you");

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

/// Who answers the shopper already.
pub(crate) fn answered_by(lang: Lang, name: &str) -> String {
    match lang {
        Lang::Zh => format!("{name} 正在接待这位顾客。您要怎样发？"),
        Lang::En => format!("{name} is answering this shopper. How should yours go out?"),
    }
}
