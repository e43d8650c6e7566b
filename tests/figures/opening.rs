//! What is kept of lives says the same as the lives do also where it depends on opening hours: when something began, and how
//! much of its time was open.

use std::collections::BTreeMap;

use proptest::prelude::*;
use qinda::model::{ChannelId, Day, MICROS_PER_SECOND, Micros, TeamId};
use qinda::timing::rollup::{
    Across, Age, Began, CellOf, Class, Delta, Gathered, Gross, GroupOf, InStep, Only, PARTS, Part, RollupFault, Split,
    SumsMaker, Wanted, Way, noted, noted_in, slot_begins,
};
use qinda::timing::{
    Asked, ByPlace, Case, ClockRule, DaySpan, Definition, FigureRules, Hours, Life, OpenHours, OpeningHours, Statistic,
    Subject, Zone, shipped, value,
};

use super::random::{FIRST_DAY, lives, runner};

const SUBJECTS: [Subject; 4] = [Subject::Response, Subject::FirstResponse, Subject::Handover, Subject::Resolution];
/// Of a share, in seconds: what has waited so long divides no slot.
const THRESHOLDS: [u32; 3] = [0, 300, 600];
const HOUR: i64 = 3_600;

/// Parts, and what goes across beside each.
#[derive(Default)]
pub struct Kept(BTreeMap<(Day, u8), (Part, Across)>);

impl Kept {
    fn change(&mut self, delta: &Delta) -> Result<(), RollupFault> {
        for (day, number) in delta.touched() {
            let (part, across) = self.0.entry((day, number)).or_default();
            part.change(delta, day, number)?;
            across.change(delta, day, number)?;
        }
        Ok(())
    }

    pub fn of<'l>(lives: impl IntoIterator<Item = &'l Life>, open: &OpenHours) -> Self {
        let (mut kept, mut delta) = (Self::default(), Delta::default());
        lives.into_iter().for_each(|life| delta.add(&noted_by(life, open)));
        kept.change(&delta).unwrap();
        kept
    }

    pub fn packed(&self) -> BTreeMap<(Day, u8), (Vec<u8>, Vec<u8>)> {
        let packed = self.0.iter().map(|(at, (part, across))| (*at, (part.packed(), across.packed(part).unwrap())));
        packed.filter(|(_, (part, _))| !part.is_empty()).collect()
    }
}

fn noted_by(life: &Life, open: &OpenHours) -> Vec<qinda::timing::rollup::Noted> {
    noted_in(life, open.of(life.team, life.channel))
}

/// Hours that begin and end on five minutes, some past midnight, and a holiday.
fn hours() -> impl Strategy<Value = OpeningHours> {
    let span = (0..288u32, 1..=288u32).prop_map(|(from, long)| DaySpan { from: from * 5, to: (from + long) * 5 });
    let week = proptest::collection::vec(proptest::collection::vec(span, 0..3), 7);
    (week, 0..3i64).prop_map(|(mut week, holiday)| OpeningHours {
        week: std::array::from_fn(|day| std::mem::take(&mut week[day])),
        special: [(FIRST_DAY.plus(holiday), Vec::new())].into(),
    })
}

/// The hours of a shop with a team and a channel of their own, by clocks that are changed in between.
pub fn rules() -> impl Strategy<Value = (FigureRules, Zone)> {
    (hours(), proptest::option::of(hours()), proptest::option::of(hours()), -12..12i64, 0..60i64).prop_map(
        |(hours, team, channel, offset, change)| {
            let own_hours = ByPlace {
                teams: team.into_iter().map(|hours| (TeamId::of_name("0"), hours)).collect(),
                channels: channel.into_iter().map(|hours| (ChannelId::of_name("1"), hours)).collect(),
            };
            let change = slot_begins(FIRST_DAY, 0).plus_seconds(change * HOUR);
            let zone = Zone::new(offset * HOUR, vec![(change, (offset + 1) * HOUR)]);
            (FigureRules { hours, own_hours, ..FigureRules::default() }, zone)
        },
    )
}

/// A span, and now.
pub struct Question<'a> {
    pub from: Micros,
    pub to: Micros,
    pub now: Micros,
    pub threshold: u32,
    pub open: &'a OpenHours,
}

