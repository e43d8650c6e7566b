//! What is said when a shopper wishes to be forgotten.

use qinda::model::{Conversation, Micros};
use qinda::sync::ShopperTold;

use super::super::Lang;
use super::Said;
use crate::desk::FiguresProblem;
use crate::parts::when::Local;

pub(crate) const ERASE: Said = Said("抹除顾客资料", "Erase this shopper's data");
pub(crate) const GOES: Said = Said("会消失", "What goes");
pub(crate) const GOES_WHAT: Said = Said(
    "顾客的称呼、所有会话里的文字和图片、你们的回复、备注、悄悄话、草稿，还有从中学到的问法。每台设备下次联网时也会清掉；顾客的页面从头开始。",
    "The name, all words and pictures of every chat, your replies in them, notes, whispers, drafts, and what was learned from \
     their words. Each device drops them when it is next online; the shopper's page begins afresh.",
);
pub(crate) const STAYS: Said = Said("会留下", "What stays");
pub(crate) const STAYS_WHAT: Said = Said(
    "每条消息的时间、由谁回复，不带姓名。数据看的是时间，不是文字，所以不变。",
    "When each message came and who answered, under no name. Figures keep times, not words, so they stay as they are.",
);
pub(crate) const FOR_GOOD: Said = Said("不能撤销。", "This can't be undone.");
pub(crate) const SURE: Said =
    Said("顾客要求抹除，我已核对是这一位", "The shopper asked for this, and I checked that it is them");
pub(crate) const SAY_SURE: Said = Said("请先勾选确认。", "Tick the confirmation first.");
pub(crate) const ERASE_NOW: Said = Said("抹除，不能撤销", "Erase for good");
pub(crate) const ERASING: Said = Said("正在抹除…", "Erasing…");
pub(crate) const LOOKING: Said = Said("正在看有哪些资料…", "Looking what there is…");
pub(crate) const LOOK_AGAIN: Said = Said("再试一次", "Try again");
pub(crate) const ERASED_SHOPPER: Said = Said("已抹除的顾客", "Erased shopper");

/// What the shopper of a conversation is called.
pub(crate) fn shopper(lang: Lang, conversation: &Conversation) -> String {
    match conversation.erased_at {
        Some(_) => ERASED_SHOPPER.say(lang).to_owned(),
        None => conversation.customer_name.clone(),
    }
}

/// Who would be erased, and how much there is of them.
pub(crate) fn whom(lang: Lang, told: &ShopperTold) -> String {
    let ShopperTold { name, conversations, open, .. } = told;
    match (lang, conversations, open) {
        (Lang::Zh, _, 0) => format!("{name}，共 {conversations} 个会话。"),
        (Lang::Zh, ..) => format!("{name}，共 {conversations} 个会话，其中 {open} 个还在进行，会随之结束。"),
        (Lang::En, 1, 0) => format!("{name}, with one chat."),
        (Lang::En, 1, _) => format!("{name}, with one chat, which goes on and will be closed."),
        (Lang::En, _, 0) => format!("{name}, with {conversations} chats."),
        (Lang::En, ..) => format!("{name}, with {conversations} chats. Going on and to be closed: {open}."),
    }
}

/// When a conversation was erased.
pub(crate) fn erased_at(lang: Lang, at: Micros, offset_seconds: i64) -> String {
    let exact = Local::of(at, offset_seconds).exact();
    match lang {
        Lang::Zh => format!("{exact} 应顾客要求抹除"),
        Lang::En => format!("Erased on {exact} at the shopper's wish"),
    }
}

/// Why nothing was erased, and what to do.
pub(crate) fn erase_problem(lang: Lang, problem: FiguresProblem) -> &'static str {
    let said = match problem {
        FiguresProblem::Unreachable => Said(
            "没有联网，抹除要由服务器来做。恢复网络后再试。",
            "You're offline, and only the server can erase. Try again when you're back.",
        ),
        FiguresProblem::SignedOut => {
            Said("登录已过期，请登录后再试。", "Your sign-in has ended. Sign in and try again.")
        }
        FiguresProblem::Forbidden => {
            Said("您现在的角色不能抹除，请找主管。", "Your roles do not allow this. Ask a supervisor.")
        }
        FiguresProblem::Unfit => Said(
            "这个会话已经不在您的组里，请刷新后再看。",
            "This chat is not your team's any more. Reload and look again.",
        ),
        FiguresProblem::TooMany | FiguresProblem::Other => Said(
            "服务器出了点问题，没有确认抹除。请再试一次：重复做也只算一次。",
            "The server has trouble and did not confirm it. Try again: doing it twice does it once.",
        ),
    };
    said.say(lang)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn who_would_be_erased_is_named_with_how_much_there_is() {
        let told =
            |conversations, open| ShopperTold { name: "访客 0042".into(), conversations, open, erased_at: None };
        assert_eq!(whom(Lang::Zh, &told(3, 1)), "访客 0042，共 3 个会话，其中 1 个还在进行，会随之结束。");
        assert_eq!(whom(Lang::Zh, &told(1, 0)), "访客 0042，共 1 个会话。");
        assert_eq!(whom(Lang::En, &told(1, 1)), "访客 0042, with one chat, which goes on and will be closed.");
        assert_eq!(whom(Lang::En, &told(3, 0)), "访客 0042, with 3 chats.");
        assert_eq!(erased_at(Lang::Zh, Micros(0), 8 * 3_600), "1970-01-01 08:00:00 应顾客要求抹除");
    }
}
