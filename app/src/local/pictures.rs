//! Pictures on the device, so that they show and can be sent without a network. There is room for so many; the
//! ones that were not looked at for longest make way, but never one that exists nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use qinda::model::{MemberId, PictureId};
use qinda::order;
use serde::{Deserialize, Serialize};

use super::idb::Database;
use super::random;
use super::seal::Seal;
use super::storage::{Entries, Sealing, Storage, StorageError, Write};

/// The largest picture, in bytes.
pub(crate) const PICTURE_BYTES_MAX: usize = 1024 * 1024;
/// How many bytes of pictures a device keeps.
pub(crate) const PICTURES_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How many pictures a device keeps.
const PICTURES_MAX: usize = 2_000;
/// A look within this time of the last one is not noted again.
const LOOK_NOTED_MILLIS: u64 = 60 * 60 * 1_000;
/// A picture that was chosen and then used in nothing is dropped after this time.
const UNUSED_MILLIS_MAX: u64 = 24 * 60 * 60 * 1_000;

const LIST: &str = "list";
const BYTES: &str = "bytes";

/// Why a picture cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PictureFault {
    /// No browser shows it.
    NotAPicture,
    /// It has too many bytes.
    TooLarge,
    /// A moving picture has too many bytes; made smaller it would stand still.
    MovingTooLarge,
    /// The device has no room beside what is not sent yet.
    NoRoom,
    /// The device's storage failed.
    Failed,
}

impl From<StorageError> for PictureFault {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Full => Self::NoRoom,
            StorageError::Failed(_) => Self::Failed,
        }
    }
}

/// What the device knows of a picture that it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    bytes: u64,
    /// When it was looked at, in milliseconds since 1970.
    used_at: u64,
    /// Whether the server lacks it.
    unsent: bool,
    /// The status with which the server refused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<u16>,
}

type List = BTreeMap<PictureId, Kept>;

/// The pictures of one member on this device.
pub(crate) struct Pictures {
    storage: Storage,
    bytes_max: u64,
}

impl Pictures {
    /// Opens this member's pictures, closed with the seal.
    pub(crate) async fn open(member: MemberId, seal: Option<Seal>) -> Self {
        Self::open_with(member, seal, PICTURES_BYTES_MAX).await
    }

    /// Opens this member's pictures with room for so many bytes.
    pub(super) async fn open_with(member: MemberId, seal: Option<Seal>, bytes_max: u64) -> Self {
        let sealing = seal.map(|seal| Sealing { seal, covers: |store, _| store == BYTES });
        Self { storage: Storage::open(&database_name(member), &[LIST, BYTES], sealing).await, bytes_max }
    }

    /// Closes what was kept before it could be closed, one picture at a time.
    pub(crate) async fn close_open_ones(&self) -> Result<(), StorageError> {
        for id in self.list().await.into_keys() {
            self.storage.close_open_one(BYTES, &id.to_string()).await?;
        }
        Ok(())
    }

    /// Deletes all that a member's device holds of pictures.
    pub(crate) async fn delete(member: MemberId) -> Result<(), StorageError> {
        Database::delete(&database_name(member)).await
    }

    /// Keeps a picture that exists nowhere else, and gives its id. When it returns, the picture is on disk.
    pub(crate) async fn add(&self, bytes: Vec<u8>) -> Result<PictureId, PictureFault> {
        self.keep(bytes, true).await
    }

    /// Keeps a picture that the server has.
    pub(crate) async fn add_fetched(&self, bytes: Vec<u8>) -> Result<PictureId, PictureFault> {
        self.keep(bytes, false).await
    }

    async fn keep(&self, bytes: Vec<u8>, unsent: bool) -> Result<PictureId, PictureFault> {
        if bytes.len() > PICTURE_BYTES_MAX {
            return Err(PictureFault::TooLarge);
        }
        if kind(&bytes).is_none() {
            return Err(PictureFault::NotAPicture);
        }
        let id = PictureId::of_bytes(&bytes);
        let kept = Kept { bytes: bytes.len() as u64, used_at: random::unix_ms(), unsent, refused: None };
        let room = self.bytes_max;
        let done = self.storage.transact(&[LIST], &[BYTES], |stores| {
            let list = list(&stores[0]);
            if list.contains_key(&id) {
                return (Vec::new(), Ok(id));
            }
            let Some(leaving) = leaving(&list, kept.bytes, room) else {
                return (Vec::new(), Err(PictureFault::NoRoom));
            };
            let mut writes: Vec<Write> = leaving.into_iter().flat_map(drop_writes).collect();
            writes.push(Write::PutBytes { store: BYTES, key: id.to_string(), bytes });
            writes.push(list_write(id, kept));
            (writes, Ok(id))
        });
        done.await?
    }

    /// A picture's bytes, if it is here.
    pub(crate) async fn get(&self, id: PictureId) -> Option<Vec<u8>> {
        let bytes = self.storage.bytes(BYTES, &id.to_string()).await.ok().flatten()?;
        let now = random::unix_ms();
        // Whether the look is noted or not, the picture is there.
        let _ = self
            .change(id, |kept| {
                let stale = now.saturating_sub(kept.used_at) > LOOK_NOTED_MILLIS;
                stale.then_some(Kept { used_at: now, ..kept })
            })
            .await;
        Some(bytes)
    }

