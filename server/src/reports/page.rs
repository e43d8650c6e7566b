//! A report as a page: whole without script, to read on a phone and to print on paper.

use qinda::model::{MemberId, Micros};
use qinda::sync::{DefinedAnswer, DefinedFigure, LeftOut};
use qinda_app::visitor::Lang;

use super::html::Html;
use super::words::{self, NO_ROUNDS, Text};
use super::{Kind, Span, chart};
use crate::store::reported::{HOURS, Reported, Rounds, Wait, WaitEnd};

/// How many of the busiest hours are named.
const BUSIEST: usize = 3;
/// What stands for nobody and nothing.
const NONE: &str = "–";

/// The page.
#[must_use]
pub fn page(reported: &Reported, lang: Lang) -> String {
    let mut html = Html::default();
    let kind = words::kind_name(reported.span.kind).say(lang);
    head(&mut html, lang, &format!("{kind} {} · {}", words::span(lang, reported.span), reported.shop));
    html.raw("<header>");
    navigation(&mut html, reported.span, lang);
    html.between("<p class=\"shop\">", &reported.shop, "</p>");
    html.raw("<h1>").text(kind).raw(" <span>").text(words::span(lang, reported.span)).raw("</span></h1>");
    html.between("<p class=\"sentence\">", sentence(reported, lang), "</p></header>\n");
    figures(&mut html, reported, lang);
    trend(&mut html, reported, lang);
    by_hour(&mut html, reported, lang);
    by_agent(&mut html, reported, lang);
    let longest = Text("等得最久的", "The longest waits");
    waits(&mut html, reported, lang, longest, Text("没有人等过。", "Nobody waited."), &reported.longest);
    let unanswered = Text("没有回答的", "What was not answered");
    waits(
        &mut html,
        reported,
        lang,
        unanswered,
        Text("每一轮都回答了。", "Every round was answered."),
        &reported.unanswered,
    );
    if reported.span.kind != Kind::Daily {
        let measures = Text("问题归类与改进措施", "Categories, and measures taken").say(lang);
        html.between("<section class=\"measures\"><h2>", measures, "</h2>");
        html.between(
            "<p class=\"hint\">",
            Text("打印后填写。", "To be filled in on paper.").say(lang),
            "</p><p></p><p></p><p></p><p></p></section>\n",
        );
    }
    footer(&mut html, reported, lang);
    html.raw("</main></body></html>\n");
    html.done()
}

