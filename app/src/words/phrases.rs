//! Sentences with numbers and names in them.

use qinda::model::{MemberCard, MemberId, TextFault};
use qinda::sync::{Action, ParkReason, RejectCode, Verdict};
use qinda::timing::{Figure, Urgency};

use super::Lang;
use super::faults::{pack_fault, policy_fault};
use crate::desk::{CannotKeep, FiguresProblem, SignInProblem};
use crate::local::outbox::Held;
use crate::parts::when::span_text;

/// The most that a badge shows.
const BADGE_MAX: usize = 99;

/// A number small enough for a badge.
pub(crate) fn at_most_99(count: usize) -> String {
    if count > BADGE_MAX { format!("{BADGE_MAX}+") } else { count.to_string() }
}

/// English has one word for one and another for many.
fn s(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

pub(crate) fn title(lang: Lang, waiting: usize) -> String {
    match lang {
        Lang::Zh => format!("({waiting}) 亲答"),
        Lang::En => format!("({waiting}) Qinda"),
    }
}

pub(crate) fn open_items(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("{count} 项待处理"),
        Lang::En => format!("{count} to deal with"),
    }
}

// The banner.

pub(crate) fn offline(lang: Lang, unsent: usize) -> String {
    match (lang, unsent) {
        (Lang::Zh, 0) => "网络断了。可以继续工作，写好的会在恢复后自动发出。".into(),
        (Lang::Zh, _) => format!("网络断了。这 {unsent} 条会在恢复后自动发出。"),
        (Lang::En, 0) => "You're offline. Carry on: what you write goes out when you're back.".into(),
        (Lang::En, 1) => "You're offline. This one will go out when you're back.".into(),
        (Lang::En, _) => format!("You're offline. These {unsent} will go out when you're back."),
    }
}

pub(crate) fn signed_out(lang: Lang, unsent: usize) -> String {
    match (lang, unsent) {
        (Lang::Zh, 0) => "登录已过期。可以继续写，登录后自动发出。".into(),
        (Lang::Zh, _) => format!("登录已过期。这 {unsent} 条都还在，登录后自动发出。"),
        (Lang::En, 0) => "Your sign-in has ended. Carry on: what you write goes out once you sign in.".into(),
        (Lang::En, _) => format!("Your sign-in has ended. {unsent} unsent: safe here, and out once you sign in."),
    }
}

pub(crate) fn first_sync(lang: Lang, behind: u64) -> String {
    match lang {
        Lang::Zh => format!("正在取回资料，还差 {} 条。已经到的可以先用。", grouped(behind)),
        Lang::En => format!("Fetching: {} to go. What has arrived works already.", grouped(behind)),
    }
}

/// `12,345`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(crate) fn sign_in_problem(lang: Lang, problem: SignInProblem) -> String {
    match (problem, lang) {
        (SignInProblem::Wrong, Lang::Zh) => "工号或密码不对。".into(),
        (SignInProblem::Wrong, Lang::En) => "Work number or password is wrong.".into(),
        (SignInProblem::TooMany(seconds), Lang::Zh) => {
            format!("试的次数太多，请 {} 后再试。", span_text(lang, seconds_ms(seconds)))
        }
        (SignInProblem::TooMany(seconds), Lang::En) => {
            format!("Too many attempts. Try again in {}.", span_text(lang, seconds_ms(seconds)))
        }
        (SignInProblem::Unreachable, Lang::Zh) => "连不上服务器，请检查网络后再试。".into(),
        (SignInProblem::Unreachable, Lang::En) => {
            "The server cannot be reached. Check the network and try again.".into()
        }
        (SignInProblem::Other, Lang::Zh) => "服务器出了点问题，请稍后再试。".into(),
        (SignInProblem::Other, Lang::En) => "The server has trouble. Please try again shortly.".into(),
    }
}

fn seconds_ms(seconds: u32) -> i64 {
    i64::from(seconds) * 1_000
}

// The conversations.

