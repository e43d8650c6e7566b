//! Where the files of the site come from.

use axum::body::Bytes;
use leptos::config::LeptosOptions;
use rust_embed::RustEmbed;

/// What `make site` leaves. In release builds it is inside the binary.
#[derive(RustEmbed)]
#[folder = "../target/site"]
struct Site;

/// The files of the built site by name. In debug builds, what was not built comes from its source.
pub(super) fn built() -> Vec<(String, Bytes)> {
    let site = Site::iter().filter_map(|name| Some((name.to_string(), bytes(Site::get(&name)?))));
    sources::files().into_iter().chain(site).collect()
}

fn bytes(file: rust_embed::EmbeddedFile) -> Bytes {
    match file.data {
        std::borrow::Cow::Borrowed(data) => Bytes::from_static(data),
        std::borrow::Cow::Owned(data) => Bytes::from(data),
    }
}

#[cfg(not(debug_assertions))]
mod sources {
    use axum::body::Bytes;

    pub(super) fn files() -> Vec<(String, Bytes)> {
        Vec::new()
    }
}

#[cfg(debug_assertions)]
mod sources {
    use axum::body::Bytes;
    use rust_embed::RustEmbed;

    #[derive(RustEmbed)]
    #[folder = "../public"]
    struct Public;

    /// The one style sheet that is read as it was written.
    const VISITOR: &str = "visitor.css";

    #[derive(RustEmbed)]
    #[folder = "../style"]
    struct Style;

    /// The files that are served as they were written, in the places where the build puts them.
    pub(super) fn files() -> Vec<(String, Bytes)> {
        let public = Public::iter().filter_map(|name| Some((place(&name), super::bytes(Public::get(&name)?))));
        let style = Style::get(VISITOR).map(|file| (place(VISITOR), super::bytes(file)));
        public.chain(style).collect()
    }

    fn place(name: &str) -> String {
        let beside_the_module = name != "sw.js" && (name.ends_with(".js") || name.ends_with(".css"));
        if beside_the_module { format!("pkg/{name}") } else { name.to_owned() }
    }
}

/// The options that `cargo leptos watch` hands over, when this server was built for it.
pub(super) fn watched() -> Option<LeptosOptions> {
    if !cfg!(feature = "watch") {
        return None;
    }
    match leptos::config::get_configuration(None) {
        Ok(config) => Some(config.leptos_options),
        Err(error) => {
            tracing::warn!(%error, "no options from cargo leptos; the site that was built is served");
            None
        }
    }
}

/// Reads a file as cargo-leptos laid it out: it copies `public/` into the root of the site, and it builds only one
/// style sheet, so the other comes from its source.
pub(super) fn read(options: &LeptosOptions, name: &str) -> Option<Bytes> {
    let is_plain = name.split('/').all(|part| !part.is_empty() && part != ".." && !part.contains('\\'));
    if !is_plain {
        return None;
    }
    let root = std::path::Path::new(options.site_root.as_ref());
    let file = name.strip_prefix("pkg/").unwrap_or(name);
    let places = [root.join(name), root.join(file), std::path::Path::new("style").join(file)];
    places.into_iter().find_map(|place| std::fs::read(place).ok()).map(Bytes::from)
}
