use proptest::prelude::*;

use super::*;

fn measured(handling: u32) -> Measured {
    Measured { handling_mean_seconds: Some(handling), ..Measured::default() }
}

/// One chat each, nobody away.
fn plain() -> Assumptions {
    Assumptions { chats: 1, away_percent: 0, ..Assumptions::default() }
}

fn needed(assumptions: &Assumptions, chats_per_hour: f64) -> Option<u32> {
    Staffing::of(assumptions, &measured(180)).unwrap().needed(chats_per_hour)
}

#[test]
fn two_hundred_chats_an_hour_need_fourteen_people_or_fewer_with_several_at_once() {
    assert_eq!(needed(&plain(), 200.0), Some(14));
    assert_eq!(needed(&Assumptions { chats: 3, ..plain() }, 200.0), Some(5), "14 chats, three each");
    let slower = Assumptions { chats: 3, stretch_percent: 150, ..plain() };
    // Fifteen chats at once on average, 19 servers, three each.
    assert_eq!((needed(&slower, 200.0), Staffing::of(&slower, &measured(180)).unwrap().load(200.0)), (Some(7), 15.0));
    assert_eq!(needed(&Assumptions { away_percent: 30, ..plain() }, 200.0), Some(20), "14 of 20 are there");
    let leaving = Assumptions { leaves: true, patience_seconds: Some(60), ..plain() };
    assert!(needed(&leaving, 200.0) < Some(14));
    assert_eq!(needed(&plain(), 0.0), Some(0));
    assert_eq!(needed(&plain(), 1e9), None);
}

#[test]
fn what_the_shop_knows_better_counts_before_what_was_measured() {
    let own = Assumptions { handling_seconds: Some(360), ..plain() };
    assert_eq!(needed(&own, 100.0), Some(14));
    let staffing = Staffing::of(
        &Assumptions { leaves: true, ..plain() },
        &Measured { patience_seconds: Some(90), ..measured(180) },
    );
    assert_eq!(staffing.unwrap().patience_seconds, Some(90.0));
}

#[test]
fn what_nobody_can_plan_by_is_refused() {
    let fault = |assumptions: Assumptions| Staffing::of(&assumptions, &measured(180)).err();
    assert_eq!(fault(Assumptions { level_percent: 100, ..plain() }), Some(PlanningFault::Level));
    assert_eq!(fault(Assumptions { level_percent: 0, ..plain() }), Some(PlanningFault::Level));
    assert_eq!(fault(Assumptions { within_seconds: 86_401, ..plain() }), Some(PlanningFault::Within));
    assert_eq!(fault(Assumptions { handling_seconds: Some(0), ..plain() }), Some(PlanningFault::Handling));
    assert_eq!(fault(Assumptions { patience_seconds: Some(0), ..plain() }), Some(PlanningFault::Patience));
    assert_eq!(fault(Assumptions { leaves: true, ..plain() }), Some(PlanningFault::Patience), "nobody knows it");
    assert_eq!(fault(Assumptions { chats: 0, ..plain() }), Some(PlanningFault::Chats));
    assert_eq!(fault(Assumptions { stretch_percent: 49, ..plain() }), Some(PlanningFault::Stretch));
    assert_eq!(fault(Assumptions { away_percent: 91, ..plain() }), Some(PlanningFault::Away));
    let mut crowd = plain();
    crowd.planned[6][23] = PLANNED_MAX + 1;
    assert_eq!(fault(crowd), Some(PlanningFault::Planned));
    assert_eq!(Staffing::of(&plain(), &Measured::default()), Err(PlanningFault::Handling), "nothing was measured");
    assert_eq!(fault(Assumptions::default()), None);
}

#[test]
fn with_nobody_there_is_no_capacity_and_nobody_is_answered() {
    let staffing = Staffing::of(&plain(), &measured(180)).unwrap();
    assert_eq!((staffing.capacity(0), staffing.outlook(10.0, 0).within), (0.0, 0.0));
    assert_eq!(staffing.outlook(0.0, 0).within, 1.0, "nobody asks");
}

#[test]
fn what_an_older_or_newer_server_kept_reads() {
    assert_eq!(serde_json::from_str::<Assumptions>("{}").unwrap(), Assumptions::default());
    let newer: Assumptions = serde_json::from_str(r#"{"chats":5,"mood":"good"}"#).unwrap();
    assert_eq!(newer.chats, 5);
    let text = serde_json::to_string(&newer).unwrap();
    assert_eq!(serde_json::from_str::<Assumptions>(&text).unwrap(), newer);
}

proptest! {
    #[test]
    fn those_who_are_needed_do_it_and_their_capacity_is_enough(
        chats_per_hour in 0.5_f64..900.0,
        level_percent in 1_u32..=99,
        chats in 1_u32..=8,
        away_percent in 0_u32..=60,
        patience_seconds in prop::option::of(1_u32..4_000),
    ) {
        let assumptions =
            Assumptions { level_percent, chats, away_percent, leaves: patience_seconds.is_some(), patience_seconds, ..plain() };
        let staffing = Staffing::of(&assumptions, &measured(200)).unwrap();
        let people = staffing.needed(chats_per_hour).unwrap();
        prop_assert!(staffing.outlook(chats_per_hour, people).within >= f64::from(level_percent) / 100.0 - 1e-9);
        prop_assert!(staffing.outlook(chats_per_hour, people - 1).within < f64::from(level_percent) / 100.0);
        prop_assert!(staffing.capacity(people) >= chats_per_hour * 0.999_99);
        prop_assert!(staffing.capacity(people - 1) <= chats_per_hour * 1.000_01);
    }
}