pub(crate) fn waited(lang: Lang, clock: &str, urgency: Urgency) -> String {
    match (lang, urgency) {
        (Lang::Zh, Urgency::Calm) => format!("已等 {clock}"),
        (Lang::Zh, Urgency::Soon) => format!("已等 {clock}，快超时"),
        (Lang::Zh, Urgency::Overdue) => format!("已等 {clock}，超时"),
        (Lang::En, Urgency::Calm) => format!("waiting {clock}"),
        (Lang::En, Urgency::Soon) => format!("waiting {clock}, due soon"),
        (Lang::En, Urgency::Overdue) => format!("waiting {clock}, overdue"),
    }
}

pub(crate) fn unanswered(lang: Lang, count: u32) -> String {
    match lang {
        Lang::Zh => format!("{count} 条没回"),
        Lang::En => format!("{count} unanswered"),
    }
}

pub(crate) fn queued(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("{count} 条待发"),
        Lang::En => format!("{count} queued"),
    }
}

pub(crate) fn held(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("{count} 条回复没发出，等您决定"),
        Lang::En => format!("{count} not sent: you decide"),
    }
}

pub(crate) fn owner(lang: Lang, work_number: &str) -> String {
    match lang {
        Lang::Zh => format!("{work_number} 负责"),
        Lang::En => format!("{work_number}'s"),
    }
}

pub(crate) fn show_all(lang: Lang, chars: usize) -> String {
    match lang {
        Lang::Zh => format!("显示全部（{} 字）", grouped(chars as u64)),
        Lang::En => format!("Show all ({} characters)", grouped(chars as u64)),
    }
}

pub(crate) fn of_chars(chars: usize, max: usize) -> String {
    format!("{} / {}", grouped(chars as u64), grouped(max as u64))
}

/// Why a command took no effect, in plain words.
pub(crate) fn refused(lang: Lang, held: &Held, members: &[MemberCard]) -> String {
    let action = held.command.action().ok();
    match &held.verdict {
        Verdict::Parked { reason } => parked(lang, reason, members),
        Verdict::Rejected { code } => rejected(lang, code, action.as_ref()),
        Verdict::Newer(_) => newer(lang),
        // A command that took effect is never held.
        Verdict::Applied => String::new(),
    }
}

fn number(lang: Lang, members: &[MemberCard], id: MemberId) -> String {
    let known = members.iter().find(|member| member.id == id).map(|member| member.work_number.clone());
    known.unwrap_or_else(|| match lang {
        Lang::Zh => "同事".into(),
        Lang::En => "a colleague".into(),
    })
}

/// A verdict that only a newer server gives.
fn newer(lang: Lang) -> String {
    match lang {
        Lang::Zh => "没有生效：原因要更新亲答后才能看到。内容还在这里。".into(),
        Lang::En => "It had no effect. Update Qinda to read why; what you wrote is here.".into(),
    }
}

fn parked(lang: Lang, reason: &ParkReason, members: &[MemberCard]) -> String {
    match (reason, lang) {
        (ParkReason::Answered { by, .. }, Lang::Zh) => {
            format!("您写的时候 {} 已经回复了，这条没有发出。", number(lang, members, *by))
        }
        (ParkReason::Answered { by, .. }, Lang::En) => {
            format!("Not sent: {} answered while you were writing.", number(lang, members, *by))
        }
        (ParkReason::Closed, Lang::Zh) => "会话已经结束，这条没有发出。".into(),
        (ParkReason::Closed, Lang::En) => "Not sent: the chat has been closed.".into(),
        (ParkReason::TakenOver { by }, Lang::Zh) => {
            format!("{} 接手了这个会话，这条没有发出。", number(lang, members, *by))
        }
        (ParkReason::TakenOver { by }, Lang::En) => {
            format!("Not sent: {} took this chat over.", number(lang, members, *by))
        }
        (ParkReason::Expired, Lang::Zh) => "等了太久才连上网，这条没有自动发出。".into(),
        (ParkReason::Expired, Lang::En) => "Not sent: the network came back too late for it.".into(),
        (ParkReason::Newer(_), lang) => newer(lang),
    }
}

