//! Pictures: kept on the device before they count, uploaded before what names them, fetched before they are wanted.

use std::collections::BTreeSet;
use std::rc::Rc;

use qinda::model::{PictureId, QuickReplyFields};
use qinda::sync::{Action, Command};

use super::{AtDesk, Desk, Held, Link};
use crate::local::http::{self, Failure};
use crate::local::outbox::DraftOf;
use crate::local::pictures::{PictureFault, Pictures, kind};
use crate::prelude::*;

/// Why a picture cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPicture {
    /// It is not on the device, and nothing answers.
    NotFetched,
    /// The server has it no more.
    Gone,
}

/// Why the server did not take a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PictureRefusal {
    /// It has too many bytes.
    TooLarge,
    /// It is of no kind that the shop shows.
    Kind,
    /// The shop's pictures have no room left.
    ShopFull,
    /// Anything else.
    Other,
}

fn address(id: PictureId) -> String {
    format!("/api/pictures/{id}")
}

impl Desk {
    fn pictures(&self) -> Option<Rc<Pictures>> {
        self.with(|desk| Rc::clone(&desk.pictures))
    }

    /// Keeps a picture that the member chose. When it returns, the picture is on disk.
    pub(crate) async fn keep_picture(&self, bytes: Vec<u8>) -> Result<PictureId, PictureFault> {
        self.pictures().ok_or(PictureFault::Failed)?.add(bytes).await
    }

    /// A picture's bytes: the device's, else the server's, which are kept.
    pub(crate) async fn picture(&self, id: PictureId) -> Result<Vec<u8>, NoPicture> {
        let pictures = self.pictures().ok_or(NoPicture::NotFetched)?;
        if let Some(bytes) = pictures.get(id).await {
            return Ok(bytes);
        }
        let bytes = fetched(id).await.map_err(|failure| match failure {
            Failure::Refused(403 | 404 | 410, _) => NoPicture::Gone,
            _ => NoPicture::NotFetched,
        })?;
        // Without room for it, it is shown and fetched again another time.
        let _ = pictures.add_fetched(bytes.clone()).await;
        Ok(bytes)
    }

    /// Why the picture that a held command names was not taken, if that is what holds it.
    pub(crate) fn picture_refusal(&self, held: &Held) -> Option<PictureRefusal> {
        self.inbox_version.track();
        let id = picture_of(&held.command)?;
        let status = self.with(|desk| desk.refused_pictures.get(&id).copied()).flatten()?;
        Some(match status {
            413 => PictureRefusal::TooLarge,
            415 => PictureRefusal::Kind,
            507 => PictureRefusal::ShopFull,
            _ => PictureRefusal::Other,
        })
    }

    /// Hands the server the pictures that these commands name and it lacks. One that it refuses for good holds
    /// nothing up: its command goes, and comes back with its verdict.
    pub(super) async fn upload_pictures(&self, commands: &[Command]) -> Result<(), Failure> {
        let named: BTreeSet<PictureId> = commands.iter().filter_map(picture_of).collect();
        let Some(pictures) = self.pictures().filter(|_| !named.is_empty()) else { return Ok(()) };
        for id in named {
            if !pictures.is_unsent(id).await {
                continue;
            }
            let Some(bytes) = pictures.get(id).await else { continue };
            match http::put_bytes(&address(id), kind(&bytes).unwrap_or_default(), &bytes).await {
                Ok(()) => {
                    // A picture that is not noted as sent is sent again, and stands once.
                    let _ = pictures.sent(id).await;
                    self.change(|desk| desk.refused_pictures.remove(&id));
                }
                Err(Failure::Refused(status @ (400..=499 | 507), _)) => {
                    let _ = pictures.was_refused(id, status).await;
                    self.change(|desk| desk.refused_pictures.insert(id, status));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    /// Fetches the pictures of quick replies while the network is there, as far as the device has room.
    pub(super) async fn fetch_pictures(&self) {
        let Some((pictures, fetching)) = self.with(|desk| (Rc::clone(&desk.pictures), Rc::clone(&desk.fetching)))
        else {
            return;
        };
        let wanted = self.with(AtDesk::pictures_to_fetch).unwrap_or_default();
        if wanted.is_empty() || fetching.replace(true) {
            return;
        }
        let (mut settled, _) = pictures.kept().await;
        for id in wanted {
            if settled.contains(&id) {
                continue;
            }
            if !pictures.kept().await.1 {
                break;
            }
            match fetched(id).await {
                Ok(bytes) => {
                    let _ = pictures.add_fetched(bytes).await;
                }
                Err(Failure::Refused(..)) => {}
                Err(_) => break,
            }
            settled.insert(id);
        }
        self.change(|desk| desk.settled_pictures.extend(settled));
        fetching.set(false);
    }

    /// At the start: what the server refused before, and away with what was chosen and never used.
    pub(super) async fn look_through_pictures(&self) {
        let Some((pictures, used)) = self.with(|desk| (Rc::clone(&desk.pictures), desk.pictures_in_work())) else {
            return;
        };
        // What cannot be dropped now is dropped at another start.
        let _ = pictures.drop_unused(&used).await;
        let refused = pictures.refused().await;
        if !refused.is_empty() {
            self.change(|desk| desk.refused_pictures = refused);
            self.inbox_changed();
        }
    }

    /// Whether pictures that are missing could be fetched now.
    pub(crate) fn could_fetch(&self) -> bool {
        self.link() == Link::Online
    }
}

async fn fetched(id: PictureId) -> Result<Vec<u8>, Failure> {
    let bytes = http::get_bytes(&address(id)).await?;
    // Something in between may have answered in the server's place.
    if PictureId::of_bytes(&bytes) == id { Ok(bytes) } else { Err(Failure::Unreachable) }
}

/// The picture that an action names.
fn named_by(action: &Action) -> Option<PictureId> {
    match action {
        Action::SendMessage(args) => args.picture,
        Action::PutQuickReply(args) => args.fields.picture,
        _ => None,
    }
}

/// The picture that a command names.
pub(crate) fn picture_of(command: &Command) -> Option<PictureId> {
    // Most commands name none, and a look at the text is cheaper than reading it.
    if !command.args.get().contains("\"picture\"") {
        return None;
    }
    command.action().ok().as_ref().and_then(named_by)
}

impl AtDesk {
    /// The pictures of quick replies that nobody asked for yet since the start.
    fn pictures_to_fetch(&self) -> BTreeSet<PictureId> {
        let named = self.device.replica().quick_replies().filter_map(|reply| reply.fields.picture);
        named.filter(|id| !self.settled_pictures.contains(id)).collect()
    }

    /// Every picture that unsent work or a half-written text names.
    pub(super) fn pictures_in_work(&self) -> BTreeSet<PictureId> {
        let queued = self.device.queue().values().filter_map(picture_of);
        let held = self.device.held().iter().filter_map(|held| picture_of(&held.command));
        let begun = self.drafts.iter().filter_map(|(of, draft)| match of {
            DraftOf::Attachment(_) => draft.parse().ok(),
            DraftOf::QuickReply(_) => serde_json::from_str::<QuickReplyFields>(draft).ok()?.picture,
            _ => None,
        });
        queued.chain(held).chain(begun).collect()
    }
}
