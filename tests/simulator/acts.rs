//! What a person does at a desk, from what the desk shows.

use qinda::model::{
    About, ArticleFields, ArticleId, Conversation, ConversationId, Deed, DeviceId, EntryId, How, MessageId, Micros,
    PackId, PolicyId, QuickReplyFields, QuickReplyId,
};
use qinda::policy::{PolicyFields, PolicyRule};
use qinda::sync::{
    Action, ChooseAnswer, CloseConversation, DescribeConversation, JudgeLesson, PutArticle, PutDraft, PutPack,
    PutPolicy, PutQuickReply, REPLY_EXPIRES_SECONDS, RemoveArticle, RemovePack, RemovePolicy, RemoveQuickReply,
    Replica, SendMessage, TakeConversation, TransferConversation, WhisperTo,
};
use qinda::wording::{Bilingual, Level, PackFields, Rule};

use super::chance::Chance;

/// Words that a rule may forbid.
const FORBIDDEN: &str = "绝对";

fn nth<T>(items: Vec<T>, at: u64) -> Option<T> {
    let place = (at % items.len().max(1) as u64) as usize;
    items.into_iter().nth(place)
}

/// One deed: one or two actions that are queued together.
pub fn deed(replica: &Replica, chance: &mut Chance, now: Micros) -> Vec<Action> {
    let conversation = nth(replica.conversations().cloned().collect::<Vec<_>>(), chance.draw());
    let roles = &replica.actor().roles;
    // People mostly do what they may; now and then a desk has not heard yet that they may not any more.
    let bound = if roles.may(Deed::EditKnowledge) || chance.below(8) == 0 { 80 } else { 64 };
    match (chance.below(bound), conversation) {
        (0..=29, Some(conversation)) => {
            let reply = Action::SendMessage(reply(replica, &conversation, chance, now));
            let choice = if chance.below(4) == 0 { choice(replica, chance) } else { None };
            std::iter::once(reply).chain(choice).collect()
        }
        (30..=32, Some(conversation)) => {
            vec![Action::TakeConversation(TakeConversation {
                conversation: conversation.id,
                owner_seen: conversation.owner,
            })]
        }
        (33, Some(conversation)) => {
            let members: Vec<_> = replica.confirmed().members.keys().copied().collect();
            let to = nth(members, chance.draw()).unwrap_or(replica.actor().member);
            let (note, owner_seen) = ("急".into(), conversation.owner);
            let transfer = TransferConversation { conversation: conversation.id, to, note, owner_seen };
            vec![Action::TransferConversation(transfer)]
        }
        (34..=36, Some(conversation)) => {
            let seen = seen(replica, &conversation);
            vec![Action::CloseConversation(CloseConversation { conversation: conversation.id, seen })]
        }
        (37, Some(conversation)) => vec![draft(replica, conversation.id, chance, now)],
        (38, Some(conversation)) => {
            let heard = conversation.whisper.as_ref().filter(|_| chance.below(2) == 0).map(|whisper| whisper.at);
            let words = if heard.is_some() { String::new() } else { format!("先答尺码{}", chance.below(9)) };
            vec![Action::WhisperTo(WhisperTo { conversation: conversation.id, words, heard })]
        }
        (39, Some(conversation)) => {
            let about = About { order: Some(format!("A{}", chance.below(100))), ..About::default() };
            vec![Action::DescribeConversation(DescribeConversation { conversation: conversation.id, about })]
        }
        (40..=51, _) => vec![choice(replica, chance).unwrap_or_else(|| quick_reply(replica, chance))],
        (0..=39 | 52..=63, _) => vec![quick_reply(replica, chance)],
        (64, _) => vec![pack(replica, chance)],
        (65..=68, _) => vec![policy(replica, chance)],
        (69..=71, _) => vec![lesson(replica, chance).unwrap_or_else(|| article(replica, chance))],
        _ => vec![article(replica, chance)],
    }
}

fn seen(replica: &Replica, conversation: &Conversation) -> u32 {
    replica.delivered(conversation.id).next_back().map_or(0, |message| message.position)
}

fn reply(replica: &Replica, conversation: &Conversation, chance: &mut Chance, now: Micros) -> SendMessage {
    let word = if chance.below(12) == 0 { FORBIDDEN } else { "在的" };
    SendMessage {
        id: MessageId::new(now.unix_ms(), chance.bits()),
        conversation: conversation.id,
        text: format!("亲，{word}"),
        picture: None,
        seen: seen(replica, conversation),
        owner_seen: conversation.owner,
        written_at: now,
        expires_at: now.plus_seconds(REPLY_EXPIRES_SECONDS),
        chosen: None,
        composed: None,
        reason: String::new(),
        // Whoever answers in a colleague's conversation was asked and knows whose it is.
        beside_owner: conversation.owner.is_some_and(|owner| owner != replica.actor().member),
        anyway: false,
    }
}

/// The same reply, sent although the conversation moved on.
pub fn anyway(replica: &Replica, old: SendMessage, now: Micros) -> Option<SendMessage> {
    let conversation = replica.conversation(old.conversation)?;
    let (seen, owner_seen) = (seen(replica, conversation), conversation.owner);
    let expires_at = now.plus_seconds(REPLY_EXPIRES_SECONDS);
    Some(SendMessage { seen, owner_seen, written_at: now, expires_at, anyway: true, ..old })
}