fn rejected(lang: Lang, code: &RejectCode, action: Option<&Action>) -> String {
    let text = match (code, action) {
        (RejectCode::Conflict, Some(Action::TakeConversation(_))) => {
            ("没有接手：同事先接了。", "Not taken: a colleague was first.")
        }
        (RejectCode::Conflict, Some(Action::TransferConversation(_))) => (
            "没有转接：会话刚刚换了负责人或已经结束。",
            "Not transferred: the chat has just got another owner or been closed.",
        ),
        (RejectCode::Invalid, Some(Action::TransferConversation(_))) => (
            "没有转接：对方不在这个组，或者已经不能接待。",
            "Not transferred: your colleague is not in this team or may not answer any more.",
        ),
        (RejectCode::Conflict, Some(Action::WhisperTo(_))) => {
            ("悄悄话没有送到：会话已经结束。", "Not whispered: the chat has been closed.")
        }
        (RejectCode::Conflict, Some(Action::CloseConversation(_))) => {
            ("没有结束：顾客刚才又来信了。", "Not closed: the shopper has just written again.")
        }
        (RejectCode::Conflict, _) => (
            "没有保存：同事先改了同一条。您写的还在这里。",
            "Not saved: a colleague changed it first. What you wrote is here.",
        ),
        (RejectCode::Forbidden, _) => ("您现在的角色不能做这件事。", "Your roles do not allow this now."),
        (RejectCode::Gone, _) => ("它已经不在了，或者转给了别的组。", "It is gone, or another team has it."),
        (RejectCode::Invalid, _) => ("内容不合要求，例如太长或是空的。", "The text is unfit: empty or too long."),
        (RejectCode::Wording, _) => (
            "没有发出：店铺的用语规则不允许这样说，请改一下再发。",
            "Not sent: the shop's wording rules do not allow it. Change the words and send again.",
        ),
        (RejectCode::Unfilled, _) => {
            ("没有发出：还有空没填。请填好再发。", "Not sent: a blank was not filled. Fill it and send again.")
        }
        (RejectCode::Unknown, _) => (
            "服务器的版本较旧，还不认识这个操作。内容还在这里，等服务器更新后再发一次。",
            "The server is older and does not know this yet. What you wrote is here: send it again once the server is updated.",
        ),
        (RejectCode::Waits, _) => (
            "它接着前面一条没有成功的修改，所以先等着。",
            "It builds on one before it that did not go through, and waits.",
        ),
        (RejectCode::Erased, _) => (
            "没有发出：顾客的资料已应其要求抹除，会话不再继续。请丢弃这条。",
            "Not sent: this shopper's data was erased at their wish, and the chat is over. Please discard this.",
        ),
        (RejectCode::Newer(_), _) => return newer(lang),
    };
    match lang {
        Lang::Zh => text.0.into(),
        Lang::En => text.1.into(),
    }
}

/// What a held command was meant to do.
pub(crate) fn deed(lang: Lang, held: &Held) -> String {
    let text = match held.command.action() {
        Ok(Action::SendMessage(_)) => ("回复", "Reply"),
        Ok(Action::TakeConversation(_)) => ("接手会话", "Take a chat"),
        Ok(Action::TransferConversation(_)) => ("转接会话", "Transfer a chat"),
        Ok(Action::WhisperTo(_)) => ("悄悄话", "Whisper"),
        Ok(Action::CloseConversation(_)) => ("结束会话", "Close a chat"),
        Ok(Action::PutArticle(_)) => ("知识库修改", "Article"),
        Ok(Action::RemoveArticle(_)) => ("删除知识库条目", "Remove an article"),
        Ok(Action::PutQuickReply(_)) => ("快捷短语", "Quick reply"),
        Ok(Action::RemoveQuickReply(_)) => ("删除快捷短语", "Remove a quick reply"),
        Ok(Action::DescribeConversation(_)) => ("会话信息", "About a chat"),
        Ok(Action::ChooseAnswer(_)) => ("选用答案的记录", "The choice of an answer"),
        Ok(Action::JudgeLesson(_)) => ("学习记录的修改", "A lesson"),
        Ok(Action::PutPack(_)) => ("用语规则修改", "Wording rules"),
        Ok(Action::RemovePack(_)) => ("删除用语规则", "Remove wording rules"),
        Ok(Action::PutPolicy(_)) => ("售后政策修改", "Policy"),
        Ok(Action::RemovePolicy(_)) => ("删除售后政策", "Remove a policy"),
        Ok(Action::PutDraft(_)) => ("回复的草稿", "A half-written reply"),
        Err(_) => ("另一个版本的操作", "From another version"),
    };
    match lang {
        Lang::Zh => text.0.into(),
        Lang::En => text.1.into(),
    }
}

