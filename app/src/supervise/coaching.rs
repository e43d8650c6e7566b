//! Figures for coaching: how fast somebody types, how much comes from ready answers, how soon they are found. They
//! stand apart from response times, and an agent sees only their own.

use qinda::model::MemberId;
use qinda::order;
use qinda::sync::CoachingAnswer;
use qinda::timing::Coaching;

use super::{NONE, Range, follow_span, time_text};
use crate::desk::{Told, use_desk};
use crate::frame::hand::use_hand;
use crate::knowledge::standing::Standing;
use crate::prelude::*;
use crate::words::pages::{
    CHARS_A_MINUTE, CHOICE_TIME, COACHING, COACHING_HINT, FROM_ANSWERS, MY_COACHING, NO_COACHING, REPLIES, Text, p,
};
use crate::words::{Lang, Word, t};

type Column = (Text, fn(Lang, &Coaching) -> String);

const COLUMNS: [Column; 4] = [
    (CHARS_A_MINUTE, |_, figures| figures.chars_per_minute.map_or_else(|| NONE.to_owned(), |it| it.to_string())),
    (FROM_ANSWERS, |_, figures| {
        figures.taken_share().map_or_else(|| NONE.to_owned(), |share| format!("{:.0}%", share * 100.0))
    }),
    (CHOICE_TIME, |lang, figures| time_text(lang, figures.median_choice_ms)),
    (REPLIES, |_, figures| figures.replies.to_string()),
];

fn told_of(range: RwSignal<Range>) -> Told {
    let (desk, hand) = (use_desk(), use_hand());
    let span = follow_span(desk, hand, range);
    Told::of(
        desk,
        memo(move || {
            let (from, to) = span.get();
            (range.get().coaching_name(), format!("/api/figures/coaching?from={}&to={}", from.0, to.0))
        }),
    )
}

/// Everybody's, for those who see everybody's figures.
#[component]
pub(crate) fn CoachingTable(
    /// The chosen span.
    range: RwSignal<Range>,
) -> impl IntoView {
    let hand = use_hand();
    let told = told_of(range);
    let answer = memo(move || told.read::<CoachingAnswer>());
    let rows = move || {
        let lang = hand.lang.get();
        let answer = answer.get()?;
        let name = |id: MemberId| {
            let member = answer.members.iter().find(|member| member.id == id);
            member.map_or_else(|| NONE.to_owned(), |member| format!("{} {}", member.work_number, member.name))
        };
        let mut rows: Vec<(String, &Coaching)> =
            answer.by_member.iter().map(|(id, figures)| (name(*id), figures)).collect();
        order::sort_by(&mut rows, |one, other| one.0.cmp(&other.0));
        let row = |(name, figures): (String, &Coaching)| {
            let cells = COLUMNS.map(|(_, read)| view! { <td>{read(lang, figures)}</td> });
            view! { <tr><th scope="row">{name}</th>{cells}</tr> }
        };
        Some(rows.into_iter().map(row).collect_view())
    };
    let nothing = memo(move || answer.with(|answer| answer.as_ref().is_some_and(|it| it.by_member.is_empty())));
    view! {
        <section class="coaching" data-testid="coaching">
            <h2>{p(COACHING)}</h2>
            <p class="hint">{p(COACHING_HINT)}</p>
            <Standing told/>
            <Show when=move || !nothing.get() fallback=|| view! { <p class="hint">{p(NO_COACHING)}</p> }>
                <div class="table-scroll" tabindex="0" role="region" aria-label=p(COACHING)>
                    <table class="plain-table">
                        <thead>
                            <tr>
                                <th scope="col">{t(Word::Agent)}</th>
                                {COLUMNS.map(|(name, _)| view! { <th scope="col">{p(name)}</th> })}
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </Show>
        </section>
    }
}

/// The member's own, of the last seven days.
#[component]
pub(crate) fn MyCoaching() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let told = told_of(RwSignal::new(Range::Week));
    let mine = memo(move || {
        let me = desk.session()?.actor.member;
        let answer = told.read::<CoachingAnswer>()?;
        answer.by_member.into_iter().find(|(id, _)| *id == me).map(|(_, figures)| figures)
    });
    let numbers = move || {
        let lang = hand.lang.get();
        let figures = mine.get()?;
        let numbers = COLUMNS.map(|(name, read)| {
            view! {
                <div>
                    <dt>{name.say(lang)}</dt>
                    <dd>{read(lang, &figures)}</dd>
                </div>
            }
        });
        Some(view! { <dl class="my-coaching">{numbers}</dl> })
    };
    view! {
        <section class="block" data-testid="my-coaching">
            <h2>{p(MY_COACHING)}</h2>
            <Standing told/>
            <Show when=move || mine.with(Option::is_none) && told.at().is_some()>
                <p class="hint">{p(NO_COACHING)}</p>
            </Show>
            {numbers}
        </section>
    }
}
