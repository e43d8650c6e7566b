//! What is kept of lives says of any span what the lives say, however it came to be kept.

use std::collections::BTreeMap;

use proptest::prelude::*;
use qinda::model::{ChannelId, Day, MICROS_PER_SECOND, MemberId, Micros, TeamId};
use qinda::timing::rollup::{
    Age, Delta, Gathered, GroupOf, InStep, Only, PARTS, Part, RollupFault, SLOTS_PER_DAY, Split, SumsMaker, Total,
    Wanted, noted, part_of, slot_begins, slot_of,
};
use qinda::timing::{
    Asked, Case, Definition, Life, OpenHours, Statistic, Subject, Value, Zone, quantile, shipped, value,
};

use super::random::{FIRST_DAY, lives, runner};

const SUBJECTS: [Subject; 5] =
    [Subject::Response, Subject::FirstResponse, Subject::Handover, Subject::Handling, Subject::Resolution];
const THRESHOLDS: [u32; 6] = [0, 15, 20, 30, 180, 600];
fn aged(is_late: bool) -> Age {
    Age { wall: u8::from(is_late), open: u8::from(is_late) }
}

const SLOT: i64 = 300 * MICROS_PER_SECOND;

/// What a shop keeps.
#[derive(Default)]
struct Kept(BTreeMap<(Day, u8), Part>);

impl Kept {
    fn change(&mut self, delta: &Delta) -> Result<(), RollupFault> {
        for (day, part) in delta.touched() {
            self.0.entry((day, part)).or_default().change(delta, day, part)?;
        }
        Ok(())
    }

    fn of<'l>(lives: impl IntoIterator<Item = &'l Life>) -> Self {
        let (mut kept, mut delta) = (Self::default(), Delta::default());
        lives.into_iter().for_each(|life| delta.add(&noted(life)));
        kept.change(&delta).unwrap();
        kept
    }

    fn packed(&self) -> BTreeMap<(Day, u8), Vec<u8>> {
        let packed = self.0.iter().map(|(place, part)| (*place, part.packed()));
        packed.filter(|(_, bytes)| !bytes.is_empty()).collect()
    }
}

/// The same life as it was when less had happened.
fn before(life: &Life, happened: usize) -> Life {
    Life { happened: life.happened[..happened.min(life.happened.len())].to_vec(), ..life.clone() }
}

/// A span from slot to slot, and a moment at which a slot begins.
fn span() -> impl Strategy<Value = (Micros, Micros, Micros)> {
    (0..800i64, 0..1_200i64, 0..1_500i64).prop_map(|(from, long, edge)| {
        let begins = slot_begins(FIRST_DAY.plus(-1), 0).0;
        let from = begins + from * SLOT;
        (Micros(from), Micros(from + long * SLOT), Micros(begins + edge * SLOT))
    })
}

struct Question {
    from: Micros,
    to: Micros,
    /// What is open and began before has waited too long.
    edge: Micros,
}

impl Question {
    fn place(&self, day: Day, slot: u16) -> Option<InStep> {
        let begins = slot_begins(day, slot);
        (self.from..self.to).contains(&begins).then_some(InStep { age: aged(begins >= self.edge), ..InStep::default() })
    }

    fn gather(&self, kept: &Kept, wanted: Wanted) -> Gathered {
        let mut gathered = Gathered::new(wanted);
        for ((day, _), bytes) in kept.packed() {
            gathered.take_part(&bytes, |slot| self.place(day, slot)).unwrap();
        }
        gathered
    }
}

fn definition(subject: Subject, statistic: Statistic, threshold: u32) -> Definition {
    let plain = shipped().swap_remove(0);
    Definition {
        subject,
        statistic,
        threshold_seconds: (statistic == Statistic::ShareWithin).then_some(threshold),
        ..plain
    }
}

/// What the cases themselves say.
fn said(definition: &Definition, cases: &[Case], question: &Question) -> Value {
    let zone = Zone::fixed(0);
    let open = OpenHours::default();
    let seconds = i64::from(definition.threshold_seconds.unwrap_or(0));
    let now = question.edge.plus_seconds(seconds);
    value(definition, cases, &Asked { from: question.from, to: question.to, now, zone: &zone, open: &open })
}