/// Why words could not be kept on the device; they stay where they were typed.
pub(crate) fn cannot_keep(lang: Lang, why: &CannotKeep) -> String {
    match (why, lang) {
        (CannotKeep::Text(fault), _) => text_fault(lang, fault),
        (CannotKeep::Pack(fault), _) => pack_fault(lang, fault),
        (CannotKeep::Policy(fault), _) => policy_fault(lang, fault),
        (CannotKeep::Full, Lang::Zh) => "这台设备没有空间了，没能存下。内容还在输入框里，清出一点空间再试。".into(),
        (CannotKeep::Full, Lang::En) => {
            "No room on this device. Your words are still here; free some space and try again.".into()
        }
        (CannotKeep::Failed, Lang::Zh) => "这台设备没能存下。内容还在，请再试一次。".into(),
        (CannotKeep::Failed, Lang::En) => "This device could not keep it. Your words are still here; try again.".into(),
        (CannotKeep::NotHere, Lang::Zh) => "它已经不在这台设备上了。".into(),
        (CannotKeep::NotHere, Lang::En) => "It is not on this device any more.".into(),
    }
}

pub(super) fn text_fault(lang: Lang, fault: &TextFault) -> String {
    match (fault, lang) {
        (TextFault::Empty { field }, Lang::Zh) => format!("“{}”还是空的。", field_name(lang, field)),
        (TextFault::Empty { field }, Lang::En) => format!("{} is still empty.", field_name(lang, field)),
        (TextFault::TooLong { field, chars, max }, Lang::Zh) => {
            format!("“{}”有 {} 字，最多 {} 字。", field_name(lang, field), grouped(*chars as u64), grouped(*max as u64))
        }
        (TextFault::TooLong { field, chars, max }, Lang::En) => {
            let name = field_name(lang, field);
            format!("{name}: {} characters; {} at most.", grouped(*chars as u64), grouped(*max as u64))
        }
        (TextFault::TooMany { field, count, max }, Lang::Zh) => {
            format!("“{}”有 {count} 项，最多 {max} 项。", field_name(lang, field))
        }
        (TextFault::TooMany { field, count, max }, Lang::En) => {
            format!("{}: {count} entries; {max} at most.", field_name(lang, field))
        }
    }
}

fn field_name(lang: Lang, field: &str) -> &'static str {
    let name = match field {
        "title" => ("问题", "The question"),
        "questions" => ("其他问法", "Other wordings"),
        "answers" => ("答案", "The answer"),
        "tags" => ("标签", "Tags"),
        "shortcut" => ("快捷码", "The shortcut"),
        "note" => ("留言", "The note"),
        "category" => ("分类", "The category"),
        _ => ("内容", "The text"),
    };
    match lang {
        Lang::Zh => name.0,
        Lang::En => name.1,
    }
}

// The answers.

pub(crate) fn answers(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("{count} 个说法"),
        Lang::En => format!("{count} answers"),
    }
}

pub(crate) fn more_answers(lang: Lang, others: usize) -> String {
    match lang {
        Lang::Zh => format!("还有 {others} 个说法"),
        Lang::En => format!("{others} more answer{}", s(others)),
    }
}

pub(crate) fn hits(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("找到 {count} 条"),
        Lang::En => format!("{count} found"),
    }
}

