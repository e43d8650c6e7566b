//! The words of the desk, in Chinese and in English. A word that lacks one of them does not compile.

pub(crate) mod devices;
mod faults;
pub(crate) mod hand;
pub(crate) mod lock;
pub(crate) mod pages;
pub(crate) mod phrases;
pub(crate) mod replies;

use crate::frame::hand::use_hand;
use crate::prelude::*;

/// A language of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    Zh,
    En,
}

impl Lang {
    /// The language that was chosen, else the browser's; Chinese where the browser speaks neither.
    pub(crate) fn chosen(code: Option<&str>) -> Self {
        let browser = window().navigator().language();
        match code.or(browser.as_deref()) {
            Some(code) if code.starts_with("en") => Self::En,
            _ => Self::Zh,
        }
    }

    /// As pages declare it.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// As preferences keep it.
    pub(crate) const fn code_short(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// Its name in itself.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::Zh => "中文",
            Self::En => "English",
        }
    }
}

/// A word in the language of the screen; follows when the language changes.
pub(crate) fn t(word: Word) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    in_language(word.say(Lang::Zh), word.say(Lang::En))
}

/// One of two texts; follows the language of the screen. All texts are of this one type, so that each place for a text
/// is compiled once.
fn in_language(zh: &'static str, en: &'static str) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let lang = use_hand().lang;
    move || match lang.get() {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

macro_rules! words {
    ($($name:ident: $zh:literal, $en:literal;)*) => {
        /// A word or a sentence without numbers in it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Word {
            $($name,)*
        }

        impl Word {
            /// The word in a language.
            pub(crate) const fn say(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$name, Lang::Zh) => $zh, (Self::$name, Lang::En) => $en,)*
                }
            }
        }
    };
}

