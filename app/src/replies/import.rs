//! Quick replies from a table: read on the device, looked at, and only then taken. A second run changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use leptos::html::Input;
use leptos::task::spawn_local;
use qinda::import::{
    IMPORT_BYTES_MAX, ImportError, ReplyPlan, ReplyReading, ReplyTaken, plan_quick_replies, quick_replies,
    quick_replies_of_rows,
};
use qinda::model::{Deed, PictureId, QuickReply};
use web_sys::File;

use crate::desk::{CannotKeep, Desk, KeptBy, NoSheet, use_desk};
use crate::frame::hand::use_hand;
use crate::knowledge::import::decode::decoded;
use crate::local::pictures::PictureFault;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::left_behind::{LeftBehind, LeftLine};
use crate::parts::picture::Picture;
use crate::parts::shrink::{bytes_of, shrunk};
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::replies::{
    self as said, FILE_UNREADABLE, IMPORT, IMPORT_FOR, IMPORT_HINT, LEFT_OUT, PICTURE_FILES, PICTURE_FILES_HINT,
    PICTURES_MISSING, PREPARING, REPLACE_TOO, SHEET_OFFLINE, SHEET_UNREADABLE, STAND_SO, WILL_BE_NEW, WILL_CHANGE, p,
};
use crate::words::{Lang, Word, phrases, t};

/// How many rows of each kind are shown; the counts tell of the others.
const SHOWN_MAX: usize = 100;
/// How much of a text a row shows, in characters.
const PREVIEW_CHARS: usize = 120;
/// How every spreadsheet begins: it is an archive.
const ARCHIVE: &[u8] = b"PK\x03\x04";

/// Why a file shows no preview, or a picture was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault {
    Import(ImportError),
    Sheet(NoSheet),
    File,
    Picture(String, PictureFault),
    Keep(CannotKeep),
}

impl Fault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Import(why) if lang == Lang::Zh => why.zh(),
            Self::Import(why) => why.en(),
            Self::Sheet(NoSheet::Unreachable) => SHEET_OFFLINE.say(lang).to_owned(),
            Self::Sheet(NoSheet::Unreadable) => SHEET_UNREADABLE.say(lang).to_owned(),
            Self::File => FILE_UNREADABLE.say(lang).to_owned(),
            Self::Picture(name, why) => format!("{name}: {}", said::picture_fault(lang, *why)),
            Self::Keep(why) => phrases::cannot_keep(lang, why),
        }
    }
}

/// What the member has chosen so far.
#[derive(Clone, Copy)]
struct Chosen {
    desk: Desk,
    reading: RwSignal<Option<ReplyReading>>,
    /// The pictures by the names of their files, in lower case.
    pictures: RwSignal<BTreeMap<String, PictureId>>,
    keeper: RwSignal<KeptBy>,
    replaces: RwSignal<bool>,
    busy: RwSignal<bool>,
    fault: RwSignal<Option<Fault>>,
}

impl Chosen {
    fn new() -> Self {
        Self {
            desk: use_desk(),
            reading: RwSignal::new(None),
            pictures: RwSignal::new(BTreeMap::new()),
            keeper: RwSignal::new(KeptBy::Me),
            replaces: RwSignal::new(true),
            busy: RwSignal::new(false),
            fault: RwSignal::new(None),
        }
    }

    /// Takes files in any order: tables, and pictures beside them.
    fn take(self, files: Vec<File>) {
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            for file in files {
                let taken = match file.type_().starts_with("image/") {
                    true => self.take_picture(&file).await,
                    false => self.take_table(&file).await,
                };
                if let Err(why) = taken {
                    self.fault.try_set(Some(why));
                }
            }
            self.busy.try_set(false);
        });
    }

    async fn take_picture(self, file: &File) -> Result<(), Fault> {
        let kept = async { self.desk.keep_picture(shrunk(file).await?).await };
        let id = kept.await.map_err(|why| Fault::Picture(file.name(), why))?;
        self.pictures.try_update(|pictures| pictures.insert(file.name().to_lowercase(), id));
        Ok(())
    }

    async fn take_table(self, file: &File) -> Result<(), Fault> {
        if file.size() > IMPORT_BYTES_MAX as f64 {
            return Err(Fault::Import(ImportError::TooLarge { bytes: file.size() as usize, max: IMPORT_BYTES_MAX }));
        }
        let bytes = bytes_of(file).await.ok_or(Fault::File)?;
        let reading = if bytes.starts_with(ARCHIVE) {
            quick_replies_of_rows(self.desk.sheet_rows(&bytes).await.map_err(Fault::Sheet)?)
        } else {
            quick_replies(&decoded(&bytes).0).map_err(Fault::Import)?
        };
        self.reading.try_set(Some(reading));
        Ok(())
    }

    /// What the table would change for the keeper that was chosen.
    fn plan(self) -> Option<ReplyPlan> {
        let reading = self.reading.get()?;
        let standing = self.standing();
        Some(self.pictures.with(|pictures| {
            plan_quick_replies(reading, |name| pictures.get(&name.to_lowercase()).copied(), &standing)
        }))
    }

    /// The pictures that the table names, that were not chosen, and that do not stand already.
    fn missing(self, plan: &ReplyPlan) -> Vec<String> {
        let taken = plan.new.iter().chain(plan.different.iter().map(|(_, taken)| taken)).chain(&plan.unchanged);
        let shown: BTreeSet<usize> = taken.filter(|it| it.fields.picture.is_some()).map(|it| it.line).collect();
        let named = self.reading.get().unwrap_or_default().taken.into_iter();
        named.filter(|taken| !shown.contains(&taken.line)).filter_map(|taken| taken.picture_file).collect()
    }

    fn standing(self) -> Vec<QuickReply> {
        let keeper = self.keeper.get();
        self.desk.quick_replies().into_iter().filter(|reply| KeptBy::of(reply) == keeper).collect()
    }
}

