//! The page on which a supervisor says which reports go out, when and where to, and sees what became of them. It is a plain
//! form and works without script.

use qinda::timing::Zone;
use qinda_app::visitor::Lang;

use super::Kind;
use super::html::Html;
use super::page::head;
use super::rules::{Format, ReportRules, RulesFault, SECRET_CHARS_MAX, Tongue};
use super::words::{self, Text};
use crate::store::report_sends::{Sent, SentStanding};

/// What is said above the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Nothing yet.
    Nothing,
    /// It was kept.
    Kept,
    /// Somebody changed it meanwhile; what was typed is still in the form.
    MovedOn,
    /// It does not fit; what was typed is still in the form.
    Unfit(RulesFault),
    /// It was kept, and a report that was sent to try it out arrived, or why it did not.
    Tried(Result<(), String>),
}

/// Everything that the page shows.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What stands in the form. The secret never does.
    pub rules: ReportRules,
    /// Of which version they are.
    pub version: u32,
    /// Whether a secret is kept.
    pub has_secret: bool,
    /// What became of the latest reports.
    pub sent: Vec<Sent>,
    /// The shop's clocks.
    pub zone: Zone,
    /// What is said above the form.
    pub told: Told,
}

/// The page.
#[must_use]
pub fn page(settings: &Settings, lang: Lang) -> String {
    let mut html = Html::default();
    let title = Text("定时发送报表", "Scheduled reports").say(lang);
    head(&mut html, lang, title);
    html.between("<nav><a href=\"/report/daily?lang=", lang.short(), "\">")
        .text(Text("看报表", "To the reports").say(lang));
    html.between("</a> <a href=\"/report/settings?lang=", lang.other().short(), "\">").text(lang.other().own_name());
    html.between("</a></nav><h1>", title, "</h1>\n");
    told(&mut html, &settings.told, lang);
    form(&mut html, settings, lang);
    outcomes(&mut html, settings, lang);
    html.raw("</main></body></html>\n");
    html.done()
}

fn told(html: &mut Html, told: &Told, lang: Lang) {
    let (class, text) = match told {
        Told::Nothing => return,
        Told::Tried(Ok(())) => {
            ("told", Text("已保存，试发的一份已送达。", "Saved, and the report that was sent to try it out arrived."))
        }
        Told::Tried(Err(why)) => {
            let saved =
                Text("已保存，但试发的一份没送到：", "Saved, but the report sent to try it out did not arrive: ");
            html.between("<p role=\"status\" class=\"told wrong\">", saved.say(lang), "").text(fault(lang, why));
            html.text(Text("。", ".").say(lang)).raw("</p>\n");
            return;
        }
        Told::Kept => ("told", Text("已保存。", "Saved.")),
        Told::MovedOn => (
            "told wrong",
            Text(
                "别人刚改过设置，您的还没有保存。看一下再存一次，就以您的为准。",
                "Somebody changed this meanwhile; yours is not saved. Look at it and save once more to make yours count.",
            ),
        ),
        Told::Unfit(RulesFault::Address) => (
            "told wrong",
            Text(
                "要有发送地址，以 https:// 或 http:// 开头，里面不能带用户名密码。还没有保存。",
                "There must be an address that begins with https:// or http:// and holds no user and password. Not saved.",
            ),
        ),
        Told::Unfit(RulesFault::Time) => {
            ("told wrong", Text("时间请写成 20:45 这样。还没有保存。", "Write times as in 20:45. Not saved."))
        }
        Told::Unfit(RulesFault::Secret) => (
            "told wrong",
            Text("密钥太长，最多 200 个字。还没有保存。", "The secret is too long: at most 200 characters. Not saved."),
        ),
    };
    html.between("<p role=\"status\" class=\"", class, "\">").text(text.say(lang)).raw("</p>\n");
}

