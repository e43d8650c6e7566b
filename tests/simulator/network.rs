//! The network: frames as the bytes that travel, in any order.

use std::collections::BTreeMap;

use super::server::{Exchange, Pushed};

/// A frame.
#[derive(Debug, Clone)]
pub enum Body {
    /// `POST /sync/push`.
    Push(String),
    /// `POST /sync/pull`.
    Pull(String),
    /// `POST /sync/check`.
    Check(String),
    /// What a push was answered.
    Pushed(Pushed),
    /// What a pull was answered.
    Pulled(String),
    /// What a check was answered.
    Checked(String),
    /// A page of the live channel.
    Unasked(String),
}

impl Body {
    const fn goes_up(&self) -> bool {
        matches!(self, Self::Push(_) | Self::Pull(_) | Self::Check(_))
    }
}

/// A frame on its way.
#[derive(Debug, Clone)]
pub struct Packet {
    /// The browser profile that it comes from or goes to.
    pub profile: usize,
    /// The exchange it belongs to.
    pub exchange: Exchange,
    /// The frame.
    pub body: Body,
}

impl Packet {
    /// The same with damaged commands, if it brings any. The text stays JSON; only the hash can tell.
    pub fn damaged(mut self) -> Self {
        if let Body::Push(text) = &mut self.body {
            *text = text.replace("在的", "在地").replace("三天", "二天").replace("几天", "儿天");
        }
        self
    }
}

/// Everything under way.
#[derive(Debug, Default)]
pub struct Network {
    packets: Vec<Packet>,
    /// Whose each exchange is.
    pub routes: BTreeMap<Exchange, usize>,
}

impl Network {
    /// Sends a frame.
    pub fn send(&mut self, packet: Packet) {
        self.packets.push(packet);
    }

    /// Takes any frame off whose way is not cut.
    pub fn take(&mut self, pick: u64, cut: impl Fn(usize, bool) -> bool) -> Option<Packet> {
        let free = |packet: &Packet| !cut(packet.profile, packet.body.goes_up());
        let places: Vec<usize> = (0..self.packets.len()).filter(|place| free(&self.packets[*place])).collect();
        let place = places.get((pick % places.len().max(1) as u64) as usize)?;
        Some(self.packets.remove(*place))
    }

    /// Takes the next frame of an exchange, if its way is not cut.
    pub fn take_of(&mut self, exchange: Exchange, cut: [bool; 2]) -> Option<Packet> {
        let fits = |packet: &Packet| packet.exchange == exchange && !cut[usize::from(packet.body.goes_up())];
        let place = self.packets.iter().position(fits)?;
        Some(self.packets.remove(place))
    }

    /// Takes everything off, in the order in which it was sent.
    pub fn take_all(&mut self) -> Vec<Packet> {
        std::mem::take(&mut self.packets)
    }

    /// Every connection breaks.
    pub fn clear(&mut self) {
        self.packets.clear();
    }
}
