//! The service worker, finished: only the server knows the version and the list of files.

use super::Assets;

/// Files of the shopper's page; the desk has no use for them.
const NOT_OF_THE_DESK: [&str; 3] = ["pkg/visitor.js", "pkg/visitor.css", "pkg/embed.js"];

/// Served while the files change at every save: a worker kept from a built server would hide the changes.
const NO_WORKER: &str = "\
self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', event => event.waitUntil(leave()))
async function leave() {
  for (const name of await caches.keys()) if (name.startsWith('qinda-desk-')) await caches.delete(name)
  await self.registration.unregister()
}
";

impl Assets {
    /// Every address, besides the shell's, that the desk needs to start without a network.
    #[must_use]
    pub fn precache(&self) -> Vec<String> {
        let wanted = |name: &str| {
            let of_the_desk = name.starts_with("pkg/") && !NOT_OF_THE_DESK.contains(&name);
            of_the_desk || name.starts_with("icons/") || matches!(name, "manifest.webmanifest" | "favicon.ico")
        };
        let names = self.files.keys().filter(|name| wanted(name));
        names
            .map(|name| match name.strip_prefix("pkg/") {
                Some(file) => format!("{}/{file}", self.pkg()),
                None => format!("/{name}"),
            })
            .collect()
    }

    pub(super) fn service_worker(&self) -> String {
        if self.is_watched() {
            return NO_WORKER.to_owned();
        }
        let source = self.file("sw.js").map(|asset| asset.plain).unwrap_or_default();
        let files = serde_json::Value::from(self.precache());
        String::from_utf8_lossy(&source)
            .replace("'{{version}}'", &format!("'{}'", self.version))
            .replace("['{{files}}']", &files.to_string())
    }
}
