//! The page itself.

use leptos::either::Either;
use leptos::prelude::*;
use qinda::model::{About, MESSAGE_CHARS_MAX, MessageId, PictureId, Stage, TextFault};
use serde::Serialize;

use super::{Lang, Moment, Words};

/// Who wrote a message, as far as a shopper may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "side", content = "number", rename_all = "snake_case")]
pub enum Side {
    /// The shopper who is reading.
    Mine,
    /// The staff, by work number.
    Staff(String),
    /// A greeting or a robot.
    Automatic,
}

/// A message as the shopper sees it, on the page and in the answers that the script fetches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bubble {
    /// Its number in the shopper's list.
    pub seq: u64,
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    #[serde(flatten)]
    pub side: Side,
    /// The words.
    pub text: String,
    /// The picture that goes with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureId>,
    /// The day it came, as a key.
    pub day: String,
    /// The day as people write it.
    pub date: String,
    /// The time of day.
    pub clock: String,
}

impl Bubble {
    /// A message that came at a moment, read off the shop's clock.
    #[must_use]
    pub fn new(seq: u64, id: MessageId, side: Side, text: String, moment: Moment) -> Self {
        Self { seq, id, side, text, picture: None, day: moment.day, date: moment.date, clock: moment.clock }
    }

    /// With the picture that goes with it.
    #[must_use]
    pub fn with_picture(self, picture: Option<PictureId>) -> Self {
        Self { picture, ..self }
    }
}

/// Why a message that was posted without script was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The text is empty or too long.
    Text(TextFault),
    /// Too many messages in a short time.
    TooFast,
    /// The server could not take it now.
    Busy,
}

impl Fault {
    fn told(&self, words: &Words) -> String {
        match self {
            Self::Text(TextFault::TooLong { chars, .. }) => words.script.too_long.replace("{n}", &chars.to_string()),
            Self::Text(_) => words.empty.to_owned(),
            Self::TooFast => words.too_fast.to_owned(),
            Self::Busy => words.busy.to_owned(),
        }
    }
}

/// What stands in the box where the shopper writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composer {
    /// The id of the message that will be sent from it without script.
    pub id: MessageId,
    /// The words that are in it already.
    pub text: String,
    /// What the page's address says it is about.
    pub about: About,
    /// Why they are still there.
    pub fault: Option<Fault>,
}

/// Everything that the page shows.
#[derive(Debug, Clone)]
pub struct VisitorPage {
    /// The language.
    pub lang: Lang,
    /// Whether the language was asked for in the address; links and the form keep it then.
    pub lang_asked: bool,
    /// The channel's name in its address.
    pub channel: String,
    /// What the shop is called.
    pub shop_name: String,
    /// The messages, in order.
    pub messages: Vec<Bubble>,
    /// The number of the last of these messages; the script fetches what comes after it.
    pub cursor: u64,
    /// Whether there are messages before these.
    pub earlier: bool,
    /// Whether there are messages after these.
    pub later: bool,
    /// The server's moment, read off the shop's clock.
    pub now: Moment,
    /// The day before it.
    pub yesterday: Moment,
    /// Questions that many ask.
    pub questions: Vec<String>,
    /// What stands in the box.
    pub composer: Composer,
    /// Where the style and the script lie.
    pub pkg: String,
}

impl VisitorPage {
    /// The address of the page with a query; what it is about is kept, and the language when it was asked for.
    fn address(&self, query: &[(&str, &str)]) -> String {
        let lang = self.lang_asked.then_some(("lang", self.lang.short()));
        self.address_in(lang, query)
    }

    fn address_in(&self, lang: Option<(&str, &str)>, query: &[(&str, &str)]) -> String {
        let about = facts(&self.composer.about);
        let about = about.iter().map(|(name, fact)| (*name, fact.as_str()));
        let pairs: Vec<String> = lang
            .into_iter()
            .chain(about)
            .chain(query.iter().copied())
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let mark = if pairs.is_empty() { "" } else { "?" };
        format!("/c/{}{mark}{}", encoded(&self.channel), pairs.join("&"))
    }

