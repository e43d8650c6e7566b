//! Random histories and random definitions: the core says of them what the slow implementation says.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use qinda::model::{ChannelId, ConversationId, CustomerId, Day, MICROS_PER_SECOND, MemberId, Micros, TeamId};
use qinda::timing::{
    Asked, ByPlace, Case, ClockRule, DaySpan, Definition, Happened, Hours, HoursOf, LeaveOut, Life, Merge, OpenHours,
    OpeningHours, Statistic, Subject, Unit, What, Window, Zone, shipped, value,
};

use super::reference::{Question, is_open, open_between, reference, waits};

const HISTORIES: u32 = 500;
const SECONDS_PER_DAY: i64 = 86_400;
/// The Monday on which the histories begin.
pub const FIRST_DAY: Day = Day(20_759);

/// The same cases at every run.
pub fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn member(number: u8) -> MemberId {
    MemberId::of_name(&format!("100{number}"))
}

fn what() -> impl Strategy<Value = What> {
    let anybody = || (0u8..3).prop_map(member);
    prop_oneof![
        5 => Just(What::Asked),
        5 => anybody().prop_map(|by| What::Answered { by, written_at: None }),
        1 => Just(What::Automatic),
        2 => proptest::option::weighted(0.8, anybody()).prop_map(What::Given),
        2 => Just(What::Closed),
    ]
}

/// Microseconds to the next thing: around every limit, within a second, over night, and now and then backwards.
fn step() -> impl Strategy<Value = i64> {
    let seconds = prop_oneof![
        Just(0i64),
        1i64..5,
        13i64..23,
        28i64..33,
        178i64..183,
        598i64..604,
        3_598i64..3_603,
        5_000i64..50_000,
    ];
    prop_oneof![
        12 => seconds.prop_map(|seconds| seconds * MICROS_PER_SECOND),
        2 => prop_oneof![Just(1i64), Just(999_999), Just(15_000_001), Just(400_000)],
        1 => -90_000_000i64..0,
    ]
}

/// One of two teams, one of three channels.
fn place() -> impl Strategy<Value = (TeamId, ChannelId)> {
    let named =
        |(team, channel): (u8, u8)| (TeamId::of_name(&team.to_string()), ChannelId::of_name(&channel.to_string()));
    (0u8..2, 0u8..3).prop_map(named)
}

pub fn life() -> impl Strategy<Value = Life> {
    let begins = (0..2i64, 0..SECONDS_PER_DAY).prop_map(|(day, second)| (FIRST_DAY.0 + day) * SECONDS_PER_DAY + second);
    let happened = proptest::collection::vec((step(), what()), 0..14);
    (0u32..1_000_000, proptest::option::weighted(0.8, 0u8..3), place(), begins, happened).prop_map(
        |(conversation, customer, (team, channel), begins, steps)| {
            let mut at = Micros(0).plus_seconds(begins);
            let mut next = |(step, what): (i64, What)| {
                at = Micros(at.0 + step);
                Happened { at, what }
            };
            Life {
                conversation: ConversationId::of_name(&conversation.to_string()),
                customer: customer.map(|customer| CustomerId::of_name(&customer.to_string())),
                team,
                channel,
                happened: steps.into_iter().map(&mut next).collect(),
            }
        },
    )
}

/// Clocks that never change, or do so at 03:00 on the second day: half an hour or one hour, ahead or back.
fn zone() -> impl Strategy<Value = Zone> {
    let first = prop_oneof![Just(8i64 * 3_600), Just(0), Just(-5 * 3_600), Just(37_800)];
    let change =
        prop_oneof![Just(None), Just(Some(3_600i64)), Just(Some(-3_600)), Just(Some(1_800)), Just(Some(-1_800))];
    (first, change).prop_map(|(first, change)| {
        let at = Micros(0).plus_seconds((FIRST_DAY.0 + 1) * SECONDS_PER_DAY + 3 * 3_600 - first);
        Zone::new(first, change.map(|change| (at, first + change)).into_iter().collect())
    })
}

/// Spans that begin and end where no clock is changed.
fn span() -> impl Strategy<Value = DaySpan> {
    let minutes = [0, 60, 300, 480, 540, 720, 780, 1_080, 1_380, 1_440, 1_500, 1_740];
    let pairs = minutes.iter().flat_map(|from| minutes.map(|to| DaySpan { from: *from, to }));
    let is_span = |span: &DaySpan| span.from < 1_440 && span.from < span.to && span.to - span.from <= 1_440;
    proptest::sample::select(pairs.filter(is_span).collect::<Vec<_>>())
}

fn hours() -> impl Strategy<Value = OpeningHours> {
    let day = || proptest::collection::vec(span(), 0..3);
    let week = proptest::collection::vec(day(), 7);
    (week, proptest::option::of((0..3i64, day()))).prop_map(|(week, special)| {
        let mut hours = OpeningHours { week: week.try_into().unwrap(), ..OpeningHours::always() };
        if let Some((day, spans)) = special {
            hours.special.insert(FIRST_DAY.plus(day), spans);
        }
        hours.checked().unwrap()
    })
}

