//! Articles from a file: read on the device, looked at by an editor, and only then taken.

pub(crate) mod decode;
mod preview;

use leptos::html::Input;
use leptos::task::spawn_local;
use qinda::import::{IMPORT_BYTES_MAX, ImportError, plan, read};

use self::decode::{Encoding, decoded};
use self::preview::{Preview, Previewed};
use crate::desk::use_desk;
use crate::frame::hand::use_hand;
use crate::local::outbox::DraftOf;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::shrink::bytes_of;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::{Lang, Word, phrases, t};

/// The file's name when words were pasted.
const PASTED: &str = "";

/// Why there is no preview.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Unreadable {
    /// The importer says why.
    Import(ImportError),
    /// The browser could not read the file.
    File,
}

/// What is on the screen.
#[derive(Clone)]
enum Step {
    /// Choosing a file.
    Choose,
    /// Looking at what it holds.
    Look(Previewed),
    /// So many were taken.
    Done(usize),
}

/// The page that takes articles from a file.
#[component]
pub(crate) fn Import() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let step = RwSignal::new(Step::Choose);
    let fault = RwSignal::new(None::<Unreadable>);
    let look = move |name: String, text: &str, encoding: Option<Encoding>| match read(&name, text) {
        Ok(reading) => {
            fault.set(None);
            let plan = plan(reading, &untrack(|| desk.articles()));
            step.set(Step::Look(Previewed::new(name, encoding, plan)));
        }
        Err(why) => fault.set(Some(Unreadable::Import(why))),
    };
    let said = move || {
        fault.get().map(|fault| match (fault, hand.lang.get()) {
            (Unreadable::Import(why), Lang::Zh) => why.zh(),
            (Unreadable::Import(why), Lang::En) => why.en(),
            (Unreadable::File, lang) => Word::FileUnreadable.say(lang).to_owned(),
        })
    };
    view! {
        <section class="page import" aria-label=t(Word::Import)>
            <header class="page-head">
                <a class="icon-button" href=Place::Knowledge.path() aria-label=t(Word::Knowledge)><Glyph icon=Icon::Back/></a>
                <h1>{t(Word::Import)}</h1>
            </header>
            <p class="fault" role="alert">{said}</p>
            {move || match step.get() {
                Step::Choose => {
                    view! { <Choose on_text=look on_fault=move || fault.set(Some(Unreadable::File))/> }.into_any()
                }
                Step::Look(previewed) => {
                    view! {
                        <Preview
                            previewed
                            on_done=move |count| {
                                desk.set_draft(DraftOf::Import, String::new());
                                step.set(Step::Done(count));
                            }
                            on_back=move || step.set(Step::Choose)
                        />
                    }
                        .into_any()
                }
                Step::Done(count) => {
                    view! {
                        <div class="blank" role="status">
                            <h2>{move || phrases::imported(hand.lang.get(), count)}</h2>
                            <p>{t(Word::ImportedText)}</p>
                            <a class="button" href=Place::Knowledge.path()>{t(Word::Knowledge)}</a>
                        </div>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

#[component]
fn Choose(
    on_text: impl Fn(String, &str, Option<Encoding>) + Copy + Send + Sync + 'static,
    on_fault: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let input = NodeRef::<Input>::new();
    let desk = use_desk();
    let pasted = RwSignal::new(desk.draft(DraftOf::Import));
    effect(move || desk.set_draft(DraftOf::Import, pasted.get()));
    let take_file = move |file: web_sys::File| {
        spawn_local(async move {
            match bytes_of(&file).await {
                // Too large a file is told as such, without decoding it.
                Some(bytes) if bytes.len() > IMPORT_BYTES_MAX * 2 => on_fault(),
                Some(bytes) => {
                    let (text, encoding) = decoded(&bytes);
                    on_text(file.name(), &text, Some(encoding));
                }
                None => on_fault(),
            }
        });
    };
    let chosen = move |_| {
        let file = input.get_untracked().and_then(|input| {
            let file = input.files().and_then(|files| files.get(0));
            // The same file may be chosen again after it was corrected.
            input.set_value("");
            file
        });
        if let Some(file) = file {
            take_file(file);
        }
    };
    let dropped = move |event: web_sys::DragEvent| {
        event.prevent_default();
        let file = event.data_transfer().and_then(|transfer| transfer.files()).and_then(|files| files.get(0));
        if let Some(file) = file {
            take_file(file);
        }
    };
    let read_pasted = move |_| pasted.with_untracked(|text| on_text(PASTED.to_owned(), text, None));
    view! {
        <p>{t(Word::ImportHint)}</p>
        <label class="drop" on:dragover=move |event| event.prevent_default() on:drop=handler(dropped)>
            <input
                node_ref=input
                type="file"
                class="unseen"
                accept=".txt,.md,.csv,.tsv,.json,.jsonl,.ndjson,text/*,application/json"
                on:change=handler(chosen)
            />
            <span class="button strong">{t(Word::ChooseFile)}</span>
            <span class="hint">{t(Word::OrDrop)}</span>
        </label>
        <label class="field">
            <span>{t(Word::OrPaste)}</span>
            <textarea
                rows="6"
                placeholder=t(Word::PasteHint)
                prop:value=pasted
                on:input=written(move |text| pasted.set(text))
            ></textarea>
        </label>
        <Show when=move || pasted.with(|text| !text.trim().is_empty())>
            <button type="button" class="strong" on:click=handler(read_pasted)>{t(Word::LookAtIt)}</button>
        </Show>
    }
}
