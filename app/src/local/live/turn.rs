//! Whose turn it is among the tabs of one browser: a Web Lock, which the browser takes back from a tab that is gone.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use leptos::task::spawn_local;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

/// A place in the queue, or the turn itself; dropping it passes the turn on.
pub(super) struct Turn {
    state: Rc<State>,
    waiting: Option<AbortController>,
}

#[derive(Default)]
struct State {
    is_over: Cell<bool>,
    /// Ends the turn; there is one as long as it lasts.
    end: RefCell<Option<Function>>,
}

impl Turn {
    /// Waits for the turn, or takes it from a tab that holds it and says nothing. `came` is called when it is this
    /// tab's, `went` when another tab took it. `None` when the browser knows no locks.
    pub(super) fn wait(name: &str, take: bool, came: impl Fn() + 'static, went: impl Fn() + 'static) -> Option<Self> {
        let navigator = web_sys::window()?.navigator();
        let locks = Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)?;
        let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
        // A turn that is taken is had at once: there is no wait to give up.
        let waiting = if take { None } else { Some(AbortController::new().ok()?) };
        let options = Object::new();
        match &waiting {
            Some(waiting) => Reflect::set(&options, &"signal".into(), &waiting.signal()).ok()?,
            None => Reflect::set(&options, &"steal".into(), &true.into()).ok()?,
        };
        let state = Rc::new(State::default());
        let granted = {
            let state = Rc::clone(&state);
            Closure::<dyn FnMut() -> Promise>::new(move || state.begin(&came))
        };
        let asked = request.call3(&locks, &name.into(), &options, granted.as_ref()).ok()?;
        let settled = JsFuture::from(asked.dyn_into::<Promise>().ok()?);
        let watched = Rc::clone(&state);
        spawn_local(async move {
            let ended = settled.await;
            drop(granted);
            if ended.is_err() && !watched.is_over.get() {
                went();
            }
        });
        Some(Self { state, waiting })
    }
}

impl State {
    /// The turn lasts until the promise is kept.
    fn begin(&self, came: &impl Fn()) -> Promise {
        if self.is_over.get() {
            return Promise::resolve(&JsValue::UNDEFINED);
        }
        let lasts = Promise::new(&mut |resolve, _| {
            self.end.replace(Some(resolve));
        });
        came();
        lasts
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.state.is_over.set(true);
        if let Some(end) = self.state.end.take() {
            let _ = end.call0(&JsValue::UNDEFINED);
        } else if let Some(waiting) = &self.waiting {
            waiting.abort();
        }
    }
}