fn agrees(total: &Total, subject: Subject, cases: &[Case], question: &Question) -> Result<(), TestCaseError> {
    for threshold in THRESHOLDS {
        let share = said(&definition(subject, Statistic::ShareWithin, threshold), cases, question);
        let within = total.ended.within(i64::from(threshold) * MICROS_PER_SECOND);
        prop_assert_eq!(within, (u64::from(share.met), true), "{:?} within {}", subject, threshold);
        prop_assert_eq!(total.ended.many() + total.left + total.over, u64::from(share.of));
        prop_assert_eq!(total.left + total.over, u64::from(share.not_ended));
        prop_assert_eq!(total.running, u64::from(share.running));
    }
    for definition in shipped()
        .iter()
        .filter(|definition| definition.subject == subject && definition.is_kept() && definition.daily().is_none())
    {
        // Seen from where what has not ended has waited for as long as the definition says.
        let (told, exact) = (total.value(definition), said(definition, cases, question));
        let told = told.ok_or_else(|| TestCaseError::fail("what is shipped is counted"))?;
        let is_near = told.ms.zip(exact.ms).is_none_or(|(told, exact)| (told - exact).abs() * 100 <= exact.max(200));
        prop_assert!(is_near && told.ms.is_some() == exact.ms.is_some(), "{:?} {:?}", told, exact);
        prop_assert_eq!(Value { ms: None, ..told }, Value { ms: None, ..exact }, "{}", &definition.id);
    }
    let times = [(Statistic::Median, 50), (Statistic::P90, 90), (Statistic::P95, 95), (Statistic::Longest, 100)];
    for (statistic, percent) in times {
        let told = total.ended.quantile(percent).map(|micros| (micros + 500) / 1_000);
        let exact = said(&definition(subject, statistic, 0), cases, question).ms;
        let is_near = told.zip(exact).is_none_or(|(told, exact)| (told - exact).abs() * 100 <= exact.max(200));
        prop_assert!(is_near && told.is_some() == exact.is_some(), "{:?} for {:?}", told, exact);
    }
    let mean = said(&definition(subject, Statistic::Mean, 0), cases, question).ms;
    let told = total.ended.mean().map(|micros| (micros + 500) / 1_000);
    prop_assert!(told.zip(mean).is_none_or(|(told, mean)| (0..=1).contains(&(told - mean))), "{:?} {:?}", told, mean);
    Ok(())
}

type Totals = Vec<(u32, GroupOf, Total)>;

/// What was gathered of a subject, seen from the edge.
fn totals(gathered: Gathered, subject: Subject) -> Totals {
    let told = gathered.told().into_iter().map(|(step, group, gross)| (step, group, gross.total(subject, 0)));
    told.filter(|(_, _, total)| total.cases() + total.questions + total.replies > 0).collect()
}

fn of_all(told: Totals) -> Total {
    told.into_iter().map(|(_, _, total)| total).next().unwrap_or_default()
}

