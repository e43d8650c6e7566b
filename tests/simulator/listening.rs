//! The live channel: how far a device is, told when it is opened, and pages that come unasked.

use qinda::sync::LivePage;

use super::network::Body;
use super::profile::Phase;
use super::rules::{Broken, Holds, Promise, holds};
use super::world::World;

impl World {
    /// Tells those who listen what is new.
    pub(super) fn tell(&mut self) {
        for profile in 0..self.profiles.len() {
            let member = self.profiles[profile].actor.member;
            if let Some(page) = self.server.tell(profile, member) {
                self.trace.note(|| format!("  {profile} is told of {:?}", page.heads()));
                self.send(profile, Body::Unasked(serde_json::to_string(&page).unwrap_or_default()));
            }
        }
    }

    /// Opens the live channel, which tells how far this tab is. Its pages are for every tab.
    pub(super) fn listen(&mut self, profile: usize, tab: usize) {
        if !self.profiles[profile].is_old {
            let request = self.tab(profile, tab).device.pull_request();
            self.server.listen(profile, &request);
        }
    }

    /// Looks at the pages that came unasked, between two exchanges; says whether one is taken.
    pub(super) fn hear_unasked(&mut self, profile: usize, tab: usize) -> Holds<bool> {
        while let Some(text) = self.tab(profile, tab).unasked.pop_front() {
            let page: LivePage = match serde_json::from_str(&text) {
                Ok(page) => page,
                Err(error) => {
                    return holds(Promise::Sound, false, || format!("a page does not read: {error}")).map(|()| false);
                }
            };
            if self.broken != Broken::OtherTabsForgotten && self.look(profile, tab) {
                self.check_tab(profile, tab)?;
            }
            let device = &self.profiles[profile].tabs[tab].device;
            let request = match self.broken {
                Broken::UnaskedPagesTaken => {
                    (page.asked.epoch == device.epoch()).then(|| page.asked.request(device.counter().device))
                }
                _ => device.hear_unasked(&page),
            };
            self.trace.note(|| format!("  tab {tab} of {profile} hears of {:?}: {}", page.heads(), request.is_some()));
            if let Some(request) = request {
                self.heard_unasked += 1;
                self.tab(profile, tab).phase = Phase::Holds(request, Box::new(page.answer));
                return Ok(true);
            }
        }
        Ok(false)
    }
}
