//! What the shopper's page says, in both languages.

use serde::Serialize;

/// A language of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lang {
    /// Chinese, which comes first.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language that was asked for in the address, else the one the browser prefers, else Chinese.
    #[must_use]
    pub fn choose(asked: Option<&str>, accept_language: &str) -> Self {
        if let Some(lang) = asked.and_then(Self::of_tag) {
            return lang;
        }
        let preferred = accept_language.split(',').filter_map(|part| {
            let (tag, quality) = part.split_once(";q=").unwrap_or((part, "1"));
            Some((Self::of_tag(tag.trim())?, quality.trim().parse::<f32>().unwrap_or(0.0)))
        });
        preferred.fold((Self::default(), 0.0), |best, next| if next.1 > best.1 { next } else { best }).0
    }

    fn of_tag(tag: &str) -> Option<Self> {
        match tag.split('-').next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// Its tag for the `lang` attribute.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Its name in an address.
    #[must_use]
    pub const fn short(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// What it calls itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Zh => "中文",
            Self::En => "English",
        }
    }

    /// What the page says in it.
    #[must_use]
    pub const fn words(self) -> &'static Words {
        match self {
            Self::Zh => &ZH,
            Self::En => &EN,
        }
    }
}

/// Every word of the page.
#[derive(Debug)]
pub struct Words {
    pub(super) page_title: &'static str,
    pub(super) hello: &'static str,
    pub(super) hello_more: &'static str,
    pub(super) often_asked: &'static str,
    pub(super) messages: &'static str,
    pub(super) earlier: &'static str,
    pub(super) latest: &'static str,
    pub(super) your_message: &'static str,
    pub(super) placeholder: &'static str,
    pub(super) send: &'static str,
    pub(super) refresh: &'static str,
    pub(super) new_message: &'static str,
    pub(super) you: &'static str,
    pub(super) automatic: &'static str,
    /// What the script needs.
    pub(super) script: ScriptWords,
    pub(super) empty: &'static str,
    pub(super) too_fast: &'static str,
    pub(super) busy: &'static str,
    pub(super) unsent: &'static str,
    pub(super) unknown_title: &'static str,
    pub(super) unknown_more: &'static str,
}

impl Words {
    /// The script's words as JSON.
    ///
    /// # Panics
    /// Never: words have a JSON form.
    pub(super) fn for_script(&self) -> String {
        serde_json::to_string(&self.script).expect("words have a JSON form")
    }
}

/// The words that the script puts on the page; `{n}` stands for a number.
#[derive(Debug, Serialize)]
pub(super) struct ScriptWords {
    pub(super) staff: &'static str,
    pub(super) picture: &'static str,
    pub(super) today: &'static str,
    pub(super) yesterday: &'static str,
    pub(super) too_long: &'static str,
    sending: &'static str,
    sent: &'static str,
    queued: &'static str,
    slowed: &'static str,
    failed: &'static str,
    retry: &'static str,
    edit: &'static str,
    offline: &'static str,
    offline_queued: &'static str,
    volatile: &'static str,
    left: &'static str,
}

static ZH: Words = Words {
    page_title: "在线客服",
    hello: "您好，想问什么直接写就行。",
    hello_more: "不用注册。回复会出现在这里，关掉页面再回来也看得到。",
    often_asked: "大家常问",
    messages: "对话",
    earlier: "看更早的消息",
    latest: "回到最新",
    your_message: "您的消息",
    placeholder: "写消息…",
    send: "发送",
    refresh: "看有没有新回复",
    new_message: "有新消息",
    you: "您",
    automatic: "自动回复",
    script: ScriptWords {
        staff: "客服",
        picture: "客服发来的图片",
        today: "今天",
        yesterday: "昨天",
        too_long: "太长了：{n} 字，一条最多 10,000 字。文字还在框里，请分几条发。",
        sending: "发送中",
        sent: "已发送",
        queued: "待发，有网就自动发出",
        slowed: "发得有点快，过一会儿自动发出",
        failed: "这条没能发出",
        retry: "现在重试",
        edit: "改一改",
        offline: "网络断了。可以接着写，有网就自动发出。",
        offline_queued: "网络断了。这 {n} 条会在恢复后自动发出。",
        volatile: "浏览器不让本页存东西，{n} 条还没发出，请先别关页面。",
        left: "还可写 {n} 字",
    },
    empty: "还没写内容。",
    too_fast: "发得有点快。文字还在框里，请过一会儿再发。",
    busy: "现在有点忙，没能收下。文字还在框里，请过几秒再发。",
    unsent: "还没发出的消息",
    unknown_title: "这个地址没有对应的店铺",
    unknown_more: "链接可能不完整或已经停用。请回到店铺页面，再点一次“联系客服”。",
};

static EN: Words = Words {
    page_title: "Ask the shop",
    hello: "Hello. Just write what you would like to know.",
    hello_more: "No account needed. Answers appear here, and still do when you come back later.",
    often_asked: "Often asked",
    messages: "Conversation",
    earlier: "Earlier messages",
    latest: "Back to the latest",
    your_message: "Your message",
    placeholder: "Write a message…",
    send: "Send",
    refresh: "Look for new answers",
    new_message: "New message",
    you: "You",
    automatic: "Automatic answer",
    script: ScriptWords {
        staff: "Staff",
        picture: "Picture from the shop",
        today: "Today",
        yesterday: "Yesterday",
        too_long: "Too long: {n} characters, one message holds 10,000. Your text is still in the box; please send it in parts.",
        sending: "Sending",
        sent: "Sent",
        queued: "Waiting for the network, goes out by itself",
        slowed: "That was quick; goes out by itself in a moment",
        failed: "This one could not be sent",
        retry: "Try now",
        edit: "Change it",
        offline: "You're offline. Keep writing; it goes out when you're back.",
        offline_queued: "You're offline. These {n} will go out when you're back.",
        volatile: "This browser lets the page store nothing. {n} not sent yet: please keep the page open.",
        left: "{n} characters left",
    },
    empty: "There is nothing written yet.",
    too_fast: "That was quick. Your text is still in the box; please send it again in a moment.",
    busy: "We are busy and could not take it. Your text is still in the box; please send it again in a few seconds.",
    unsent: "Messages not sent yet",
    unknown_title: "No shop at this address",
    unknown_more: "The link may be incomplete or no longer in use. Please go back to the shop and open its chat again.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_comes_first_and_english_when_preferred() {
        assert_eq!(Lang::choose(None, ""), Lang::Zh);
        assert_eq!(Lang::choose(None, "de-DE,de;q=0.9"), Lang::Zh);
        assert_eq!(Lang::choose(None, "en-GB,en;q=0.9,zh;q=0.5"), Lang::En);
        assert_eq!(Lang::choose(None, "en;q=0.3, zh-TW;q=0.8"), Lang::Zh);
        assert_eq!(Lang::choose(Some("en"), "zh-CN"), Lang::En);
        assert_eq!(Lang::choose(Some("<script>"), "en"), Lang::En);
    }
}