pub(crate) fn nothing_found(lang: Lang, ready: bool) -> String {
    match (lang, ready) {
        (Lang::Zh, true) => "没有找到。换个说法试试，拼音和首字母也可以。".into(),
        (Lang::En, true) => "Nothing found. Try other words; pinyin and initials work too.".into(),
        (Lang::Zh, false) => "正在准备搜索……".into(),
        (Lang::En, false) => "Getting the search ready…".into(),
    }
}

pub(crate) fn more_by_search(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("还有 {} 条，搜索就能找到。", grouped(count as u64)),
        Lang::En => format!("{} more: search finds them.", grouped(count as u64)),
    }
}

pub(crate) fn answer_number(lang: Lang, number: usize, count: usize) -> String {
    match (lang, count) {
        (Lang::Zh, 1) => "答案".into(),
        (Lang::Zh, _) => format!("答案 {number}"),
        (Lang::En, 1) => "Answer".into(),
        (Lang::En, _) => format!("Answer {number}"),
    }
}

pub(crate) fn changed_at(lang: Lang, moment: &str) -> String {
    match lang {
        Lang::Zh => format!("最近修改：{moment}"),
        Lang::En => format!("Last changed: {moment}"),
    }
}

// Importing.

pub(crate) fn import_found(lang: Lang, new: usize, different: usize, unchanged: usize, left: usize) -> String {
    let (head, rest) = match lang {
        Lang::Zh => (
            format!("找到 {new} 条新问答"),
            [(different, "条答案不同"), (unchanged, "条已经有了"), (left, "处没有导入")],
        ),
        Lang::En => (
            format!("{new} new"),
            [(different, "with other answers"), (unchanged, "already there"), (left, "left out")],
        ),
    };
    let (comma, stop) = match lang {
        Lang::Zh => ("，", "。"),
        Lang::En => (", ", "."),
    };
    let parts = rest.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    std::iter::once(head).chain(parts).collect::<Vec<_>>().join(comma) + stop
}

pub(crate) fn import_source(lang: Lang, name: &str, encoding: Option<&str>) -> String {
    match (encoding, lang) {
        (None, Lang::Zh) => "来自粘贴的文字".into(),
        (None, Lang::En) => "From pasted text".into(),
        (Some(encoding), Lang::Zh) => format!("{name} · 按 {encoding} 编码读取"),
        (Some(encoding), Lang::En) => format!("{name} · read as {encoding}"),
    }
}

pub(crate) fn line_and_answers(lang: Lang, line: usize, answers: usize) -> String {
    match lang {
        Lang::Zh => format!("第 {line} 行 · {answers} 个答案"),
        Lang::En => format!("line {line} · {answers} answer{}", s(answers)),
    }
}

pub(crate) fn show_more(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("再显示一些（还有 {count} 条）"),
        Lang::En => format!("Show more ({count} left)"),
    }
}

pub(crate) fn take(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("导入这 {count} 条"),
        Lang::En => format!("Take these {count}"),
    }
}

pub(crate) fn imported(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("导入了 {count} 条"),
        Lang::En => format!("{count} taken"),
    }
}

// The figures.

pub(crate) fn figures_sentence(lang: Lang, span: &str, percent: u32, rounds: u32, median: Option<&str>) -> String {
    match (lang, median) {
        (Lang::Zh, Some(median)) => format!("{span} {rounds} 轮提问，{percent}% 在 20 秒内答复，中位数 {median}。"),
        (Lang::Zh, None) => format!("{span} {rounds} 轮提问，还没有答复。"),
        (Lang::En, Some(median)) => {
            format!("{span}: {percent}% of {rounds} questions answered within 20 s; the median is {median}.")
        }
        (Lang::En, None) => format!("{span}: {rounds} questions, none answered yet."),
    }
}

