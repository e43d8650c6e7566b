use super::*;

const MONDAY: Day = Day(4);

fn past(number: i64, of: impl Fn(usize, usize) -> u32) -> PastWeek {
    PastWeek { begins: MONDAY.plus(number * 7), counts: week_of(|day, hour| Some(of(day, hour))) }
}

fn usual(day: usize, hour: usize) -> u32 {
    if (9..22).contains(&hour) { 20 + 10 * u32::from(day >= 5) + hour as u32 } else { 0 }
}

fn foretold(weeks: &[PastWeek], number: i64) -> Week<f64> {
    forecast(weeks, MONDAY.plus(number * 7)).unwrap()
}

fn total(week: &Week<f64>) -> f64 {
    week.iter().flatten().sum()
}

#[test]
fn weeks_that_are_all_alike_go_on_so_and_nothing_is_wrong() {
    let weeks: Vec<PastWeek> = (0..6).map(|number| past(number, usual)).collect();
    let week = foretold(&weeks, 7);
    assert_eq!(week, week_of(|day, hour| f64::from(usual(day, hour))));
    let told = backtest(&weeks);
    assert_eq!(
        told.weeks.iter().map(|week| (week.begins, week.share_wrong())).collect::<Vec<_>>(),
        (2..6).map(|n| (MONDAY.plus(n * 7), Some(0.0))).collect::<Vec<_>>()
    );
    assert_eq!(range_of(&told, 30.0), (30.0, 30.0));
    assert_eq!((told.by_hour[3], told.by_hour[12].came), (ByHour::default(), 4 * (5 * 32 + 2 * 42)));
}

#[test]
fn with_too_few_weeks_nothing_is_said() {
    assert_eq!(forecast(&[], MONDAY), None);
    assert_eq!(forecast(&[past(0, usual)], MONDAY.plus(7)), None);
    let mut short = past(1, usual);
    short.counts[2..].iter_mut().flatten().for_each(|count| *count = None);
    assert_eq!(forecast(&[past(0, usual), short], MONDAY.plus(14)), None, "two days are no week");
    assert_eq!(forecast(&[past(5, usual), past(6, usual)], MONDAY), None, "what comes later tells nothing");
    assert!(backtest(&[past(0, usual), past(1, usual)]).weeks.is_empty());
    assert_eq!(total(&foretold(&[past(0, |_, _| 0), past(1, |_, _| 0)], 2)), 0.0);
}

#[test]
fn one_sale_moves_nothing_and_a_special_day_is_not_missed() {
    let mut weeks: Vec<PastWeek> = (0..8).map(|number| past(number, usual)).collect();
    weeks[5].counts[2] = [Some(900); 24];
    weeks[6].counts[4] = [None; 24];
    let week = foretold(&weeks, 8);
    assert_eq!(week, week_of(|day, hour| f64::from(usual(day, hour))));
    // An hour that was always special is as that hour of the other days: 35 on four of them, 45 on two, the ends left out.
    for past in &mut weeks {
        past.counts[1][15] = None;
    }
    assert_eq!(foretold(&weeks, 8)[1][15], 37.5);
}

#[test]
fn steady_growth_is_followed_and_noise_is_not() {
    let growing: Vec<PastWeek> =
        (0..8).map(|number| past(number, |day, hour| usual(day, hour) * (10 + number as u32))).collect();
    let (came, expected) =
        (total(&foretold(&growing, 9)), 19.0 * total(&week_of(|day, hour| f64::from(usual(day, hour)))));
    assert!((came / expected - 1.0).abs() < 0.02, "{came} {expected}");
    let swinging: Vec<PastWeek> = [11, 9, 12, 8, 11, 9, 10, 10]
        .iter()
        .zip(0..)
        .map(|(level, number)| past(number, |day, hour| usual(day, hour) * level))
        .collect();
    let came = total(&foretold(&swinging, 9)) / expected * 19.0;
    assert!((9.5..10.5).contains(&came), "{came}");
}

#[test]
fn a_fall_to_nothing_is_halved_at_most() {
    let falling: Vec<PastWeek> =
        (0..8).map(|number| past(number, |day, hour| usual(day, hour) * (8 - number as u32) * 2)).collect();
    let week = foretold(&falling, 20);
    assert!(total(&week) > 0.0);
}

#[test]
fn the_range_holds_eight_of_ten_hours() {
    // Counts that are spread as independent shoppers are, made from a fixed row of numbers.
    let mut seed = 1_u64;
    let mut dice = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut poisson = |mean: f64| {
        let (mut count, mut left) = (0_u32, dice());
        while left > (-mean).exp() {
            (count, left) = (count + 1, left * dice());
        }
        count
    };
    let weeks: Vec<PastWeek> = (0..12)
        .map(|number| PastWeek {
            begins: MONDAY.plus(number * 7),
            counts: week_of(|day, hour| Some(poisson(f64::from(usual(day, hour)) / 2.0))),
        })
        .collect();
    let told = backtest(&weeks[..11]);
    assert_eq!(told.weeks.len(), BACKTEST_WEEKS_MAX);
    let week = foretold(&weeks[..11], 11);
    let busy = weeks[11].known().filter(|(day, hour, _)| week[*day][*hour] > 1.0);
    let held: Vec<bool> = busy
        .map(|(day, hour, came)| {
            let (low, high) = range_of(&told, week[day][hour]);
            (low..=high).contains(&came)
        })
        .collect();
    let share = held.iter().filter(|held| **held).count() as f64 / held.len() as f64;
    assert!((0.72..0.92).contains(&share), "{share}");
    let wrong = told.weeks.iter().filter_map(WeekError::share_wrong).sum::<f64>() / told.weeks.len() as f64;
    // Numbers around 18 differ from their mean by a fifth of it even for one who knows the mean.
    assert!((0.15..0.30).contains(&wrong), "{wrong}");
}

#[test]
fn whoever_was_there_shares_what_was_foretold() {
    let week = week_of(|day, hour| if day == 0 && hour < 3 { 12.0 } else { 0.0 });
    let (first, second) = (MemberId::of_name("1001"), MemberId::of_name("1002"));
    let there = [(first, 0, 0), (second, 0, 0), (first, 0, 0), (first, 0, 1), (second, 6, 1)];
    let shares = fair_shares(&week, there);
    assert_eq!(shares, BTreeMap::from([(first, 18.0), (second, 6.0)]), "nobody was there in the third hour");
}
