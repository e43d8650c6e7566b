//! Where on the desk the member is: the one place that knows the desk's addresses.

use qinda::model::{ArticleId, ConversationId, PolicyId, QuickReplyId};

/// The beginning of every address of the desk.
pub(crate) const BASE: &str = "/desk";

/// A screen and what is open on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The conversations, none of them open.
    Inbox,
    /// A conversation.
    Conversation(ConversationId),
    /// The answers, to search and to copy.
    Answers,
    /// Who waits at this moment, and who works.
    Now,
    /// Who waits, and how fast we answered.
    Figures,
    /// How many people are needed, and who is planned.
    Planning,
    /// A figure through time.
    Trend,
    /// The articles.
    Knowledge,
    /// An article.
    Article(ArticleId),
    /// An article that is about to be written.
    NewArticle,
    /// Articles from a file.
    Import,
    /// Articles to begin with: ready-made ones, and those that the shop's own chats hold.
    Beginning,
    /// What was learned from choices.
    Lessons,
    /// Questions that nothing answered.
    Unanswered,
    /// How well the articles answer.
    Quality,
    /// The wording rules.
    Rules,
    /// The wording rule that is being written.
    EditRule,
    /// The policies.
    Policies,
    /// A policy.
    Policy(PolicyId),
    /// A policy that is about to be written.
    NewPolicy,
    /// The quick replies.
    QuickReplies,
    /// A quick reply.
    QuickReply(QuickReplyId),
    /// A quick reply that is about to be written.
    NewQuickReply,
    /// Quick replies from a file.
    ImportQuickReplies,
    /// The member and this device.
    Me,
    /// No such screen.
    Nowhere,
}

/// A part of the screen that stays while the place within it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    Inbox,
    Answers,
    Now,
    Figures,
    Planning,
    Knowledge,
    QuickReplies,
    ImportQuickReplies,
    Me,
    Nowhere,
}

/// A part of the area in which the shop's knowledge is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shelf {
    Articles,
    Lessons,
    Unanswered,
    Quality,
    Rules,
    Policies,
    Import,
}

impl Shelf {
    /// Every shelf, in the order in which they are shown.
    pub(crate) const ALL: [Self; 7] =
        [Self::Articles, Self::Unanswered, Self::Quality, Self::Lessons, Self::Rules, Self::Policies, Self::Import];

    /// The place at which it begins.
    pub(crate) const fn place(self) -> Place {
        match self {
            Self::Articles => Place::Knowledge,
            Self::Lessons => Place::Lessons,
            Self::Unanswered => Place::Unanswered,
            Self::Quality => Place::Quality,
            Self::Rules => Place::Rules,
            Self::Policies => Place::Policies,
            Self::Import => Place::Import,
        }
    }

    /// Whether it is there for those who read only.
    pub(crate) const fn is_for_readers(self) -> bool {
        matches!(self, Self::Articles | Self::Rules | Self::Policies)
    }
}

impl Place {
    /// The place of an address.
    pub(crate) fn of(path: &str) -> Self {
        let Some(rest) = path.strip_prefix(BASE) else { return Self::Nowhere };
        let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
        match parts[..] {
            [] => Self::Inbox,
            ["c", id] => id.parse().map_or(Self::Nowhere, Self::Conversation),
            ["answers"] => Self::Answers,
            ["now"] => Self::Now,
            ["figures"] => Self::Figures,
            ["figures", "planning"] => Self::Planning,
            ["figures", "trend"] => Self::Trend,
            ["knowledge"] => Self::Knowledge,
            ["knowledge", "new"] => Self::NewArticle,
            ["knowledge", "start"] => Self::Beginning,
            ["knowledge", "lessons"] => Self::Lessons,
            ["knowledge", "unanswered"] => Self::Unanswered,
            ["knowledge", "quality"] => Self::Quality,
            ["knowledge", "rules"] => Self::Rules,
            ["knowledge", "rules", "edit"] => Self::EditRule,
            ["knowledge", "policies"] => Self::Policies,
            ["knowledge", "policies", "new"] => Self::NewPolicy,
            ["knowledge", "policies", id] => id.parse().map_or(Self::Nowhere, Self::Policy),
            ["knowledge", id] => id.parse().map_or(Self::Nowhere, Self::Article),
            ["import"] => Self::Import,
            ["replies"] => Self::QuickReplies,
            ["replies", "new"] => Self::NewQuickReply,
            ["replies", "import"] => Self::ImportQuickReplies,
            ["replies", id] => id.parse().map_or(Self::Nowhere, Self::QuickReply),
            ["me"] => Self::Me,
            _ => Self::Nowhere,
        }
    }

