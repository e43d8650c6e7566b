//! The devices on which the member, or the whole shop, signed in; cutting one off.

use leptos::task::spawn_local;
use qinda::model::{Deed, MemberCard, MemberId, Micros};
use qinda::sync::{DeviceCard, DevicesAnswer};

use crate::desk::{Desk, FiguresProblem, Link, Told, use_desk};
use crate::frame::hand::{Hand, use_hand};
use crate::parts::when::lately;
use crate::prelude::*;
use crate::words::devices::{
    self as words, Both, DEVICES, DEVICES_HINT, KEEP_IT, MINE, MORE_DEVICES, NO_DEVICES, NOT_REMOVED,
    NOT_REMOVED_OFFLINE, REMOVE, REMOVE_MEANS, REMOVE_REALLY, REMOVED, SIGNED_IN, SIGNED_OUT, THIS_ONE, WHOLE_SHOP, p,
};

/// The list of devices.
#[component]
pub(super) fn Devices() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let manages = hand.may(Deed::ManageDevices);
    let whole_shop = RwSignal::new(false);
    let shows_shop = memo(move || manages.get() && whole_shop.get());
    let told = Told::of(
        desk,
        memo(move || match shows_shop.get() {
            true => ("devices-of-shop", "/api/devices?of=shop".to_owned()),
            false => ("devices", "/api/devices".to_owned()),
        }),
    );
    let answer = memo(move || told.read::<DevicesAnswer>());
    let is_empty = memo(move || answer.with(|answer| answer.as_ref().is_some_and(|it| it.devices.is_empty())));
    // Before its first contact this very device stands on no list.
    effect(move || {
        if desk.link() == Link::Online && untrack(|| is_empty.get()) {
            told.ask();
        }
    });
    let is_cut = memo(move || answer.with(|answer| answer.as_ref().is_some_and(|it| it.more)));
    let standing = move || {
        let as_of = told.at().map(|at| when(desk, hand, at));
        words::list_standing(hand.lang.get(), told.problem(), as_of.as_deref())
    };
    let choice = move |text: Both, shop: bool| {
        view! {
            <button
                type="button"
                aria-pressed=move || (whole_shop.get() == shop).to_string()
                on:click=handler(move |_| whole_shop.set(shop))
            >
                {p(text)}
            </button>
        }
    };
    view! {
        <section class="block devices" data-testid="devices">
            <h2>{p(DEVICES)}</h2>
            <p class="hint">{p(DEVICES_HINT)}</p>
            <Show when=move || manages.get()>
                <div class="choice" role="group" aria-label=p(DEVICES)>
                    {choice(MINE, false)}
                    {choice(WHOLE_SHOP, true)}
                </div>
            </Show>
            <Show when=move || is_empty.get()><p>{p(NO_DEVICES)}</p></Show>
            <ul>
                {move || {
                    let answer = answer.get()?;
                    let rows = answer.devices.iter().map(|card| {
                        let facts = Facts::of(card, &answer, shows_shop.get());
                        view! { <DeviceRow facts told/> }
                    });
                    Some(rows.collect_view())
                }}
            </ul>
            <Show when=move || is_cut.get()><p class="hint">{p(MORE_DEVICES)}</p></Show>
            <p class="hint" role="status">{standing}</p>
        </section>
    }
}

/// A moment, as a list says it.
fn when(desk: Desk, hand: Hand, at: Micros) -> String {
    let now = untrack(|| desk.now());
    let (at, now) = (hand.local(at), hand.local(now));
    let day = lately(hand.lang.get(), at, now);
    if at.day == now.day { day } else { format!("{day} {}", at.time()) }
}

/// What is told of a device.
#[derive(Clone)]
struct Facts {
    card: DeviceCard,
    /// Whether it is the one in the member's hands.
    is_here: bool,
    /// Whose it is, where that is not clear.
    owner: Option<String>,
    /// Who cut it off.
    cut_by: Option<String>,
}

impl Facts {
    fn of(card: &DeviceCard, answer: &DevicesAnswer, says_whose: bool) -> Self {
        let named = |id: MemberId| answer.members.iter().find(|member| member.id == id).map(name);
        Self {
            is_here: answer.here == Some(card.id),
            owner: says_whose.then(|| named(card.member)).flatten(),
            cut_by: card.cut_off.as_ref().and_then(|cut| cut.by).and_then(named),
            card: card.clone(),
        }
    }

    const fn state(&self) -> Both {
        if self.card.cut_off.is_some() {
            REMOVED
        } else if self.is_here {
            THIS_ONE
        } else if self.card.signed_in {
            SIGNED_IN
        } else {
            SIGNED_OUT
        }
    }

    fn line(&self, desk: Desk, hand: Hand) -> String {
        let lang = hand.lang.get();
        match &self.card.cut_off {
            Some(cut) => {
                let told = cut.told_at.map(|at| when(desk, hand, at));
                words::removal(lang, &when(desk, hand, cut.at), self.cut_by.as_deref(), told.as_deref())
            }
            None => {
                let last = self.card.last_at.map(|at| when(desk, hand, at));
                words::contacts(lang, &when(desk, hand, self.card.first_at), last.as_deref())
            }
        }
    }
}

fn name(member: &MemberCard) -> String {
    format!("{} {}", member.work_number, member.name)
}

#[component]
fn DeviceRow(facts: Facts, told: Told) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let asked = RwSignal::new(false);
    let fault = RwSignal::new(None::<FiguresProblem>);
    let (kind, id, state) = (facts.card.kind, facts.card.id, facts.state());
    let (is_here, is_gone) = (facts.is_here, facts.card.cut_off.is_some());
    let owner = facts.owner.clone();
    let line = move || facts.line(desk, hand);
    let remove = move |_| {
        spawn_local(async move {
            let done = desk.cut_off(id).await;
            fault.try_set(done.err());
            if done.is_ok() {
                asked.try_set(false);
                told.ask();
            }
        });
    };
    let said = move || {
        let text = match fault.get()? {
            FiguresProblem::Unreachable => NOT_REMOVED_OFFLINE,
            _ => NOT_REMOVED,
        };
        Some(text.say(hand.lang.get()))
    };
    view! {
        <li class="device" class:gone=is_gone>
            <p>
                <b>{move || words::device_name(hand.lang.get(), kind)}</b>
                " "
                <span class="tag">{p(state)}</span>
            </p>
            {owner.map(|owner| view! { <p>{owner}</p> })}
            <p class="hint">{line}</p>
            <Show when=move || !is_here && !is_gone>
                <Show
                    when=move || asked.get()
                    fallback=move || {
                        view! {
                            <button type="button" class="small" data-testid="remove-device" on:click=handler(move |_| asked.set(true))>
                                {p(REMOVE)}
                            </button>
                        }
                    }
                >
                    <div class="notice trouble" role="alert">
                        <p>{p(REMOVE_MEANS)}</p>
                        <p class="fault">{said}</p>
                        <div class="buttons">
                            <button type="button" class="small" on:click=handler(move |_| asked.set(false))>{p(KEEP_IT)}</button>
                            <button type="button" class="small careful" on:click=handler(remove)>{p(REMOVE_REALLY)}</button>
                        </div>
                    </div>
                </Show>
            </Show>
        </li>
    }
}