/// Half-written words, or their end, on one of two devices; mostly by one that knows what the other wrote.
fn draft(replica: &Replica, conversation: ConversationId, chance: &mut Chance, now: Micros) -> Action {
    let text = if chance.below(3) == 0 { String::new() } else { format!("亲 {}", chance.draw()) };
    let device = DeviceId::of_name(["phone", "laptop"][(chance.draw() % 2) as usize]);
    let over = replica.draft(conversation).map(|draft| draft.at).filter(|_| chance.below(4) > 0);
    Action::PutDraft(PutDraft { conversation, text, device, over, written_at: now })
}

fn choice(replica: &Replica, chance: &mut Chance) -> Option<Action> {
    let articles = replica.articles().map(|article| EntryId::Article(article.id));
    let replies = replica.quick_replies().map(|reply| EntryId::QuickReply(reply.id));
    let entry = nth(articles.chain(replies).collect(), chance.draw())?;
    // Two choices are never the same words, so that the book can tell them apart.
    let text = format!("几天到 {}", chance.draw());
    Some(Action::ChooseAnswer(ChooseAnswer { entry, text, how: How::Suggested, conversation: None }))
}

fn lesson(replica: &Replica, chance: &mut Chance) -> Option<Action> {
    let id = nth(replica.lessons().map(|lesson| lesson.id).collect(), chance.draw())?;
    Some(Action::JudgeLesson(JudgeLesson { id, taken_back: chance.below(2) == 0 }))
}

fn article(replica: &Replica, chance: &mut Chance) -> Action {
    let fields = ArticleFields {
        title: format!("发货 {}", chance.draw()),
        answers: vec!["三天左右".into()],
        ..ArticleFields::default()
    };
    let known = nth(replica.articles().cloned().collect::<Vec<_>>(), chance.draw());
    match (known, chance.below(4)) {
        (Some(known), 0) => Action::RemoveArticle(RemoveArticle { id: known.id, base: known.version }),
        (Some(known), 1 | 2) => {
            // Some desks are of a version that does not tell what it read.
            let was = (chance.below(3) > 0).then(|| Box::new(known.fields.clone()));
            // An editor changes the title or the tags, and mostly decides on what others wrote.
            let fields = match chance.below(2) {
                0 => ArticleFields { title: fields.title, ..known.fields },
                _ => ArticleFields { tags: vec![fields.title], ..known.fields },
            };
            let settles = known.copies.iter().map(|copy| copy.version).filter(|_| chance.below(3) > 0).collect();
            Action::PutArticle(PutArticle { id: known.id, fields, base: known.version, was, settles })
        }
        _ => Action::PutArticle(PutArticle {
            id: ArticleId::new(1, chance.bits()),
            fields,
            base: 0,
            was: None,
            settles: Vec::new(),
        }),
    }
}

fn quick_reply(replica: &Replica, chance: &mut Chance) -> Action {
    let fields =
        QuickReplyFields { shortcut: "zz".into(), text: format!("在 {}", chance.draw()), ..Default::default() };
    let edits = replica.actor().roles.may(Deed::EditKnowledge) || chance.below(8) == 0;
    let (shared, team) = (edits && chance.below(3) == 0, edits && chance.below(2) == 0);
    let known = nth(replica.quick_replies().cloned().collect::<Vec<_>>(), chance.draw());
    match (known, chance.below(4)) {
        (Some(known), 0) => Action::RemoveQuickReply(RemoveQuickReply { id: known.id, base: known.version }),
        (Some(known), 1 | 2) => Action::PutQuickReply(PutQuickReply {
            id: known.id,
            fields,
            shared,
            team,
            base: known.version,
            keeps_rest: false,
        }),
        _ => {
            let id = QuickReplyId::new(1, chance.bits());
            Action::PutQuickReply(PutQuickReply { id, fields, shared, team, base: 0, keeps_rest: false })
        }
    }
}

fn pack(replica: &Replica, chance: &mut Chance) -> Action {
    let known = nth(replica.packs().cloned().collect::<Vec<_>>(), chance.draw());
    let words = |zh: &str, en: &str| Bilingual { zh: zh.into(), en: en.into() };
    let level = if chance.below(2) == 0 { Level::Block } else { Level::Warn };
    let rule = Rule {
        id: "no-absolutes".into(),
        level,
        phrases: vec![FORBIDDEN.into()],
        why: words("说得太满", "It promises too much."),
        ..Rule::default()
    };
    let fields = PackFields { name: format!("店规 {}", chance.below(1_000)), edition: 1, rules: vec![rule] };
    match (known, chance.below(4)) {
        (Some(known), 0) => Action::RemovePack(RemovePack { id: known.id, base: known.version }),
        (Some(known), _) => Action::PutPack(PutPack { id: known.id, fields, base: known.version }),
        (None, _) => Action::PutPack(PutPack { id: PackId::new(1, chance.bits()), fields, base: 0 }),
    }
}

fn policy(replica: &Replica, chance: &mut Chance) -> Action {
    let known = nth(replica.policies().cloned().collect::<Vec<_>>(), chance.draw());
    let rule = PolicyRule { words: "可以退".into(), ..PolicyRule::default() };
    let fields = PolicyFields { title: format!("退货 {}", chance.below(1_000)), rules: vec![rule] };
    match (known, chance.below(4)) {
        (Some(known), 0) => Action::RemovePolicy(RemovePolicy { id: known.id, base: known.version }),
        (Some(known), _) => Action::PutPolicy(PutPolicy { id: known.id, fields, base: known.version }),
        (None, _) => Action::PutPolicy(PutPolicy { id: PolicyId::new(1, chance.bits()), fields, base: 0 }),
    }
}