    fn day_told(&self, bubble: &Bubble) -> String {
        let words = self.lang.words();
        match bubble.day.as_str() {
            day if day == self.now.day => words.script.today.to_owned(),
            day if day == self.yesterday.day => words.script.yesterday.to_owned(),
            _ => bubble.date.clone(),
        }
    }
}

/// What is known, under the names that it has in the page's address.
fn facts(about: &About) -> Vec<(&'static str, String)> {
    let About { product, order, courier, tracking, arrives, stage } = about.clone();
    let stage = stage.map(|stage| match stage {
        Stage::Before => "before".to_owned(),
        Stage::Paid => "paid".to_owned(),
        Stage::Shipped => "shipped".to_owned(),
        Stage::Received => "received".to_owned(),
    });
    let facts = [
        ("product", product),
        ("order", order),
        ("courier", courier),
        ("tracking", tracking),
        ("arrives", arrives),
        ("stage", stage),
    ];
    facts.into_iter().filter_map(|(name, fact)| Some((name, fact?))).collect()
}

/// Percent-encoding of everything that has a meaning in an address.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// A text as HTML shows it, for the one place where the renderer does not escape by itself: inside `<textarea>`.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The whole document.
#[must_use]
pub fn visitor_page(page: VisitorPage) -> impl IntoView {
    let words = page.lang.words();
    let title = format!("{} · {}", page.shop_name, words.page_title);
    view! {
        <!DOCTYPE html>
        <html lang=page.lang.tag()>
            {head(title, &page.pkg, true)}
            <body>
                {header(&page)}
                <p id="line" role="status" hidden></p>
                {log(&page)}
                <button id="jump" type="button" hidden>{words.new_message}" ↓"</button>
                {composer(&page)}
            </body>
        </html>
    }
}

fn head(title: String, pkg: &str, script: bool) -> impl IntoView + use<> {
    view! {
        <head>
            <meta charset="utf-8"/>
            <meta
                name="viewport"
                content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
            />
            <meta name="color-scheme" content="light dark"/>
            <meta name="theme-color" content="#f6f7f6" media="(prefers-color-scheme: light)"/>
            <meta name="theme-color" content="#121514" media="(prefers-color-scheme: dark)"/>
            <meta name="robots" content="noindex"/>
            <title>{title}</title>
            <link rel="icon" href="/icons/qinda.svg" type="image/svg+xml"/>
            <link rel="stylesheet" href=format!("{pkg}/visitor.css")/>
            {script.then(|| view! { <script type="module" src=format!("{pkg}/visitor.js")></script> })}
        </head>
    }
}

fn header(page: &VisitorPage) -> impl IntoView + use<> {
    let other = page.lang.other();
    let other_address = page.address_in(Some(("lang", other.short())), &[]);
    view! {
        <header>
            <h1>{page.shop_name.clone()}</h1>
            <a id="lang" href=other_address hreflang=other.tag() lang=other.tag()>
                {other.own_name()}
            </a>
        </header>
    }
}

fn log(page: &VisitorPage) -> impl IntoView + use<> {
    let words = page.lang.words();
    let earlier = page.messages.first().filter(|_| page.earlier).map(|first| {
        let address = page.address(&[("before", &first.seq.to_string())]);
        view! { <a class="more" href=address>{words.earlier}</a> }
    });
    let latest = page.later.then(|| view! { <a class="more" href=page.address(&[])>{words.latest}</a> });
    let refresh = page.address(&[]);
    view! {
        <main id="log" tabindex="0">
            <div>
                {page.messages.is_empty().then(|| hello(page))}
                {earlier}
                <div role="log" aria-live="polite" aria-label=words.messages>
                    <ol id="messages">{items(page)}</ol>
                </div>
                <ol id="pending" aria-label=words.unsent></ol>
                {latest}
                <noscript>
                    <a class="more" href=refresh>{words.refresh}</a>
                </noscript>
                <span id="end"></span>
            </div>
        </main>
    }
}

fn hello(page: &VisitorPage) -> impl IntoView + use<> {
    let words = page.lang.words();
    let questions = (!page.questions.is_empty()).then(|| {
        let links = page.questions.iter().map(|question| {
            let address = format!("{}#text", page.address(&[("ask", question)]));
            view! {
                <li>
                    <a href=address>{question.clone()}</a>
                </li>
            }
        });
        view! {
            <h2>{words.often_asked}</h2>
            <ul id="questions">{links.collect_view()}</ul>
        }
    });
    view! {
        <section id="hello">
            <p>{words.hello}</p>
            <p class="quiet">{words.hello_more}</p>
            {questions}
        </section>
    }
}