    /// Its address.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Inbox | Self::Nowhere => BASE.to_owned(),
            Self::Conversation(id) => format!("{BASE}/c/{id}"),
            Self::Answers => format!("{BASE}/answers"),
            Self::Now => format!("{BASE}/now"),
            Self::Figures => format!("{BASE}/figures"),
            Self::Planning => format!("{BASE}/figures/planning"),
            Self::Trend => format!("{BASE}/figures/trend"),
            Self::Knowledge => format!("{BASE}/knowledge"),
            Self::Article(id) => format!("{BASE}/knowledge/{id}"),
            Self::NewArticle => format!("{BASE}/knowledge/new"),
            Self::Import => format!("{BASE}/import"),
            Self::Beginning => format!("{BASE}/knowledge/start"),
            Self::Lessons => format!("{BASE}/knowledge/lessons"),
            Self::Unanswered => format!("{BASE}/knowledge/unanswered"),
            Self::Quality => format!("{BASE}/knowledge/quality"),
            Self::Rules => format!("{BASE}/knowledge/rules"),
            Self::EditRule => format!("{BASE}/knowledge/rules/edit"),
            Self::Policies => format!("{BASE}/knowledge/policies"),
            Self::Policy(id) => format!("{BASE}/knowledge/policies/{id}"),
            Self::NewPolicy => format!("{BASE}/knowledge/policies/new"),
            Self::QuickReplies => format!("{BASE}/replies"),
            Self::QuickReply(id) => format!("{BASE}/replies/{id}"),
            Self::NewQuickReply => format!("{BASE}/replies/new"),
            Self::ImportQuickReplies => format!("{BASE}/replies/import"),
            Self::Me => format!("{BASE}/me"),
        }
    }

    /// The part of the screen it belongs to.
    pub(crate) const fn area(self) -> Area {
        match self {
            Self::Inbox | Self::Conversation(_) => Area::Inbox,
            Self::Answers => Area::Answers,
            Self::Now => Area::Now,
            Self::Figures | Self::Trend => Area::Figures,
            Self::Planning => Area::Planning,
            Self::Knowledge
            | Self::Article(_)
            | Self::NewArticle
            | Self::Import
            | Self::Beginning
            | Self::Lessons
            | Self::Unanswered
            | Self::Quality
            | Self::Rules
            | Self::EditRule
            | Self::Policies
            | Self::Policy(_)
            | Self::NewPolicy => Area::Knowledge,
            Self::QuickReplies | Self::QuickReply(_) | Self::NewQuickReply => Area::QuickReplies,
            Self::ImportQuickReplies => Area::ImportQuickReplies,
            Self::Me => Area::Me,
            Self::Nowhere => Area::Nowhere,
        }
    }

    /// The shelf it belongs to, within the area of the knowledge.
    pub(crate) const fn shelf(self) -> Shelf {
        match self {
            Self::Lessons => Shelf::Lessons,
            Self::Unanswered => Shelf::Unanswered,
            Self::Quality => Shelf::Quality,
            Self::Rules | Self::EditRule => Shelf::Rules,
            Self::Policies | Self::Policy(_) | Self::NewPolicy => Shelf::Policies,
            Self::Import | Self::Beginning => Shelf::Import,
            _ => Shelf::Articles,
        }
    }

    /// Whether something is open that has a narrow screen to itself.
    pub(crate) const fn is_alone(self) -> bool {
        matches!(self, Self::Article(_) | Self::NewArticle | Self::EditRule | Self::Policy(_) | Self::NewPolicy)
    }

    /// The open conversation.
    pub(crate) const fn conversation(self) -> Option<ConversationId> {
        if let Self::Conversation(id) = self { Some(id) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn every_place_is_found_again_by_its_address() {
        let (conversation, article) = (ConversationId::of_name("c"), ArticleId::of_name("a"));
        for place in [
            Place::Inbox,
            Place::Conversation(conversation),
            Place::Answers,
            Place::Now,
            Place::Figures,
            Place::Planning,
            Place::Trend,
            Place::Knowledge,
            Place::Article(article),
            Place::NewArticle,
            Place::Import,
            Place::Beginning,
            Place::Lessons,
            Place::Unanswered,
            Place::Quality,
            Place::Rules,
            Place::EditRule,
            Place::Policies,
            Place::Policy(PolicyId::of_name("p")),
            Place::NewPolicy,
            Place::QuickReplies,
            Place::QuickReply(QuickReplyId::of_name("q")),
            Place::NewQuickReply,
            Place::ImportQuickReplies,
            Place::Me,
        ] {
            assert_eq!(Place::of(&place.path()), place);
        }
        assert_eq!(Place::of("/desk/"), Place::Inbox);
        assert!(Shelf::ALL.into_iter().all(|shelf| shelf.place().shelf() == shelf));
        for unknown in ["/desk/c/1", "/desk/c", "/desk/nothing", "/elsewhere"] {
            assert_eq!(Place::of(unknown), Place::Nowhere);
        }
    }
}
