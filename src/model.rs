//! What exists in a shop's service desk: the records, their limits, and who may do what.

mod about;
mod article;
mod chosen;
mod conversation;
mod day;
mod device;
mod draft;
mod ids;
mod member;
mod picture;
mod quick_reply;
mod text;
mod time;
mod tolerant;

pub use about::{ABOUT_CHARS_MAX, About, Stage};
pub use article::{
    ARTICLE_ANSWERS_MAX, ARTICLE_COPIES_MAX, ARTICLE_QUESTIONS_MAX, ARTICLE_TAGS_MAX, ARTICLE_VERSIONS_MAX, Article,
    ArticleCopy, ArticleField, ArticleFields,
};
pub use chosen::{
    Composed, EntryId, How, LESSON_CHARS_MAX, LESSON_CHARS_MIN, LESSONS_MAX, Lesson, USAGE_HALF_LIFE_DAYS, Usage, Used,
    Whose,
};
pub use conversation::{Author, Conversation, ConversationState, Handover, Message, NOTE_CHARS_MAX, Whisper};
pub use day::{Day, NoDay};
pub use device::{Browser, DeviceKind, Machine};
pub use draft::{DRAFT_KEPT_SECONDS, DRAFTS_MAX, Draft};
pub use ids::{
    ArticleId, BackendId, ChannelId, ConversationId, CustomerId, DeviceId, EpochId, LessonId, MemberId, MessageId,
    NotAnId, PackId, PageId, PictureId, PolicyId, QuickReplyId, ShopId, TeamId,
};
pub use member::{Actor, Deed, MemberCard, Role, Roles, ShopCard};
pub use picture::{PICTURE_BYTES_MAX, picture_type};
pub use quick_reply::{CATEGORY_CHARS_MAX, Keeper, QuickReply, QuickReplyFields};
pub use text::{
    ANSWER_CHARS_MAX, MESSAGE_CHARS_MAX, QUESTION_CHARS_MAX, SHORTCUT_CHARS_MAX, TAG_CHARS_MAX, TextFault, checked_text,
};
pub use time::{MICROS_PER_SECOND, Micros};
