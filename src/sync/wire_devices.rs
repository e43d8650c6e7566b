//! The devices of a member, or of the shop: `GET /api/devices`, and `POST /api/devices/{id}/cut-off`.

use serde::{Deserialize, Serialize};

use crate::model::{DeviceId, DeviceKind, MemberCard, MemberId, Micros};

/// The code of the refusal that a device gets once it was cut off, whatever it asks: it has to wipe everything of its
/// member, work that was not sent too.
pub const CUT_OFF: &str = "cut_off";

/// A device as people see it in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceCard {
    /// The device.
    pub id: DeviceId,
    /// Whose it is.
    pub member: MemberId,
    /// What it is.
    #[serde(default)]
    pub kind: DeviceKind,
    /// When the server first heard of it.
    pub first_at: Micros,
    /// When the server last heard of it, to a minute; older servers did not note it.
    pub last_at: Option<Micros>,
    /// Whether somebody is signed in there.
    pub signed_in: bool,
    /// Whether and how it was cut off.
    pub cut_off: Option<CutOff>,
}

/// How a device was cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutOff {
    /// When.
    pub at: Micros,
    /// By whom; nobody is named when the account was closed.
    pub by: Option<MemberId>,
    /// When the device came to the server and was told to wipe; `None` while it did not come.
    pub told_at: Option<Micros>,
}

/// The devices, those that the server heard of last first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevicesAnswer {
    /// The server's clock.
    pub at: Micros,
    /// The device that asks, if the server knows it.
    pub here: Option<DeviceId>,
    /// The devices.
    pub devices: Vec<DeviceCard>,
    /// The members named in them.
    pub members: Vec<MemberCard>,
    /// Whether there are older ones that are not listed.
    pub more: bool,
}
