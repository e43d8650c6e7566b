//! The words of the planning page.

use qinda::model::Day;
use qinda::planning::{Measured, PlanningFault};

use super::{Text, WEEKDAYS};
use crate::desk::RulesProblem;
use crate::words::Lang;

texts! {
    PLANNING: "排班规划", "Planning";
    BACK_TO_FIGURES: "回到数据", "Back to figures";
    WHICH_WEEK: "哪一周", "Which week";
    TOO_LITTLE: "历史还不够", "Too little history";
    SEATS: "每小时排几人", "People by hour";
    SEATS_HINT: "格子里填人数；可以从表格粘贴，方向键和回车换格。下面是需要的人数，颜色越深预计咨询越多。", "Write how many people; paste from a spreadsheet, move with arrows and Enter. Below stands how many are needed; the darker, the more chats are expected.";
    FILL_NEEDED: "照需要填", "Fill in what is needed";
    PRINT: "打印", "Print";
    TYPED_NOT_SAVED: "改动还没有保存", "Not saved yet";
    PLAN_SAVED: "已保存", "Saved";
    PLAN_MOVED_ON: "同事刚改过排班，您的还没有保存，也没有丢。选一个：", "A colleague changed the plan meanwhile. Yours is not saved and not lost. Choose:";
    LOAD: "预计咨询和承载", "Expected chats and capacity";
    LOAD_HINT: "数字是预计的咨询数。选一天看每小时能不能接得住。", "Numbers are expected chats. Choose a day to see whether each hour can be carried.";
    HOURS_OF_DAY: "时段", "Hour";
    EXPECTED: "预计咨询", "Expected";
    RANGE: "八成落在", "Eight of ten within";
    AT_ONCE_LOAD: "同时进行", "At once";
    NEEDED: "需要", "Needed";
    PLANNED: "现排", "Planned";
    CAPACITY: "能接", "Capacity";
    BUSY: "忙碌", "Busy";
    IN_TIME: "预计达标", "In time";
    LEAVING: "会走", "Leave";
    PERSONS: "每人工作量", "Load by person";
    WHO: "客服", "Agent";
    CHATS_OF_PERSON: "咨询", "Chats";
    SHARE_OF_ALL: "占比", "Share";
    REPLIES_OF_PERSON: "消息", "Messages";
    HOURS_THERE: "有回复的小时", "Hours with messages";
    PER_HOUR: "每小时咨询", "Chats an hour";
    PAST_LOAD: "预计和实际", "Expected and actual";
    PAST_LOAD_HINT: "过去每一周都只用更早的周重新预测一遍，再和实际比。特殊日子不算。", "Each past week is foretold again from the weeks before it alone, and compared. Special days are left out.";
    WEEK: "周", "Week";
    CAME: "实际", "Actual";
    DIFFERENCE: "总数差", "Total off by";
    WRONG_BY_HOUR: "每小时平均差", "Hours off by";
    BY_HOUR_OF_DAY: "按时段看差多少", "By hour of the day";
    PAST_PERSONS: "每人预计和实际", "Expected and actual by person";
    PAST_PERSONS_HINT: "上一周。预计：每小时的预测由当时有回复的人平分。实际：那一周开始、归他负责的咨询。", "Last week. Expected: the forecast of each hour, shared evenly by those who wrote in it. Actual: chats that began then and are theirs.";
    ASSUMED: "按什么算", "What is assumed";
    LEVEL_FIELD: "达标率 %", "Service level %";
    LEVEL_HINT: "多少比例的顾客要按时有人接。100 % 谁也保证不了。", "How many shoppers are taken up in time. Nobody can promise 100 %.";
    WITHIN_FIELD: "几秒内", "Within seconds";
    WITHIN_HINT: "从顾客来问到有人腾出手；打字另算。", "From the question until somebody has a hand free; typing comes after.";
    CHATS_FIELD: "一人同时接几个", "Chats at once";
    STRETCH_FIELD: "同时接会放慢到 %", "Stretched to %";
    STRETCH_HINT: "同时接几个，每个会变长。实测的时长里已经有平时的同时数，照旧就填 100。", "With several at once each takes longer. What was measured has the usual number in it already: 100 for the same.";
    HANDLING_FIELD: "一个咨询几秒", "Seconds per chat";
    AWAY_FIELD: "不在座 %", "Away %";
    AWAY_HINT: "休息、培训、请假：排 10 人、填 20，在座算 8 人。", "Breaks, training, leave: of 10 people with 20, 8 are there.";
    LEAVES_FIELD: "等久了顾客会走（Erlang A）；不勾就当都会等（Erlang C）", "Shoppers leave who wait too long (Erlang A); else everybody stays (Erlang C)";
    PATIENCE_FIELD: "平均愿意等几秒", "Patience in seconds";
    HOW_PLANNED: "这些数怎么来的", "How these numbers are made";
    PLANNED_CHAT: "一次咨询是一个会话的开始。会话没有结束时顾客再来问，不另算；请随手结束会话。", "A chat counts when it begins. Who returns to one that was never closed is not counted again: close chats when they are done.";
    PLANNED_FORECAST: "预测：最近最多 8 周，同一周几同一小时，去掉最高和最低的四分之一后取平均，再按各周总量调整；四分之三以上的周两两比较方向一致才算有趋势。特殊日子和没过完的日子不用。", "Forecast: of the latest weeks, at most 8, the same hour of the same weekday; the highest and lowest quarter are left out, the rest averaged and levelled by the weeks' totals. A trend counts where three quarters of all pairs of weeks go the same way. Special days and days that are not over are left out.";
    PLANNED_RANGE: "八成落在：过去几周每小时的差，按预测数的平方根放缩后，去掉两头各一成。", "Eight of ten within: how wrong the hours of past weeks were, scaled by the root of what was foretold, without the tenth at either end.";
    PLANNED_QUEUE: "需要几人：顾客随机来、处理时长长短不一（指数分布）、每小时各算各的。一人同时接几个，就当作几个并排的位子，每个位子慢一些。", "People needed: shoppers come at random, chats take times of all lengths (exponential), each hour stands alone. Somebody with several chats counts as so many places side by side, each a little slower.";
    PLANNED_HANDLING: "处理时长：从客服第一句到最后一句，沉默超过 10 分钟的不算，另加 30 秒读题；一个咨询最多算 4 小时。", "Handling: from an agent's first words to the last ones, silences over 10 minutes left out, 30 seconds for reading added; at most 4 hours for a chat.";
    PLANNED_PATIENCE: "愿意等多久：没人回就结束的咨询，连同等到了的一起估；一次最多算 30 分钟。关会话比顾客走得晚，所以会偏长。", "Patience: judged from chats that were closed without an answer together with those that were answered; a wait counts 30 minutes at most. Chats are closed later than shoppers leave, so it tends to be long.";
    NOBODYS: "没人负责", "Nobody's";
    NO_CHATS_THEN: "这段时间没有咨询。", "No chats in this time.";
}