impl Question<'_> {
    pub fn place(&self, cell: &CellOf, begins: Micros) -> Option<InStep> {
        let open = self.open.of(cell.team, cell.channel);
        let seconds = i64::from(self.threshold);
        let is_late = |edge: Micros| u8::from(begins >= edge);
        let edge = open.since(self.now, seconds * MICROS_PER_SECOND);
        let age = Age { wall: is_late(self.now.plus_seconds(-seconds)), open: is_late(edge) };
        let began = if open.at(begins) { Began::Open } else { Began::Closed };
        (self.from..self.to).contains(&begins).then_some(InStep { step: 0, age, began })
    }

    fn gather(&self, kept: &Kept, wanted: Wanted) -> Gathered {
        let mut gathered = Gathered::new(wanted);
        for ((day, _), (part, across)) in kept.packed() {
            let of_cell = |cell: &CellOf| {
                let cell = *cell;
                move |slot| self.place(&cell, slot_begins(day, slot))
            };
            gathered.take_part_across((&part, &across), of_cell).unwrap();
        }
        gathered
    }

    /// The same from sums, what is before and after each edge under a number of its own.
    fn gather_sums(&self, kept: &Kept, wanted: Wanted) -> Gathered {
        let mut maker = SumsMaker::new(wanted.split == Split::Agent);
        for ((day, _), (part, across)) in kept.packed() {
            let number = |cell: &CellOf, slot| {
                let at = self.place(cell, slot_begins(day, slot))?;
                Some((u32::from(at.age.wall) << 1 | u32::from(at.age.open), at.began))
            };
            maker.take_part_across((&part, &across), number).unwrap();
        }
        let mut gathered = Gathered::new(wanted);
        let step = |_: &CellOf, number: u32| {
            let (class, number) = Class::taken_off(number)?;
            let age = Age { wall: (number >> 1) as u8, open: (number & 1) as u8 };
            Some(InStep { step: class.on(0), age, ..InStep::default() })
        };
        gathered.take_sums_of(&maker.made().into_bytes(), step).unwrap();
        gathered
    }
}

/// What was gathered, told in a way.
pub fn told(gathered: &Gathered, way: Way) -> BTreeMap<GroupOf, Gross> {
    let mut groups = BTreeMap::<GroupOf, Gross>::new();
    for (number, group, gross) in gathered.clone().told() {
        let (class, _) = Class::taken_off(number).unwrap();
        if let Some(gross) = class.told(gross, way) {
            groups.entry(group).or_default().merge(&gross);
        }
    }
    groups
}

fn definitions(subject: Subject, threshold: u32) -> Vec<Definition> {
    let plain = shipped().swap_remove(0);
    let statistics =
        [Statistic::ShareWithin, Statistic::Median, Statistic::Mean, Statistic::Longest, Statistic::Number];
    let ways = [(Hours::Any, ClockRule::Wall), (Hours::Opening, ClockRule::Wall)];
    let ways = ways.into_iter().chain([(Hours::Any, ClockRule::Opening), (Hours::Opening, ClockRule::Opening)]);
    let of_way = |(hours, clock): (Hours, ClockRule)| {
        let plain = plain.clone();
        statistics.map(|statistic| Definition {
            subject,
            statistic,
            threshold_seconds: Some(threshold),
            hours,
            clock,
            ..plain.clone()
        })
    };
    ways.flat_map(of_way).collect()
}

