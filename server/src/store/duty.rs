//! Who is on duty: whose desk was heard of lately, by this node or another. Kept in memory only; after a restart a desk
//! that is open tells of itself within seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use qinda::model::{MICROS_PER_SECOND, MemberId, Micros, ShopId};

/// A member is on duty for so long after the server last heard of a desk of theirs, in seconds. A desk that is open
/// listens all the time, and looks every half minute where it cannot.
pub const ON_DUTY_SECONDS: i64 = 180;
/// How many members on duty are told at most.
pub const ON_DUTY_TOLD_MAX: usize = 1_000;

/// The other nodes are told of a member this often at most, in seconds.
pub const DUTY_TOLD_SECONDS: i64 = 60;

#[derive(Debug, Clone, Copy)]
struct Heard {
    at: Micros,
    /// When the other nodes were told.
    told: Option<Micros>,
}

/// When the desks of members were last heard of.
#[derive(Debug, Clone, Default)]
pub struct Duty(Arc<Mutex<HashMap<(ShopId, MemberId), Heard>>>);

impl Duty {
    /// A desk of the member was heard of. Says whether the other nodes should be told.
    #[must_use]
    pub(super) fn heard_of(&self, shop: ShopId, member: MemberId, now: Micros) -> bool {
        let mut is_due = false;
        self.note(shop, member, now, |heard| {
            is_due = heard.told.is_none_or(|told| now.since(told) >= DUTY_TOLD_SECONDS * MICROS_PER_SECOND);
            if is_due {
                heard.told = Some(now);
            }
        });
        is_due
    }

    /// Another node heard of a desk of the member.
    pub(super) fn heard_elsewhere(&self, shop: ShopId, member: MemberId, now: Micros) {
        self.note(shop, member, now, |_| {});
    }

    fn note(&self, shop: ShopId, member: MemberId, now: Micros, tell: impl FnOnce(&mut Heard)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains_key(&(shop, member)) {
            // Whoever left is forgotten when somebody new comes, so there are never more than work at one time.
            all.retain(|_, heard| is_lately(heard.at, now));
        }
        let heard = all.entry((shop, member)).or_insert(Heard { at: now, told: None });
        heard.at = now;
        tell(heard);
    }

    /// The members of a shop who are on duty, sorted; of very many the first.
    #[must_use]
    pub fn all_on(&self, shop: ShopId, now: Micros) -> Vec<MemberId> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let on = heard.iter().filter(|((of, _), heard)| *of == shop && is_lately(heard.at, now));
        let mut members: Vec<MemberId> = on.map(|((_, member), _)| *member).collect();
        drop(heard);
        members.sort_unstable();
        members.truncate(ON_DUTY_TOLD_MAX);
        members
    }

    /// Whether the member is on duty.
    #[must_use]
    pub fn is_on(&self, shop: ShopId, member: MemberId, now: Micros) -> bool {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(&(shop, member)).is_some_and(|heard| is_lately(heard.at, now))
    }
}

fn is_lately(at: Micros, now: Micros) -> bool {
    now.since(at) <= ON_DUTY_SECONDS * MICROS_PER_SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duty_ends_by_itself_and_whoever_left_is_forgotten() {
        let (shop, agent, other) = (ShopId::of_name("tea"), MemberId::of_name("1001"), MemberId::of_name("1002"));
        let (duty, now) = (Duty::default(), Micros(1_000_000_000));
        assert!(!duty.is_on(shop, agent, now));
        assert!(duty.heard_of(shop, agent, now));
        let end = now.plus_seconds(ON_DUTY_SECONDS);
        assert!(duty.is_on(shop, agent, end) && !duty.is_on(shop, agent, Micros(end.0 + 1)));
        assert!(!duty.is_on(ShopId::of_name("coffee"), agent, now));
        duty.heard_elsewhere(shop, other, end.plus_seconds(1));
        assert_eq!(duty.all_on(shop, end.plus_seconds(1)), [other]);
        assert_eq!(duty.0.lock().unwrap().len(), 1);
    }

    #[test]
    fn other_nodes_are_told_when_somebody_comes_and_then_once_a_minute() {
        let (shop, agent, now) = (ShopId::of_name("tea"), MemberId::of_name("1001"), Micros(1_000_000_000));
        let duty = Duty::default();
        duty.heard_elsewhere(shop, agent, now);
        let told = (0..=DUTY_TOLD_SECONDS).filter(|second| duty.heard_of(shop, agent, now.plus_seconds(*second)));
        assert_eq!(told.collect::<Vec<_>>(), [0, DUTY_TOLD_SECONDS]);
    }
}
