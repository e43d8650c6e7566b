//! Which reports a shop has sent, when and where to.

use hmac::{Hmac, KeyInit as _, Mac as _};
use qinda::model::{Day, Micros};
use qinda::timing::{MINUTES_PER_DAY, Zone};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::post::{PostFault, check_address};
use super::{Kind, Span};

/// When the daily report goes out unless the shop says otherwise: in time for nine in the evening.
pub const DAILY_MINUTE: u32 = 20 * 60 + 45;
/// When those of a week and a month go out, on the day after.
pub const LATER_MINUTE: u32 = 9 * 60;
/// The longest secret, in characters.
pub const SECRET_CHARS_MAX: usize = 200;
/// A report that is late by more than this is not sent any more, in seconds.
pub const LATE_SECONDS_MAX: i64 = 24 * 3_600;

/// How a message is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// All figures, for a program.
    #[default]
    Qinda,
    /// For a group's robot in WeCom (企业微信).
    Wecom,
    /// For a group's robot in DingTalk (钉钉).
    Dingtalk,
}

/// In which language a message is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tongue {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// What a shop has sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRules {
    /// Which reports.
    #[serde(default)]
    pub kinds: Vec<Kind>,
    /// When the daily one goes out, in minutes after midnight by the shop's clocks.
    #[serde(default = "daily_minute")]
    pub daily_minute: u32,
    /// When the others go out, on the first day after their span.
    #[serde(default = "later_minute")]
    pub later_minute: u32,
    /// Where to.
    #[serde(default)]
    pub address: String,
    /// How they are written.
    #[serde(default)]
    pub format: Format,
    /// In which language.
    #[serde(default)]
    pub tongue: Tongue,
    /// What they are signed with; empty for no signature.
    #[serde(default)]
    pub secret: String,
}

const fn daily_minute() -> u32 {
    DAILY_MINUTE
}

const fn later_minute() -> u32 {
    LATER_MINUTE
}

impl Default for ReportRules {
    fn default() -> Self {
        Self {
            kinds: Vec::new(),
            daily_minute: DAILY_MINUTE,
            later_minute: LATER_MINUTE,
            address: String::new(),
            format: Format::default(),
            tongue: Tongue::default(),
            secret: String::new(),
        }
    }
}

/// Why nothing can be sent so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RulesFault {
    /// The address is none.
    #[error("the address begins with https:// or http:// and holds no password")]
    Address,
    /// A time is none.
    #[error("a time is written as 20:45")]
    Time,
    /// The secret is too long.
    #[error("a secret has at most {SECRET_CHARS_MAX} characters")]
    Secret,
}

/// A report whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Which days it covers.
    pub span: Span,
    /// When it was to go out.
    pub at: Micros,
}

impl ReportRules {
    /// The rules, if reports can be sent by them. Without an address nothing is sent.
    ///
    /// # Errors
    /// Why they cannot.
    pub fn checked(mut self) -> Result<Self, RulesFault> {
        self.address = self.address.trim().to_owned();
        if self.daily_minute >= MINUTES_PER_DAY || self.later_minute >= MINUTES_PER_DAY {
            return Err(RulesFault::Time);
        }
        if self.secret.chars().count() > SECRET_CHARS_MAX {
            return Err(RulesFault::Secret);
        }
        let is_empty = self.address.is_empty();
        if (is_empty && !self.kinds.is_empty())
            || (!is_empty && check_address(&self.address) == Err(PostFault::Address))
        {
            return Err(RulesFault::Address);
        }
        Ok(self)
    }

    /// The reports that were to go out last, if that was not too long ago and not before these rules were made.
    #[must_use]
    pub fn due(&self, zone: &Zone, since: Micros, now: Micros) -> Vec<Due> {
        let late = |due: &Due| now.since(due.at) < LATE_SECONDS_MAX * 1_000_000;
        let last = self.kinds.iter().filter_map(|kind| self.last(*kind, zone, now));
        last.filter(|due| due.at >= since && late(due)).collect()
    }

    /// The latest report of a kind that was to go out by now.
    fn last(&self, kind: Kind, zone: &Zone, now: Micros) -> Option<Due> {
        let today = zone.local(now).day;
        let due = |span: Span, day: Day, minute: u32| Due { span, at: zone.shown(day, minute) };
        let candidates = match kind {
            Kind::Daily => [today, today.plus(-1)].map(|day| due(kind.around(day), day, self.daily_minute)),
            Kind::Weekly | Kind::Monthly => {
                let last = kind.around(today).before();
                [last, last.before()].map(|span| due(span, span.after, self.later_minute))
            }
        };
        candidates.into_iter().find(|due| due.at <= now)
    }
}