/// Hours of some teams and channels.
fn own_hours() -> impl Strategy<Value = ByPlace<OpeningHours>> {
    let places =
        proptest::collection::vec((place(), proptest::option::of(hours()), proptest::option::of(hours())), 0..3);
    places.prop_map(|places| {
        let mut own = ByPlace::default();
        for ((team, channel), of_team, of_channel) in places {
            own.teams.extend(of_team.map(|hours| (team, hours)));
            own.channels.extend(of_channel.map(|hours| (channel, hours)));
        }
        own
    })
}

pub fn definition() -> impl Strategy<Value = Definition> {
    let subject = prop_oneof![
        4 => Just(Subject::Response),
        2 => Just(Subject::FirstResponse),
        1 => Just(Subject::Handover),
        1 => Just(Subject::Handling),
        1 => Just(Subject::Resolution),
    ];
    let share_or_number =
        || prop_oneof![Just(Statistic::ShareWithin), Just(Statistic::ShareEnded), Just(Statistic::Number)];
    let time = prop_oneof![
        Just(Statistic::Median),
        Just(Statistic::P90),
        Just(Statistic::P95),
        Just(Statistic::Mean),
        Just(Statistic::Longest)
    ];
    let said = prop_oneof![
        time.prop_map(|time| (Unit::Case, time)),
        share_or_number().prop_map(|share| (Unit::Case, share)),
        share_or_number().prop_map(|share| (Unit::Conversation, share)),
        share_or_number().prop_map(|share| (Unit::Customer, share)),
    ];
    let seconds = prop_oneof![Just(0u32), Just(15), Just(20), Just(30), Just(180), Just(3_600), 1u32..40_000];
    let hours = prop_oneof![Just(Hours::Any), Just(Hours::Opening), span().prop_map(Hours::Daily)];
    let leave_out =
        any::<[bool; 3]>().prop_map(|[at_once, next_day, not_ended]| LeaveOut { at_once, next_day, not_ended });
    let rules = (
        prop_oneof![Just(Window::Begin), Just(Window::End)],
        prop_oneof![Just(HoursOf::Case), Just(HoursOf::Session)],
        prop_oneof![Just(ClockRule::Wall), Just(ClockRule::Opening)],
        proptest::option::of(prop_oneof![Just(1u32), Just(20), Just(600)]),
        proptest::option::of(prop_oneof![Just(0u32), Just(15), Just(600)]),
        prop_oneof![2 => Just(Merge::First), 1 => Just(Merge::Last), 1 => Just(Merge::Each)],
    );
    (subject, said, seconds, hours, leave_out, rules).prop_map(
        |(
            subject,
            (unit, statistic),
            seconds,
            hours,
            leave_out,
            (window, hours_of, clock, cap_seconds, gap, merge),
        )| {
            let definition = Definition {
                id: "random".into(),
                name: "随机".into(),
                name_en: String::new(),
                source: None,
                subject,
                merge,
                unit,
                statistic,
                threshold_seconds: (statistic == Statistic::ShareWithin || seconds % 2 == 0).then_some(seconds),
                goal_percent: None,
                cap_seconds,
                window,
                hours,
                hours_of,
                clock,
                leave_out,
                session_gap_seconds: gap,
            };
            definition.checked().unwrap()
        },
    )
}

#[derive(Debug)]
struct World {
    lives: Vec<Life>,
    zone: Zone,
    hours: OpeningHours,
    own_hours: ByPlace<OpeningHours>,
    from: Micros,
    to: Micros,
    now: Micros,
}

impl World {
    fn question(&self) -> Question<'_> {
        let Self { zone, hours, own_hours, from, to, now, .. } = self;
        Question { from: *from, to: *to, now: *now, zone, hours, own_hours }
    }

    /// What the core says, and what the slow implementation says.
    fn agree(&self, definition: &Definition) -> Result<(), TestCaseError> {
        let cases: Vec<Case> = self.lives.iter().flat_map(|life| life.cases_of(definition)).collect();
        let earliest = Micros(0).plus_seconds((FIRST_DAY.0 - 3) * SECONDS_PER_DAY);
        let latest = Micros(0).plus_seconds((FIRST_DAY.0 + 40) * SECONDS_PER_DAY);
        let open = OpenHours::laid_out(&self.hours, &self.own_hours, &self.zone, (earliest, latest));
        let asked = Asked { from: self.from, to: self.to, now: self.now, zone: &self.zone, open: &open };
        prop_assert_eq!(
            value(definition, &cases, &asked),
            reference(definition, &self.lives, &self.question()),
            "{}",
            serde_json::to_string(definition).unwrap()
        );
        for life in &self.lives {
            let found: Vec<_> = life.cases_of(definition);
            let slow = waits(life, definition);
            prop_assert_eq!(found.len(), slow.len());
            for (found, slow) in found.iter().zip(&slow) {
                prop_assert_eq!((found.from, found.until, found.agent), (slow.from, slow.until, slow.agent));
                prop_assert_eq!((found.session_from, found.left_at.is_some()), (slow.session_from, slow.left));
            }
        }
        Ok(())
    }
}

