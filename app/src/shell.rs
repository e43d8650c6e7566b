//! The shell of the desk: one static page for every address under `/desk`, the same bytes for everybody. It holds
//! no data of a member or a shop, so the service worker may keep it and serve it without a network.

use leptos::config::LeptosOptions;
use leptos::hydration::AutoReload;
use leptos::prelude::*;

/// What differs between builds, never between visitors.
#[derive(Debug, Clone)]
pub struct ShellBuild {
    /// The version of the built files, as it stands in their addresses.
    pub version: String,
    /// The name of the WebAssembly file.
    pub wasm: String,
    /// Under `cargo leptos watch`: its options, so that the page reloads by itself.
    pub watch: Option<LeptosOptions>,
}

impl ShellBuild {
    /// The folder of the built files.
    #[must_use]
    pub fn pkg(&self) -> String {
        format!("/pkg/{}", self.version)
    }

    /// What the boot file and the service worker read: which build it is, or that it is being worked on.
    fn mark(&self) -> String {
        if self.watch.is_some() { "watch".to_owned() } else { self.version.clone() }
    }
}

/// The document. The desk mounts into its body and removes `#qinda-loading`.
#[must_use]
pub fn shell(build: ShellBuild) -> impl IntoView {
    let pkg = build.pkg();
    let mark = build.mark();
    let reload = build.watch.map(|options| view! { <AutoReload options/> });
    view! {
        <!DOCTYPE html>
        <html lang="zh-CN">
            <head>
                <meta charset="utf-8"/>
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" content="#f7f8f7" media="(prefers-color-scheme: light)"/>
                <meta name="theme-color" content="#141716" media="(prefers-color-scheme: dark)"/>
                <meta name="qinda-build" content=mark/>
                <title>"亲答 Qinda"</title>
                <link rel="stylesheet" href=format!("{pkg}/qinda.css")/>
                <link rel="modulepreload" href=format!("{pkg}/qinda.js")/>
                <link
                    rel="preload"
                    href=format!("{pkg}/{}", build.wasm)
                    r#as="fetch"
                    r#type="application/wasm"
                    crossorigin="anonymous"
                />
                <link rel="manifest" href="/manifest.webmanifest"/>
                <link rel="icon" href="/icons/qinda.svg" type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/icons/apple-touch-180.png"/>
                <script type="module" src=format!("{pkg}/desk.js") data-wasm=build.wasm></script>
                {reload}
            </head>
            <body>
                <div id="qinda-loading" role="status" aria-label="正在打开 · Opening">
                    <i></i>
                    <i></i>
                    <i></i>
                    <i></i>
                </div>
                <noscript>
                    <p>"亲答需要 JavaScript。请在浏览器设置里打开它，再刷新本页。"</p>
                    <p lang="en">
                        "Qinda needs JavaScript. Please switch it on in the browser's settings and reload this page."
                    </p>
                </noscript>
            </body>
        </html>
    }
}