/// What proves that a message comes from whoever knows the secret: HMAC-SHA256.
#[must_use]
pub fn signed(secret: &str, message: &[u8]) -> [u8; 32] {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return [0; 32] };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// A time of the day as people write it.
#[must_use]
pub fn minute_of(text: &str) -> Option<u32> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute) = (hour.parse::<u32>().ok()?, minute.get(..2)?.parse::<u32>().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;

    fn zone() -> Zone {
        Zone::fixed(8 * HOUR)
    }

    fn at(day: &str, hour: i64, minute: i64) -> Micros {
        zone().day_begins(day.parse().unwrap()).plus_seconds(hour * HOUR + minute * 60)
    }

    fn due(kinds: &[Kind], since: Micros, now: Micros) -> Vec<(String, Micros)> {
        let rules = ReportRules { kinds: kinds.to_vec(), ..ReportRules::default() };
        let due = rules.due(&zone(), since, now);
        due.into_iter().map(|due| (format!("{} {}", due.span.kind, due.span.first), due.at)).collect()
    }

    #[test]
    fn a_report_is_due_from_its_time_on_for_a_day() {
        let long_ago = Micros(0);
        let daily = |now| due(&[Kind::Daily], long_ago, now);
        let monday = ("daily 2026-11-23".to_owned(), at("2026-11-23", 20, 45));
        assert_eq!(daily(at("2026-11-23", 20, 45)).first(), Some(&monday));
        assert_eq!(daily(at("2026-11-24", 20, 44)), [monday], "the server was away over night");
        assert_eq!(daily(at("2026-11-24", 20, 45))[0].0, "daily 2026-11-24");
        let weekly = |now| due(&[Kind::Weekly], long_ago, now);
        assert_eq!(weekly(at("2026-11-23", 8, 59)), [], "a week ago is too long ago");
        assert_eq!(weekly(at("2026-11-23", 9, 0)), [("weekly 2026-11-16".to_owned(), at("2026-11-23", 9, 0))]);
        assert_eq!(weekly(at("2026-11-24", 9, 0)), []);
        assert_eq!(due(&[Kind::Monthly], long_ago, at("2026-12-01", 23, 0))[0].0, "monthly 2026-11-01");
        assert_eq!(due(&[], long_ago, at("2026-12-01", 23, 0)), []);
    }

    #[test]
    fn what_was_due_before_the_rules_were_made_is_not_sent() {
        let made = at("2026-11-23", 21, 0);
        assert_eq!(due(&[Kind::Daily], made, at("2026-11-23", 21, 1)), []);
        assert_eq!(due(&[Kind::Daily], made, at("2026-11-24", 20, 45)).len(), 1);
    }

    #[test]
    fn rules_that_send_nowhere_are_refused() {
        let daily = ReportRules { kinds: vec![Kind::Daily], ..ReportRules::default() };
        assert_eq!(daily.clone().checked(), Err(RulesFault::Address));
        let to = |address: &str| ReportRules { address: address.into(), ..daily.clone() };
        assert_eq!(to("ftp://a").checked(), Err(RulesFault::Address));
        assert_eq!(to(" https://a/b ").checked().unwrap().address, "https://a/b");
        let late = ReportRules { daily_minute: MINUTES_PER_DAY, ..to("https://a") };
        assert_eq!(late.checked(), Err(RulesFault::Time));
        let long = ReportRules { secret: "s".repeat(SECRET_CHARS_MAX + 1), ..to("https://a") };
        assert_eq!(long.checked(), Err(RulesFault::Secret));
        assert!(ReportRules::default().checked().is_ok());
    }

    #[test]
    fn a_signature_is_the_one_that_everybody_computes() {
        // The second example of RFC 4231.
        let hex: String =
            signed("Jefe", b"what do ya want for nothing?").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_time_is_read_as_people_write_it() {
        assert_eq!(
            ["20:45", " 9:00", "00:00:30", "24:00", "9", "9:5", "9:60"].map(minute_of),
            [Some(1_245), Some(540), Some(0), None, None, None, None]
        );
    }
}