/// The weeks that can be chosen, the running one first.
pub(crate) const PLANNED_WEEKS: [Text; 3] =
    [Text("本周", "This week"), Text("下周", "Next week"), Text("再下周", "In two weeks")];

const SHORT_ZH: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
const SHORT_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A weekday in the head of a narrow column.
pub(crate) const fn weekday_short(lang: Lang, day: usize) -> &'static str {
    match lang {
        Lang::Zh => SHORT_ZH[day],
        Lang::En => SHORT_EN[day],
    }
}

/// A day as tables have it: `12/28`.
pub(crate) fn day_short(day: Day) -> String {
    let (_, month, day_of_month) = day.date();
    format!("{month}/{day_of_month}")
}

/// An hour of a weekday.
pub(crate) fn hour_name(lang: Lang, day: usize, hour: usize) -> String {
    let weekday = WEEKDAYS[day].say(lang);
    match lang {
        Lang::Zh => format!("{weekday} {hour} 点"),
        Lang::En => format!("{weekday} {hour}:00"),
    }
}

/// The busiest hour: what comes, whom it needs, who is planned. Nobody knows how many people the largest loads need.
pub(crate) fn busiest(
    lang: Lang,
    week: &str,
    (day, hour): (usize, usize),
    chats: u32,
    (needed, planned): (Option<u32>, u32),
) -> String {
    let when = hour_name(lang, day, hour);
    let (said, stop) = match lang {
        Lang::Zh => (format!("{week}最忙是{when}，约 {chats} 个咨询"), "。"),
        Lang::En => (format!("{week} is busiest on {when}: about {chats} chats"), "."),
    };
    let Some(needed) = needed else { return said + stop };
    let gap = match (needed.cmp(&planned), lang) {
        (std::cmp::Ordering::Greater, Lang::Zh) => {
            format!("，需 {needed} 人；现排 {planned} 人，缺 {} 人", needed - planned)
        }
        (std::cmp::Ordering::Greater, Lang::En) => {
            format!(", {needed} people needed; {planned} planned, {} short", needed - planned)
        }
        (std::cmp::Ordering::Equal, Lang::Zh) => format!("，需 {needed} 人，正好排了 {planned} 人"),
        (std::cmp::Ordering::Equal, Lang::En) => format!(", {needed} people needed and {planned} planned"),
        (std::cmp::Ordering::Less, Lang::Zh) => format!("，需 {needed} 人；现排 {planned} 人，够"),
        (std::cmp::Ordering::Less, Lang::En) => format!(", {needed} people needed; {planned} planned, enough"),
    };
    said + &gap + stop
}

