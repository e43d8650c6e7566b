//! Identifiers. Every entity has its own type, so a message cannot be looked up by an article's id.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that should have been an id was none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id: {0}")]
pub struct NotAnId(pub String);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A time-ordered id (UUIDv7) from milliseconds since 1970 and ten random bytes.
            #[must_use]
            pub fn new(unix_ms: u64, random: [u8; 10]) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid())
            }

            /// The id of a thing that is known by its name: the same name gives the same id.
            #[must_use]
            pub fn of_name(name: &str) -> Self {
                Self::of_bytes(name.as_bytes())
            }

            /// The id of a thing that is known by its bytes: the same bytes give the same id.
            #[must_use]
            pub fn of_bytes(bytes: &[u8]) -> Self {
                use sha2::{Digest, Sha256};
                let digest = Sha256::digest(bytes);
                let mut bytes = [0u8; 16];
                bytes.copy_from_slice(&digest[..16]);
                Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
            }
        }

        impl $name {
            /// Its sixteen bytes, for those who keep many.
            #[must_use]
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0.into_bytes()
            }

            /// The id of these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId(text.to_owned()))
            }
        }
    )*};
}

ids! {
    /// A shop: the owner of everything else.
    ShopId;
    /// A team of members who share an inbox.
    TeamId;
    /// A member of the shop's staff.
    MemberId;
    /// A place where shoppers write, such as the shop's own page.
    ChannelId;
    /// A shopper.
    CustomerId;
    /// A conversation with one shopper.
    ConversationId;
    /// A message in a conversation.
    MessageId;
    /// A knowledge article: a question and its approved answers.
    ArticleId;
    /// A quick reply.
    QuickReplyId;
    /// A lesson: a shopper's words and the article that was chosen for them.
    LessonId;
    /// A pack of wording rules.
    PackId;
    /// A policy: a shop's rules for returns and the like.
    PolicyId;
    /// A picture, known by its bytes.
    PictureId;
    /// A browser profile of one member.
    DeviceId;
    /// An open page of a desk. It lasts no longer than the page.
    PageId;
    /// One life of a device's local storage; renewed when that storage was lost.
    EpochId;
    /// One life of a server's database; changes when a backup is restored.
    BackendId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_made_later_sort_later() {
        let early = MessageId::new(1_000, [0xff; 10]);
        let late = MessageId::new(1_001, [0; 10]);
        assert!(early < late);
        assert_eq!(early.to_string().parse::<MessageId>(), Ok(early));
    }

    #[test]
    fn a_named_id_is_stable_and_a_bad_text_is_told() {
        assert_eq!(ShopId::of_name("demo"), ShopId::of_name("demo"));
        assert_ne!(ShopId::of_name("demo"), ShopId::of_name("other"));
        assert_eq!("x".parse::<ShopId>(), Err(NotAnId("x".into())));
    }
}
