//! A report as a message: all of it for a program, or a few lines for a group's robot.

use axum::http::HeaderName;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qinda::model::Micros;
use qinda_app::visitor::Lang;
use serde_json::json;

use super::page::sentence;
use super::post::Answered;
use super::rules::{Format, ReportRules, Tongue, signed};
use super::words;
use crate::store::reported::Reported;
use crate::zones;

/// The longest text that a group's robot takes, in bytes.
const TEXT_BYTES_MAX: usize = 3_800;
/// The header with the time and the signature.
pub const SIGNATURE: &str = "x-qinda-signature";
/// The header that is the same whenever the same report is sent again.
pub const DELIVERY: &str = "x-qinda-delivery";

/// What a message is to whoever takes each report once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The report that is due.
    Due,
    /// One to try out the way.
    Trial,
}

/// A message, ready to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where to.
    pub address: String,
    /// What stands beside it.
    pub headers: Vec<(HeaderName, String)>,
    /// What it says.
    pub body: Vec<u8>,
}

impl Message {
    /// A report as a shop wants it.
    #[must_use]
    pub fn of(
        reported: &Reported,
        rules: &ReportRules,
        public_url: Option<&str>,
        now: Micros,
        delivery: Delivery,
    ) -> Self {
        let link = link(reported, rules, public_url);
        let body = match rules.format {
            Format::Qinda => whole(reported, &link),
            Format::Wecom => {
                json!({ "msgtype": "markdown", "markdown": { "content": lines(reported, rules, &link) } })
            }
            Format::Dingtalk => {
                let title = words::kind_name(reported.span.kind).say(lang(rules));
                json!({ "msgtype": "markdown", "markdown": { "title": title, "text": lines(reported, rules, &link) } })
            }
        };
        let body = body.to_string().into_bytes();
        let delivery = match delivery {
            Delivery::Due => format!("{}-{}", reported.span.kind, reported.span.first),
            Delivery::Trial => format!("trial-{}", now.0),
        };
        let mut headers = vec![(HeaderName::from_static(DELIVERY), delivery)];
        let mut address = rules.address.clone();
        match rules.format {
            _ if rules.secret.is_empty() => {}
            Format::Qinda => headers.push((HeaderName::from_static(SIGNATURE), signature(&rules.secret, now, &body))),
            Format::Dingtalk => address += &dingtalk_signature(&rules.secret, now, address.contains('?')),
            // It knows a robot by the key in its address.
            Format::Wecom => {}
        }
        Self { address, headers, body }
    }
}

/// Whether an answer says that the message was taken; otherwise what it says, in a word.
///
/// # Errors
/// What the other side said.
pub fn taken(format: Format, answered: &Answered) -> Result<(), String> {
    if !(200..300).contains(&answered.status) {
        return Err(format!("status:{}", answered.status));
    }
    if format == Format::Qinda {
        return Ok(());
    }
    // Robots answer 200 to everything, and say inside how it went.
    let told = serde_json::from_slice::<serde_json::Value>(&answered.body).unwrap_or_default();
    match told["errcode"].as_i64() {
        Some(0) => Ok(()),
        Some(code) => Err(format!("errcode:{code}")),
        None => Err("answer".to_owned()),
    }
}

/// The time and the signature of both, so that an old message cannot be sent again as a new one.
fn signature(secret: &str, now: Micros, body: &[u8]) -> String {
    let seconds = now.unix_ms() / 1_000;
    let mut message = format!("{seconds}.").into_bytes();
    message.extend_from_slice(body);
    let hex: String = signed(secret, &message).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hex}")
}

/// What DingTalk wants behind the address of a robot with a secret.
fn dingtalk_signature(secret: &str, now: Micros, has_query: bool) -> String {
    let timestamp = now.unix_ms();
    let sign = STANDARD.encode(signed(secret, format!("{timestamp}\n{secret}").as_bytes()));
    let sign = sign.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    format!("{}timestamp={timestamp}&sign={sign}", if has_query { '&' } else { '?' })
}

/// Where the page of the report is.
fn link(reported: &Reported, rules: &ReportRules, public_url: Option<&str>) -> String {
    let (kind, first) = (reported.span.kind, reported.span.first);
    let origin = public_url.unwrap_or_default().trim_end_matches('/');
    format!("{origin}/report/{kind}?on={first}&lang={}", lang(rules).short())
}

