//! The built site: the desk's WebAssembly and everything that lies beside it, under one version.
//!
//! The version is a hash over every file, so an address that carries it never changes its bytes, and a changed file
//! changes every address. Release builds carry the files inside, debug builds read them from the disk at boot, and
//! under `cargo leptos watch` they are read at each request.

mod files;
mod precache;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use leptos::config::LeptosOptions;
use qinda_app::shell::ShellBuild;
use sha2::{Digest, Sha256};

/// How many bytes of the hash stand in addresses.
const VERSION_BYTES: usize = 8;
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// For files whose address stays the same: look whether they changed.
const REVALIDATE: &str = "no-cache";
/// For pictures, which seldom change.
const A_DAY: &str = "public, max-age=86400";
/// What the desk cannot start without.
const NEEDED: [&str; 3] = ["pkg/qinda.js", "pkg/qinda.css", "pkg/desk.js"];
/// What the WebAssembly is called by our own build and by cargo-leptos.
const WASM: [&str; 2] = ["pkg/qinda_bg.wasm", "pkg/qinda.wasm"];

/// A file of the site, with the forms it can be sent in.
#[derive(Debug, Clone, Default)]
struct Asset {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

/// The built site.
#[derive(Debug)]
pub struct Assets {
    version: String,
    files: BTreeMap<String, Asset>,
    watch: Option<LeptosOptions>,
}

impl Assets {
    /// The site that was built with this server.
    #[must_use]
    pub fn load() -> Self {
        match files::watched() {
            Some(options) => Self { version: "dev".to_owned(), files: BTreeMap::new(), watch: Some(options) },
            None => Self::of(files::built()),
        }
    }

    /// A site of these files by name; `.br` and `.gz` beside a file are its compressed forms.
    pub fn of(files: impl IntoIterator<Item = (String, Bytes)>) -> Self {
        let mut assets: BTreeMap<String, Asset> = BTreeMap::new();
        for (name, bytes) in files {
            if let Some(plain) = name.strip_suffix(".br") {
                assets.entry(plain.to_owned()).or_default().brotli = Some(bytes);
            } else if let Some(plain) = name.strip_suffix(".gz") {
                assets.entry(plain.to_owned()).or_default().gzip = Some(bytes);
            } else {
                assets.entry(name).or_default().plain = bytes;
            }
        }
        Self { version: version(&assets), files: assets, watch: None }
    }

    /// The folder of the built files in addresses.
    #[must_use]
    pub fn pkg(&self) -> String {
        format!("/pkg/{}", self.version)
    }

    /// What the shell needs to know, unless the desk was not built.
    #[must_use]
    pub fn shell_build(&self) -> Option<ShellBuild> {
        let wasm = WASM.into_iter().find(|name| self.file(name).is_some())?;
        NEEDED.iter().all(|name| self.file(name).is_some()).then(|| ShellBuild {
            version: self.version.clone(),
            wasm: wasm.trim_start_matches("pkg/").to_owned(),
            watch: self.watch.clone(),
        })
    }

    /// Whether the files may change at any moment, so that nothing of them is kept.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.watch.is_some()
    }

    fn file(&self, name: &str) -> Option<Asset> {
        match &self.watch {
            Some(options) => files::read(options, name).map(|plain| Asset { plain, ..Asset::default() }),
            None => self.files.get(name).cloned(),
        }
    }

    fn answer(&self, name: &str, caching: &'static str, headers: &HeaderMap) -> Response {
        match self.file(name) {
            Some(asset) => asset.answer(name, caching, headers),
            None => (StatusCode::NOT_FOUND, "There is no such file in this build of Qinda.\n").into_response(),
        }
    }
}

