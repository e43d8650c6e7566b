//! Figures with rules of their own say of what is kept the same as of the cases: what their plain figures do, and in what they
//! differ from those.

use std::cell::Cell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use qinda::model::{Day, Micros};
use qinda::timing::rollup::{
    Around, Began, CellOf, Delta, Differing, Gathered, Gross, GroupOf, InStep, Noted, RollupFault, SLOTS_PER_DAY,
    SlotsOfDay, Split, UnitsBy, UnitsGathered, Wanted, Way, more_and_less, noted_apart, noted_units, slot_begins,
};
use qinda::timing::{
    Asked, Case, Definition, FigureRules, Hours, LeaveOut, Life, Open, OpenHours, OpeningHours, Statistic, Subject,
    Unit, Value, Zone, value,
};

use super::opening::{self, Kept, Question, told, whole};
use super::random::{FIRST_DAY, definition, lives, runner};

const SLOT_SECONDS: u32 = 300;

/// A figure that has rules of its own. What has waited for as long as it asks divides no slot.
fn apart() -> impl Strategy<Value = Definition> {
    definition().prop_map(|definition| {
        let statistic = if definition.statistic == Statistic::Longest { Statistic::P95 } else { definition.statistic };
        let next_day = definition.leave_out.next_day || definition.apart().is_none();
        let leave_out = LeaveOut { next_day, ..definition.leave_out };
        let threshold_seconds = definition.threshold_seconds.map(|seconds| seconds / SLOT_SECONDS * SLOT_SECONDS);
        Definition { unit: Unit::Case, statistic, leave_out, threshold_seconds, ..definition }
    })
}

/// By which clocks and hours a shop counts.
struct Clocks {
    zone: Zone,
    open: OpenHours,
    daily: Option<Open>,
}

impl Clocks {
    fn of(rules: &FigureRules, zone: Zone, definition: &Definition) -> Self {
        let daily = match definition.hours {
            Hours::Daily(span) => Some(OpeningHours::daily(span.from, span.to).laid_out(&zone, whole().0, whole().1)),
            Hours::Any | Hours::Opening => None,
        };
        Self { open: rules.laid_out(&zone, whole().0, whole().1), daily, zone }
    }

    fn noted(&self, definition: &Definition, life: &Life) -> (Vec<Noted>, Vec<Noted>) {
        let Self { zone, open, daily } = self;
        let at = Around { zone, open, daily: daily.as_ref() };
        noted_apart(definition, &definition.plain(), life, at)
    }

    fn delta(&self, definition: &Definition, now: &Life, before: Option<&Life>) -> Delta {
        let mut delta = Delta::default();
        let (more, less) = self.noted(definition, now);
        delta.add(&more);
        delta.take_back(&less);
        if let Some(before) = before {
            let (more, less) = self.noted(definition, before);
            delta.take_back(&more);
            delta.add(&less);
        }
        delta
    }
}

/// What a shop keeps of a figure with rules of its own.
#[derive(Default)]
struct KeptApart(BTreeMap<Day, Differing>);

impl KeptApart {
    fn change(&mut self, delta: &Delta) {
        for (day, _) in delta.touched() {
            self.0.entry(day).or_default();
        }
        self.0.iter_mut().for_each(|(day, differing)| differing.change(delta, *day));
    }

    fn of<'l>(lives: impl IntoIterator<Item = &'l Life>, definition: &Definition, clocks: &Clocks) -> Self {
        let mut kept = Self::default();
        lives.into_iter().for_each(|life| kept.change(&clocks.delta(definition, life, None)));
        kept
    }

    fn packed(&self) -> BTreeMap<Day, Vec<u8>> {
        let packed = self.0.iter().map(|(day, differing)| (*day, differing.packed().unwrap()));
        packed.filter(|(_, bytes)| !bytes.is_empty()).collect()
    }
}