/// Everything, the figures as `qinda figures --json` tells them.
fn whole(reported: &Reported, link: &str) -> serde_json::Value {
    let answer = &reported.answer;
    let written = |at: Micros| zones::written(&answer.zone, answer.utc_offset_minutes, at);
    let rounds = reported.rounds;
    json!({
        "kind": reported.span.kind,
        "shop": reported.shop,
        "span": {
            "first_day": reported.span.first,
            "last_day": reported.span.last(),
            "from": written(answer.from),
            "to": written(answer.to),
            "made_at": written(answer.at),
            "is_partial": reported.is_partial,
            "compared_from": written(reported.compared.0),
            "compared_to": written(reported.compared.1),
        },
        "sentence": { "zh": sentence(reported, Lang::Zh), "en": sentence(reported, Lang::En) },
        "rounds": {
            "asked": rounds.asked,
            "answered": rounds.answered,
            "left": rounds.left,
            "waiting": rounds.waiting,
            "before": rounds.before,
        },
        "figures": answer,
        "link": link,
    })
}

const fn lang(rules: &ReportRules) -> Lang {
    match rules.tongue {
        Tongue::Zh => Lang::Zh,
        Tongue::En => Lang::En,
    }
}

/// A few lines: the sentence, and the figures that stand first. Nobody's name is in them: a group is not the desk.
fn lines(reported: &Reported, rules: &ReportRules, link: &str) -> String {
    let lang = lang(rules);
    let kind = words::kind_name(reported.span.kind).say(lang);
    let before = words::time_before(reported.span.kind, reported.is_partial).say(lang);
    let mut text = format!("**{kind} {} · {}**\n\n", words::span(lang, reported.span), plain(&reported.shop));
    text += &format!("{}\n\n", plain(&sentence(reported, lang)));
    for definition in &reported.first_figures {
        let Some(figure) = reported.answer.figures.iter().find(|figure| figure.definition.id == definition.id) else {
            continue;
        };
        let name = plain(words::figure_name(lang, definition));
        let [value, was] = [&figure.value, &figure.before].map(|value| words::figure_value(lang, definition, value));
        text += &format!("> {name} {value} ({before} {was})\n\n");
    }
    let mut end = TEXT_BYTES_MAX.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    if link.starts_with("http") {
        let open = words::Text("打开报表", "Open the report").say(lang);
        text += &format!("\n[{open}]({link})");
    }
    text
}

/// Words that mean nothing in a robot's markup: neither a link nor a mention.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '<' => '＜',
            '>' => '＞',
            '[' => '［',
            ']' => '］',
            '*' => '＊',
            '_' => '＿',
            '`' => '｀',
            '#' => '＃',
            '@' => '＠',
            '\\' => '＼',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_robot_says_inside_how_it_went() {
        let answered = |status, body: &str| Answered { status, body: body.as_bytes().to_vec() };
        assert_eq!(taken(Format::Qinda, &answered(204, "")), Ok(()));
        assert_eq!(taken(Format::Qinda, &answered(302, "")), Err("status:302".into()));
        assert_eq!(taken(Format::Wecom, &answered(200, r#"{"errcode":0,"errmsg":"ok"}"#)), Ok(()));
        assert_eq!(taken(Format::Dingtalk, &answered(200, r#"{"errcode":310000}"#)), Err("errcode:310000".into()));
        assert_eq!(taken(Format::Wecom, &answered(200, "<html>")), Err("answer".into()));
    }

    #[test]
    fn words_are_no_markup() {
        assert_eq!(plain("[a](http://x) <@all> **b**\n"), "［a］(http://x) ＜＠all＞ ＊＊b＊＊ ");
    }

    #[test]
    fn dingtalk_gets_its_signature_in_the_address() {
        let signature = dingtalk_signature("SEC", Micros(1_795_399_200_000_000), true);
        assert!(signature.starts_with("&timestamp=1795399200000&sign="), "{signature}");
        assert!(!signature[1..].contains(['+', '/']), "{signature}");
        assert!(dingtalk_signature("SEC", Micros(0), false).starts_with('?'));
    }
}
