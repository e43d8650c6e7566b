//! Rendering documents that nothing hydrates.

use std::pin::Pin;

use axum::http::Request;
use axum::response::Response;
use futures::Stream;
use futures::future::ready;
use futures::stream::once;
use leptos::prelude::IntoView;

type Pieces = Pin<Box<dyn Stream<Item = String> + Send>>;

/// Renders a document as it is: without the scripts in it that would hand data over to a client which hydrates.
pub async fn document<V: IntoView + 'static>(view: impl FnOnce() -> V + Send + 'static) -> Response {
    // Rendering needs to know how to spawn; another part of this process may have told it already.
    let _ = any_spawner::Executor::init_tokio();
    leptos_axum::handle_response_inner(
        || {},
        view,
        Request::default(),
        |view, _scripts, _out_of_order| Box::pin(ready(Box::pin(once(ready(view.to_html()))) as Pieces)),
    )
    .await
}