fn all() -> Wanted {
    let subjects =
        [Subject::Response, Subject::FirstResponse, Subject::Handover, Subject::Handling, Subject::Resolution];
    Wanted { subjects: subjects.into_iter().collect(), ..opening::all() }
}

/// What the plain figure says of each agent.
fn plain(kept: &Kept, definition: &Definition, question: &Question, clocks: &Clocks) -> BTreeMap<GroupOf, Gross> {
    let mut gathered = Gathered::new(all());
    let is_there = |at: Micros| clocks.daily.as_ref().is_none_or(|daily| daily.at(at));
    for ((day, _), (part, across)) in kept.packed() {
        let of_cell = |cell: &CellOf| {
            let cell = *cell;
            move |slot| question.place(&cell, slot_begins(day, slot)).filter(|_| is_there(slot_begins(day, slot)))
        };
        gathered.take_part_across((&part, &across), of_cell).unwrap();
    }
    let hours = if clocks.daily.is_some() { Hours::Any } else { definition.hours };
    told(&gathered, Way { hours, ..definition.way().plain() })
}

/// What the figure itself says of each agent.
fn whole_of(
    kept: (&Kept, &KeptApart),
    definition: &Definition,
    question: &Question,
    clocks: &Clocks,
) -> BTreeMap<GroupOf, Gross> {
    let (mut more, mut less) = (Gathered::new(all()), Gathered::new(all()));
    for (day, bytes) in kept.1.packed() {
        let of_cell = |cell: &CellOf| {
            let cell = *cell;
            let place = move |slot| question.place(&cell, slot_begins(day, slot));
            move |slot| place(slot).map(|at| InStep { began: Began::Untold, ..at })
        };
        let (of_more, of_less) = more_and_less(&bytes).unwrap();
        more.take_part_across((of_more, &[]), of_cell).unwrap();
        less.take_part_across((of_less, &[]), of_cell).unwrap();
    }
    let plain = plain(kept.0, definition, question, clocks);
    let by_group = |gathered: Gathered| -> BTreeMap<GroupOf, Gross> {
        gathered.told().into_iter().map(|(_, group, gross)| (group, gross)).collect()
    };
    let (more, less) = (by_group(more), by_group(less));
    let apart = definition.apart().unwrap();
    let (groups, nothing) = (plain.keys().chain(more.keys()).chain(less.keys()), Gross::default());
    let of = |groups: &BTreeMap<GroupOf, Gross>, group: &GroupOf| groups.get(group).unwrap_or(&nothing).clone();
    let applied = |group: &GroupOf| {
        apart.applied(definition.way(), &of(&plain, group), &of(&more, group), &of(&less, group)).unwrap()
    };
    groups.map(|group| (*group, applied(group))).collect()
}

