//! What has to be known to decide on an action.

use qinda::model::{Actor, DeviceId, EntryId, Keeper, Lesson, Micros, PictureId, QuickReply, ShopId, Whose};
use qinda::sync::{Action, ChooseAnswer, Facts, SendMessage};
use qinda::wording::Finding;

use super::conversations::{self, ConversationFacts};
use super::dialect::Conn;
use super::wording::Checked;
use super::{Stored, Work, articles, drafts, lessons, members, packs, pictures, policies, quick_replies, used};

/// What is known when a command is decided.
pub(super) struct Known {
    /// The facts.
    pub facts: Facts,
    /// The moment at which it happens.
    pub at: Micros,
    /// What the shop's wording rules find in the words to be sent.
    pub findings: Vec<Finding>,
}

impl Work {
    /// Reads what has to be known to decide on an action.
    /// `checked` is what was found in its words before.
    pub(super) async fn facts(
        &mut self,
        actor: &Actor,
        action: &Action,
        checked: Option<&Checked>,
        device: DeviceId,
    ) -> Stored<Known> {
        let now = self.now();
        let shop = actor.shop;
        let mut about = ConversationFacts::default();
        let mut findings = Vec::new();
        if let Action::SendMessage(args) = action {
            findings = self.findings(shop, &args.text, checked).await?;
        }
        let conn = self.conn();
        let mut facts = match action {
            Action::SendMessage(args) => {
                about = conversations::facts(conn, shop, args.conversation, args.seen, device).await?;
                let draft = drafts::find(conn, shop, actor.member, args.conversation).await?;
                Facts { draft, ..of_reply(conn, shop, args, &findings).await? }
            }
            Action::TakeConversation(args) => {
                about.conversation = conversations::find(conn, shop, args.conversation).await?;
                Facts::default()
            }
            Action::TransferConversation(args) => {
                about.conversation = conversations::find(conn, shop, args.conversation).await?;
                Facts { receiver_team: members::answers_in(conn, shop, args.to).await?, ..Facts::default() }
            }
            Action::WhisperTo(args) => {
                about.conversation = conversations::find(conn, shop, args.conversation).await?;
                Facts::default()
            }
            Action::DescribeConversation(args) => {
                about.conversation = conversations::find(conn, shop, args.conversation).await?;
                Facts::default()
            }
            Action::CloseConversation(args) => {
                about = conversations::facts(conn, shop, args.conversation, args.seen, device).await?;
                let drafts = drafts::of_conversation(conn, shop, args.conversation).await?;
                Facts { drafts_of_conversation: drafts, ..Facts::default() }
            }
            Action::PutDraft(args) => {
                about.conversation = conversations::find(conn, shop, args.conversation).await?;
                let draft = drafts::find(conn, shop, actor.member, args.conversation).await?;
                Facts { draft, ..Facts::default() }
            }
            Action::ChooseAnswer(args) => of_choice(conn, actor, args).await?,
            _ => of_record(conn, shop, action).await?,
        };
        let at = conversations::not_before(now, about.last_at);
        facts.conversation = about.conversation.or(facts.conversation);
        facts.answered_since = about.answered_since;
        facts.shopper_wrote_since = about.shopper_wrote_since;
        Ok(Known { facts, at, findings })
    }
}

async fn of_reply(conn: &mut Conn, shop: ShopId, args: &SendMessage, findings: &[Finding]) -> Stored<Facts> {
    Ok(Facts {
        message_exists: conversations::message_exists(conn, shop, args.id).await?,
        picture_missing: is_missing(conn, shop, args.picture).await?,
        wording: findings.iter().map(|finding| finding.level).max(),
        ..Facts::default()
    })
}

async fn is_missing(conn: &mut Conn, shop: ShopId, picture: Option<PictureId>) -> Stored<bool> {
    match picture {
        Some(id) => Ok(!pictures::exists(conn, shop, id).await?),
        None => Ok(false),
    }
}

async fn of_choice(conn: &mut Conn, actor: &Actor, args: &ChooseAnswer) -> Stored<Facts> {
    let shop = actor.shop;
    let mut facts = Facts {
        used_by_member: used::find(conn, shop, Whose::Member(actor.member), args.entry).await?,
        used_by_team: used::find(conn, shop, Whose::Team(actor.team), args.entry).await?,
        ..Facts::default()
    };
    if let Some(id) = args.conversation {
        facts.conversation = conversations::find(conn, shop, id).await?;
    }
    match args.entry {
        EntryId::Article(id) => {
            facts.article = articles::find(conn, shop, id).await?;
            if let Some(words) = Lesson::words(&args.text) {
                facts.lesson = lessons::find(conn, shop, Lesson::id_of(id, &words)).await?;
            }
        }
        EntryId::QuickReply(id) => {
            let found = quick_replies::find(conn, shop, id).await?;
            facts.quick_reply = found.filter(|reply| is_seen_by(reply, actor));
        }
    }
    Ok(facts)
}

/// Somebody else's quick reply is as good as gone.
fn is_seen_by(reply: &QuickReply, actor: &Actor) -> bool {
    match reply.keeper() {
        Keeper::Shop => true,
        Keeper::Team(team) => team == actor.team,
        Keeper::Member(member) => member == actor.member,
    }
}

/// The record that an action names, as it stands.
async fn of_record(conn: &mut Conn, shop: ShopId, action: &Action) -> Stored<Facts> {
    let mut facts = Facts::default();
    match action {
        Action::PutArticle(args) => facts.article = articles::find(conn, shop, args.id).await?,
        Action::RemoveArticle(args) => {
            facts.article = articles::find(conn, shop, args.id).await?;
            facts.lessons_of_article = lessons::of_article(conn, shop, args.id).await?;
        }
        Action::PutQuickReply(args) => {
            facts.quick_reply = quick_replies::find(conn, shop, args.id).await?;
            facts.picture_missing = is_missing(conn, shop, args.fields.picture).await?;
        }
        Action::RemoveQuickReply(args) => facts.quick_reply = quick_replies::find(conn, shop, args.id).await?,
        Action::JudgeLesson(args) => facts.lesson = lessons::find(conn, shop, args.id).await?,
        Action::PutPack(args) => facts.pack = packs::find(conn, shop, args.id).await?,
        Action::RemovePack(args) => facts.pack = packs::find(conn, shop, args.id).await?,
        Action::PutPolicy(args) => facts.policy = policies::find(conn, shop, args.id).await?,
        Action::RemovePolicy(args) => facts.policy = policies::find(conn, shop, args.id).await?,
        Action::SendMessage(_)
        | Action::TakeConversation(_)
        | Action::TransferConversation(_)
        | Action::CloseConversation(_)
        | Action::WhisperTo(_)
        | Action::DescribeConversation(_)
        | Action::ChooseAnswer(_)
        | Action::PutDraft(_) => {}
    }
    Ok(facts)
}