fn items(page: &VisitorPage) -> impl IntoView + use<> {
    let mut day_before = "";
    let mut views = Vec::new();
    for bubble in &page.messages {
        if bubble.day != day_before {
            day_before = &bubble.day;
            views.push(Either::Left(day_item(page, bubble)));
        }
        views.push(Either::Right(bubble_item(page, bubble)));
    }
    views.collect_view()
}

fn day_item(page: &VisitorPage, bubble: &Bubble) -> impl IntoView + use<> {
    view! {
        <li class="day" data-day=bubble.day.clone() data-date=bubble.date.clone()>
            {page.day_told(bubble)}
        </li>
    }
}

fn bubble_item(page: &VisitorPage, bubble: &Bubble) -> impl IntoView + use<> {
    let words = page.lang.words();
    let (class, who) = match &bubble.side {
        Side::Mine => ("mine", words.you.to_owned()),
        Side::Staff(number) => ("staff", format!("{} {number}", words.script.staff)),
        Side::Automatic => ("staff", words.automatic.to_owned()),
    };
    let picture = bubble.picture.map(|picture| {
        let address = format!("/c/{}/pictures/{picture}", encoded(&page.channel));
        let link = address.clone();
        view! {
            <a class="picture" href=link target="_blank">
                <img src=address alt=words.script.picture loading="lazy" decoding="async"/>
            </a>
        }
    });
    view! {
        <li class=class id=format!("m-{}", bubble.id)>
            <b class="who">{who}</b>
            {(!bubble.text.is_empty()).then(|| view! { <p>{bubble.text.clone()}</p> })}
            {picture}
            <small>{bubble.clock.clone()}</small>
        </li>
    }
}

fn composer(page: &VisitorPage) -> impl IntoView + use<> {
    let words = page.lang.words();
    let fault = page.composer.fault.as_ref().map(|fault| fault.told(words));
    // A textarea swallows one line break at its beginning; this one is for it to swallow.
    let text = format!("\n{}", escaped(&page.composer.text));
    let about = facts(&page.composer.about).into_iter().map(|(name, fact)| {
        view! { <input type="hidden" class="about" name=name value=fact/> }
    });
    let about = about.collect_view();
    view! {
        <form
            id="write"
            method="post"
            action=page.address(&[])
            aria-label=words.your_message
            data-channel=page.channel.clone()
            data-lang=page.lang.short()
            data-cursor=page.cursor.to_string()
            data-chars-max=MESSAGE_CHARS_MAX.to_string()
            data-you=words.you
            data-automatic=words.automatic
            data-words=words.for_script()
        >
            <input type="hidden" name="id" value=page.composer.id.to_string()/>
            {about}
            <label for="text">{words.your_message}</label>
            <p id="note" role="alert">{fault}</p>
            <textarea
                id="text"
                name="text"
                rows="1"
                placeholder=words.placeholder
                enterkeyhint="send"
                aria-describedby="note count"
                autocomplete="off"
                inner_html=text
            ></textarea>
            <button type="submit">{words.send}</button>
            <p id="count" aria-live="polite"></p>
        </form>
    }
}

/// What the page of an unknown channel shows.
#[derive(Debug, Clone)]
pub struct UnknownChannel {
    /// Where the style lies.
    pub pkg: String,
}

/// The page for an address that leads to no shop, in both languages.
#[must_use]
pub fn unknown_channel(page: UnknownChannel) -> impl IntoView {
    let paragraphs = [Lang::Zh, Lang::En].map(|lang| {
        let words = lang.words();
        view! {
            <section lang=lang.tag()>
                <h1>{words.unknown_title}</h1>
                <p>{words.unknown_more}</p>
            </section>
        }
    });
    view! {
        <!DOCTYPE html>
        <html lang="zh-CN">
            {head(Lang::Zh.words().unknown_title.to_owned(), &page.pkg, false)}
            <body>
                <main class="lost">{paragraphs.into_iter().collect_view()}</main>
            </body>
        </html>
    }
}