pub(crate) fn figures_standing(lang: Lang, problem: Option<FiguresProblem>, as_of: Option<&str>) -> String {
    let why = problem.map(|problem| match (problem, lang) {
        (FiguresProblem::Unreachable, Lang::Zh) => "网络断了，数据要联网才有",
        (FiguresProblem::Unreachable, Lang::En) => "Offline: figures come from the server",
        (FiguresProblem::SignedOut, Lang::Zh) => "登录已过期，登录后更新",
        (FiguresProblem::SignedOut, Lang::En) => "Signed out: sign in to refresh",
        (FiguresProblem::Forbidden, Lang::Zh) => "您现在的角色看不到这些数据",
        (FiguresProblem::Forbidden, Lang::En) => "Your roles do not show you these figures now",
        (FiguresProblem::Unfit, Lang::Zh) => "没有这一项，或者不能这样分，请换一个选择",
        (FiguresProblem::Unfit, Lang::En) => "There is no such figure, or it cannot be cut so; choose another",
        (FiguresProblem::TooMany, Lang::Zh) => "这段时间消息太多，请选短一点的时间",
        (FiguresProblem::TooMany, Lang::En) => "Too many messages in this time: choose a shorter one",
        (FiguresProblem::Other, Lang::Zh) => "服务器暂时算不出来，稍后自动再试",
        (FiguresProblem::Other, Lang::En) => "The server has trouble; trying again shortly",
    });
    let when = as_of.map(|time| match lang {
        Lang::Zh => format!("截至 {time}"),
        Lang::En => format!("As of {time}"),
    });
    when.into_iter().chain(why.map(str::to_owned)).collect::<Vec<_>>().join(" · ")
}

pub(crate) fn limit(lang: Lang, seconds: i64) -> String {
    match lang {
        Lang::Zh => format!("{seconds} 秒"),
        Lang::En => format!("{seconds} s"),
    }
}

/// The top of a scale; with a plus where longer times end there too.
pub(crate) fn scale_top(lang: Lang, seconds: i64, and_longer: bool) -> String {
    let plus = if and_longer { "+" } else { "" };
    match lang {
        Lang::Zh => format!("{seconds}{plus} 秒"),
        Lang::En => format!("{seconds}{plus} s"),
    }
}

pub(crate) fn bar(lang: Lang, hour: &str, figure: &Figure) -> String {
    let time = |ms: Option<i64>| ms.map_or_else(|| "–".to_owned(), |ms| span_text(lang, ms));
    let (median, p90) = (time(figure.median_ms), time(figure.p90_ms));
    match lang {
        Lang::Zh => format!("{hour} · 已答 {} · 中位数 {median} · 90 分位 {p90}", figure.answered),
        Lang::En => format!("{hour} · {} answered · median {median} · 90th percentile {p90}", figure.answered),
    }
}

pub(crate) fn more_waiting(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("还有 {count} 位在等"),
        Lang::En => format!("{count} more waiting"),
    }
}

// The member and the device.

pub(crate) fn number_and_shop(lang: Lang, work_number: &str, shop: &str) -> String {
    match lang {
        Lang::Zh => format!("工号 {work_number} · {shop}"),
        Lang::En => format!("No. {work_number} · {shop}"),
    }
}

pub(crate) fn device_holds(lang: Lang, articles: usize, conversations: usize) -> String {
    let (articles, conversations) = (grouped(articles as u64), grouped(conversations as u64));
    match lang {
        Lang::Zh => format!("本机存有 {articles} 条答案、{conversations} 个进行中的会话，断网也能用。"),
        Lang::En => format!("{articles} answers and {conversations} open chats are on this device and work offline."),
    }
}

pub(crate) fn waits_to_go_out(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("{count} 项已存在本机，联网后自动发出。"),
        Lang::En => format!("{count} kept on this device; out by themselves when online."),
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn numbers_are_grouped_by_three() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(grouped).each_ref().map(String::as_str),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!((at_most_99(99), at_most_99(100)), ("99".to_owned(), "99+".to_owned()));
    }

    #[wasm_bindgen_test]
    fn an_import_tells_only_what_it_found() {
        assert_eq!(import_found(Lang::Zh, 20, 0, 0, 3), "找到 20 条新问答，3 处没有导入。");
        assert_eq!(import_found(Lang::En, 0, 1, 20, 0), "0 new, 1 with other answers, 20 already there.");
    }
}