    /// The pictures that are here, and whether there is room for one more of any size without another making way.
    pub(crate) async fn kept(&self) -> (BTreeSet<PictureId>, bool) {
        let list = self.list().await;
        let bytes: u64 = list.values().map(|kept| kept.bytes).sum();
        let room = list.len() < PICTURES_MAX && bytes + PICTURE_BYTES_MAX as u64 <= self.bytes_max;
        (list.into_keys().collect(), room)
    }

    /// Whether the server lacks a picture that is here.
    pub(crate) async fn is_unsent(&self, id: PictureId) -> bool {
        self.list().await.get(&id).is_some_and(|kept| kept.unsent)
    }

    /// The pictures that the server refused, with its status.
    pub(crate) async fn refused(&self) -> BTreeMap<PictureId, u16> {
        order::map_of(self.list().await.into_iter().filter_map(|(id, kept)| Some((id, kept.refused?))))
    }

    /// Notes that the server has a picture.
    pub(crate) async fn sent(&self, id: PictureId) -> Result<(), StorageError> {
        self.change(id, |kept| Some(Kept { unsent: false, refused: None, ..kept })).await
    }

    /// Notes that the server does not want a picture. It stays here: its words may go with another one.
    pub(crate) async fn was_refused(&self, id: PictureId, status: u16) -> Result<(), StorageError> {
        self.change(id, |kept| Some(Kept { refused: Some(status), ..kept })).await
    }

    /// Drops what was chosen long ago and is used in nothing.
    pub(crate) async fn drop_unused(&self, used: &BTreeSet<PictureId>) -> Result<(), StorageError> {
        let now = random::unix_ms();
        let old = |kept: &Kept| now.saturating_sub(kept.used_at) > UNUSED_MILLIS_MAX;
        self.drop_where(|id, kept| kept.unsent && old(kept) && !used.contains(&id)).await
    }

    /// Drops what the server has, but for these.
    pub(crate) async fn drop_but(&self, used: &BTreeSet<PictureId>) -> Result<(), StorageError> {
        self.drop_where(|id, kept| !kept.unsent && !used.contains(&id)).await
    }

    async fn drop_where(&self, leaves: impl Fn(PictureId, &Kept) -> bool) -> Result<(), StorageError> {
        let dropped = self.storage.transact(&[LIST], &[BYTES], |stores| {
            let leaving = list(&stores[0]).into_iter().filter(|(id, kept)| leaves(*id, kept));
            (leaving.flat_map(|(id, _)| drop_writes(id)).collect(), ())
        });
        dropped.await
    }

    async fn change(&self, id: PictureId, change: impl FnOnce(Kept) -> Option<Kept>) -> Result<(), StorageError> {
        let changed = self.storage.transact(&[LIST], &[], |stores| {
            let now = list(&stores[0]).get(&id).copied().and_then(change);
            (now.map(|kept| list_write(id, kept)).into_iter().collect(), ())
        });
        changed.await
    }

    async fn list(&self) -> List {
        let stores = self.storage.read(&[LIST]).await.unwrap_or_default();
        stores.first().map(list).unwrap_or_default()
    }

    /// Makes a picture's last look so much older; for tests.
    #[cfg(test)]
    pub(super) async fn age(&self, id: PictureId, millis: u64) {
        let aged = self.change(id, |kept| Some(Kept { used_at: kept.used_at - millis, ..kept }));
        aged.await.expect("storage works in tests");
    }
}

fn database_name(member: MemberId) -> String {
    format!("qinda-pictures-{member}")
}

fn list(entries: &Entries) -> List {
    order::map_of(entries.iter().filter_map(|(id, text)| Some((id.parse().ok()?, serde_json::from_str(text).ok()?))))
}

fn list_write(id: PictureId, kept: Kept) -> Write {
    Write::Put { store: LIST, key: id.to_string(), text: serde_json::to_string(&kept).unwrap_or_default() }
}

fn drop_writes(id: PictureId) -> [Write; 2] {
    [LIST, BYTES].map(|store| Write::Delete { store, key: id.to_string() })
}

/// Which pictures make way for so many more bytes, longest unseen first; `None` when what is unsent leaves no room.
fn leaving(list: &List, more: u64, room: u64) -> Option<Vec<PictureId>> {
    let mut bytes = list.values().map(|kept| kept.bytes).sum::<u64>() + more;
    let mut count = list.len() + 1;
    let mut may_leave: Vec<(u64, PictureId, u64)> =
        list.iter().filter(|(_, kept)| !kept.unsent).map(|(id, kept)| (kept.used_at, *id, kept.bytes)).collect();
    order::sort_by(&mut may_leave, Ord::cmp);
    let mut leaving = Vec::new();
    for (_, id, freed) in may_leave {
        if bytes <= room && count <= PICTURES_MAX {
            break;
        }
        bytes -= freed;
        count -= 1;
        leaving.push(id);
    }
    (bytes <= room && count <= PICTURES_MAX).then_some(leaving)
}

/// What kind of picture these bytes are; `None` when they are none that is shown.
pub(crate) fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some(GIF),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// The kind that may move.
pub(crate) const GIF: &str = "image/gif";

#[cfg(test)]
mod tests;
