//! The time zones of the world, for the core, which keeps no list of them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use qinda::model::Micros;
use qinda::timing::Zone;

/// More changes than any place had in the years that figures are asked about at once.
const CHANGES_MAX: usize = 200;

/// Whether the world knows a time zone of that name.
#[must_use]
pub fn is_known(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// The clocks of a shop around a span of time. Without a name, or with one that is no more, they never change.
#[must_use]
pub fn zone(name: &str, utc_offset_minutes: i32, from: Micros, to: Micros) -> Zone {
    let fixed = Zone::fixed(i64::from(utc_offset_minutes) * 60);
    let Some((zone, from, to)) = found(name, from, to) else { return fixed };
    let change = |change: &jiff::tz::TimeZoneTransition<'_>| {
        (Micros(change.timestamp().as_microsecond()), i64::from(change.offset().seconds()))
    };
    let changes = zone.following(from).take_while(|change| change.timestamp() <= to).take(CHANGES_MAX);
    Zone::new(i64::from(zone.to_offset(from).seconds()), changes.map(|it| change(&it)).collect())
}

/// A moment as people write it, in UTC.
#[must_use]
pub fn utc(at: Micros) -> String {
    Timestamp::from_microsecond(at.0).map_or_else(|_| at.0.to_string(), |at| at.to_string())
}

/// A moment on the shop's clocks, with how far they are from UTC, as in `2026-11-23T10:00:00+08:00`.
#[must_use]
pub fn written(name: &str, utc_offset_minutes: i32, at: Micros) -> String {
    let clocks = zone(name, utc_offset_minutes, at, at);
    let offset = clocks.offset_seconds(at);
    let local = clocks.local(at);
    let (minute, second) = (local.minute(), local.micros / 1_000_000 % 60);
    let sign = if offset < 0 { '-' } else { '+' };
    let ahead = offset.unsigned_abs() / 60;
    let (hour, minute) = (minute / 60, minute % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}", local.day, ahead / 60, ahead % 60)
}

fn found(name: &str, from: Micros, to: Micros) -> Option<(TimeZone, Timestamp, Timestamp)> {
    let zone = TimeZone::get(name).ok().filter(|_| !name.is_empty())?;
    Some((zone, Timestamp::from_microsecond(from.0).ok()?, Timestamp::from_microsecond(to.0).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Micros {
        Micros(text.parse::<Timestamp>().unwrap().as_microsecond())
    }

    #[test]
    fn clocks_that_change_are_known_by_the_names_of_their_places() {
        let (from, to) = (at("2025-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z"));
        // On Lord Howe summer is half an hour, and ends in April.
        let lord_howe = zone("Australia/Lord_Howe", 480, from, to);
        assert_eq!(lord_howe.offset_seconds(at("2025-04-05T14:59:59Z")), 11 * 3_600);
        assert_eq!(lord_howe.offset_seconds(at("2025-04-05T15:00:00Z")), 10 * 3_600 + 1_800);
        let berlin = zone("Europe/Berlin", 480, from, to);
        assert_eq!(berlin.offset_seconds(at("2025-07-01T00:00:00Z")), 2 * 3_600);
        assert_eq!(zone("Asia/Shanghai", 0, from, to), Zone::new(8 * 3_600, Vec::new()));
    }

    #[test]
    fn a_moment_is_written_as_people_do() {
        assert_eq!(utc(at("2026-11-01T01:30:05Z")), "2026-11-01T01:30:05Z");
        assert_eq!(utc(Micros(i64::MAX)), i64::MAX.to_string());
    }

    #[test]
    fn a_moment_is_written_by_the_clocks_of_its_place() {
        let noon = at("2025-07-01T12:00:05Z");
        assert_eq!(written("Europe/Berlin", 0, noon), "2025-07-01T14:00:05+02:00");
        assert_eq!(written("", -210, noon), "2025-07-01T08:30:05-03:30");
    }

    #[test]
    fn a_place_that_nobody_knows_keeps_the_shops_distance_from_utc() {
        for name in ["", "Asia/Atlantis", "../etc/passwd"] {
            assert!(!is_known(name) || name.is_empty(), "{name}");
            assert_eq!(zone(name, 480, Micros(0), Micros(1)), Zone::fixed(8 * 3_600));
        }
        assert_eq!(zone("Asia/Tokyo", 480, Micros(i64::MIN), Micros(i64::MAX)), Zone::fixed(8 * 3_600));
    }
}