#[test]
fn what_differs_says_with_the_plain_figure_what_the_cases_say() {
    let span = (0..800i64, 0..1_200i64, 0..1_500i64);
    let worlds = (lives(), opening::rules(), apart(), span);
    let (compared, differed) = (Cell::new(0), Cell::new(0));
    let ran = runner(600).run(&worlds, |(lives, (rules, zone), definition, (from, long, now))| {
        prop_assert!(definition.is_kept());
        let clocks = Clocks::of(&rules, zone, &definition);
        let at = |slots: i64| Micros(slot_begins(FIRST_DAY.plus(-1), 0).0).plus_seconds(slots * 300);
        let threshold = definition.patience_seconds();
        let (from, to, now) = (at(from), at(from + long), at(now));
        let question = Question { from, to, now, threshold, open: &clocks.open };
        let (kept, kept_apart) = (Kept::of(&lives, &clocks.open), KeptApart::of(&lives, &definition, &clocks));
        let cases: Vec<Case> = lives.iter().flat_map(|life| life.cases_of(&definition)).collect();
        let asked = Asked { from, to, now, zone: &clocks.zone, open: &clocks.open };
        for (group, gross) in whole_of((&kept, &kept_apart), &definition, &question, &clocks) {
            let GroupOf::Agent(agent) = group else { panic!("{group:?} is no agent") };
            let of_agent: Vec<Case> = cases.iter().copied().filter(|case| case.agent == agent).collect();
            let exact = value(&definition, &of_agent, &asked);
            let told = gross.telling(definition.subject, 0).value(&definition);
            let told = told.unwrap_or_else(|| panic!("{definition:?} is counted"));
            let near = told.ms.zip(exact.ms).is_none_or(|(told, exact)| (told - exact).abs() * 100 <= exact.max(200));
            prop_assert!(near && told.ms.is_some() == exact.ms.is_some(), "{:?} {:?} {:?}", definition, told, exact);
            let counts = |value: Value| (value.of, value.met, value.not_ended, value.running);
            prop_assert_eq!(counts(told), counts(exact), "{:?}", definition);
            compared.set(compared.get() + u32::from(exact.of > 0));
            differed.set(differed.get() + u32::from(!kept_apart.packed().is_empty()));
        }
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
    let (compared, differed) = (compared.get(), differed.get());
    assert!(compared > 150 && differed > 300, "{compared} compared, {differed} of them with something that differs");
}

/// A figure that is said of conversations or shoppers.
fn of_units() -> impl Strategy<Value = Definition> {
    (definition(), any::<bool>()).prop_map(|(definition, of_customers)| {
        let unit = if of_customers { Unit::Customer } else { Unit::Conversation };
        let statistic = if definition.statistic.is_time() { Statistic::ShareEnded } else { definition.statistic };
        let threshold_seconds = definition.threshold_seconds.map(|seconds| seconds / SLOT_SECONDS * SLOT_SECONDS);
        Definition { unit, statistic, threshold_seconds, ..definition }
    })
}

/// What is kept of whose cases a figure counts.
fn kept_units(lives: &[Life], definition: &Definition, clocks: &Clocks) -> KeptApart {
    let Clocks { zone, open, daily } = clocks;
    let mut kept = KeptApart::default();
    for life in lives {
        let mut delta = Delta::default();
        delta.add(&noted_units(definition, life, Around { zone, open, daily: daily.as_ref() }));
        kept.change(&delta);
    }
    kept
}

#[test]
fn what_is_kept_of_shoppers_says_what_their_cases_say() {
    let span = (0..800i64, 0..1_200i64, 0..1_500i64);
    let compared = Cell::new(0);
    let ran =
        runner(600).run(&(lives(), opening::rules(), of_units(), span), |(lives, (rules, zone), definition, span)| {
            prop_assert!(definition.is_kept_by_unit() && !definition.is_kept());
            let clocks = Clocks::of(&rules, zone, &definition);
            let at = |slots: i64| Micros(slot_begins(FIRST_DAY.plus(-1), 0).0).plus_seconds(slots * 300);
            let (from, to, now) = (at(span.0), at(span.0 + span.1), at(span.2));
            let question = Question { from, to, now, threshold: definition.patience_seconds(), open: &clocks.open };
            let kept = kept_units(&lives, &definition, &clocks);
            let cases: Vec<Case> = lives.iter().flat_map(|life| life.cases_of(&definition)).collect();
            let asked = Asked { from, to, now, zone: &clocks.zone, open: &clocks.open };
            let question = &question;
            for split in [Split::Nothing, Split::Agent] {
                let mut gathered = UnitsGathered::new(&definition, Wanted { split, ..all() });
                for (day, bytes) in kept.packed() {
                    prop_assert_eq!(&Differing::unpacked(&bytes).unwrap().packed().unwrap(), &bytes);
                    let of_cell = |cell: &CellOf| {
                        let cell = *cell;
                        let place = move |slot| question.place(&cell, slot_begins(day, slot));
                        let first = place(0);
                        if (0..SLOTS_PER_DAY).all(|slot| place(slot) == first) {
                            SlotsOfDay::Together(first)
                        } else {
                            SlotsOfDay::Each(place)
                        }
                    };
                    gathered.take(&bytes, of_cell).unwrap();
                }
                let [said] = units_told(&gathered, [UnitsBy::StepAndGroup], 1);
                for (_, group, told) in said {
                    let is_meant = |case: &&Case| group == GroupOf::All || group == GroupOf::Agent(case.agent);
                    let of_group: Vec<Case> = cases.iter().filter(is_meant).copied().collect();
                    prop_assert_eq!(told, value(&definition, &of_group, &asked), "{:?} {:?}", group, definition);
                    compared.set(compared.get() + u32::from(told.of > 0));
                }
            }
            Ok(())
        });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
    assert!(compared.get() > 300, "{} compared", compared.get());
}

/// What the figure says, told in so many shares.
fn units_told<const N: usize>(
    units: &UnitsGathered<'_>,
    by: [UnitsBy; N],
    shares: usize,
) -> [Vec<(u32, GroupOf, Value)>; N] {
    let divisions = by.map(|by| units.divided(by));
    let mut values = divisions.each_ref().map(|divided| vec![Value::default(); divided.parts().len()]);
    for of_share in (0..shares).map(|share| units.of_share(share, shares, &divisions)) {
        for (all, value) in values.iter_mut().flatten().zip(of_share.into_iter().flatten()) {
            all.of += value.of;
            all.met += value.met;
            all.not_ended += value.not_ended;
            all.running += value.running;
        }
    }
    let told = |place: usize| divisions[place].parts().iter().zip(&values[place]);
    std::array::from_fn(|place| told(place).map(|((step, group), value)| (*step, *group, *value)).collect())
}

#[test]
fn who_is_in_several_steps_or_groups_that_are_told_as_one_is_one() {
    let ran =
        runner(200).run(&(lives(), opening::rules(), of_units(), 2usize..5), |(lives, rules, definition, shares)| {
            let clocks = Clocks::of(&rules.0, rules.1, &definition);
            let kept = kept_units(&lives, &definition, &clocks);
            let step = |slot: u16| u32::from(slot % 3);
            // What a part says by itself, when nothing else is gathered.
            let gathered = |split, only: Option<u32>, place: fn(u32) -> u32| {
                let mut gathered = UnitsGathered::new(&definition, Wanted { split, ..all() });
                for bytes in kept.packed().values() {
                    let mut beside = gathered.beside();
                    let is_meant = |slot| only.is_none_or(|only| only == step(slot));
                    let at = |slot| is_meant(slot).then(|| InStep { step: place(step(slot)), ..InStep::default() });
                    beside.take(bytes, |_| SlotsOfDay::Each(at)).unwrap();
                    gathered.merge(beside);
                }
                gathered
            };
            let (all, by_agent) = (Split::Nothing, Split::Agent);
            let units = gathered(by_agent, None, |step| step);
            let ways = [UnitsBy::StepAndGroup, UnitsBy::Step, UnitsBy::Group, UnitsBy::Nothing];
            let parts = units_told(&units, ways, 1);
            prop_assert_eq!(&parts, &units_told(&units, ways, shares));
            let [each, by_step, by_group, whole] = parts;
            let alone = |split, only| units_told(&gathered(split, only, |_| 0), [UnitsBy::StepAndGroup], 1).concat();
            prop_assert_eq!(whole, alone(all, None));
            prop_assert_eq!(by_group, alone(by_agent, None));
            let of_steps = |split| {
                let of_step =
                    |step| alone(split, Some(step)).into_iter().map(move |(_, group, value)| (step, group, value));
                (0..3).flat_map(of_step).collect::<Vec<_>>()
            };
            prop_assert_eq!(by_step, of_steps(all));
            prop_assert_eq!(each, of_steps(by_agent));
            Ok(())
        });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn foreign_bytes_of_shoppers_are_refused_or_can_be_read() {
    let strategy = (lives(), opening::rules(), of_units(), any::<prop::sample::Index>(), any::<u8>());
    let ran = runner(200).run(&strategy, |(lives, (rules, zone), definition, at, byte)| {
        let clocks = Clocks::of(&rules, zone, &definition);
        let kept = kept_units(&lives, &definition, &clocks);
        let read = |bytes: &[u8]| {
            let mut gathered = UnitsGathered::new(&definition, all());
            (
                Differing::unpacked(bytes).is_ok(),
                gathered.take(bytes, |_| SlotsOfDay::Each(|_| Some(InStep::default()))).is_ok(),
            )
        };
        for (_, bytes) in kept.packed() {
            prop_assert_eq!(read(&bytes), (true, true));
            prop_assert!(bytes.len() < 2 || !read(&bytes[..bytes.len() - 1]).1, "what ends too early is refused");
            let mut other = bytes.clone();
            other[at.index(bytes.len())] = byte;
            let (is_unpacked, is_taken) = read(&other);
            prop_assert!(!is_unpacked || is_taken || other[0] != bytes[0]);
        }
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn what_differs_is_kept_step_by_step_as_it_is_made_again_byte_for_byte() {
    let order = proptest::collection::vec((any::<prop::sample::Index>(), 0usize..16), 0..20);
    let ran =
        runner(150).run(&(lives(), order, opening::rules(), apart()), |(lives, order, (rules, zone), definition)| {
            let clocks = Clocks::of(&rules, zone, &definition);
            let before = |life: &Life, far: usize| Life {
                happened: life.happened[..far.min(life.happened.len())].to_vec(),
                ..life.clone()
            };
            let mut live = KeptApart::default();
            let mut counted: Vec<Life> = lives.iter().map(|life| before(life, 0)).collect();
            let looks = order.iter().filter(|_| !lives.is_empty()).map(|(which, far)| (which.index(lives.len()), *far));
            for (which, far) in looks.chain((0..lives.len()).map(|which| (which, usize::MAX))) {
                let now = before(&lives[which], far);
                live.change(&clocks.delta(&definition, &now, Some(&counted[which])));
                counted[which] = now;
                prop_assert_eq!(live.packed(), KeptApart::of(&counted, &definition, &clocks).packed());
            }
            for bytes in live.packed().into_values() {
                prop_assert_eq!(Differing::unpacked(&bytes).unwrap().packed().unwrap(), bytes);
            }
            for life in &lives {
                let mut delta = Delta::default();
                let (more, less) = clocks.noted(&definition, life);
                delta.take_back(&more);
                delta.add(&less);
                live.change(&delta);
            }
            prop_assert_eq!(live.packed(), BTreeMap::new(), "everything was taken back");
            Ok(())
        });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn foreign_bytes_of_what_differs_are_refused_or_harmless() {
    let changed = (lives(), opening::rules(), apart(), any::<prop::sample::Index>(), any::<u8>());
    let ran = runner(300).run(&changed, |(lives, (rules, zone), definition, place, byte)| {
        let clocks = Clocks::of(&rules, zone, &definition);
        for mut bytes in KeptApart::of(&lives, &definition, &clocks).packed().into_values() {
            let place = place.index(bytes.len());
            let _ = Differing::unpacked(&bytes[..place]);
            bytes[place] = byte;
            if let Ok(differing) = Differing::unpacked(&bytes) {
                prop_assert!(differing.packed().is_ok());
            }
        }
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(Differing::unpacked(&[9]), Err(RollupFault::Bytes));
    assert_eq!(Differing::unpacked(&[4, 7]), Err(RollupFault::Bytes), "there is less than is said");
    assert_eq!(Differing::unpacked(&[]), Ok(Differing::default()));
}
