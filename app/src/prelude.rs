//! What every file of the desk takes from Leptos, with light forms of the parts that it uses a hundred times.
//!
//! Leptos compiles its parts anew for every closure that they are given. Here a closure is boxed first, so that each
//! part is compiled once for every type of value: the desk is much smaller to load.

pub(crate) use leptos::prelude::*;

/// A value that follows what it reads.
pub(crate) fn memo<T: PartialEq + Send + Sync + 'static>(read: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    boxed_memo(Box::new(read))
}

fn boxed_memo<T: PartialEq + Send + Sync + 'static>(read: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
    Memo::new(move |_| read())
}

/// Does something now, and again whenever what it reads changes.
pub(crate) fn effect(deed: impl FnMut() + 'static) {
    boxed_effect(Box::new(deed));
}

fn boxed_effect(mut deed: Box<dyn FnMut()>) {
    Effect::new(move |_| deed());
}

/// A condition of [`Show`].
pub(crate) struct Condition(Box<dyn Fn() -> bool + Send + Sync>);

impl<F: Fn() -> bool + Send + Sync + 'static> From<F> for Condition {
    fn from(holds: F) -> Self {
        Self(Box::new(holds))
    }
}

/// Shows its children while a condition holds.
#[component]
pub(crate) fn Show(
    /// What is shown.
    children: ChildrenFn,
    /// When it is.
    #[prop(into)]
    when: Condition,
    /// What stands there otherwise.
    #[prop(optional, into)]
    fallback: ViewFn,
) -> impl IntoView {
    let holds = ArcMemo::new(move |_| when.0());
    move || if holds.get() { children() } else { fallback.run() }
}

/// What handles an event.
pub(crate) type Handler<E> = Box<dyn FnMut(E)>;

/// Handles an event.
pub(crate) fn handler<E: 'static>(handle: impl FnMut(E) + 'static) -> Handler<E> {
    Box::new(handle)
}

/// Takes what was written in a field.
pub(crate) fn written(mut take: impl FnMut(String) + 'static) -> Handler<web_sys::Event> {
    Box::new(move |event| take(event_target_value(&event)))
}

/// Takes whether a box was ticked.
pub(crate) fn ticked(mut take: impl FnMut(bool) + 'static) -> Handler<web_sys::Event> {
    Box::new(move |event| take(event_target_checked(&event)))
}
