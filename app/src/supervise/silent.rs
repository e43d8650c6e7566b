//! Which devices have not reported and may still hold replies: what they bring corrects the day.

use qinda::sync::{SilentAnswer, SilentDevice};

use super::NONE;
use crate::desk::{Told, use_desk};
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::pages::{silent_device, silent_said};

/// One line about the silent devices, which opens into their list; nothing where every device reports.
#[component]
pub(super) fn Silent() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let told = Told::fresh(desk, memo(|| ("silent-devices", "/api/figures/silent".to_owned())));
    // What was told an hour ago says nothing of the devices now.
    let answer = memo(move || told.read::<SilentAnswer>().filter(|_| told.problem().is_none()));
    let count = memo(move || answer.with(|answer| answer.as_ref().map_or(0, |it| it.count)));
    let said = move || {
        let since = answer.with(|answer| answer.as_ref()?.devices.first().map(|device| device.last_at))?;
        Some(silent_said(hand.lang.get(), count.get(), &hand.local(since).time()))
    };
    let devices = move || {
        let lang = hand.lang.get();
        answer.with(|answer| {
            let SilentAnswer { devices, members, .. } = answer.as_ref()?;
            let line = |device: &SilentDevice| {
                let member = members.iter().find(|member| member.id == device.member);
                let who =
                    member.map_or_else(|| NONE.to_owned(), |member| format!("{} {}", member.work_number, member.name));
                let said = silent_device(lang, &who, device.kind, &hand.local(device.last_at).time());
                view! { <li>{said}</li> }
            };
            Some(devices.iter().map(line).collect_view())
        })
    };
    view! {
        <Show when=move || { count.get() > 0 }>
            <details class="silent" data-testid="silent-devices">
                <summary>{said}</summary>
                <ul>{devices}</ul>
            </details>
        </Show>
    }
}
