use super::*;

fn agent(name: &str) -> MemberId {
    MemberId::of_name(name)
}

fn chat(said: &[(i64, What)]) -> SampledChat {
    SampledChat {
        happened: said
            .iter()
            .map(|(second, what)| Happened { at: Micros(0).plus_seconds(*second), what: *what })
            .collect(),
    }
}

fn answered(name: &str) -> What {
    What::Answered { by: agent(name), written_at: None }
}

#[test]
fn a_chat_takes_the_time_in_which_somebody_is_busy_with_it() {
    let mut said = vec![(0, What::Asked), (20, answered("a")), (200, What::Asked), (260, answered("a"))];
    let took = |said: &[(i64, What)]| measured(&[chat(said)]).handling_mean_seconds;
    assert_eq!(took(&said), Some(240 + 30));
    // An hour later the shopper comes back: what lies between is not counted.
    said.extend([(3_900, What::Asked), (3_960, answered("b")), (4_000, What::Asked)]);
    assert_eq!(took(&said), Some(270 + 40 + 30));
    // Ten minutes of silence are part of it, a second more is none.
    assert_eq!(took(&[(0, answered("a")), (600, What::Asked)]), Some(630));
    assert_eq!(took(&[(0, answered("a")), (601, What::Asked)]), Some(30));
    assert_eq!(took(&[(0, answered("a")), (9, What::Closed), (60, What::Asked)]), Some(30));
    assert_eq!(took(&[(0, What::Asked), (5, What::Automatic)]), None);
    let endless: Vec<(i64, What)> = (0..100).map(|n| (n * 500, answered("a"))).collect();
    assert_eq!(took(&endless), Some(4 * 3_600));
}

#[test]
fn chats_at_once_are_those_of_one_person() {
    let both = |second: i64, name: &str| {
        chat(&[(second, What::Asked), (second + 30, answered(name)), (second + 330, answered(name))])
    };
    let at_once = |chats: &[SampledChat]| measured(chats).at_once_hundredths;
    assert_eq!(at_once(&[both(0, "a"), both(0, "a")]), Some(200));
    assert_eq!(at_once(&[both(0, "a"), both(0, "b")]), Some(100));
    assert_eq!(at_once(&[both(0, "a"), both(165, "a")]), Some(133));
    assert_eq!(at_once(&[]), None);
}

#[test]
fn patience_is_judged_by_those_who_were_answered_too() {
    let left = |after: i64| chat(&[(0, What::Asked), (after, What::Closed)]);
    let served = chat(&[(0, What::Asked), (60, answered("a"))]);
    let waiting = chat(&[(0, What::Asked)]);
    let of = |left_after: i64| {
        let mut chats = vec![left(left_after); 10];
        chats.extend(vec![served.clone(); 20]);
        chats.push(waiting.clone());
        measured(&chats)
    };
    assert_eq!((of(300).patience_seconds, of(300).left), (Some((10 * 300 + 20 * 60) / 10), 10));
    assert_eq!(of(90_000).patience_seconds, Some((10 * 1_800 + 20 * 60) / 10), "closed the next day");
    let few = measured(&vec![left(100); 9]);
    assert_eq!((few.patience_seconds, few.left, few.chats, few.answered), (None, 9, 9, 0));
    assert_eq!(measured(&[]), Measured::default());
}
