//! Whose the open conversation is and who else looks at it, in one line.

use qinda::model::ConversationId;

use crate::desk::use_desk;
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::hand::owner;

/// The line. It is there whether anybody looks or not, so that nothing moves when somebody comes. Where it is short, who
/// looks comes before whose it is.
#[component]
pub(super) fn WhoLine(
    /// The open conversation.
    id: ConversationId,
    /// Whose it is.
    held_by: Memo<String>,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    desk.look_at(id);
    on_cleanup(move || desk.look_away(id));
    let others = memo(move || desk.others_at(id));
    let looking = memo(move || others.with(|others| owner::looking(hand.lang.get(), &desk.members(), others)));
    view! {
        <p class="hint who-line" class:shared=move || looking.with(Option::is_some)>
            <span class="held-by" data-testid="held-by">{move || held_by.get()}</span>
            <span class="presence" role="status" data-testid="presence">
                {move || {
                    looking
                        .get()
                        .map(|(names, deed)| view! { <span class="names" title=names.clone() dir="auto">{names.clone()}</span><span>{deed}</span> })
                }}
            </span>
        </p>
    }
}