words! {
    // The desk itself.
    Name: "亲答", "Qinda";
    Opening: "正在打开", "Opening";
    SkipToContent: "跳到内容", "Skip to content";
    Areas: "主要页面", "Main pages";
    Chats: "会话", "Chats";
    Answers: "答案", "Answers";
    Knowledge: "知识库", "Knowledge";
    Figures: "数据", "Figures";
    Me: "我的", "Me";
    GoOn: "返回", "Go back";
    Cancel: "取消", "Cancel";
    Save: "保存", "Save";
    Saved: "已保存", "Saved";
    Change: "修改", "Edit";
    Discard: "丢弃", "Discard";
    Remove: "删除", "Remove";
    Copy: "复制", "Copy";
    Copied: "已复制", "Copied";
    NotCopied: "没复制上，请长按文字", "Not copied: select the text";
    CloseThis: "关闭", "Close";
    Understood: "知道了", "Got it";
    OpenIt: "打开", "Open";
    Text: "内容", "Text";
    NowhereTitle: "没有这个页面", "No such page";
    NowhereText: "地址可能不完整。您写的内容都还在。", "The address may be incomplete. Nothing you wrote is lost.";
    ForbiddenTitle: "这个页面您用不到", "This page is not yours to open";
    ForbiddenText: "需要的话，请管理员给您加上相应的角色。", "If you need it, ask an admin for the role.";

    // Signing in and out.
    SignIn: "登录", "Sign in";
    SignInHint: "登录一次，断网也能继续工作。", "Sign in once; the desk then works offline too.";
    WorkNumber: "工号", "Work number";
    Password: "密码", "Password";
    OtherShop: "指定店铺", "Choose a shop";
    ShopSlug: "店铺代号（只有一家店时不用填）", "Shop code (not needed for a single shop)";
    SignOut: "退出登录", "Sign out";
    StaySignedIn: "先不退出", "Stay signed in";

    // The banner.
    StorageRefused: "浏览器不让保存数据（可能是无痕窗口）。可以继续工作，但没发出的内容刷新后会丢。", "The browser keeps nothing here (a private window?). You can work, but a reload loses what is not sent.";
    StorageFull: "这台设备的空间满了，旧会话不再存到本机。没发出的内容都保住了。", "This device is full: chats are no longer kept on it. Everything unsent is safe.";
    StorageBlocked: "另一个亲答标签页还开着旧版本。请关掉它，这里就会打开。没发出的内容都在。", "Another Qinda tab is still open in an older version. Close it and this one opens. Everything unsent is safe.";
    StorageGone: "浏览器清空了本机的存储，这个标签页再也存不下东西。没发出去的字请先复制，再刷新页面。", "The browser cleared what it kept here, and this tab can keep nothing more. Copy what is not sent, then reload the page.";
    StorageLetGo: "亲答已经在另一个标签页里更新，这个标签页不再保存和发送。写到一半的已经存好，请刷新后继续。", "Qinda was updated in another tab; this one keeps and sends nothing more. What was half-written is kept. Reload to go on.";
    Reload: "刷新", "Reload";
    UpdateWaits: "新版本准备好了，草稿不会丢。", "A new version is ready. Drafts are kept.";
    UpdateNow: "现在更新", "Update now";

    // The conversations.
    ToAnswer: "待回复", "To answer";
    InProgress: "处理中", "In progress";
    Draft: "草稿", "Draft";
    Ours: "我方：", "Us: ";
    Mine: "我", "me";
    Closed: "已结束", "Closed";
    NobodyWrote: "还没有顾客来问", "No shopper has written yet";
    NobodyWroteText: "把下面的页面发给顾客；有人来问，这里马上就有。", "Give shoppers this page. As soon as one writes, it shows here.";
    OpenShopPage: "打开顾客页面", "Open the shopper's page";
    NoneOpen: "从左边选一个会话", "Choose a chat on the left";
    BackToList: "返回列表", "Back to the list";
    Conversation: "会话内容", "Conversation";
    ConversationGone: "这段会话不在这台设备上", "This chat is not on this device";
    ConversationGoneText: "它可能已经转走，或者地址不完整。", "It may have moved on, or the address is incomplete.";
    ConversationEnded: "会话已结束。顾客再来问时，会出现一段新的会话。", "This chat is closed. When the shopper writes again, a new one appears.";
    OwnerMe: "我负责", "Mine";
    OwnerNobody: "还没人接", "Nobody's yet";
    Take: "接手", "Take";
    CloseConversation: "结束", "Close";
    CloseAlthoughWaiting: "顾客还在等，仍要结束？", "Still waiting. Close anyway?";
    CloseAnyway: "仍要结束？", "Really close?";
    Messages: "消息", "Messages";
    Earlier: "更早的消息", "Earlier messages";
    ToEnd: "到最新", "To the latest";
    NewMessages: "有新消息", "New messages";
    Automatic: "自动", "Automatic";
    Sent: "已发出", "Sent";
    Queued: "待发", "Queued";
    HeldBack: "暂存", "Held";
    NotSent: "没有发出", "Not sent";
    SendAnyway: "仍要发送", "Send anyway";
    SendAgain: "再发一次", "Send again";
    GoesAlong: "前面那条再发一次，它会跟着一起发。", "Send that one again, and this follows.";
    Fold: "收起", "Fold";

    // The composer and the answers.
    Send: "发送", "Send";
    Reply: "输入回复", "Write a reply";
    ReplyHint: "输入回复，按 / 找答案", "Write a reply; / finds answers";
    ChangingHeld: "正在修改暂存的回复，发送后替换原来那条", "Editing a held reply; sending replaces it";
    Suggested: "建议", "Suggested";
    NoSuggestion: "没有对得上的答案，按 / 搜索", "No answer fits. Press / to search";
    QuickReplies: "快捷短语", "Quick replies";
    SearchAnswers: "搜索答案", "Search answers";
    SearchHint: "中文、拼音或首字母", "Chinese, pinyin or initials";
    SearchLong: "输入中文、拼音或首字母，例如：发货、fahuo、fh", "Type Chinese, pinyin or initials, such as 发货, fahuo or fh";
    Fill: "填入", "Insert";
    WholeAnswer: "全文", "Whole answer";

    // The keys.
    Keys: "快捷键", "Keys";
    KeysHint: "单个字母只在没有输入框被选中时有效，按 Esc 离开输入框。", "Single letters work while no field has the focus; Esc leaves a field.";
    KeyNextPrevious: "下一个、上一个会话", "Next, previous chat";
    KeyLongestWaiting: "等得最久的顾客", "Who has waited longest";
    KeyWrite: "写回复", "Write a reply";
    KeySuggestion: "填入第 1、2、3 条建议", "Insert suggestion 1, 2, 3";
    KeySearch: "搜索答案", "Search answers";
    KeyChoose: "在找到的答案里选", "Choose among the answers found";
    KeyBlank: "下一个空", "Next blank";
    KeySend: "发送（可在“我的”里改）", "Send (can be changed under Me)";
    KeyLine: "换行", "New line";
    KeyTake: "接手会话", "Take the chat";
    KeyTransfer: "转接会话", "Transfer the chat";
    KeyClose: "结束会话", "Close the chat";
    KeyLeave: "离开输入框", "Leave a field";
    KeyGoInbox: "去会话", "Go to chats";
    KeyGoAnswers: "去答案、知识库", "Go to answers, knowledge";
    KeyGoFigures: "去现在、数据", "Go to now, figures";
    KeyGoMe: "去我的", "Go to Me";

    // The figures.
    Span: "时间范围", "Time span";
    Today: "今天", "Today";
    Yesterday: "昨天", "Yesterday";
    LastSevenDays: "近 7 天", "Last 7 days";
    NowTab: "现在", "Now";
    WaitingNow: "正在等", "Waiting now";
    NobodyWaits: "没有人在等。", "Nobody is waiting.";
    FirstResponse: "首次响应", "First response";
    Response: "响应", "Response";
    Median: "中位数", "Median";
    NinetyPercent: "90 分位", "90th percentile";
    Within15: "15 秒内", "Within 15 s";
    Within20: "20 秒内", "Within 20 s";
    AnsweredRounds: "已答", "Answered";
    Unanswered: "未答", "Unanswered";
    ByAgent: "按客服", "By agent";
    ByHour: "按小时", "By hour";
    Agent: "客服", "Agent";
    Hour: "时段", "Hour";
    ChartTitle: "各小时的响应时间", "Response time by hour";
    ChartSpoken: "各小时响应时间的柱状图；数字见下方“按小时”表格", "Bars of the response time by hour; the numbers stand in the table by hour below";
    NoFigures: "这段时间还没有提问", "No questions in this span";
    NoFiguresText: "有顾客来问之后，这里会有响应时间。", "Once shoppers ask, response times stand here.";
    HowCounted: "这些数字怎么算", "How these numbers are counted";
    DefinedRound: "一轮：从顾客第一条没人回的消息，到第一条人工回复。中间追问多少条都算同一轮，机器人和自动问候不算回复。", "A round runs from a shopper's first unanswered message to the first human answer. Further messages before it belong to the same round; robots and automatic greetings do not answer.";
    DefinedFirst: "首次响应：每个会话的第一轮。响应：所有的轮，包括第一轮。", "First response is the first round of each chat; response is every round, the first one included.";
    DefinedQueued: "以消息到达服务器、顾客能看到的时间为准。断网时写好、恢复后发出的回复，按顾客真正等的时间算。", "What counts is when a message reached the server and the other side could read it. A reply written offline counts with the time the shopper really waited.";
    DefinedUnanswered: "未答：超过 15 秒（首次）或 20 秒仍没人回，或者没回就结束了。刚来、还没到时限的不计。", "Unanswered: nobody answered within 15 s (first) or 20 s, or the chat was closed without an answer. Those still within the limit are not counted yet.";
    DefinedShare: "15 秒内、20 秒内：在时限内答复的轮数 ÷（已答 + 未答）。", "Within 15 s and 20 s: rounds answered in that time ÷ (answered + unanswered).";
    DefinedPercentile: "中位数和 90 分位只看已答的轮，与电子表格的 MEDIAN、PERCENTILE 一致。", "Median and 90th percentile are of answered rounds and equal a spreadsheet's MEDIAN and PERCENTILE.";
    DefinedHour: "每一轮记在顾客提问的那个小时和日期，按店铺时间；客服一栏记给答复的人，没人答则记给负责人。", "A round belongs to the hour and day of the question, by the shop's clocks, and to the agent who answered, or else who owns the chat.";

    // The articles.
    NewArticle: "新建一条", "New article";
    EditArticle: "修改", "Edit";
    SearchArticles: "搜索知识库", "Search articles";
    ReadArticles: "查看知识库", "Read the articles";
    NothingFound: "没有找到", "Nothing found";
    NothingFoundText: "换个说法试试，拼音和首字母也可以。", "Try other words; pinyin and initials work too.";
    NoArticleOpen: "从左边选一条", "Choose an article on the left";
    ArticleGone: "这一条已经删除", "This article is gone";
    ArticleGoneText: "可能有同事刚刚删了它。", "A colleague may have removed it just now.";
    ArticleMovedOn: "您改的时候，同事也改了这一条。您写的还在，选一个：", "A colleague changed this article while you were editing. What you wrote is still here. Choose:";
    TakeTheirs: "用同事的", "Take theirs";
    KeepMine: "用我的（保存后覆盖）", "Keep mine (saving replaces theirs)";
    Question: "问题", "Question";
    Wordings: "其他问法", "Other wordings";
    OnePerLine: "每行一个", "one per line";
    AddAnswer: "再加一个答案", "Add another answer";
    RemoveAnswer: "去掉这个答案", "Remove this answer";
    Shortcut: "快捷码", "Shortcut";
    ShortcutHint: "输入它就能找到", "typing it finds the answer";
    Tags: "标签", "Tags";
    ByCommas: "用逗号分开", "divided by commas";
    RemoveReally: "真的删除？", "Really remove?";

    // Importing.
    Import: "导入", "Import";
    ImportHint: "店里现有的问答文档可以直接用：编号的问答文本、CSV、JSON Lines。先给您看，确认后才导入；断网也能做。", "Use the shop's own file as it is: numbered questions and answers, CSV, JSON Lines. You see it first and decide; it works offline too.";
    ChooseFile: "选择文件", "Choose a file";
    OrDrop: "或把文件拖到这里", "or drop one here";
    OrPaste: "或者粘贴文字", "Or paste the text";
    PasteHint: "1. 什么时候发货？\n答：……", "1. When do you ship?\nA: …";
    LookAtIt: "看看能导入什么", "See what it holds";
    FileUnreadable: "这个文件读不出来，或者太大。文件没有改动，请换一个或分成几份再试。", "This file cannot be read, or it is too large. It is unchanged; try another or split it.";
    ImportNew: "将要导入", "Will be taken";
    ImportDifferent: "知识库里已有，但答案不同（勾选则替换）", "Already there with other answers (tick to replace)";
    ImportLeft: "没有导入的内容和原因", "Left out, and why";
    ImportUnchanged: "已经有了，不用再导", "Already there just so";
    StandsNow: "现在的答案", "The answer now";
    AnotherFile: "换一个文件", "Another file";
    ImportedText: "已经存在这台设备上，联网时自动上传。现在就能搜到。", "They are on this device and go up by themselves when online. You can find them now.";

    // The member and the device.
    RoleAgent: "客服", "Agent";
    RoleSupervisor: "主管", "Supervisor";
    RoleEditor: "采编", "Editor";
    RoleAdmin: "管理员", "Admin";
    Likes: "习惯", "Preferences";
    Language: "语言", "Language";
    AsTheBrowser: "跟随浏览器", "As the browser";
    Chinese: "中文", "中文";
    English: "English", "English";
    Theme: "外观", "Appearance";
    AsTheDevice: "跟随设备", "As the device";
    Light: "浅色", "Light";
    Dark: "深色", "Dark";
    EnterKey: "回车键", "Enter key";
    EnterSends: "发送", "Sends";
    EnterBreaks: "换行（Ctrl+回车发送）", "New line (Ctrl+Enter sends)";
    NotSentYet: "还没发出的", "Not sent yet";
    ThisDevice: "这台设备", "This device";
    StorageKept: "浏览器答应长期保留这些数据。", "The browser will keep this data.";
    StorageNotPromised: "浏览器这次没有答应。把亲答装到桌面后再试，通常就可以。", "The browser did not promise. Install Qinda on the home screen and try again; that usually helps.";
    StorageMayGo: "空间紧张时浏览器可能清理数据；没发出的内容在清理前都还在。", "When space runs out a browser may clear data; what is not sent stays until then.";
    KeepStorage: "请浏览器保留数据", "Ask the browser to keep the data";
    InstallHint: "在浏览器菜单里选“安装”或“添加到主屏幕”，亲答就像应用一样打开。", "Choose Install or Add to Home Screen in the browser's menu, and Qinda opens like an app.";
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_chosen_language_counts_before_the_browsers() {
        assert_eq!(Lang::chosen(Some("zh")), Lang::Zh);
        assert_eq!(Lang::chosen(Some("en-GB")), Lang::En);
        assert_eq!(Lang::chosen(Some("fr")), Lang::Zh);
    }
}
