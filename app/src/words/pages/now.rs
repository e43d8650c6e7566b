//! The words about this moment.

use qinda::sync::{LEVEL_MINUTES, LevelTold};
use qinda::timing::{SurgeFault, SurgeStep};

use super::super::Lang;
use super::Text;
use crate::supervise::PlanMisread;

pub(crate) const NOW: Text = Text("现在", "Now");
pub(crate) const TO_FIGURES: Text = Text("数据", "Figures");
pub(crate) const TO_NOW: Text = Text("现在的全部情况", "All of this moment");
pub(crate) const TO_NOTICE: Text = Text("要留意的", "To look at");
pub(crate) const WAITING: Text = Text("在等", "Waiting");
pub(crate) const LONGEST_WAIT: Text = Text("最长等待", "Longest wait");
pub(crate) const LEVEL_NOW: Text = Text("近 15 分钟达标", "In time, last 15 min");
pub(crate) const AGENTS_ON: Text = Text("在岗", "On duty");
pub(crate) const NOBODY: Text = Text("无", "none");
pub(crate) const ELSEWHERE: Text = Text("别的小组的会话", "A chat of another team");
pub(crate) const TAKE_OVER: Text = Text("接过来", "Take over");
pub(crate) const AGENTS_NOW: Text = Text("客服", "Agents");
pub(crate) const NO_AGENTS: Text = Text("现在没有客服在岗。", "No agent is on duty now.");
pub(crate) const AGENT_NOW: Text = Text("客服", "Agent");
pub(crate) const AGENT_STATE: Text = Text("状态", "State");
pub(crate) const AGENT_LOAD: Text = Text("会话", "Chats");
pub(crate) const AGENT_WAITING: Text = Text("在等", "Waiting");
pub(crate) const AGENT_SPEED: Text = Text("近 15 分钟中位 · 次数", "Median · answers, 15 min");
pub(crate) const ON_DUTY_NOW: Text = Text("在岗", "on duty");
pub(crate) const OFF_DUTY: Text = Text("不在岗", "off duty");
pub(crate) const AGENT_GONE: Text = Text("已停用", "account closed");
pub(crate) const SURGE: Text = Text("高峰预案", "Surge plan");
pub(crate) const NO_SURGE: Text = Text("不用加人", "nobody to bring in");
pub(crate) const CHANGE_PLAN: Text =
    Text("在“数据”页的统计口径里改预案", "Change the plan under Figures, how the shop counts");

pub(crate) const SURGE_HINT: Text = Text(
    "等的人多了，“现在”页会按这里的步骤提醒叫谁来；等的人少了，按相反的顺序提醒撤回。",
    "While many wait, the page of this moment says whom to bring in, step by step; when few wait, whom to let go, in reverse order.",
);
pub(crate) const PLAN_STEPS: Text = Text("步骤，一行一步", "Steps, one in a line");
pub(crate) const PLAN_STEPS_HINT: Text = Text(
    "例如 5 5 请机动专家上线 / Bring in the floating experts：超过 5 人在等，持续 5 分钟；英文可以不写。",
    "For example 5 5 请机动专家上线 / Bring in the floating experts: more than 5 wait for 5 minutes; the English may be left out.",
);
pub(crate) const RELEASE_AT: Text = Text("不超过几人在等就撤回一步", "A step is taken back when at most so many wait");
pub(crate) const RELEASE_MINUTES: Text = Text("持续几分钟才撤回", "… for so many minutes");

/// Why the plan as it is typed is none.
pub(crate) fn plan_fault(lang: Lang, misread: PlanMisread) -> String {
    match (misread, lang) {
        (PlanMisread::Line(line), Lang::Zh) => {
            format!("第 {line} 行看不懂：先写人数，再写分钟，再写叫谁来，中间空格隔开。")
        }
        (PlanMisread::Line(line), Lang::En) => {
            format!("Line {line} cannot be read: how many wait, for how many minutes, then whom to bring in.")
        }
        (PlanMisread::Release, Lang::Zh) => "撤回的人数和分钟要写数字。".to_owned(),
        (PlanMisread::Release, Lang::En) => "Taking back needs two numbers.".to_owned(),
        (PlanMisread::Plan(fault), lang) => unfit_plan(fault).say(lang).to_owned(),
    }
}

