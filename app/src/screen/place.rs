//! Where on the desk the member is: the one place that knows the desk's addresses.

use qinda::model::{ArticleId, ConversationId};

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
    /// Who waits, and how fast we answered.
    Figures,
    /// The articles.
    Knowledge,
    /// An article.
    Article(ArticleId),
    /// An article that is about to be written.
    NewArticle,
    /// Articles from a file.
    Import,
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
    Figures,
    Knowledge,
    Import,
    Me,
    Nowhere,
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
            ["figures"] => Self::Figures,
            ["knowledge"] => Self::Knowledge,
            ["knowledge", "new"] => Self::NewArticle,
            ["knowledge", id] => id.parse().map_or(Self::Nowhere, Self::Article),
            ["import"] => Self::Import,
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
            Self::Figures => format!("{BASE}/figures"),
            Self::Knowledge => format!("{BASE}/knowledge"),
            Self::Article(id) => format!("{BASE}/knowledge/{id}"),
            Self::NewArticle => format!("{BASE}/knowledge/new"),
            Self::Import => format!("{BASE}/import"),
            Self::Me => format!("{BASE}/me"),
        }
    }

    /// The part of the screen it belongs to.
    pub(crate) const fn area(self) -> Area {
        match self {
            Self::Inbox | Self::Conversation(_) => Area::Inbox,
            Self::Answers => Area::Answers,
            Self::Figures => Area::Figures,
            Self::Knowledge | Self::Article(_) | Self::NewArticle => Area::Knowledge,
            Self::Import => Area::Import,
            Self::Me => Area::Me,
            Self::Nowhere => Area::Nowhere,
        }
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
            Place::Figures,
            Place::Knowledge,
            Place::Article(article),
            Place::NewArticle,
            Place::Import,
            Place::Me,
        ] {
            assert_eq!(Place::of(&place.path()), place);
        }
        assert_eq!(Place::of("/desk/"), Place::Inbox);
        for unknown in ["/desk/c/1", "/desk/c", "/desk/nothing", "/elsewhere"] {
            assert_eq!(Place::of(unknown), Place::Nowhere);
        }
    }
}
