//! The desk's shell. The same bytes for every address under `/desk` and for everybody.

use std::sync::Arc;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use qinda_app::shell::{ShellBuild, shell};
use tokio::sync::OnceCell;

use super::assets::Assets;
use super::render;

/// The most bytes that the shell may have.
const SHELL_BYTES_MAX: usize = 64 * 1024;
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
    connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Under `cargo leptos watch` a script in the page listens for changes and puts new styles in place.
const POLICY_WATCHED: &str = "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' data: blob: ws:";
const NOT_BUILT: &str = "\
<!DOCTYPE html>
<html lang=\"zh-CN\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>亲答 Qinda</title>
<p>工作台还没有构建。请在项目目录运行 <code>make build</code>，再重新启动服务。</p>
<p lang=\"en\">The desk is not built yet. Run <code>make build</code> in the project's folder, then start the server again.</p>
</html>
";

#[derive(Clone)]
struct Pages {
    assets: Arc<Assets>,
    shell: Arc<OnceCell<Bytes>>,
}

/// The addresses of the desk.
pub fn routes<S: Clone + Send + Sync + 'static>(assets: Arc<Assets>) -> Router<S> {
    Router::new()
        .route("/", get(async || Redirect::to("/desk")))
        .route("/desk", get(desk))
        .route("/desk/", get(desk))
        .route("/desk/{*rest}", get(desk))
        .with_state(Pages { assets, shell: Arc::default() })
}

async fn desk(State(pages): State<Pages>) -> Response {
    let Some(build) = pages.assets.shell_build() else {
        return (StatusCode::SERVICE_UNAVAILABLE, page_headers(POLICY), NOT_BUILT).into_response();
    };
    if pages.assets.is_watched() {
        return (page_headers(POLICY_WATCHED), rendered(build).await).into_response();
    }
    let bytes = pages.shell.get_or_init(|| rendered(build)).await.clone();
    (page_headers(POLICY), bytes).into_response()
}

fn page_headers(policy: &'static str) -> [(HeaderName, &'static str); 3] {
    [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-cache"), (CONTENT_SECURITY_POLICY, policy)]
}

async fn rendered(build: ShellBuild) -> Bytes {
    let response = render::document(move || shell(build)).await;
    to_bytes(response.into_body(), SHELL_BYTES_MAX).await.expect("the shell is small and made here")
}
