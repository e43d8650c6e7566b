//! For how long a device may show customer data without the server: a lost phone locks by itself.
//!
//! Each answer of the server says until when. In between the device has only its own clock, which its holder can set. So
//! time is known from the server's last word and from how far the clock went since, and never runs backwards: a clock that
//! is set back a little gains nothing, and one that is set back by more locks. A clock that was set forward locks
//! too, until the next contact.

use serde::{Deserialize, Serialize};

use crate::model::{MICROS_PER_SECOND, Micros};

/// How long a device may show customer data after a contact, in seconds: three days.
pub const LEASE_SECONDS: i64 = 72 * 3600;
/// A clock that is corrected by less than this, in seconds, locks nothing.
pub const CLOCK_BACK_SECONDS_MAX: i64 = 10 * 60;

/// A device's leave to show customer data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// It ends at this moment of the server's time.
    until: Micros,
    /// The greatest server time known since the last contact.
    latest: Micros,
    /// Server time minus the device's clock, in microseconds.
    offset: i64,
}

/// Whether a device may show customer data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseState {
    /// It may, for so many seconds more.
    Open(i64),
    /// The last contact is too long ago.
    Over,
    /// The device's clock was set back, so nobody knows how long ago the last contact is.
    ClockSetBack,
}

impl LeaseState {
    /// Whether customer data must not be shown.
    #[must_use]
    pub const fn is_locked(self) -> bool {
        !matches!(self, Self::Open(_))
    }
}

impl Lease {
    /// The server was heard: its time, until when the lease goes, and what the device's clock says. Its word replaces
    /// everything that was known before, also when its own clock was corrected.
    #[must_use]
    pub const fn heard(at: Micros, until: Micros, wall: Micros) -> Self {
        Self { until, latest: at, offset: at.0.saturating_sub(wall.0) }
    }

    /// What holds by the device's clock.
    #[must_use]
    pub fn state(&self, wall: Micros) -> LeaseState {
        let by_clock = self.by_clock(wall);
        if by_clock.0 < self.latest.plus_seconds(-CLOCK_BACK_SECONDS_MAX).0 {
            return LeaseState::ClockSetBack;
        }
        let left = self.until.since(by_clock.max(self.latest));
        if left > 0 { LeaseState::Open(left / MICROS_PER_SECOND) } else { LeaseState::Over }
    }

    /// Notes how late it is, so that a clock which is set back later cannot bring the time back. To be done each minute or
    /// so, with what the device keeps at that moment: another tab may have heard the server meanwhile.
    #[must_use]
    pub fn noted(self, wall: Micros) -> Self {
        if self.state(wall) == LeaseState::ClockSetBack {
            return self;
        }
        let by_clock = self.by_clock(wall);
        // After a small correction backwards time goes on from where it was, instead of standing still.
        let latest = by_clock.max(self.latest);
        Self { latest, offset: latest.0.saturating_sub(wall.0), ..self }
    }

    /// When it ends, in the server's time.
    #[must_use]
    pub const fn until(&self) -> Micros {
        self.until
    }

    const fn by_clock(&self, wall: Micros) -> Micros {
        Micros(wall.0.saturating_add(self.offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600;
    /// The device's clock is a day behind the server's.
    const SERVER: Micros = Micros(1_795_399_200_000_000);

    fn wall(seconds: i64) -> Micros {
        SERVER.plus_seconds(seconds - 24 * HOUR)
    }

    fn lease() -> Lease {
        Lease::heard(SERVER, SERVER.plus_seconds(LEASE_SECONDS), wall(0))
    }

    #[test]
    fn it_ends_by_the_servers_time_whatever_the_device_thinks_the_time_is() {
        assert_eq!(lease().state(wall(0)), LeaseState::Open(LEASE_SECONDS));
        assert_eq!(lease().state(wall(LEASE_SECONDS - 1)), LeaseState::Open(1));
        assert_eq!(lease().state(wall(LEASE_SECONDS)), LeaseState::Over);
        assert!(lease().state(wall(365 * 24 * HOUR)).is_locked());
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_make_it_longer() {
        let noted = lease().noted(wall(50 * HOUR));
        assert_eq!(noted.state(wall(10 * HOUR)), LeaseState::ClockSetBack);
        assert_eq!(noted.noted(wall(10 * HOUR)), noted, "and nothing else is believed of that clock");
        assert_eq!(lease().state(wall(-HOUR)), LeaseState::ClockSetBack, "nor before anything was noted");
        assert_eq!(lease().noted(wall(LEASE_SECONDS + 1)).state(wall(LEASE_SECONDS - 60)), LeaseState::Over);
    }

    #[test]
    fn a_clock_set_back_a_little_again_and_again_gains_nothing() {
        let mut lease = lease();
        let mut clock = 0;
        for _ in 0..(LEASE_SECONDS / (CLOCK_BACK_SECONDS_MAX / 2)) {
            clock += CLOCK_BACK_SECONDS_MAX / 2;
            lease = lease.noted(wall(clock));
            clock -= CLOCK_BACK_SECONDS_MAX / 2;
            assert_ne!(lease.state(wall(clock)), LeaseState::ClockSetBack);
            lease = lease.noted(wall(clock));
        }
        assert_eq!(lease.state(wall(clock)), LeaseState::Over);
    }

    #[test]
    fn a_contact_opens_it_again_also_when_the_servers_clock_was_corrected() {
        let corrected = SERVER.plus_seconds(-30 * 24 * HOUR);
        let over = lease().noted(wall(LEASE_SECONDS));
        assert!(over.state(wall(LEASE_SECONDS)).is_locked());
        let heard = Lease::heard(corrected, corrected.plus_seconds(LEASE_SECONDS), wall(LEASE_SECONDS));
        assert_eq!(heard.state(wall(LEASE_SECONDS)), LeaseState::Open(LEASE_SECONDS));
    }

    #[test]
    fn it_is_kept_as_text() {
        let text = serde_json::to_string(&lease()).unwrap();
        assert_eq!(serde_json::from_str::<Lease>(&text).unwrap(), lease());
    }
}