#[test]
fn what_is_kept_says_what_the_cases_say() {
    let ran = runner(80).run(&(lives(), span()), |(lives, (from, to, edge))| {
        let (kept, question) = (Kept::of(&lives), Question { from, to, edge });
        for subject in SUBJECTS {
            let cases: Vec<Case> = lives.iter().flat_map(|life| life.cases(subject, None)).collect();
            let wanted = Wanted { subjects: subject.into(), split: Split::Nothing, only: Only::default() };
            agrees(&of_all(totals(question.gather(&kept, wanted), subject)), subject, &cases, &question)?;
            let by_agent = Wanted { split: Split::Agent, ..wanted };
            for (_, group, total) in totals(question.gather(&kept, by_agent), subject) {
                let GroupOf::Agent(agent) = group else { panic!("{group:?} is no agent") };
                let of_agent: Vec<Case> = cases.iter().copied().filter(|case| case.agent == agent).collect();
                agrees(&total, subject, &of_agent, &question)?;
                let Some(agent) = agent else { continue };
                let only = Only { agent: Some(agent), ..Only::default() };
                let alone = totals(question.gather(&kept, Wanted { only, ..wanted }), subject);
                prop_assert_eq!(of_all(alone), total);
            }
            let by_channel = totals(question.gather(&kept, Wanted { split: Split::Channel, ..wanted }), subject);
            let by_team = totals(question.gather(&kept, Wanted { split: Split::Team, ..wanted }), subject);
            let cases_in = |from: &[(u32, GroupOf, Total)]| from.iter().map(|(_, _, total)| total.cases()).sum::<u64>();
            prop_assert_eq!(cases_in(&by_channel), cases_in(&by_team));
            for (_, group, total) in by_channel.iter().chain(&by_team) {
                let is_in = |case: &&Case| match group {
                    GroupOf::Team(team) => case.team == *team,
                    GroupOf::Channel(channel) => case.channel == *channel,
                    _ => false,
                };
                let cases: Vec<Case> = cases.iter().filter(is_in).copied().collect();
                agrees(total, subject, &cases, &question)?;
            }
        }
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn messages_are_counted_where_they_belong() {
    let ran = runner(200).run(&lives(), |lives| {
        let (from, to) = (slot_begins(FIRST_DAY.plus(-400), 0), slot_begins(FIRST_DAY.plus(400), 0));
        let question = Question { from, to, edge: from };
        let wanted = Wanted { subjects: Subject::Handover.into(), split: Split::Nothing, only: Only::default() };
        let total = of_all(totals(question.gather(&Kept::of(&lives), wanted), Subject::Handover));
        let many = |is: fn(&qinda::timing::What) -> bool| {
            lives.iter().flat_map(|life| &life.happened).filter(|it| is(&it.what)).count() as u64
        };
        prop_assert_eq!(total.questions, many(|what| matches!(what, qinda::timing::What::Asked)));
        prop_assert_eq!(total.replies, many(|what| matches!(what, qinda::timing::What::Answered { .. })));
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn what_was_kept_step_by_step_is_what_is_made_again_byte_for_byte() {
    let order = proptest::collection::vec((any::<prop::sample::Index>(), 0usize..16), 0..20);
    let ran = runner(200).run(&(lives(), order), |(lives, order)| {
        let mut live = Kept::default();
        // Each life is counted as it stood when somebody looked, in any order, twice and with steps back.
        let mut counted: Vec<Life> = lives.iter().map(|life| before(life, 0)).collect();
        let looks = order.iter().filter(|_| !lives.is_empty()).map(|(which, far)| (which.index(lives.len()), *far));
        for (which, far) in looks.chain((0..lives.len()).map(|which| (which, usize::MAX))) {
            let now = before(&lives[which], far);
            let mut delta = Delta::default();
            delta.add(&noted(&now));
            delta.take_back(&noted(&counted[which]));
            live.change(&delta).unwrap();
            counted[which] = now;
            prop_assert_eq!(live.packed(), Kept::of(&counted).packed());
        }
        prop_assert_eq!(live.packed(), Kept::of(lives.iter().rev()).packed());
        let mut all = Delta::default();
        lives.iter().for_each(|life| all.take_back(&noted(life)));
        live.change(&all).unwrap();
        prop_assert_eq!(live.packed(), BTreeMap::new(), "everything was taken back");
        prop_assert_eq!(live.change(&all).is_err(), !all.is_empty(), "and cannot be again");
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn what_is_packed_is_read_again_and_sums_say_the_same() {
    let ran = runner(100).run(&(lives(), span()), |(lives, (from, to, edge))| {
        let kept = Kept::of(&lives);
        for ((_, part), bytes) in kept.packed() {
            prop_assert!(part < PARTS);
            prop_assert_eq!(Part::unpacked(&bytes).unwrap().packed(), bytes);
        }
        let question = Question { from, to, edge };
        for subject in SUBJECTS {
            for (split, keeps_agents) in [(Split::Nothing, false), (Split::Channel, false), (Split::Agent, true)] {
                let wanted = Wanted { subjects: subject.into(), split, only: Only::default() };
                // What is before the edge under one number, and what is after it under another.
                let mut maker = SumsMaker::new(keeps_agents);
                for ((day, _), bytes) in kept.packed() {
                    let number = |slot| question.place(day, slot).map(|at| u32::from(at.age.wall));
                    maker.take_part(&bytes, number).unwrap();
                }
                let mut gathered = Gathered::new(wanted);
                let sums = maker.made().into_bytes();
                gathered
                    .take_sums(&sums, |number| Some(InStep { age: aged(number > 0), ..InStep::default() }))
                    .unwrap();
                prop_assert_eq!(gathered.told(), question.gather(&kept, wanted).told());
            }
        }
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn how_many_there_are_is_the_same_whether_their_times_are_asked_for_or_not() {
    let ran = runner(60).run(&(lives(), span()), |(lives, (from, to, edge))| {
        let (kept, question) = (Kept::of(&lives), Question { from, to, edge });
        let mut maker = SumsMaker::new(true);
        for ((day, _), bytes) in kept.packed() {
            let number = |slot| question.place(day, slot).map(|at| u32::from(at.age.wall));
            maker.take_part(&bytes, number).unwrap();
        }
        let sums = maker.made().into_bytes();
        for subject in SUBJECTS {
            let timed = Wanted { subjects: subject.into(), split: Split::Agent, only: Only::default() };
            let counted = Wanted { subjects: timed.subjects.counted(), ..timed };
            let told = question.gather(&kept, timed).told();
            let mut of_sums = Gathered::new(counted);
            of_sums.take_sums(&sums, |number| Some(InStep { age: aged(number > 0), ..InStep::default() })).unwrap();
            for counted in [question.gather(&kept, counted).told(), of_sums.told()] {
                prop_assert_eq!(counted.len(), told.len());
                for ((_, of, timed), (_, group, counted)) in told.iter().zip(&counted) {
                    prop_assert_eq!((of, timed.cases(subject)), (group, counted.cases(subject)));
                    for statistic in [Statistic::ShareWithin, Statistic::Number, Statistic::Mean] {
                        let definition = definition(subject, statistic, 20);
                        let [timed, counted] = [timed, counted].map(|gross| gross.telling(subject, 0));
                        let value = timed.value(&definition).unwrap();
                        prop_assert_eq!(counted.cases(&definition), (value.of, value.running));
                        // Of what ended without a time nothing more is said.
                        prop_assert!(value.met == 0 || counted.value(&definition).is_none());
                    }
                }
            }
        }
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn what_is_not_kept_yet_is_added_to_the_answer() {
    let ran = runner(200).run(&(lives(), 0usize..16, span()), |(lives, far, (from, to, edge))| {
        let question = Question { from, to, edge };
        let early: Vec<Life> = lives.iter().map(|life| before(life, far)).collect();
        let wanted = Wanted { subjects: Subject::Response.into(), split: Split::Agent, only: Only::default() };
        let mut gathered = question.gather(&Kept::of(&early), wanted);
        let mut delta = Delta::default();
        early.iter().for_each(|life| delta.take_back(&noted(life)));
        lives.iter().for_each(|life| delta.add(&noted(life)));
        gathered.take_delta(&delta, |day, slot| question.place(day, slot)).unwrap();
        prop_assert_eq!(gathered.told(), question.gather(&Kept::of(&lives), wanted).told());
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn what_is_gathered_beside_adds_to_the_same() {
    let ran = runner(100).run(&(lives(), span(), 1usize..4), |(lives, (from, to, edge), shares)| {
        let (question, kept) = (Question { from, to, edge }, Kept::of(&lives));
        for split in [Split::Nothing, Split::Agent] {
            let wanted = Wanted { subjects: SUBJECTS.into_iter().collect(), split, only: Only::default() };
            let mut all = Gathered::new(wanted);
            let mut beside: Vec<Gathered> = (0..shares).map(|_| all.beside()).collect();
            for (place, ((day, _), bytes)) in kept.packed().into_iter().enumerate() {
                beside[place % shares].take_part(&bytes, |slot| question.place(day, slot)).unwrap();
            }
            beside.into_iter().for_each(|gathered| all.merge(gathered));
            prop_assert_eq!(all.told(), question.gather(&kept, wanted).told());
        }
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn foreign_bytes_are_refused_or_harmless() {
    let wanted = Wanted { subjects: Subject::Response.into(), split: Split::Agent, only: Only::default() };
    let everywhere = |_: u16| Some(InStep::default());
    let read = |bytes: &[u8]| {
        let _ = Part::unpacked(bytes);
        let mut gathered = Gathered::new(wanted);
        let _ = gathered.take_part(bytes, everywhere);
        let _ = gathered.take_sums(bytes, |_| Some(InStep::default()));
        let _ = SumsMaker::new(true).take_part(bytes, |_| Some(0));
    };
    let changed = (lives(), any::<prop::sample::Index>(), any::<u8>());
    let ran = runner(400).run(&changed, |(lives, place, byte)| {
        for (_, mut bytes) in Kept::of(&lives).packed() {
            let place = place.index(bytes.len());
            read(&bytes[..place]);
            bytes[place] = byte;
            read(&bytes);
            let mut maker = SumsMaker::new(true);
            if maker.take_part(&bytes, |_| Some(0)).is_ok() {
                let mut sums = maker.made().into_bytes();
                let at = place % sums.len();
                sums[at] = byte;
                read(&sums);
            }
        }
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(Part::unpacked(&[9]), Err(RollupFault::Bytes));
    assert!(Part::unpacked(&[]).unwrap().is_empty());
}

#[test]
fn slots_follow_each_other_without_a_gap() {
    for day in [-3, 0, 20_000].map(Day) {
        for slot in [0, 1, SLOTS_PER_DAY - 1] {
            let begins = slot_begins(day, slot);
            assert_eq!(slot_of(begins), (day, slot));
            assert_eq!(slot_of(Micros(begins.0 + SLOT - 1)), (day, slot));
        }
        assert_eq!(slot_begins(day, SLOTS_PER_DAY), slot_begins(day.plus(1), 0));
    }
    assert_eq!(part_of(None), 0);
    let parts: std::collections::BTreeSet<u8> =
        (0..400).map(|number| part_of(Some(MemberId::of_name(&format!("{number}"))))).collect();
    assert_eq!(parts.len(), usize::from(PARTS), "agents are spread over all parts");
}

#[test]
fn quantiles_of_few_times_are_those_of_the_times() {
    let life = before(&lives_of_one(), usize::MAX);
    let kept = Kept::of([&life]);
    let wanted = Wanted { subjects: Subject::Response.into(), split: Split::Nothing, only: Only::default() };
    let question = Question { from: Micros(0), to: Micros(10 * SLOT), edge: Micros(0) };
    let total = of_all(totals(question.gather(&kept, wanted), Subject::Response));
    let exact = quantile(&[12_000_000, 30_000_000], 50).unwrap();
    assert!((total.ended.quantile(50).unwrap() - exact).abs() * 100 <= exact);
    assert_eq!((total.ended.longest(), total.questions, total.replies), (Some((30_000_000, true)), 3, 2));
}

fn lives_of_one() -> Life {
    use qinda::model::{ConversationId, CustomerId};
    use qinda::timing::{Happened, What};
    let at = |second, what| Happened { at: Micros(0).plus_seconds(second), what };
    let answered = |second| at(second, What::Answered { by: MemberId::of_name("1001"), written_at: None });
    Life {
        conversation: ConversationId::of_name("c"),
        customer: Some(CustomerId::of_name("c")),
        team: TeamId::of_name("t"),
        channel: ChannelId::of_name("c"),
        happened: vec![at(0, What::Asked), answered(12), at(60, What::Asked), at(70, What::Asked), answered(90)],
    }
}
