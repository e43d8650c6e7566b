//! Who is on duty: whose desk this server heard of lately. Kept in memory only; after a restart a desk that is open
//! tells of itself within seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use qinda::model::{MICROS_PER_SECOND, MemberId, Micros, ShopId};

/// A member is on duty for so long after the server last heard of a desk of theirs, in seconds. A desk that is open
/// listens all the time, and looks every half minute where it cannot.
pub const ON_DUTY_SECONDS: i64 = 180;

/// When the desks of members were last heard of.
#[derive(Debug, Clone, Default)]
pub struct Duty(Arc<Mutex<HashMap<(ShopId, MemberId), Micros>>>);

impl Duty {
    /// A desk of the member was heard of.
    pub fn heard_of(&self, shop: ShopId, member: MemberId, now: Micros) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.insert((shop, member), now).is_none() {
            // Whoever left is forgotten when somebody new comes, so there are never more than work at one time.
            heard.retain(|_, at| is_lately(*at, now));
        }
    }

    /// Whether the member is on duty.
    #[must_use]
    pub fn is_on(&self, shop: ShopId, member: MemberId, now: Micros) -> bool {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(&(shop, member)).is_some_and(|at| is_lately(*at, now))
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
        duty.heard_of(shop, agent, now);
        let end = now.plus_seconds(ON_DUTY_SECONDS);
        assert!(duty.is_on(shop, agent, end) && !duty.is_on(shop, agent, Micros(end.0 + 1)));
        assert!(!duty.is_on(ShopId::of_name("coffee"), agent, now));
        duty.heard_of(shop, other, end.plus_seconds(1));
        assert_eq!(duty.0.lock().unwrap().len(), 1);
    }
}