const fn unfit_plan(fault: SurgeFault) -> Text {
    match fault {
        SurgeFault::TooMany => Text("最多 12 步。", "At most 12 steps."),
        SurgeFault::Call => Text("叫谁来最多写 60 个字。", "Whom to bring in takes at most 60 characters."),
        SurgeFault::Numbers => Text("每步最多 240 分钟、10000 人。", "At most 240 minutes and 10,000 who wait."),
        SurgeFault::Order => Text(
            "后面的步骤人数不能比前面少，撤回的人数不能高于第一步。",
            "No step asks for fewer than the one before it, and what is taken back no longer applies.",
        ),
    }
}

/// How far back the level of this moment reaches is in its name.
const _: () = assert!(LEVEL_MINUTES == 15);

/// What a step asks for.
pub(crate) fn step_call(lang: Lang, step: &SurgeStep) -> &str {
    match lang {
        Lang::En if !step.call_en.is_empty() => &step.call_en,
        _ => &step.call,
    }
}

/// When a step comes.
pub(crate) fn step_rule(lang: Lang, step: &SurgeStep) -> String {
    let SurgeStep { above, minutes, .. } = step;
    match lang {
        Lang::Zh => format!("超过 {above} 人等，持续 {minutes} 分钟"),
        Lang::En => format!("more than {above} wait for {minutes} min"),
    }
}

pub(crate) fn applies_since(lang: Lang, time: &str) -> String {
    match lang {
        Lang::Zh => format!("{time} 起"),
        Lang::En => format!("since {time}"),
    }
}

pub(crate) fn next_step_in(lang: Lang, step: &SurgeStep, left: &str) -> String {
    let call = step_call(lang, step);
    match lang {
        Lang::Zh => format!("照现在的人数等下去，{left} 后：{call}"),
        Lang::En => format!("If as many go on waiting, in {left}: {call}"),
    }
}

pub(crate) fn release_in(lang: Lang, step: &SurgeStep, left: &str) -> String {
    let call = step_call(lang, step);
    match lang {
        Lang::Zh => format!("等的人少了，{left} 后可以撤回：{call}"),
        Lang::En => format!("Few wait; in {left} this can be taken back: {call}"),
    }
}

pub(crate) fn too_late(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("{count} 位顾客等超时了"),
        Lang::En if count == 1 => "1 shopper waits too long".to_owned(),
        Lang::En => format!("{count} shoppers wait too long"),
    }
}

pub(crate) fn soon_late(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("{count} 位顾客快超时"),
        Lang::En if count == 1 => "1 answer is due soon".to_owned(),
        Lang::En => format!("{count} answers are due soon"),
    }
}

pub(crate) fn level_below(lang: Lang, share: f64, goal: u8) -> String {
    let percent = share * 100.0;
    match lang {
        Lang::Zh => format!("近 15 分钟 {percent:.0}% 达标，低于目标 {goal}%"),
        Lang::En => format!("{percent:.0}% in time in the last 15 min, below the goal of {goal}%"),
    }
}

pub(crate) fn level_in_danger(lang: Lang, waiting: u32, share: f64, goal: u8) -> String {
    let percent = share * 100.0;
    match lang {
        Lang::Zh => format!("在等的 {waiting} 位若来不及答，近 15 分钟会降到 {percent:.0}%，低于目标 {goal}%"),
        Lang::En if waiting == 1 => {
            format!(
                "If the one who waits is not answered in time, the last 15 min fall to {percent:.0}%, below {goal}%"
            )
        }
        Lang::En => {
            format!(
                "If the {waiting} who wait are not answered in time, the last 15 min fall to {percent:.0}%, below {goal}%"
            )
        }
    }
}

pub(crate) fn all_is_well(lang: Lang) -> String {
    match lang {
        Lang::Zh => "一切正常".to_owned(),
        Lang::En => "All is well".to_owned(),
    }
}

pub(crate) fn last_seen(lang: Lang, time: &str) -> String {
    match lang {
        Lang::Zh => format!("{time} 后没有联系"),
        Lang::En => format!("not heard of since {time}"),
    }
}

/// The trend of the level for those who hear it.
pub(crate) fn level_spoken(lang: Lang, level: &LevelTold) -> String {
    let share = |value: &qinda::timing::Value| value.share().map(|share| format!("{:.0}%", share * 100.0));
    let shares = level.points.iter().map(|(_, value)| share(value).unwrap_or_else(|| "–".to_owned()));
    let shares = shares.collect::<Vec<_>>().join(", ");
    match lang {
        Lang::Zh => format!("过去一小时每 5 分钟：{shares}；目标 {}%", level.goal_percent),
        Lang::En => format!("The last hour, every 5 minutes: {shares}; the goal is {}%", level.goal_percent),
    }
}