/// The page that takes quick replies from a table.
#[component]
pub(crate) fn ImportQuickReplies() -> impl IntoView {
    let hand = use_hand();
    let chosen = Chosen::new();
    let done = RwSignal::new(None::<usize>);
    let plan = memo(move || if done.get().is_none() { chosen.plan() } else { None });
    let fault = move || chosen.fault.get().map(|fault| fault.say(hand.lang.get()));
    view! {
        <section class="page import" aria-label=p(IMPORT)>
            <header class="page-head">
                <a class="icon-button" href=Place::QuickReplies.path() aria-label=t(Word::QuickReplies)><Glyph icon=Icon::Back/></a>
                <h1>{p(IMPORT)}</h1>
            </header>
            <p class="fault" role="alert">{fault}</p>
            <p class="hint" role="status">{move || chosen.busy.get().then(p(PREPARING))}</p>
            {move || match (done.get(), plan.get()) {
                (Some(count), _) => {
                    view! {
                        <div class="blank" role="status">
                            <h2>{move || said::imported(hand.lang.get(), count)}</h2>
                            <p>{t(Word::ImportedText)}</p>
                            <a class="button" href=Place::QuickReplies.path()>{t(Word::QuickReplies)}</a>
                        </div>
                    }
                        .into_any()
                }
                (None, Some(plan)) => view! { <Preview chosen plan done/> }.into_any(),
                (None, None) => {
                    view! {
                        <p>{p(IMPORT_HINT)}</p>
                        <Files chosen pictures=false/>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

/// Where files are chosen or dropped.
#[component]
fn Files(chosen: Chosen, pictures: bool) -> impl IntoView {
    let input = NodeRef::<Input>::new();
    let all = |files: web_sys::FileList| (0..files.length()).filter_map(|place| files.get(place)).collect::<Vec<_>>();
    let picked = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let files = input.files().map(all).unwrap_or_default();
        // The same file may be chosen again after it was corrected.
        input.set_value("");
        chosen.take(files);
    };
    let dropped = move |event: web_sys::DragEvent| {
        event.prevent_default();
        let files = event.data_transfer().and_then(|transfer| transfer.files());
        chosen.take(files.map(all).unwrap_or_default());
    };
    let accept = if pictures { "image/*" } else { ".csv,.tsv,.txt,.xlsx,text/csv,text/tab-separated-values,image/*" };
    view! {
        <label class="drop" on:dragover=move |event| event.prevent_default() on:drop=handler(dropped)>
            <input node_ref=input type="file" multiple class="unseen" accept=accept data-testid="import-files" on:change=handler(picked)/>
            {if pictures {
                view! {
                    <span class="button">{p(PICTURE_FILES)}</span>
                    <span class="hint">{p(PICTURE_FILES_HINT)}</span>
                }
                    .into_any()
            } else {
                view! {
                    <span class="button strong">{t(Word::ChooseFile)}</span>
                    <span class="hint">{t(Word::OrDrop)}</span>
                }
                    .into_any()
            }}
        </label>
    }
}

/// What the table would change.
#[component]
fn Preview(chosen: Chosen, plan: ReplyPlan, done: RwSignal<Option<usize>>) -> impl IntoView {
    let hand = use_hand();
    let edits = hand.may(Deed::EditKnowledge);
    let counts = (plan.new.len(), plan.different.len(), plan.unchanged.len(), plan.left.len());
    let missing = untrack(|| chosen.missing(&plan));
    let names_pictures = !missing.is_empty();
    let different: Vec<ReplyTaken> = plan.different.iter().map(|(_, taken)| taken.clone()).collect();
    let (new, unchanged, left) = (plan.new.clone(), plan.unchanged.clone(), plan.left.clone());
    let plan = StoredValue::new(plan);
    let count = move || counts.0 + if chosen.replaces.get() { counts.1 } else { 0 };
    let take = move |_| {
        let ReplyPlan { new, different, .. } = plan.get_value();
        let replaces = chosen.replaces.get_untracked();
        let standing = untrack(|| chosen.standing());
        let find = |id| standing.iter().find(|reply| reply.id == id).cloned();
        let changed = different.into_iter().filter(|_| replaces);
        let changed = changed.filter_map(|(id, taken)| find(id).map(|stands| merged(stands, taken))).collect();
        let new = new.into_iter().map(|taken| taken.fields).collect();
        let keeper = chosen.keeper.get_untracked();
        spawn_local(async move {
            match chosen.desk.import_quick_replies(new, changed, keeper).await {
                Ok(count) => {
                    done.try_set(Some(count));
                }
                Err(why) => {
                    chosen.fault.try_set(Some(Fault::Keep(why)));
                }
            }
        });
    };
    view! {
        <p class="sentence" data-testid="import-found">
            {move || said::import_found(hand.lang.get(), counts.0, counts.1, counts.2, counts.3)}
        </p>
        <Show when=move || edits.get()>
            <div class="setting">
                <span>{p(IMPORT_FOR)}</span>
                <div class="choice" role="group" aria-label=p(IMPORT_FOR)>
                    {KeptBy::ALL
                        .map(|who| {
                            view! {
                                <button
                                    type="button"
                                    aria-pressed=move || (chosen.keeper.get() == who).to_string()
                                    on:click=handler(move |_| chosen.keeper.set(who))
                                >
                                    {p(who.word())}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
            </div>
        </Show>
        {names_pictures.then(|| view! { <Files chosen pictures=true/> })}
        <Names names=missing/>
        <Group title=WILL_BE_NEW taken=new open=true/>
        {(counts.1 > 0)
            .then(|| {
                view! {
                    <label class="tick">
                        <input
                            type="checkbox"
                            prop:checked=chosen.replaces
                            on:change=ticked(move |ticked| chosen.replaces.set(ticked))
                        />
                        <span>{p(REPLACE_TOO)}</span>
                    </label>
                }
            })}
        <Group title=WILL_CHANGE taken=different open=true/>
        <LeftBehind lines=left.into_iter().map(LeftLine::from).collect() title=Signal::derive(p(LEFT_OUT)) open=true/>
        <Group title=STAND_SO taken=unchanged open=false/>
        <footer class="page-foot">
            <button type="button" on:click=handler(move |_| chosen.reading.set(None))>{t(Word::AnotherFile)}</button>
            <button
                type="button"
                class="strong"
                data-testid="import-take"
                disabled=move || count() == 0 || chosen.busy.get()
                on:click=handler(take)
            >
                {move || said::take(hand.lang.get(), count())}
            </button>
        </footer>
    }
}

/// A file that names no category leaves the one that stands.
fn merged(stands: QuickReply, taken: ReplyTaken) -> (QuickReply, qinda::model::QuickReplyFields) {
    let mut fields = taken.fields;
    if fields.category.is_empty() {
        fields.category.clone_from(&stands.fields.category);
    }
    (stands, fields)
}

#[component]
fn Group(title: said::Pair, taken: Vec<ReplyTaken>, open: bool) -> impl IntoView {
    let hand = use_hand();
    let count = taken.len();
    let row = |taken: ReplyTaken| {
        let text: String = taken.fields.text.chars().take(PREVIEW_CHARS).collect();
        view! {
            <li>
                <span class="line">{taken.line}</span>
                <span><code>{taken.fields.shortcut}</code> " " {text}</span>
                <small>{taken.fields.category} {taken.fields.picture.map(|id| view! { <Picture id/> })}</small>
            </li>
        }
    };
    (count > 0).then(|| {
        view! {
            <details class="left-behind reply-group" open=open>
                <summary>{p(title)} " " <b>{count}</b></summary>
                <ol>{taken.into_iter().take(SHOWN_MAX).map(row).collect_view()}</ol>
                {(count > SHOWN_MAX).then(|| view! { <p class="hint">{move || said::and_more(hand.lang.get(), count - SHOWN_MAX)}</p> })}
            </details>
        }
    })
}

#[component]
fn Names(names: Vec<String>) -> impl IntoView {
    let hand = use_hand();
    let count = names.len();
    (count > 0).then(|| {
        view! {
            <details class="left-behind">
                <summary>{p(PICTURES_MISSING)} " " <b>{count}</b></summary>
                <p class="hint">{names.into_iter().take(SHOWN_MAX).collect::<Vec<_>>().join("、")}</p>
                {(count > SHOWN_MAX).then(|| view! { <p class="hint">{move || said::and_more(hand.lang.get(), count - SHOWN_MAX)}</p> })}
            </details>
        }
    })
}