fn agrees(gathered: &Gathered, subject: Subject, cases: &[Case], question: &Question) -> Result<(), TestCaseError> {
    let &Question { from, to, now, open, .. } = question;
    let asked = Asked { from, to, now, zone: &Zone::fixed(0), open };
    for definition in definitions(subject, question.threshold) {
        prop_assert!(definition.is_kept());
        for (group, gross) in told(gathered, definition.way()) {
            let GroupOf::Agent(agent) = group else { panic!("{group:?} is no agent") };
            let of_agent: Vec<Case> = cases.iter().copied().filter(|case| case.agent == agent).collect();
            let exact = value(&definition, &of_agent, &asked);
            let total = gross.total(subject, 0);
            let told = total.value(&definition).ok_or_else(|| TestCaseError::fail("it is counted"))?;
            let near = told.ms.zip(exact.ms).is_none_or(|(told, exact)| (told - exact).abs() * 100 <= exact.max(200));
            prop_assert!(near && told.ms.is_some() == exact.ms.is_some(), "{:?} {:?} {:?}", definition, told, exact);
            let counts = |value: qinda::timing::Value| (value.of, value.met, value.not_ended, value.running);
            prop_assert_eq!(counts(told), counts(exact), "{:?} by {:?}", subject, definition.way());
        }
    }
    Ok(())
}

pub fn whole() -> (Micros, Micros) {
    (slot_begins(FIRST_DAY.plus(-20), 0), slot_begins(FIRST_DAY.plus(60), 0))
}

pub fn all() -> Wanted {
    Wanted { subjects: SUBJECTS.into_iter().collect(), split: Split::Agent, only: Only::default() }
}