/// How a page of this kind begins.
pub fn head(html: &mut Html, lang: Lang, title: &str) {
    html.between("<!DOCTYPE html>\n<html lang=\"", lang.tag(), "\"><head><meta charset=\"utf-8\">");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html.raw("<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">");
    html.between("<title>", title, "</title>");
    html.raw("<link rel=\"stylesheet\" href=\"/report/report.css\"><link rel=\"icon\" href=\"/icons/qinda.svg\" type=\"image/svg+xml\">");
    html.raw("</head><body><main>\n");
}

/// What a report says in a sentence or two, without anybody's name.
#[must_use]
pub fn sentence(reported: &Reported, lang: Lang) -> String {
    let Rounds { asked, answered, left, waiting, before } = reported.rounds;
    let when = words::time_before(reported.span.kind, reported.is_partial).say(lang);
    if asked == 0 {
        return match lang {
            Lang::Zh => format!("没有顾客来问，所以没有可算的（{when} {before} 轮）。"),
            Lang::En => format!("No rounds: no shopper asked anything ({when}: {before})."),
        };
    }
    let mut said = match lang {
        Lang::Zh => format!("顾客问了 {asked} 轮（{when} {before} 轮），回答了 {answered} 轮"),
        Lang::En => format!("Shoppers asked in {asked} rounds ({when}: {before}); {answered} were answered"),
    };
    if left > 0 {
        said += &match lang {
            Lang::Zh => format!("，{left} 轮没答就关了"),
            Lang::En => format!(", {left} were closed without an answer"),
        };
    }
    if waiting > 0 {
        said += &match lang {
            Lang::Zh => format!("，{waiting} 轮还在等"),
            Lang::En => format!(", {waiting} still wait"),
        };
    }
    for definition in reported.first_figures.iter().take(2) {
        let Some(figure) = reported.answer.figures.iter().find(|figure| figure.definition.id == definition.id) else {
            continue;
        };
        let (name, value) =
            (words::figure_name(lang, definition), words::figure_value(lang, definition, &figure.value));
        said += &format!("{}{name} {value}", Text("；", "; ").say(lang));
    }
    let stop = Text("。", ".").say(lang);
    let busiest = busiest(reported).first().map(|hour| words::hour(*hour));
    said += &match (busiest, lang) {
        (Some(hour), Lang::Zh) => format!("。最忙的是 {hour}{stop}"),
        (Some(hour), Lang::En) => format!(". The busiest hour was {hour}{stop}"),
        (None, _) => stop.to_owned(),
    };
    said
}

/// The hours in which most was asked, the busiest first.
fn busiest(reported: &Reported) -> Vec<usize> {
    let mut hours: Vec<usize> = (0..HOURS).filter(|hour| reported.hours[*hour].asked > 0).collect();
    hours.sort_by_key(|hour| (std::cmp::Reverse(reported.hours[*hour].asked), *hour));
    hours.truncate(BUSIEST);
    hours
}

fn navigation(html: &mut Html, span: Span, lang: Lang) {
    html.raw("<nav>");
    let mut link = |kind: Kind, on: qinda::model::Day, lang: Lang, name: &str, is_here: bool| {
        html.between("<a href=\"/report/", format!("{kind}?on={on}&lang={}", lang.short()), "\"");
        html.raw(if is_here { " aria-current=\"page\">" } else { ">" }).text(name).raw("</a> ");
    };
    link(span.kind, span.before().first, lang, Text("‹ 上一份", "‹ Before").say(lang), false);
    for kind in Kind::ALL {
        link(kind, span.first, lang, words::kind_name(kind).say(lang), kind == span.kind);
    }
    link(span.kind, span.next().first, lang, Text("下一份 ›", "Next ›").say(lang), false);
    link(span.kind, span.first, lang.other(), lang.other().own_name(), false);
    let more = [
        ("/report/settings?lang=", Text("定时发送", "Schedule")),
        ("/desk/figures?lang=", Text("回工作台", "To the desk")),
    ];
    for (address, name) in more {
        html.raw("<a href=\"").text(address).text(lang.short()).between("\">", name.say(lang), "</a> ");
    }
    html.raw("</nav>\n");
}

fn heading(html: &mut Html, lang: Lang, text: Text) {
    html.between("<section><h2>", text.say(lang), "</h2>\n");
}

fn figures(html: &mut Html, reported: &Reported, lang: Lang) {
    heading(html, lang, Text("各项指标", "Every figure"));
    let has_hours = reported.answer.has_hours;
    let before = words::time_before(reported.span.kind, reported.is_partial).say(lang);
    let mut headings =
        vec![Text("指标", "Figure").say(lang), Text("数值", "Value").say(lang), Text("其中", "Of").say(lang), before];
    if has_hours {
        headings.push(Text("营业时间内", "In opening hours").say(lang));
    }
    html.headings(headings);
    for figure in in_order(reported) {
        let DefinedFigure { definition, value, before, in_hours, .. } = figure;
        let mut cells = vec![
            words::figure_value(lang, definition, value),
            words::figure_of(lang, definition, value),
            words::figure_value(lang, definition, before),
        ];
        if has_hours {
            cells.push(in_hours.map_or(NONE.to_owned(), |value| words::figure_value(lang, definition, &value)));
        }
        html.row(words::figure_name(lang, definition), cells);
    }
    html.raw("</tbody></table>");
    if let Some(left_out) = &reported.answer.left_out {
        html.between("<p class=\"hint\">", not_counted(left_out, lang), "</p>");
    }
    html.raw("</section>\n");
}

/// What was not counted, and where it is.
fn not_counted(left_out: &LeftOut, lang: Lang) -> String {
    let LeftOut { figures, hours, .. } = left_out;
    let names = figures.iter().map(|definition| words::figure_name(lang, definition));
    let hours = hours.then(|| Text("营业时间内的数", "what is said of opening hours").say(lang));
    let what = names.chain(hours).collect::<Vec<_>>().join(Text("、", ", ").say(lang));
    match lang {
        Lang::Zh => {
            format!("消息太多，打开网页时不逐条翻看，这几项没有算：{what}。定时发送的报表和 qinda figures 会算。")
        }
        Lang::En => format!(
            "There are too many messages to read them one by one while a page opens, so these were not counted: {what}. Reports that are sent by schedule, and qinda figures, count them."
        ),
    }
}

/// The figures, those of the trend first.
fn in_order(reported: &Reported) -> Vec<&DefinedFigure> {
    let place = |figure: &&DefinedFigure| {
        let first = reported.first_figures.iter().position(|definition| definition.id == figure.definition.id);
        first.unwrap_or(usize::MAX)
    };
    let mut figures: Vec<&DefinedFigure> = reported.answer.figures.iter().collect();
    figures.sort_by_key(place);
    figures
}

fn trend(html: &mut Html, reported: &Reported, lang: Lang) {
    let text = match reported.span.kind {
        Kind::Daily => Text("近 7 天", "The last 7 days"),
        Kind::Weekly => Text("近 8 周", "The last 8 weeks"),
        Kind::Monthly => Text("近 6 个月", "The last 6 months"),
    };
    heading(html, lang, text);
    html.raw("<div class=\"charts\">");
    let rounds = Text("轮数", "Rounds").say(lang);
    let counts: Vec<Option<f64>> = reported.trend.iter().map(|step| step.rounds.map(f64::from)).collect();
    chart::bars(html, rounds, &counts);
    for (place, definition) in reported.first_figures.iter().enumerate() {
        let values: Vec<Option<f64>> =
            reported.trend.iter().map(|step| chart::height(definition, step.values[place].as_ref()?)).collect();
        chart::bars(html, words::figure_name(lang, definition), &values);
    }
    html.raw("</div>\n");
    let names = reported.first_figures.iter().map(|definition| words::figure_name(lang, definition));
    html.headings([Text("时间", "Time").say(lang), rounds].into_iter().chain(names));
    for step in &reported.trend {
        let values = reported.first_figures.iter().zip(&step.values);
        let values = values.map(|(definition, value)| {
            value.map_or_else(|| NONE.to_owned(), |value| words::figure_value(lang, definition, &value))
        });
        let rounds = step.rounds.map_or_else(|| NONE.to_owned(), |rounds| rounds.to_string());
        html.row(words::step(lang, step.span), std::iter::once(rounds).chain(values));
    }
    html.raw("</tbody></table></section>\n");
}

fn by_hour(html: &mut Html, reported: &Reported, lang: Lang) {
    heading(html, lang, Text("按小时", "By hour"));
    let busiest = busiest(reported);
    if busiest.is_empty() {
        html.between("<p>", NO_ROUNDS.say(lang), "</p></section>\n");
        return;
    }
    let named: Vec<String> =
        busiest.iter().map(|hour| format!("{} ({})", words::hour(*hour), reported.hours[*hour].asked)).collect();
    html.between("<p>", Text("最忙：", "Busiest: ").say(lang), "")
        .text(named.join(Text("、", ", ").say(lang)))
        .raw("</p>\n");
    let most = reported.hours[busiest[0]].asked;
    let headings = [
        Text("小时", "Hour"),
        Text("轮数", "Rounds"),
        Text("", ""),
        Text("已回答", "Answered"),
        Text("中位数", "Median"),
    ];
    html.headings(headings.map(|text| text.say(lang)));
    let (first, last) = (0..HOURS)
        .filter(|hour| reported.hours[*hour].asked > 0)
        .fold((HOURS, 0), |(first, last), hour| (first.min(hour), last.max(hour)));
    for hour in first..=last {
        let of = reported.hours[hour];
        html.between("<tr><th scope=\"row\">", words::hour(hour), "</th><td>")
            .text(of.asked.to_string())
            .raw("</td><td class=\"bar\">");
        chart::bar(html, f64::from(of.asked) / f64::from(most));
        html.between("</td><td>", of.answered.to_string(), "</td><td>");
        html.text(of.median_ms.map_or(NONE.to_owned(), |ms| words::lasting(lang, ms))).raw("</td></tr>\n");
    }
    html.raw("</tbody></table></section>\n");
}

fn by_agent(html: &mut Html, reported: &Reported, lang: Lang) {
    heading(html, lang, Text("按客服", "By agent"));
    let figures: Vec<&DefinedFigure> = reported
        .first_figures
        .iter()
        .filter_map(|definition| reported.answer.figures.iter().find(|figure| figure.definition.id == definition.id))
        .collect();
    let mut agents: Vec<Option<MemberId>> =
        figures.iter().flat_map(|figure| figure.by_agent.iter().map(|(agent, _)| *agent)).collect();
    agents.sort_by_cached_key(|agent| (agent.is_none(), name(&reported.answer, *agent, lang)));
    agents.dedup();
    if agents.is_empty() {
        html.between("<p>", NO_ROUNDS.say(lang), "</p></section>\n");
        return;
    }
    html.headings(
        std::iter::once(Text("客服", "Agent").say(lang))
            .chain(figures.iter().map(|figure| words::figure_name(lang, &figure.definition))),
    );
    for agent in agents {
        let values = figures.iter().map(|figure| {
            let value = figure.by_agent.iter().find(|(of, _)| *of == agent).map(|(_, value)| *value);
            value.map_or(NONE.to_owned(), |value| words::figure_value(lang, &figure.definition, &value))
        });
        html.row(name(&reported.answer, agent, lang), values);
    }
    html.raw("</tbody></table></section>\n");
}

fn name(answer: &DefinedAnswer, agent: Option<MemberId>, lang: Lang) -> String {
    let Some(agent) = agent else { return Text("无人负责", "Nobody").say(lang).to_owned() };
    let member = answer.members.iter().find(|member| member.id == agent);
    member.map_or(NONE.to_owned(), |member| format!("{} {}", member.work_number, member.name))
}

fn waits(html: &mut Html, reported: &Reported, lang: Lang, title: Text, nothing: Text, waits: &[Wait]) {
    heading(html, lang, title);
    if let Some(since) = reported.waits_since {
        let since = moment(reported, since);
        let said = match lang {
            Lang::Zh => format!("消息太多，只翻看了 {since} 以来的。"),
            Lang::En => format!("There are too many messages: those since {since} were looked at."),
        };
        html.between("<p class=\"hint\">", said, "</p>");
    }
    if waits.is_empty() {
        html.between("<p>", nothing.say(lang), "</p></section>\n");
        return;
    }
    let headings =
        [Text("开始", "Since"), Text("等了", "Waited"), Text("结果", "Outcome"), Text("客服", "Agent"), Text("", "")];
    html.headings(headings.map(|text| text.say(lang)));
    for wait in waits {
        let outcome = match wait.end {
            WaitEnd::Answered => Text("已回答", "answered"),
            WaitEnd::Left => Text("没答就关了", "closed without an answer"),
            WaitEnd::Waiting => Text("还在等", "still waits"),
        };
        let at = moment(reported, wait.from);
        let cells =
            [words::lasting(lang, wait.ms), outcome.say(lang).to_owned(), name(&reported.answer, wait.agent, lang)];
        html.between("<tr><th scope=\"row\">", at, "</th>");
        for cell in cells {
            html.between("<td>", cell, "</td>");
        }
        html.between("<td><a href=\"/desk/c/", wait.conversation.to_string(), "\">");
        html.text(Text("打开会话", "Open").say(lang)).raw("</a></td></tr>\n");
    }
    html.raw("</tbody></table></section>\n");
}

/// A moment by the shop's clocks, to the minute.
fn moment(reported: &Reported, at: Micros) -> String {
    let local = reported.zone.local(at);
    format!("{} {:02}:{:02}", local.day, local.hour(), local.minute() % 60)
}

fn footer(html: &mut Html, reported: &Reported, lang: Lang) {
    let answer = &reported.answer;
    html.between("<footer><h2>", Text("口径", "How it is counted").say(lang), "</h2><dl>\n");
    for figure in in_order(reported) {
        let definition = &figure.definition;
        html.between("<dt>", words::figure_name(lang, definition), "</dt><dd>")
            .text(words::described(lang, definition));
        if let Some(source) = &definition.source {
            let by = match lang {
                Lang::Zh => &source.by,
                Lang::En => source.said_en(),
            };
            html.text(format!(" ({by} {})", source.read_on));
        }
        html.raw("</dd>\n");
    }
    let zone = if answer.zone.is_empty() { offset(answer.utc_offset_minutes) } else { answer.zone.clone() };
    let (from, to) = reported.compared;
    let compared = format!("{} – {}", moment(reported, from), moment(reported, to));
    let own_hours = answer.own_hours.iter();
    let own_hours = own_hours.map(|own| (words::hours_of(lang, &own.of), words::opening(lang, Some(&own.hours))));
    let beside = [
        (Text("时区", "Time zone"), zone),
        (Text("比较的时段", "Compared with"), compared),
        (Text("制表时间", "Made at"), moment(reported, answer.at)),
    ];
    let opening = Text("营业时间", "Opening hours").say(lang).to_owned();
    let hours = std::iter::once((opening, words::opening(lang, answer.hours.as_ref()))).chain(own_hours);
    for (name, text) in hours.chain(beside.map(|(name, text)| (name.say(lang).to_owned(), text))) {
        html.between("<dt>", name, "</dt><dd>").text(text).raw("</dd>\n");
    }
    html.raw("</dl>");
    if reported.is_partial {
        let partial = Text("这段时间还没有过完，数字会变。", "This time is not over; the figures will change.");
        html.between("<p class=\"hint\">", partial.say(lang), "</p>");
    }
    html.raw("</footer>");
}

fn offset(minutes: i32) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("UTC{sign}{:02}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
}

/// A page that only says something, such as why there is no report.
#[must_use]
pub fn notice(lang: Lang, text: &str, again: &str) -> String {
    let mut html = Html::default();
    head(&mut html, lang, text);
    html.between("<h1>", text, "</h1><p><a href=\"").text(again).raw("\">");
    html.text(Text("再打开一次", "Open it again").say(lang)).raw("</a> · <a href=\"/desk\">");
    html.text(Text("去登录", "Sign in").say(lang)).raw("</a></p></main></body></html>\n");
    html.done()
}
