//! Who and what the tests of this module speak of.

use crate::model::{
    About, Actor, ChannelId, Conversation, ConversationId, ConversationState, CustomerId, MemberId, Micros, Roles,
    ShopId, TeamId,
};

/// An agent.
pub(super) fn actor() -> Actor {
    let (shop, team, member) = (ShopId::of_name("demo"), TeamId::of_name("day"), MemberId::of_name("1001"));
    Actor { shop, team, member, roles: Roles::parse("agent") }
}

/// An open conversation of the agent's team, with so many messages.
pub(super) fn conversation(last_position: u32) -> Conversation {
    Conversation {
        id: ConversationId::of_name("c"),
        team: actor().team,
        channel: ChannelId::of_name("page"),
        customer: CustomerId::of_name("lin"),
        customer_name: "林".into(),
        state: ConversationState::Open,
        owner: None,
        opened_at: Micros(0),
        closed_at: None,
        last_position,
        about: About::default(),
        handover: None,
        whisper: None,
        erased_at: None,
        version: last_position,
    }
}