impl Asset {
    fn answer(self, name: &str, caching: &'static str, headers: &HeaderMap) -> Response {
        let compressed = match (self.brotli, self.gzip) {
            (Some(bytes), _) if accepts(headers, "br") => Some(("br", bytes)),
            (_, Some(bytes)) if accepts(headers, "gzip") => Some(("gzip", bytes)),
            _ => None,
        };
        let (encoding, bytes) = compressed.map_or((None, self.plain), |(encoding, bytes)| (Some(encoding), bytes));
        let mut response = (file_headers(name, caching), bytes).into_response();
        if let Some(encoding) = encoding {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
}

fn file_headers(name: &str, caching: &'static str) -> [(HeaderName, &'static str); 2] {
    [(CONTENT_TYPE, media_type(name)), (CACHE_CONTROL, caching)]
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|list| list.split(',')).any(|entry| {
        let (name, quality) = entry.split_once(';').unwrap_or((entry, ""));
        name.trim() == encoding && !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn version(files: &BTreeMap<String, Asset>) -> String {
    let mut hasher = Sha256::new();
    for (name, asset) in files {
        for part in [name.as_bytes(), &asset.plain] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    hasher.finalize()[..VERSION_BYTES].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The addresses of the built files.
pub fn routes<S: Clone + Send + Sync + 'static>(assets: Arc<Assets>) -> Router<S> {
    Router::new()
        .route("/pkg/{version}/{file}", get(built_file))
        .route("/sw.js", get(service_worker))
        .route("/manifest.webmanifest", get(manifest))
        .route("/favicon.ico", get(favicon))
        .route("/icons/{file}", get(icon))
        .route("/starter.json", get(starter))
        .with_state(assets)
}

async fn built_file(
    State(assets): State<Arc<Assets>>,
    Path((version, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if version != assets.version {
        let told = "This file belongs to another version of Qinda. Reload the page to get the present one.\n";
        return (StatusCode::NOT_FOUND, told).into_response();
    }
    let caching = if assets.is_watched() { REVALIDATE } else { IMMUTABLE };
    assets.answer(&format!("pkg/{file}"), caching, &headers)
}

async fn service_worker(State(assets): State<Arc<Assets>>) -> Response {
    (file_headers("sw.js", REVALIDATE), assets.service_worker()).into_response()
}

async fn manifest(State(assets): State<Arc<Assets>>, headers: HeaderMap) -> Response {
    assets.answer("manifest.webmanifest", REVALIDATE, &headers)
}

async fn favicon(State(assets): State<Arc<Assets>>, headers: HeaderMap) -> Response {
    assets.answer("favicon.ico", A_DAY, &headers)
}

/// Ready-made articles. They are asked for once, when a shop begins, so no device keeps them beforehand.
async fn starter(State(assets): State<Arc<Assets>>, headers: HeaderMap) -> Response {
    assets.answer("starter.json", REVALIDATE, &headers)
}

async fn icon(State(assets): State<Arc<Assets>>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    assets.answer(&format!("icons/{file}"), A_DAY, &headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(script: &'static str) -> Assets {
        Assets::of([
            ("pkg/qinda.js".to_owned(), Bytes::from_static(script.as_bytes())),
            ("pkg/qinda.js.br".to_owned(), Bytes::from_static(b"brotli")),
            ("pkg/qinda.js.gz".to_owned(), Bytes::from_static(b"gzip")),
        ])
    }

    fn asking(encodings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(encodings))])
    }

    #[test]
    fn the_version_follows_the_bytes() {
        assert_eq!(site("a").version, site("a").version);
        assert_ne!(site("a").version, site("b").version);
    }

    #[test]
    fn the_smallest_accepted_form_is_sent() {
        let encoding = |asked| {
            let response = site("a").answer("pkg/qinda.js", IMMUTABLE, &asking(asked));
            response.headers().get(CONTENT_ENCODING).map(|value| value.to_str().unwrap_or_default().to_owned())
        };
        assert_eq!(encoding("gzip, deflate, br").as_deref(), Some("br"));
        assert_eq!(encoding("gzip;q=0.8, br;q=0").as_deref(), Some("gzip"));
        assert_eq!(encoding("identity"), None);
    }

    #[test]
    fn a_desk_that_was_not_built_is_known() {
        assert!(site("a").shell_build().is_none());
    }
}