fn world() -> impl Strategy<Value = World> {
    let lives = proptest::collection::vec(life(), 0..6);
    let span = (0..3 * SECONDS_PER_DAY, 0..4 * SECONDS_PER_DAY, 0..5 * SECONDS_PER_DAY);
    (lives, zone(), (hours(), own_hours()), span).prop_map(|(lives, zone, (hours, own_hours), (from, long, now))| {
        let from = Micros(0).plus_seconds((FIRST_DAY.0 - 1) * SECONDS_PER_DAY + from);
        let now = Micros(0).plus_seconds(FIRST_DAY.0 * SECONDS_PER_DAY + now);
        World { lives, zone, hours, own_hours, from, to: from.plus_seconds(long), now }
    })
}

#[test]
fn shipped_figures_of_random_histories_are_those_of_the_slow_implementation() {
    let shipped = shipped();
    let ran =
        runner(HISTORIES).run(&world(), |world| shipped.iter().try_for_each(|definition| world.agree(definition)));
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn random_definitions_say_of_random_histories_what_the_slow_implementation_says() {
    let definitions = proptest::collection::vec(definition(), 1..6);
    let ran = runner(HISTORIES).run(&(world(), definitions), |(world, definitions)| {
        definitions.iter().try_for_each(|definition| world.agree(definition))
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn the_random_histories_are_worth_comparing() {
    let (mut ended, mut not_ended, mut running, mut shares) = (0, 0, 0, 0);
    let shipped = shipped();
    let mut runner = runner(100);
    for _ in 0..100 {
        let world = world().new_tree(&mut runner).unwrap().current();
        for definition in &shipped {
            let value = reference(definition, &world.lives, &world.question());
            ended += u32::from(value.met > 0);
            not_ended += u32::from(value.not_ended > 0);
            running += u32::from(value.running > 0);
            shares += u32::from(value.met > 0 && value.met < value.of);
        }
    }
    assert!(
        [ended, not_ended, running, shares].iter().all(|many| *many > 50),
        "{ended} {not_ended} {running} {shares}"
    );
}

#[test]
fn open_hours_are_those_that_are_counted_minute_by_minute() {
    let moment = || (0..6 * SECONDS_PER_DAY, 0..MICROS_PER_SECOND);
    let ran = runner(200).run(&(zone(), hours(), moment(), moment()), |(zone, hours, one, other)| {
        let begins = Micros(0).plus_seconds((FIRST_DAY.0 - 2) * SECONDS_PER_DAY);
        let at = |(seconds, micros): (i64, i64)| Micros(begins.plus_seconds(seconds).0 + micros);
        let (from, to) = (at(one).min(at(other)), at(one).max(at(other)));
        let open = hours.laid_out(&zone, begins, begins.plus_seconds(7 * SECONDS_PER_DAY));
        prop_assert_eq!(open.between(from, to), open_between(&hours, &zone, from, to));
        prop_assert_eq!(open.between(to, from), 0);
        prop_assert_eq!(open.at(from), is_open(&hours, &zone, from));
        let apart = open.spans().windows(2).all(|pair| pair[0].0 < pair[0].1 && pair[0].1 < pair[1].0);
        prop_assert!(apart, "spans are in order and apart");
        prop_assert_eq!(hours.clone().checked(), Ok(hours), "what is kept can be kept again");
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn a_day_begins_at_its_first_moment_and_no_moment_is_lost() {
    let ran = runner(200).run(&(zone(), -200i64..200, 0..SECONDS_PER_DAY), |(zone, day, second)| {
        let day = FIRST_DAY.plus(day);
        let begins = zone.day_begins(day);
        prop_assert_eq!((zone.local(begins).day, zone.local(begins).micros), (day, 0));
        prop_assert!(zone.local(Micros(begins.0 - 1)).day < day);
        // Days follow each other without a gap, and are as long as the clocks make them.
        let long = zone.day_begins(day.plus(1)).since(begins) / MICROS_PER_SECOND;
        prop_assert!([23, 24, 25].contains(&(long / 3_600)), "{long}");
        let at = begins.plus_seconds(second);
        let shown = zone.local(at);
        prop_assert_eq!(
            at.plus_seconds(zone.offset_seconds(at)).0,
            shown.day.0 * SECONDS_PER_DAY * 1_000_000 + shown.micros
        );
        prop_assert!(shown.day == day || second >= long);
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

/// Lives of two teams and three channels.
pub fn lives() -> impl Strategy<Value = Vec<Life>> {
    proptest::collection::vec((life(), 0u8..2, 0u8..3), 0..7).prop_map(|lives| {
        let placed = lives.into_iter().map(|(life, team, channel)| Life {
            team: TeamId::of_name(&team.to_string()),
            channel: ChannelId::of_name(&channel.to_string()),
            ..life
        });
        placed.collect()
    })
}
