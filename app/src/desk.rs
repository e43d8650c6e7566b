//! The desk behind the screen: joins the core's replica and index to the device, and tells the views what
//! changed. Views read from here and call its deeds; none of them waits for a network.

mod checking;
mod choosing;
mod counting;
mod deeds;
mod drafts;
mod erasing;
mod finding;
mod keeping;
mod leaving;
mod lock;
mod pictures;
mod preparing;
mod presence;
mod reading;
mod replies;
mod sending;
mod start;
mod sync_loop;
mod told;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use futures::channel::mpsc;
use qinda::answers::Index;
use qinda::model::{Micros, PictureId};
use qinda::sync::{Beat, Device, LeaseState, LivePage, Scope, SignedIn};
use qinda::wording::Checker;

use crate::local::clock::Clock;
use crate::local::confirmed::Confirmed;
use crate::local::outbox::{DraftOf, Held, Outbox};
use crate::local::pictures::Pictures;
use crate::local::prefs::Preferences;
use crate::local::prepared::Prepared;
use crate::local::vault::Keeper;
use crate::prelude::*;

pub(crate) use crate::local::vault::PinProblem;
pub(crate) use choosing::{Facts, fact, learned, question_of};
pub(crate) use counting::RulesProblem;
pub(crate) use deeds::{CannotKeep, FiguresProblem, SignInProblem};
pub(crate) use finding::{Found, FoundIn, Suggested};
pub(crate) use lock::Closed;
use lock::Waiting;
pub(crate) use pictures::{NoPicture, PictureRefusal, picture_of};
pub(crate) use reading::{Bubble, Delivery, InboxRow, Thread};
pub(crate) use replies::{KeptBy, NoSheet};
pub(crate) use sending::{Beside, Outgoing};
pub(crate) use start::provide_desk;
pub(crate) use told::Told;

/// What the screen shows as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Reading the device.
    Starting,
    /// Nobody is known on this device.
    SignIn,
    /// The member is known, and the device opens with a PIN.
    PinAsked,
    /// The desk.
    Ready,
}

/// How the desk stands with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// Not tried yet.
    Connecting,
    /// The last exchange went well.
    Online,
    /// Nothing answered.
    Offline,
    /// The sign-in has ended; what is queued waits for the next.
    SignedOut,
}

/// What the device's storage is short of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StorageTrouble {
    /// The browser keeps nothing here: a reload loses what is not sent.
    Refused,
    /// No room: conversations are no longer kept on the device.
    Full,
    /// So many things that were not sent could not be read any more.
    Unreadable(usize),
    /// Another page keeps this one waiting for the storage.
    Blocked,
    /// A newer desk in another tab took the storage: this page keeps nothing any more.
    LetGo,
    /// The browser took the storage away: this page keeps nothing until it is loaded again.
    Gone,
}

impl StorageTrouble {
    /// Whether only loading the page again helps.
    pub(crate) const fn needs_reload(self) -> bool {
        matches!(self, Self::LetGo | Self::Gone)
    }
}

/// The handle that every view has: `use_desk()`.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    inner: StoredValue<Rc<Inner>, LocalStorage>,
    stage: RwSignal<Stage>,
    link: RwSignal<Link>,
    session: RwSignal<Option<SignedIn>>,
    storage_trouble: RwSignal<Option<StorageTrouble>>,
    update_waits: RwSignal<bool>,
    /// The server's time, once a second.
    tick: RwSignal<Micros>,
    /// Counts changes of conversations and the outbox.
    inbox_version: RwSignal<u32>,
    /// Counts changes of articles, quick replies and members.
    knowledge_version: RwSignal<u32>,
    /// Entries still to come in the first sync; 0 when up to date.
    behind: RwSignal<u64>,
    preferences: RwSignal<Preferences>,
    presences: presence::Presences,
    /// Why customer data is not shown, if it is not.
    lapsed: RwSignal<Option<LeaseState>>,
}

/// What is not for views.
struct Inner {
    clock: Clock,
    /// Everything of the member at the desk; `None` before signing in.
    member: RefCell<Option<AtDesk>>,
    /// The member who has to give the PIN first.
    waiting: RefCell<Option<Rc<Waiting>>>,
    wake: mpsc::UnboundedSender<Wake>,
    waker: RefCell<Option<mpsc::UnboundedReceiver<Wake>>>,
    pages: sync_loop::Pages,
}

/// Why the sync loop should look.
#[derive(Debug)]
enum Wake {
    /// There may be something to send or to fetch.
    Look,
    /// Scopes moved on to these heads.
    Moved(BTreeMap<Scope, u64>),
    /// The live channel brought what a pull would.
    Page(Box<LivePage>),
    /// The live channel brought everything up to here.
    Beat(Beat),
    /// The live channel broke.
    Lost,
}

/// The desk of one member.
struct AtDesk {
    confirmed: Rc<Confirmed>,
    outbox: Rc<Outbox>,
    pictures: Rc<Pictures>,
    /// Holds the key to the three; none where the browser offers no keys.
    keeper: Option<Rc<Keeper>>,
    /// The pictures that the server refused, with its status.
    refused_pictures: BTreeMap<PictureId, u16>,
    /// The quick replies' pictures that are here, or were asked for in vain.
    settled_pictures: BTreeSet<PictureId>,
    /// Whether pictures are being fetched.
    fetching: Rc<Cell<bool>>,
    /// What this tab knows: confirmed state, outbox, cursors.
    device: Device,
    index: Index,
    index_ready: bool,
    /// What a later start shall not have to work out anew.
    prepared: Rc<Prepared>,
    /// How many articles changed since the index was kept there.
    unprepared: usize,
    /// Whether the index is being taught.
    learning: bool,
    /// Made when words are first checked, and again after a rule changed.
    checker: Option<Rc<Checker>>,
    drafts: BTreeMap<DraftOf, String>,
    /// Drafts whose newest text is not on disk yet; while one write is under way the next waits here.
    drafts_writing: Rc<Cell<bool>>,
    drafts_dirty: Vec<DraftOf>,
    /// The comparisons of what the device holds with the server.
    checks: checking::Checks,
    /// Half-written replies of which the other devices have not been told.
    untold: drafts::Untold,
}

/// The desk of this page.
pub(crate) fn use_desk() -> Desk {
    expect_context()
}

impl Desk {
    fn inner(&self) -> Rc<Inner> {
        self.inner.get_value()
    }

    /// Runs over the member's desk; `None` before signing in.
    fn with<T>(&self, read: impl FnOnce(&AtDesk) -> T) -> Option<T> {
        self.inner().member.borrow().as_ref().map(read)
    }

    fn change<T>(&self, change: impl FnOnce(&mut AtDesk) -> T) -> Option<T> {
        self.inner().member.borrow_mut().as_mut().map(change)
    }

    fn inbox_changed(&self) {
        self.inbox_version.update(|version| *version = version.wrapping_add(1));
    }

    fn knowledge_changed(&self) {
        self.knowledge_version.update(|version| *version = version.wrapping_add(1));
    }

    fn wake(&self) {
        // The loop lives as long as the page; where it does not, there is nobody to wake.
        let _ = self.inner().wake.unbounded_send(Wake::Look);
    }
}