/// How many hours of people are short or over in the week.
pub(crate) fn gaps(lang: Lang, (short_hours, short, over): (u32, u32, u32)) -> String {
    match lang {
        Lang::Zh if short == 0 => format!("全周都够，多排 {over} 人时。"),
        Lang::Zh => format!("全周 {short_hours} 个小时不够，共缺 {short} 人时；别的时段多 {over} 人时。"),
        Lang::En if short == 0 => format!("The week is covered, with {over} person-hours to spare."),
        Lang::En => {
            format!("{short_hours} hours of the week fall short, by {short} person-hours; others have {over} to spare.")
        }
    }
}

/// How wrong forecasts were.
pub(crate) fn error_told(lang: Lang, weeks: usize, percent: Option<u32>) -> String {
    match (percent, lang) {
        (Some(percent), Lang::Zh) => format!("过去 {weeks} 周，每小时的预测平均差 {percent} %。"),
        (Some(percent), Lang::En) => {
            format!("Over the past {weeks} weeks the hours were off by {percent} % on average.")
        }
        (None, Lang::Zh) => "预测差多少，要再过一周才知道。".to_owned(),
        (None, Lang::En) => "How wrong the forecast is shows after another week.".to_owned(),
    }
}

/// With too few past weeks.
pub(crate) fn too_little(lang: Lang, weeks: u32) -> String {
    match lang {
        Lang::Zh => format!("要有两周的咨询才能预测，现在有 {weeks} 周。每小时的人数可以先排上。"),
        Lang::En => {
            format!("A forecast needs two weeks of chats; {weeks} are known. People can be planned by hour already.")
        }
    }
}

/// What is in a cell: how many are needed, and how far the plan is from that.
pub(crate) fn needed_short(lang: Lang, needed: Option<u32>) -> String {
    let needed = needed.map_or_else(|| "∞".to_owned(), |needed| needed.to_string());
    match lang {
        Lang::Zh => format!("需{needed}"),
        Lang::En => format!("/{needed}"),
    }
}

/// How many people are missing (more than 0) or to spare (less).
pub(crate) fn short_by(lang: Lang, gap: i64) -> String {
    match (gap > 0, lang) {
        (true, Lang::Zh) => format!("缺{gap}"),
        (true, Lang::En) => format!("−{gap}"),
        (false, _) => format!("+{}", -gap),
    }
}

/// A cell in whole, for who does not see it.
pub(crate) fn cell_spoken(
    lang: Lang,
    (day, hour): (usize, usize),
    chats: &str,
    (needed, planned): (Option<u32>, u32),
) -> String {
    let when = hour_name(lang, day, hour);
    let said = match lang {
        Lang::Zh => format!("{when}，预计 {chats} 个咨询"),
        Lang::En => format!("{when}, {chats} chats expected"),
    };
    let Some(needed) = needed else { return said };
    said + &match (needed > planned, lang) {
        (true, Lang::Zh) => format!("，需 {needed} 人，缺 {} 人", needed - planned),
        (true, Lang::En) => format!(", {needed} needed, {} short", needed - planned),
        (false, Lang::Zh) => format!("，需 {needed} 人"),
        (false, Lang::En) => format!(", {needed} needed"),
    }
}

fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// What was measured of how long a chat takes.
pub(crate) fn handling_hint(lang: Lang, measured: &Measured) -> String {
    let Measured { answered, handling_mean_seconds, handling_median_seconds, .. } = *measured;
    match (handling_mean_seconds.zip(handling_median_seconds), lang) {
        (Some((mean, median)), Lang::Zh) => {
            format!("空着用实测：平均 {}，中位 {}（最近 {answered} 个咨询）。", clock(mean), clock(median))
        }
        (Some((mean, median)), Lang::En) => {
            format!("Empty: as measured, mean {}, median {} (latest {answered} chats).", clock(mean), clock(median))
        }
        (None, Lang::Zh) => "还没有实测，请先填一个。".to_owned(),
        (None, Lang::En) => "Nothing was measured yet; write a number.".to_owned(),
    }
}

/// What was measured of how many chats somebody has at once.
pub(crate) fn chats_hint(lang: Lang, measured: &Measured) -> String {
    let at_once = measured.at_once_hundredths.map(|it| (it + 5) / 10).map(|it| format!("{}.{}", it / 10, it % 10));
    match (at_once, lang) {
        (Some(at_once), Lang::Zh) => format!("实测：手上有咨询时平均同时 {at_once} 个。"),
        (Some(at_once), Lang::En) => format!("Measured: {at_once} on average of those who have any."),
        (None, _) => String::new(),
    }
}

/// What was measured of how long shoppers wait.
pub(crate) fn patience_hint(lang: Lang, measured: &Measured) -> String {
    let Measured { left, patience_seconds, .. } = *measured;
    match (patience_seconds, lang) {
        (Some(seconds), Lang::Zh) => format!("空着用实测：{}（{left} 个没等到）。", clock(seconds)),
        (Some(seconds), Lang::En) => format!("Empty: as measured, {} ({left} left).", clock(seconds)),
        (None, Lang::Zh) => format!("没等到的只有 {left} 个，不够估，请填一个。"),
        (None, Lang::En) => format!("Only {left} left: too few to judge; write a number."),
    }
}

/// Why nothing can be reckoned.
pub(crate) const fn planning_fault(lang: Lang, fault: PlanningFault) -> &'static str {
    let text = match fault {
        PlanningFault::Level => Text(
            "达标率填 1 到 99：100 % 再多人也保证不了。",
            "The service level is from 1 to 99: nobody can promise 100 %.",
        ),
        PlanningFault::Within => Text("秒数最多 86400（一天）。", "At most 86400 seconds, a day."),
        PlanningFault::Handling => Text(
            "一个咨询要几秒还不知道：填 1 到 86400。",
            "How long a chat takes is not known: write 1 to 86400 seconds.",
        ),
        PlanningFault::Patience => Text(
            "顾客愿意等几秒还不知道：填 1 到 86400，或者去掉“会走”。",
            "Patience is not known: write 1 to 86400 seconds, or untick leaving.",
        ),
        PlanningFault::Chats => Text("一人同时接 1 到 50 个。", "One person has from 1 to 50 chats at once."),
        PlanningFault::Stretch => Text("放慢填 50 到 1000。", "The stretch is from 50 to 1000."),
        PlanningFault::Away => Text("不在座填 0 到 90。", "Away is from 0 to 90."),
        PlanningFault::Planned => Text("每小时最多 9999 人。", "At most 9999 people an hour."),
    };
    text.say(lang)
}

/// Why the plan was not kept.
pub(crate) const fn plan_problem(lang: Lang, problem: RulesProblem) -> &'static str {
    match problem {
        RulesProblem::MovedOn => PLAN_MOVED_ON.say(lang),
        RulesProblem::NoSuchZone => super::rules_problem(lang, RulesProblem::Other),
        problem => super::rules_problem(lang, problem),
    }
}

/// From which day to which.
pub(crate) fn days_told(from: Day, until: Day) -> String {
    format!("{}–{}", day_short(from), day_short(until))
}

/// Days of the week that past weeks tell nothing of.
pub(crate) fn special_told(lang: Lang, days: &[Day]) -> String {
    let named: Vec<String> = days.iter().map(|day| day_short(*day)).collect();
    match lang {
        Lang::Zh => format!("{} 是特殊日子：预测按平常日子算，请自己判断。", named.join("、")),
        Lang::En => {
            format!("{}: special days. The forecast is that of ordinary ones; judge for yourself.", named.join(", "))
        }
    }
}
