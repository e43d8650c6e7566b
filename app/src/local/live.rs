//! The live channel: the server brings what is new, or tells the newest change of each scope, which wakes the sync loop,
//! and who looks at what.
//!
//! Of several tabs one listens to the server and tells the others, so that a browser holds one connection for each
//! member. When that tab is closed, frozen or silent, another one takes over.

mod parting;
mod source;
mod turn;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use qinda::sync::{Asked, Beat, Heads, LivePage, Presence, PullRequest};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, Document, MessageEvent};

pub(crate) use parting::tell_at_parting;
use source::Source;
use turn::Turn;

/// The server speaks every 10 seconds; after this long without a word the channel is taken for dead.
const SILENCE_MILLIS_MAX: u32 = 25_000;
const FREEZE: &str = "freeze";

/// What the channel tells.
pub(crate) enum Heard {
    /// What a pull would bring.
    Page(Box<LivePage>),
    /// There is nothing that was not brought, and pages come when there is.
    Beat(Beat),
    /// The newest changes.
    Heads(Heads),
    /// Who looks at a conversation.
    Presence(Presence),
    /// The channel broke or fell silent.
    Lost,
}

/// An open live channel; dropping it closes it.
pub(crate) struct Live {
    ear: Rc<Ear>,
    _on_told: Closure<dyn Fn(MessageEvent)>,
    on_freeze: Closure<dyn Fn()>,
}

/// What hears, be it the server or another tab.
struct Ear {
    listener: Box<dyn Fn(Heard)>,
    /// How far this device is.
    asks: Box<dyn Fn() -> Option<PullRequest>>,
    /// Whether the server was told so.
    has_asked: Cell<bool>,
    others: Option<BroadcastChannel>,
    turn: RefCell<Option<Turn>>,
    source: RefCell<Option<Source>>,
    watchdog: RefCell<Option<Timeout>>,
}

impl Live {
    /// Opens the channel under a name that the member's tabs share. With `take` this tab listens to the server even
    /// if another one said that it does. `asks` says how far this device is. `None` when the browser refuses.
    pub(crate) fn open(
        name: &str,
        take: bool,
        asks: impl Fn() -> Option<PullRequest> + 'static,
        listener: impl Fn(Heard) + 'static,
    ) -> Option<Self> {
        let ear = Rc::new(Ear {
            listener: Box::new(listener),
            asks: Box::new(asks),
            has_asked: Cell::new(false),
            others: BroadcastChannel::new(name).ok(),
            turn: RefCell::default(),
            source: RefCell::default(),
            watchdog: RefCell::default(),
        });
        ear.watch();
        let on_told = {
            let ear = Rc::downgrade(&ear);
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                if let (Some(ear), Some(text)) = (ear.upgrade(), event.data().as_string()) {
                    ear.hear(&text);
                }
            })
        };
        if let Some(others) = &ear.others {
            others.set_onmessage(Some(on_told.as_ref().unchecked_ref()));
        }
        let turn = ear
            .others
            .as_ref()
            .and_then(|_| Turn::wait(name, take, with(&ear, Ear::listen), with(&ear, |ear| ear.lose())));
        if turn.is_none() {
            // A browser without locks: each tab listens for itself.
            ear.listen();
        }
        ear.turn.replace(turn);
        let on_freeze = Closure::<dyn Fn()>::new(with(&ear, |ear| ear.lose()));
        document()?.add_event_listener_with_callback(FREEZE, on_freeze.as_ref().unchecked_ref()).ok()?;
        Some(Self { ear, _on_told: on_told, on_freeze })
    }

    /// Whether the server, if this tab listens to it, knows how far the device is.
    pub(crate) fn has_asked(&self) -> bool {
        self.relies_on_another_tab() || self.ear.has_asked.get()
    }

    /// Tells the server anew how far the device is, if this tab listens to it.
    pub(crate) fn ask_anew(&self) {
        if !self.relies_on_another_tab() {
            self.ear.listen();
        }
    }

    /// Whether another tab listens to the server for this one.
    pub(crate) fn relies_on_another_tab(&self) -> bool {
        self.ear.source.borrow().is_none()
    }
}

impl Ear {
    /// Listens to the server and tells the other tabs.
    fn listen(self: &Rc<Self>) {
        let told = Rc::downgrade(self);
        let tell = move |text: String| {
            let Some(ear) = told.upgrade() else { return };
            if let Some(others) = &ear.others {
                let _ = others.post_message(&text.as_str().into());
            }
            ear.hear(&text);
        };
        // A device with a gap gets no pages; it asks anew once it has everything.
        let asks = (self.asks)().filter(|request| Asked::of(request).is_some());
        self.has_asked.set(asks.is_some());
        let source = Source::open(asks.as_ref(), tell, with(self, |ear| (ear.listener)(Heard::Lost)));
        self.source.replace(source);
    }

    fn hear(self: &Rc<Self>, text: &str) {
        self.watch();
        if let Ok(page) = serde_json::from_str::<LivePage>(text) {
            (self.listener)(Heard::Page(Box::new(page)));
        } else if let Ok(beat @ Beat { pages: true, .. }) = serde_json::from_str(text) {
            (self.listener)(Heard::Beat(beat));
        } else if let Ok(heads) = serde_json::from_str(text) {
            (self.listener)(Heard::Heads(heads));
        } else if let Ok(presence) = serde_json::from_str(text) {
            (self.listener)(Heard::Presence(presence));
        }
    }

    /// Stops listening, so that another tab can.
    fn lose(&self) {
        self.source.take();
        self.turn.take();
        (self.listener)(Heard::Lost);
    }

    fn watch(self: &Rc<Self>) {
        let silent = with(self, |ear| (ear.listener)(Heard::Lost));
        self.watchdog.replace(Some(Timeout::new(SILENCE_MILLIS_MAX, silent)));
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if let Some(others) = &self.ear.others {
            others.close();
        }
        if let Some(document) = document() {
            let _ = document.remove_event_listener_with_callback(FREEZE, self.on_freeze.as_ref().unchecked_ref());
        }
    }
}

/// Does something with the ear while it is there; whoever may call keeps it no longer alive.
fn with(ear: &Rc<Ear>, act: impl Fn(&Rc<Ear>) + 'static) -> impl Fn() + 'static {
    let ear = Rc::downgrade(ear);
    move || {
        if let Some(ear) = ear.upgrade() {
            act(&ear);
        }
    }
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}
