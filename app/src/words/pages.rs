//! The words of the editor's and the supervisor's pages.

mod figures;
mod now;
mod sentences;
mod trend;

use qinda::policy::Payer;
use qinda::wording::Topic;

use super::{Lang, in_language};

pub(crate) use figures::*;
pub(crate) use now::*;
pub(crate) use planning::*;
pub(crate) use sentences::*;
pub(crate) use trend::*;

/// A text in Chinese and in English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Text(&'static str, &'static str);

impl Text {
    /// The text in a language.
    pub(crate) const fn say(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.0,
            Lang::En => self.1,
        }
    }
}

/// A text in the language of the screen; follows when the language changes.
pub(crate) fn p(text: Text) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    in_language(text.0, text.1)
}

macro_rules! texts {
    ($($name:ident: $zh:literal, $en:literal;)*) => {
        $(pub(crate) const $name: Text = Text($zh, $en);)*
    };
}

// After the macro, which it takes its words with.
mod planning;

texts! {
    // The shelves.
    ARTICLES: "词条", "Articles";
    LESSONS: "学到的", "Learned";
    UNANSWERED: "没答上的", "Unanswered";
    QUALITY: "答得怎样", "How well";
    RULES: "用语规则", "Wording rules";
    POLICIES: "售后政策", "Policies";
    IMPORT: "导入", "Import";

    // What two editors wrote at the same time, and what an article said before.
    TWO_WORDINGS: "两种写法", "Two wordings";
    COPY_HINT: "写的和现在的有几处不同，两份都留着，由您定。", "wrote this at the same time as somebody else. Both are kept; you decide.";
    STANDS_NOW: "现在的", "Now";
    OTHER_WORDING: "另一份", "The other";
    TAKE_OTHER: "用另一份", "Take the other";
    KEEP_BOTH: "两份都要", "Keep both";
    KEEP_NOW: "只留现在的", "Keep what stands";
    FORMER: "以前的版本", "Former versions";
    NO_FORMER: "还没有改过", "It was not changed yet";
    PUT_BACK: "取回这一版", "Take this one back";
    PUT_BACK_HINT: "取回后放进上面的表单，保存才生效。", "It goes into the form above and counts once you save.";
    NOTHING_HERE: "（空）", "(nothing)";

    // What was learned.
    LESSONS_HINT: "客服给顾客的话选了哪个词条，亲答就记住。选错的收回来，以后不再这样建议。", "When an agent chooses an article for a shopper's words, the desk learns. Take a wrong one back, and it suggests that no more.";
    LESSONS_TAKEN_BACK: "只看收回的", "Only those taken back";
    SEARCH_LESSONS: "按顾客的话或词条找", "Search by words or article";
    NO_LESSONS: "还没学到什么", "Nothing learned yet";
    NO_LESSONS_TEXT: "客服选用建议或搜到的答案后，这里会有记录。", "Once agents choose answers for shoppers, what was learned stands here.";
    NO_SUCH_LESSON: "没有找到", "Nothing found";
    TAKE_BACK: "收回", "Take back";
    GIVE_AGAIN: "恢复", "Give again";

    // The wording rules.
    RULES_HINT: "发出前先看一遍用语。提示只显示；提醒要再按一次并写原因；禁止不能发出。", "Words are checked before they leave. A hint only shows; a warning needs a second press and a reason; a block is not sent.";
    DEFAULT_RULES: "亲答默认规则", "The default rules of Qinda";
    NEW_RULE: "新规则", "New rule";
    EDIT_RULE: "修改规则", "Edit the rule";
    OWN_PACK: "本店规则", "Our own rules";
    HINT: "提示", "Hint";
    WARN: "提醒", "Warning";
    BLOCK: "禁止", "Block";
    RULE_ON: "启用", "On";
    RULE_RESTS: "已停用", "off";
    TEST_WORDS: "试一句话", "Try any words";
    TEST_HINT: "输入或粘贴一条消息，马上看到哪条规则会标出来", "Type or paste a message to see at once which rules speak";
    NOTHING_WRONG: "没有规则会标出这句话。", "No rule speaks.";
    TRIAL: "上个月会标出多少？", "What would it have flagged last month?";
    TRIAL_RUNS: "正在对照上个月的消息…", "Trying it on last month's messages…";
    TRIAL_HERE: "网络断了，这是按本机上的消息算的。", "Offline: tried on the messages of this device.";
    TRIAL_NO_ANSWER: "服务器暂时算不出来，请稍后再试。", "The server has trouble; please try again shortly.";
    PHRASES: "要找的词", "Words to look for";
    PHRASES_HINT: "每行一个", "one per line";
    HOW_WRITTEN: "除了直接写词，还能怎么写", "More ways to write it";
    WAY_ONE_OF: "{加|添加|扫}微信：几个里任意一个", "{加|添加|扫}微信: one of several";
    WAY_ANY: "加{any 0-3}微信：中间最多隔三个字", "加{any 0-3}微信: up to three characters between";
    WAY_SOUND: "~微信：只看读音，写成什么字都算", "~微信: by sound alone, whatever the characters";
    WAY_AROUND: "质量[最好]：前后有这些词时，只标方括号里的", "质量[最好]: marks only what stands in brackets";
    WAY_SHAPES: "{phone} 电话、{link} 网址、{account} 账号、{mail} 邮箱、{digits 3-4} 三四位数字", "{phone}, {link}, {account}, {mail}, {digits 3-4}: what looks like one";
    EXCEPTIONS: "例外", "Exceptions";
    EXCEPTIONS_HINT: "更长的、没问题的说法，每行一个", "longer, harmless wordings, one per line";
    LEVEL: "级别", "Level";
    TOPIC: "类别", "Topic";
    SAFE: "可以改成", "Say instead";
    SAFE_HINT: "一点就替换；没有就留空", "taken with one tap; may be empty";
    WHY_ZH: "为什么（中文）", "Why (Chinese)";
    WHY_EN: "为什么（英文）", "Why (English)";
    SOURCE_ZH: "依据（中文）", "Source (Chinese)";
    SOURCE_EN: "依据（英文）", "Source (English)";
    RULE_MOVED_ON: "您写的时候，同事也改了这条规则。再按一次保存，就用您的。", "A colleague changed this rule meanwhile. Press Save again to use yours.";
    SHIPPED_AGAIN: "恢复出厂规则", "Back to the shipped rules";
    SHIPPED_AGAIN_REALLY: "您的改动会丢，真的恢复？", "Your changes will be lost. Really?";
    TAKE_NEW_EDITION: "换成新版（不保留改动）", "Take the new edition (without your changes)";
    ADD_NEW_RULES: "补上新增的规则", "Add the new rules";

    // The policies.
    NEW_POLICY: "新政策", "New policy";
    EDIT_POLICY: "修改政策", "Edit the policy";
    NO_POLICIES: "还没有售后政策", "No policies yet";
    NO_POLICIES_TEXT: "把“第几天、有没有质量问题、拆没拆”怎么处理写成规则，客服填个小表就知道怎么答。", "Write down what is granted on which day and in which case; agents then fill a small form and have the words.";
    NO_POLICY_OPEN: "从左边选一条政策", "Choose a policy on the left";
    POLICY_GONE: "这条政策已经删除", "This policy is gone";
    POLICY_MOVED_ON: "您改的时候，同事也改了这条政策。您写的还在，选一个：", "A colleague changed this policy meanwhile. What you wrote is still here. Choose:";
    POLICY_TITLE: "关于什么，例如“七天无理由退货”", "What it is about, such as returns within seven days";
    POLICY_WORDS: "对顾客怎么说（可以用 {订单号} 这样的变量）", "What to say (blanks such as {order} are filled)";
    ADD_RULE: "再加一条规则", "Add a rule";
    FROM_DAY: "从第几天", "From day";
    TO_DAY: "到第几天", "To day";
    WITHIN_DAYS: "几天内办好", "Settled within days";
    FAULT: "有质量问题", "Quality fault";
    OPENED: "拆封或用过", "Opened or used";
    GIFT: "是赠品", "A gift";
    ANY: "都算", "Any";
    YES: "是", "Yes";
    NO: "否", "No";
    GRANTED_OR_NOT: "可以吗", "Granted";
    GRANTED: "可以", "Granted";
    NOT_GRANTED: "不可以", "Not granted";
    PAYER: "运费", "Freight";
    MOVE_UP: "上移", "Up";
    MOVE_DOWN: "下移", "Down";
    GAPS: "没有规则的情况：", "No rule for:";
    NO_GAPS: "每种情况都有规则。", "Every case has its rule.";
    TRY_POLICY: "试一试", "Try it out";
    CASE_DAY: "签收第几天", "Day since receipt";
    NO_RULE_FITS: "这种情况还没有规则。", "No rule for this case yet.";

    // Beginning.
    BEGIN: "还没有词条，从哪里开始？", "No articles yet. Where to begin?";
    BEGIN_AGENT: "还没有词条。请采编导入或写下第一条。", "No articles yet. An editor imports them or writes the first.";
    BEGIN_TITLE: "从哪里开始", "Where to begin";
    BEGIN_FILE: "导入店里的问答文件", "Import the shop's own file";
    BEGIN_STARTER: "用现成的通用问答", "Take ready-made general answers";
    BEGIN_STARTER_HINT: "开店常用的问答，由亲答编写，可以改。", "Answers most shops need, written by us, yours to change.";
    BEGIN_HISTORY: "从聊天记录里找", "Find them in past chats";
    BEGIN_HISTORY_HINT: "把客服反复说的话找出来，勾选就成词条。", "What agents keep answering becomes articles you tick.";
    BEGIN_WRITE: "自己写第一条", "Write the first one";
    NOTHING_RECURS: "聊天记录还太少，没找到反复出现的答案。", "Too few chats yet: no answer recurs.";
    ALL_TAKEN: "这些都已经有了。", "All of these are there already.";
    LOOKING: "正在找…", "Looking…";
    TAKE_ALL: "全选", "All";

    // What nothing answered.
    LAST_7_DAYS: "近 7 天", "7 days";
    LAST_31_DAYS: "近 31 天", "31 days";
    UNANSWERED_HINT: "顾客问过、没有词条对得上的问题，问得多的在前。", "What shoppers asked and no article fits, the most frequent first.";
    ALL_ANSWERED: "没有漏掉的问题", "Nothing was left unanswered";
    ALL_ANSWERED_TEXT: "这段时间顾客问的，词条都对得上，或者聊天还太少。", "The articles fit what shoppers asked in this time, or there were few chats yet.";
    MAKE_ARTICLE: "做成词条", "Make it an article";
    ADD_TO_ARTICLE: "加到已有词条", "Add to an article";
    HAS_ARTICLE: "现在有了：", "Now there is:";
    HALF_WRITTEN: "您有一条新词条还没写完。", "You have a new article half-written.";
    WRITE_ON: "接着写那条", "Go on with it";
    WRITE_OVER: "丢掉，改写这条", "Drop it, write this one";

    // How well the articles answer.
    QUALITY_NONE: "聊天还太少，说不准", "Too few chats to tell";
    QUALITY_NONE_TEXT: "有顾客来问、客服选用过词条以后，这里会告诉您答得怎样。", "Once shoppers ask and agents choose articles, this page tells how well they answer.";
    ASKED: "顾客问题", "Questions asked";
    MEANINGFUL: "其中真正提问的", "Of them real questions";
    SUGGESTED_SHARE: "有建议", "With a suggestion";
    CHOSEN_FOR: "客服选过词条的", "With an article chosen";
    FIRST_RIGHT: "第一条就对", "First one right";
    THIRD_RIGHT: "前三条里有", "Among the first three";
    RANK: "平均名次得分（MRR）", "Mean reciprocal rank";
    QUALITY_HOW: "“对”是指客服最后选的那个词条；只算客服选过词条的问题。", "Right is the article that the agent chose in the end; counted over questions for which one was chosen.";
    MOST_MISSES: "最常没排在前面的词条", "Articles that were missed most";
    MISSES: "没排进前三", "Missed";
    CHOSEN: "被选", "Chosen";

    // Coaching.
    COACHING: "打字和用答案", "Typing and answers";
    COACHING_HINT: "用来带新人，不参与响应时间。", "For coaching; response times do not depend on it.";
    DEFINED: "各项指标", "Every figure";
    DEFINED_HINT: "点开一项，看它怎么算、每个人的、以及背后的每一次。", "Open one to see how it is made, each agent's, and the very rounds behind it.";
    REST_HINT: "按顾客、按会话算的，还有刚改过规则或营业时间的，要另外算；聊天多时要等一会儿。", "What goes by shoppers or by chats, and what has just got other rules or opening hours, is counted by itself; with many chats that takes a while.";
    COUNT_REST: "把其余的也算出来", "Count the rest, too";
    MY_FIGURES: "我的响应（近 7 天）", "My response times (7 days)";
    IN_HOURS: "只看营业时间", "Opening hours only";
    CASES: "背后的每一次", "The rounds behind it";
    CASES_HINT: "没做到的在前，长的在前。", "Those that failed first, the longest first.";
    NO_CASES: "这段时间没有可算的。", "Nothing to count in this time.";
    STILL_WAITING: "还在等", "still waiting";
    NEVER_ENDED: "没有结果", "no end";
    WRITTEN_BEFORE: "断网时写于", "written offline at";
    EXPORT_CSV: "导出 CSV", "Export CSV";
    EXPORT_XLSX: "导出 Excel", "Export Excel";
    REPORTS: "日报 / 周报 / 月报", "Reports by day, week, month";
    HOURS: "时区和营业时间", "Time zone and opening hours";
    HOURS_HINT: "设了营业时间，每项指标会再按营业时间算一遍：只算开门时开始的，只计开门时的时长。", "With opening hours every figure is also told by them: of what began within them, and of the time within them alone.";
    HOURS_SAVED: "已保存，下次打开指标就按它算。", "Saved; the figures follow at the next look.";
    WHOSE_HOURS: "谁的营业时间", "Whose hours";
    WHOLE_SHOP: "全店", "The whole shop";
    UNSAVED_MARK: "（没保存）", " (not saved)";
    WHOSE_HOURS_HINT: "会话先按渠道的时间；渠道没有单设就按团队，团队也没有就按全店。", "A chat goes by its channel's hours; if that has none of its own by its team's, else by the shop's.";
    COPY_HOURS: "单独设（先照抄全店的）", "Hours of its own (the shop's to begin with)";
    REMOVE_HOURS: "不再单独设", "No hours of its own";
    TIME_ZONE: "时区", "Time zone";
    TIME_ZONE_HINT: "如 Asia/Shanghai；空着就按店铺固定的时差。", "Such as Asia/Shanghai; empty means the shop's fixed distance from UTC.";
    SPECIAL_DAYS: "特别的日子", "Special days";
    SPECIAL_DAYS_HINT: "一行一天：日期、空格、时段。过了零点接着写，26:00 就是次日两点；放假写“休”。", "One in a line: the date, a space, the hours. Past midnight go on counting, 26:00 is two in the morning; a holiday is “off”.";
    RULES_OF_FIGURES: "怎么统计：营业时间和口径", "How we count: hours and definitions";
    RULES_KEPT: "改了对全店生效；原始消息不动，随时能改回来。", "Changes count for the whole shop. The messages stay as they are, so everything can be changed back.";
    OWN_FIGURES: "指标口径", "Figures";
    OWN_FIGURES_HINT: "自带的每个数都能改，也能另做一项。改之前先试算，看上个月会是多少。", "Every number of those that are shipped can be changed, and others made. Try one first: it tells what it would have been last month.";
    WHICH_FIGURE: "改哪一项", "Which figure";
    NEW_FIGURE: "新做一项…", "A new one…";
    FIGURE_NAME: "名称", "Name";
    SUBJECT: "量什么", "What is measured";
    UNIT: "按什么算", "Of what it is said";
    MERGE: "回答前连问几句", "Several messages before an answer";
    STATISTIC: "怎么汇总", "What is said";
    THRESHOLD: "达标秒数", "Threshold, in seconds";
    GOAL_PERCENT: "目标（%）", "Goal, in per cent";
    GOAL_HINT: "趋势图上画一条目标线；不影响怎么算。", "A line in the trend's chart; it changes nothing of what is counted.";
    CAP: "封顶秒数", "Cap, in seconds";
    DAILY_HOURS: "每天时段", "Hours of each day";
    DAILY_HOURS_HINT: "只算这段时间开始的；空着就不限。", "Only what begins in them counts; empty means any.";
    IN_OPENING: "只算营业时间里开始的", "Only what begins in opening hours";
    ONLY_OPEN_TIME: "只计营业时间里的时长", "Only time within opening hours counts";
    LEFT_OUT: "不计：", "Left out:";
    AT_ONCE: "不足 1 秒的", "what took less than a second";
    NEXT_DAY: "隔天才结束的", "what ended on a later day";
    NOT_ENDED: "没有结果的", "what did not end";
    TRY_FIGURE: "试算近 31 天", "Try it on the last 31 days";
    FIGURE_SAVED: "已保存，下次打开指标就按它算。", "Saved; it counts at the next look.";
    PUT_BACK_SHIPPED: "恢复自带的", "Put the shipped one back";
    REMOVE_FIGURE: "删除这一项", "Remove this figure";
    ASK_AGAIN: "再试一次", "Try again";
    MY_COACHING: "我的打字和用答案（近 7 天）", "My typing and answers (7 days)";
    NO_COACHING: "这段时间还没有回复。", "No replies in this time.";
    CHARS_A_MINUTE: "字/分钟", "Characters a minute";
    FROM_ANSWERS: "用答案的", "From answers";
    CHOICE_TIME: "选到答案", "Time to choice";
    REPLIES: "回复", "Replies";

    // What was sent despite a warning.
    NOTES: "提醒后仍发出的", "Sent despite a warning";
    NOTES_HINT: "用语检查提醒过，客服写了原因后发出。", "The wording check warned; the agent gave a reason and sent it.";
    NO_NOTES: "近 31 天没有。", "None in 31 days.";
    MORE_NOTES: "只列最近的。", "Only the latest are listed.";
    OPEN_CHAT: "看会话", "Open the chat";
}

