//! A small shop, for seeds and for what a decoded command or page meets, and how seeds are written.

use qinda::model::{
    About, Actor, Article, ArticleCopy, ArticleField, ArticleFields, ArticleId, Author, BackendId, ChannelId, Composed,
    Conversation, ConversationId, ConversationState, CustomerId, DeviceId, Draft, EntryId, Handover, How, Lesson,
    LessonId, MemberCard, MemberId, Message, MessageId, Micros, PackId, PictureId, PolicyId, QuickReply,
    QuickReplyFields, QuickReplyId, Roles, ShopId, Stage, TeamId, Usage, Used, Whisper, Whose,
};
use qinda::policy::{Payer, Policy, PolicyFields, PolicyRule};
use qinda::sync::{
    Action, Change, ChooseAnswer, CloseConversation, DescribeConversation, JudgeLesson, PutArticle, PutDraft, PutPack,
    PutPolicy, PutQuickReply, RemoveArticle, RemovePack, RemovePolicy, RemoveQuickReply, Scope, SendMessage,
    TakeConversation, TransferConversation, WhisperTo,
};
use qinda::wording::{Bilingual, Level, Pack, PackFields, Rule, Topic};
use serde::Serialize;
use serde_json::value::RawValue;

/// The moment of every example.
pub const NOW: Micros = Micros(1_795_399_200_000_000);

/// Somebody who may do everything.
pub fn actor() -> Actor {
    Actor {
        shop: ShopId::of_name("tea"),
        team: TeamId::of_name("day"),
        member: MemberId::of_name("1001"),
        roles: Roles::parse("agent,supervisor,editor,admin"),
    }
}

/// Their card.
pub fn card() -> MemberCard {
    MemberCard {
        id: actor().member,
        work_number: "1001".into(),
        name: "小青".into(),
        active: true,
        team: Some(actor().team),
        roles: Some(actor().roles),
    }
}

/// A life of the server's database.
pub fn backend() -> BackendId {
    BackendId::of_name("first")
}

/// An article's words.
pub fn article_fields() -> ArticleFields {
    ArticleFields {
        title: "什么时候发货".into(),
        questions: vec!["几天发货？".into()],
        answers: vec!["您好，{product}一般两天内发出。".into()],
        tags: vec!["物流".into()],
        shortcut: "fh".into(),
    }
}

fn reply_fields() -> QuickReplyFields {
    let picture = Some(PictureId::of_bytes(b"size chart"));
    QuickReplyFields { shortcut: "cm".into(), text: "请看尺码表".into(), category: "尺码".into(), picture }
}

/// A pack of one rule.
pub fn pack_fields() -> PackFields {
    let rule = Rule {
        id: "best-quality".into(),
        topic: Topic::Absolute,
        level: Level::Warn,
        phrases: vec!["质量[最好]".into(), "{~最好|全网第一}的{any 0-3}茶".into()],
        exceptions: vec!["最好{any 0-3}保存".into()],
        why: Bilingual { zh: "广告法".into(), en: "Advertising law".into() },
        source: Bilingual::default(),
        safe: "很好".into(),
        off: false,
    };
    PackFields { name: "自定".into(), edition: 1, rules: vec![rule] }
}

/// A policy of two rules.
pub fn policy_fields() -> PolicyFields {
    let no = PolicyRule { words: "抱歉".into(), ..PolicyRule::default() };
    let yes = PolicyRule {
        from_day: Some(1),
        to_day: Some(7),
        opened: Some(false),
        granted: true,
        payer: Payer::Shopper,
        within_days: Some(3),
        words: "可以退".into(),
        ..PolicyRule::default()
    };
    PolicyFields { title: "退货".into(), rules: vec![yes, no] }
}

/// The one conversation.
pub fn conversation() -> Conversation {
    Conversation {
        id: ConversationId::of_name("c"),
        team: actor().team,
        channel: ChannelId::of_name("page"),
        customer: CustomerId::of_name("shopper"),
        customer_name: "顾客 0042".into(),
        state: ConversationState::Open,
        owner: Some(actor().member),
        opened_at: NOW,
        closed_at: None,
        last_position: 1,
        about: About { order: Some("A-1".into()), stage: Some(Stage::Paid), ..About::default() },
        handover: Some(Handover { by: MemberId::of_name("1002"), to: actor().member, note: "急".into(), at: NOW }),
        whisper: Some(Whisper { by: MemberId::of_name("2001"), words: "先道歉".into(), at: NOW }),
        erased_at: None,
        version: 2,
    }
}

fn message() -> Message {
    Message {
        id: MessageId::of_name("m"),
        conversation: conversation().id,
        position: 1,
        author: Author::Shopper,
        text: "几天到？".into(),
        picture: None,
        at: NOW,
        written_at: Some(NOW),
    }
}