#[test]
fn what_is_kept_by_opening_hours_says_what_the_cases_say() {
    let span = (0..800i64, 0..1_200i64, 0..1_500i64, 0..THRESHOLDS.len());
    let ran = runner(150).run(&(lives(), rules(), span), |(lives, (rules, zone), (from, long, now, threshold))| {
        let open = rules.laid_out(&zone, whole().0, whole().1);
        let at = |slots: i64| Micros(slot_begins(FIRST_DAY.plus(-1), 0).0).plus_seconds(slots * 300);
        let threshold = THRESHOLDS[threshold];
        let question = Question { from: at(from), to: at(from + long), now: at(now), threshold, open: &open };
        let kept = Kept::of(&lives, &open);
        let gathered = question.gather(&kept, all());
        prop_assert_eq!(question.gather_sums(&kept, all()).told(), gathered.clone().told());
        for subject in SUBJECTS {
            let cases: Vec<Case> = lives.iter().flat_map(|life| life.cases(subject, None)).collect();
            agrees(&gathered, subject, &cases, &question)?;
        }
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn what_is_not_told_apart_is_what_it_was() {
    let ran = runner(60).run(&(lives(), rules()), |(lives, (rules, zone))| {
        let open = rules.laid_out(&zone, whole().0, whole().1);
        let kept = Kept::of(&lives, &open);
        let (mut told, mut plain) = (Gathered::new(all()), Gathered::new(all()));
        let everywhere = |_: &CellOf| |_| Some(InStep::default());
        for (part, across) in kept.packed().into_values() {
            told.take_part_across((&part, &across), everywhere).unwrap();
            plain.take_part(&part, |_| Some(InStep::default())).unwrap();
        }
        prop_assert_eq!(told.told(), plain.told());
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn open_parts_that_were_kept_step_by_step_are_made_again_byte_for_byte() {
    let order = proptest::collection::vec((any::<prop::sample::Index>(), 0usize..16), 0..20);
    let ran = runner(150).run(&(lives(), order, rules()), |(lives, order, (rules, zone))| {
        let open = rules.laid_out(&zone, whole().0, whole().1);
        let before = |life: &Life, far: usize| Life {
            happened: life.happened[..far.min(life.happened.len())].to_vec(),
            ..life.clone()
        };
        let mut live = Kept::default();
        let mut counted: Vec<Life> = lives.iter().map(|life| before(life, 0)).collect();
        let looks = order.iter().filter(|_| !lives.is_empty()).map(|(which, far)| (which.index(lives.len()), *far));
        for (which, far) in looks.chain((0..lives.len()).map(|which| (which, usize::MAX))) {
            let now = before(&lives[which], far);
            let mut delta = Delta::default();
            delta.add(&noted_by(&now, &open));
            delta.take_back(&noted_by(&counted[which], &open));
            // What changes is told of the answer before it is kept.
            let question = Question { from: whole().0, to: whole().1, now: whole().1, threshold: 0, open: &open };
            let mut early = question.gather(&live, all());
            early.take_delta_of(&delta, |cell, day, slot| question.place(cell, slot_begins(day, slot))).unwrap();
            live.change(&delta).unwrap();
            counted[which] = now;
            let (told, again) = (early.told(), question.gather(&live, all()).told());
            let cases = |told: &[(u32, GroupOf, Gross)]| {
                let of = |(number, group, gross): &(u32, GroupOf, Gross)| {
                    (*number, *group, SUBJECTS.map(|subject| gross.cases(subject)))
                };
                told.iter().map(of).collect::<Vec<_>>()
            };
            prop_assert_eq!(cases(&told), cases(&again));
            prop_assert_eq!(live.packed(), Kept::of(&counted, &open).packed());
        }
        for (part, across) in live.packed().into_values() {
            let part = Part::unpacked(&part).unwrap();
            prop_assert_eq!(Across::unpacked(&across, &part).unwrap().packed(&part).unwrap(), across);
        }
        let mut all = Delta::default();
        lives.iter().for_each(|life| all.take_back(&noted_by(life, &open)));
        live.change(&all).unwrap();
        prop_assert_eq!(live.packed(), BTreeMap::new(), "everything was taken back");
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn always_open_nothing_goes_across_and_never_open_nothing_is_open() {
    let ran = runner(60).run(&lives(), |lives| {
        let zone = Zone::fixed(0);
        let never = OpeningHours { week: std::array::from_fn(|_| Vec::new()), special: BTreeMap::new() };
        for (hours, way) in [(OpeningHours::always(), true), (never, false)] {
            let open = OpenHours::laid_out(&hours, &ByPlace::default(), &zone, whole());
            let kept = Kept::of(&lives, &open);
            prop_assert!(kept.packed().values().all(|(_, across)| across.is_empty()));
            let question = Question { from: whole().0, to: whole().1, now: whole().1, threshold: 0, open: &open };
            let told = told(
                &question.gather(&kept, all()),
                Way { hours: Hours::Opening, clock: ClockRule::Opening, apart: None },
            );
            let plain: usize = lives.iter().map(|life| life.cases(Subject::Response, None).len()).sum();
            let cases: u64 = told.values().map(|gross| gross.cases(Subject::Response)).sum();
            prop_assert_eq!(cases, if way { plain as u64 } else { 0 });
        }
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn foreign_open_parts_are_refused_or_harmless() {
    let changed = (lives(), rules(), any::<prop::sample::Index>(), any::<u8>());
    let ran = runner(300).run(&changed, |(lives, (rules, zone), place, byte)| {
        let open = rules.laid_out(&zone, whole().0, whole().1);
        for (part, mut across) in Kept::of(&lives, &open).packed().into_values().filter(|(_, it)| !it.is_empty()) {
            let place = place.index(across.len());
            let unpacked = Part::unpacked(&part).unwrap();
            let read = |across: &[u8]| {
                let again = Across::unpacked(across, &unpacked).and_then(|across| across.packed(&unpacked));
                let mut maker = SumsMaker::new(true);
                let told = maker.take_part_across((&part, across), |_, _| Some((0, Began::Open)));
                let mut gathered = Gathered::new(all());
                let began = Began::Closed;
                let of_cell = |_: &CellOf| move |_| Some(InStep { began, ..InStep::default() });
                let _ = gathered.take_part_across((&part, across), of_cell);
                (again, told)
            };
            let _ = read(&across[..place]);
            across[place] = byte;
            let _ = read(&across);
        }
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(Across::unpacked(&[9], &Part::default()), Err(RollupFault::Bytes));
    assert_eq!(Across::unpacked(&[3, 0, 0, 5], &Part::default()), Err(RollupFault::Bytes), "there is no such cell");
    let mut lone = Across::default();
    let life = Life {
        happened: Vec::new(),
        conversation: qinda::model::ConversationId::of_name("c"),
        customer: None,
        team: TeamId::of_name("t"),
        channel: ChannelId::of_name("c"),
    };
    let mut delta = Delta::default();
    delta.add(&noted(&life));
    assert_eq!(lone.change(&delta, FIRST_DAY, PARTS - 1), Ok(()));
    assert_eq!(lone.packed(&Part::default()), Ok(Vec::new()));
}