/// What a topic is called.
pub(crate) const fn topic_name(topic: Topic) -> Text {
    match topic {
        Topic::Absolute => Text("绝对化用语", "Absolute words"),
        Topic::Promise => Text("做不到的承诺", "Promises"),
        Topic::Medical => Text("功效和医疗", "Medical effect"),
        Topic::CompanyRules => Text("拿规定压人", "“Company rules”"),
        Topic::Invoice => Text("发票", "Invoices"),
        Topic::OffPlatform => Text("站外交易", "Off the platform"),
        Topic::Contacts => Text("联系方式和链接", "Contacts and links"),
        Topic::Colleagues => Text("同事信息", "Colleagues"),
        Topic::CustomerData => Text("顾客信息", "Customer data"),
        Topic::Rudeness => Text("不礼貌", "Rudeness"),
        Topic::Own => Text("本店规则", "Our own"),
    }
}

/// Who pays, as a choice.
pub(crate) const fn payer_name(payer: Payer) -> Text {
    match payer {
        Payer::Shop => Text("店铺出", "Shop pays"),
        Payer::Shopper => Text("顾客出", "Shopper pays"),
        Payer::Each => Text("各出各的", "Each their own"),
        Payer::Nobody => Text("没有运费", "None"),
        Payer::Newer => Text("更新后才能看到", "Shown after an update"),
    }
}