/// One change of each kind.
pub fn changes() -> Vec<Change> {
    let (member, team) = (actor().member, actor().team);
    let chat = conversation().id;
    let (article, reply) = (ArticleId::of_name("a"), QuickReplyId::of_name("r"));
    let lesson =
        Lesson {
            id: LessonId::of_name("l"), article, text: "几天到".into(), times: 3, last_at: NOW, taken_back: true
        };
    let used = Used {
        whose: Whose::Team(team),
        entry: EntryId::Article(article),
        usage: Usage { weight_milli: 1_500, at: NOW },
    };
    let (changed_by, changed_at, version) = (Some(member), NOW, 1);
    let copy = ArticleCopy {
        version: 1,
        by: MemberId::of_name("1002"),
        at: NOW,
        differs: vec![ArticleField::Title],
        fields: ArticleFields { title: "几时到".into(), ..article_fields() },
    };
    vec![
        Change::Conversation(conversation()),
        Change::Message(team, message()),
        Change::Article(Article {
            id: article,
            fields: article_fields(),
            version,
            changed_by,
            changed_at,
            copies: vec![copy],
        }),
        Change::ArticleGone(ArticleId::of_name("old")),
        Change::QuickReply(QuickReply {
            id: reply,
            owner: None,
            team: Some(team),
            fields: reply_fields(),
            version,
            changed_at,
        }),
        Change::QuickReplyGone(Scope::Mailbox(member), QuickReplyId::of_name("old")),
        Change::Member(card()),
        Change::Lesson(lesson),
        Change::LessonGone(LessonId::of_name("old")),
        Change::Used(used),
        Change::Pack(Pack { id: PackId::of_name("p"), fields: pack_fields(), version, changed_by, changed_at }),
        Change::PackGone(PackId::of_name("old")),
        Change::Policy(Policy { id: PolicyId::of_name("q"), fields: policy_fields(), version, changed_by, changed_at }),
        Change::PolicyGone(PolicyId::of_name("old")),
        Change::Draft(Draft {
            member,
            conversation: chat,
            text: "亲，稍等".into(),
            device: DeviceId::of_name("phone"),
            at: NOW,
        }),
        Change::DraftGone(member, chat),
    ]
}

/// One action of each kind.
pub fn actions() -> Vec<Action> {
    let conversation = conversation().id;
    let (article, reply) = (ArticleId::of_name("a"), QuickReplyId::of_name("r"));
    let owner_seen = Some(actor().member);
    vec![
        Action::SendMessage(SendMessage {
            id: MessageId::of_name("new"),
            conversation,
            text: "三天左右到。".into(),
            picture: Some(PictureId::of_bytes(b"size chart")),
            seen: 1,
            owner_seen,
            written_at: NOW,
            expires_at: NOW.plus_seconds(3600),
            chosen: Some(article),
            composed: Some(Composed { typed_chars: 6, typing_ms: 900, ..Composed::default() }),
            reason: "顾客要求".into(),
            beside_owner: true,
            anyway: true,
        }),
        Action::TakeConversation(TakeConversation { conversation, owner_seen }),
        Action::WhisperTo(WhisperTo { conversation, words: "先道歉".into(), heard: None }),
        Action::TransferConversation(TransferConversation {
            conversation,
            to: MemberId::of_name("1002"),
            note: "请接着答".into(),
            owner_seen,
        }),
        Action::CloseConversation(CloseConversation { conversation, seen: 1 }),
        Action::PutArticle(PutArticle {
            id: article,
            fields: article_fields(),
            base: 1,
            was: Some(Box::new(article_fields())),
            settles: vec![1],
        }),
        Action::RemoveArticle(RemoveArticle { id: article, base: 1 }),
        Action::PutQuickReply(PutQuickReply {
            id: reply,
            fields: reply_fields(),
            shared: false,
            team: true,
            base: 1,
            keeps_rest: false,
        }),
        Action::RemoveQuickReply(RemoveQuickReply { id: reply, base: 1 }),
        Action::DescribeConversation(DescribeConversation {
            conversation,
            about: About { courier: Some("顺风".into()), stage: Some(Stage::Shipped), ..About::default() },
        }),
        Action::ChooseAnswer(ChooseAnswer {
            entry: EntryId::Article(article),
            text: "几天到".into(),
            how: How::Suggested,
            conversation: Some(conversation),
        }),
        Action::JudgeLesson(JudgeLesson { id: LessonId::of_name("l"), taken_back: false }),
        Action::PutPack(PutPack { id: PackId::of_name("p"), fields: pack_fields(), base: 1 }),
        Action::RemovePack(RemovePack { id: PackId::of_name("p"), base: 1 }),
        Action::PutPolicy(PutPolicy { id: PolicyId::of_name("q"), fields: policy_fields(), base: 1 }),
        Action::RemovePolicy(RemovePolicy { id: PolicyId::of_name("q"), base: 1 }),
        Action::PutDraft(PutDraft {
            conversation,
            text: "亲，稍等".into(),
            device: DeviceId::of_name("phone"),
            over: Some(NOW),
            written_at: NOW,
        }),
    ]
}

/// A piece of JSON as it was written.
pub fn raw(json: &str) -> Option<Box<RawValue>> {
    RawValue::from_string(json.to_owned()).ok()
}

/// JSON as a seed, below a line that says what it is.
pub fn headed_seed(head: &str, value: &impl Serialize) -> Vec<u8> {
    format!("{head}\n{}", serde_json::to_string(value).expect("a seed can be written")).into_bytes()
}