fn form(html: &mut Html, settings: &Settings, lang: Lang) {
    let Settings { rules, version, has_secret, .. } = settings;
    html.between("<form method=\"post\" action=\"/report/settings?lang=", lang.short(), "\">");
    html.between("<input type=\"hidden\" name=\"version\" value=\"", version.to_string(), "\">\n<fieldset><legend>");
    html.text(Text("发哪些", "Which").say(lang)).raw("</legend>");
    for kind in Kind::ALL {
        html.between("<label class=\"tick\"><input type=\"checkbox\" name=\"", kind.name(), "\"");
        html.raw(if rules.kinds.contains(&kind) { " checked> " } else { "> " });
        html.text(words::kind_name(kind).say(lang)).raw("</label>");
    }
    html.raw("</fieldset>\n");
    let times = [
        ("daily_at", Text("日报几点发（当天）", "The daily one, on the day itself, at"), rules.daily_minute),
        (
            "later_at",
            Text("周报、月报几点发（周一、1 号）", "The others, on Monday and on the 1st, at"),
            rules.later_minute,
        ),
    ];
    for (name, text, minute) in times {
        html.between("<label>", text.say(lang), "<input type=\"time\" required name=\"").text(name);
        html.between("\" value=\"", format!("{:02}:{:02}", minute / 60, minute % 60), "\"></label>\n");
    }
    html.between("<label>", Text("发到哪个地址（Webhook）", "To which address (webhook)").say(lang), "");
    html.between("<input type=\"url\" name=\"address\" maxlength=\"2000\" value=\"", &rules.address, "\"></label>\n");
    let formats = [
        (Format::Qinda, "qinda", Text("完整数据（JSON）", "All figures, as JSON")),
        (Format::Wecom, "wecom", Text("企业微信群机器人", "A robot of a WeCom group")),
        (Format::Dingtalk, "dingtalk", Text("钉钉群机器人", "A robot of a DingTalk group")),
    ];
    let formats = formats.map(|(format, name, text)| (name, text.say(lang), format == rules.format));
    choice(html, Text("写成什么样", "Written as").say(lang), "format", &formats);
    let tongues = [("zh", "中文", rules.tongue == Tongue::Zh), ("en", "English", rules.tongue == Tongue::En)];
    choice(html, Text("语言", "Language").say(lang), "tongue", &tongues);
    let secret = Text("签名密钥（钉钉“加签”填这里）", "Secret to sign with (DingTalk's goes here)");
    html.between(
        "<label>",
        secret.say(lang),
        "<input type=\"password\" autocomplete=\"off\" name=\"secret\" maxlength=\"",
    );
    html.text(SECRET_CHARS_MAX.to_string()).raw("\" placeholder=\"");
    if *has_secret {
        html.text(Text("已设置，不改就空着", "There is one; leave empty to keep it").say(lang));
    }
    html.raw("\"></label>\n");
    if *has_secret {
        html.raw("<label class=\"tick\"><input type=\"checkbox\" name=\"no_secret\"> ");
        html.text(Text("不再签名", "No longer sign").say(lang)).raw("</label>\n");
    }
    html.between("<p class=\"deeds\"><button type=\"submit\">", Text("保存", "Save").say(lang), "</button>");
    let try_out = Text("保存并试发一份", "Save, and send one now");
    html.between("<button type=\"submit\" name=\"try_out\" value=\"on\">", try_out.say(lang), "</button></p></form>\n");
}

fn choice(html: &mut Html, label: &str, name: &'static str, options: &[(&'static str, &'static str, bool)]) {
    html.between("<label>", label, "<select name=\"").between("", name, "\">");
    for (value, text, is_chosen) in options {
        html.between("<option value=\"", value, "\"").raw(if *is_chosen { " selected>" } else { ">" });
        html.text(text).raw("</option>");
    }
    html.raw("</select></label>\n");
}

fn outcomes(html: &mut Html, settings: &Settings, lang: Lang) {
    html.between("<section><h2>", Text("最近发送", "Sent lately").say(lang), "</h2>\n");
    if settings.sent.is_empty() {
        html.between("<p>", Text("还没有发过。", "Nothing was sent yet.").say(lang), "</p></section>\n");
        return;
    }
    let headings = [Text("报表", "Report"), Text("应发", "Due"), Text("结果", "Outcome")];
    html.headings(headings.map(|text| text.say(lang)));
    let clock = |at| {
        let local = settings.zone.local(at);
        format!("{} {:02}:{:02}", local.day, local.hour(), local.minute() % 60)
    };
    for sent in &settings.sent {
        let which = sent.which;
        let name =
            format!("{} {}", words::kind_name(which.kind).say(lang), words::span(lang, which.kind.around(which.day)));
        let fault = fault(lang, &sent.fault);
        let outcome = match (sent.standing, lang) {
            (SentStanding::Delivered, Lang::Zh) => format!("{} 已送达", clock(sent.at)),
            (SentStanding::Delivered, Lang::En) => format!("delivered {}", clock(sent.at)),
            (SentStanding::TriedAgain(_), _) if sent.fault.is_empty() => {
                Text("正在发", "being sent").say(lang).to_owned()
            }
            (SentStanding::TriedAgain(next), Lang::Zh) => format!("没送到：{fault}；{} 再试", clock(next)),
            (SentStanding::TriedAgain(next), Lang::En) => format!("failed: {fault}; tries again {}", clock(next)),
            (SentStanding::Failed, Lang::Zh) => format!("没送到：{fault}；试了 {} 次，不再试", sent.tries),
            (SentStanding::Failed, Lang::En) => format!("failed: {fault}; given up after {} tries", sent.tries),
        };
        html.row(name, [clock(sent.due_at), outcome]);
    }
    html.raw("</tbody></table></section>\n");
}

/// Why a report did not arrive, in words.
fn fault(lang: Lang, fault: &str) -> String {
    let text = match fault.split_once(':') {
        Some(("status", status)) => {
            return match lang {
                Lang::Zh => format!("对方回答 {status}"),
                Lang::En => format!("the other side answered {status}"),
            };
        }
        Some(("errcode", code)) => {
            return match lang {
                Lang::Zh => format!("机器人回答 errcode {code}"),
                Lang::En => format!("the robot answered errcode {code}"),
            };
        }
        _ => match fault {
            "private" => Text(
                "这是内网地址，服务器没有开放往内网发",
                "this is a private address, and the server's operator lets nothing go there",
            ),
            "unreachable" => Text("连不上", "nobody answers there"),
            "tls" => Text("证书不对", "its certificate does not fit"),
            "slow" => Text("对方太慢", "it took too long"),
            "address" => Text("地址不对", "the address is none"),
            "made" => Text("报表没算出来", "the report could not be made"),
            _ => Text("对方的回答看不懂", "the answer could not be read"),
        },
    };
    text.say(lang).to_owned()
}
