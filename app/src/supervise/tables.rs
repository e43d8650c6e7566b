//! The figures by agent and by hour, every number of them.

use qinda::model::MemberCard;
use qinda::order;
use qinda::sync::FiguresAnswer;
use qinda::timing::{Figure, Group};

use super::{share_text, time_text};
use crate::frame::hand::use_hand;
use crate::parts::when::Local;
use crate::prelude::*;
use crate::words::{Lang, Word, t};

/// By who answered.
#[component]
pub(crate) fn AgentTable(
    /// The figures.
    answer: FiguresAnswer,
) -> impl IntoView {
    let hand = use_hand();
    let name = move |member: Option<&MemberCard>| match member {
        Some(member) => format!("{} {}", member.work_number, member.name),
        None => Word::OwnerNobody.say(hand.lang.get_untracked()).to_owned(),
    };
    let member = |id| answer.members.iter().find(|member| Some(member.id) == id);
    let mut agents: Vec<_> = answer.figures.by_agent.iter().map(|(id, group)| (member(*id), group)).collect();
    order::sort_by_key(&mut agents, |(member, _)| (member.is_none(), member.map(|member| &member.work_number)));
    let rows = agents.into_iter().map(|(member, group)| (name(member), group.clone()));
    view! { <FiguresTable title=Word::ByAgent first_column=Word::Agent testid="figures-agents" rows=rows.collect()/> }
}

/// By the hour of the question.
#[component]
pub(crate) fn HourTable(
    /// The figures.
    answer: FiguresAnswer,
) -> impl IntoView {
    let hand = use_hand();
    let lang = hand.lang.get_untracked();
    let local = |at| Local::of(at, answer.utc_offset_seconds);
    let one_day = local(answer.from).day == local(answer.to).day - 1;
    let rows = answer.figures.by_hour.iter().map(|(hour, group)| {
        let at = local(*hour);
        let name = if one_day { at.time() } else { format!("{} {}", at.date(lang), at.time()) };
        (name, group.clone())
    });
    view! { <FiguresTable title=Word::ByHour first_column=Word::Hour testid="figures-hours" rows=rows.collect()/> }
}

type Column = (Word, fn(Lang, &Figure) -> String);

const COLUMNS: [Column; 6] = [
    (Word::Median, |lang, figure| time_text(lang, figure.median_ms)),
    (Word::NinetyPercent, |lang, figure| time_text(lang, figure.p90_ms)),
    (Word::Within15, |_, figure| share_text(figure.within_15s, figure)),
    (Word::Within20, |_, figure| share_text(figure.within_20s, figure)),
    (Word::AnsweredRounds, |_, figure| figure.answered.to_string()),
    (Word::Unanswered, |_, figure| figure.unanswered.to_string()),
];

#[component]
fn FiguresTable(title: Word, first_column: Word, testid: &'static str, rows: Vec<(String, Group)>) -> impl IntoView {
    let heads = || COLUMNS.map(|(word, _)| view! { <th scope="col">{t(word)}</th> });
    view! {
        <section class="table">
            <h2>{t(title)}</h2>
            <div class="table-scroll" tabindex="0" role="region" aria-label=t(title)>
                <table data-testid=testid>
                    <thead>
                        <tr>
                            <th scope="col" rowspan="2">{t(first_column)}</th>
                            <th scope="colgroup" colspan=COLUMNS.len()>{t(Word::FirstResponse)}</th>
                            <th scope="colgroup" colspan=COLUMNS.len() class="next">{t(Word::Response)}</th>
                        </tr>
                        <tr>{heads()} {heads()}</tr>
                    </thead>
                    <tbody>{rows.into_iter().map(|(name, group)| view! { <Row name group/> }).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Row(name: String, group: Group) -> impl IntoView {
    let hand = use_hand();
    let cells = move |figure: Figure| {
        COLUMNS.map(|(_, read)| {
            let figure = figure.clone();
            view! { <td>{move || read(hand.lang.get(), &figure)}</td> }
        })
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            {cells(group.first)}
            {cells(group.every)}
        </tr>
    }
}
