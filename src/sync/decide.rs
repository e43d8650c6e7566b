//! What a command does. The server decides with the facts of its database inside the transaction that writes
//! the effects; the device decides with the facts it has, to show at once what will most likely become true.

use super::command::{CloseConversation, DescribeConversation, SendMessage};
use super::{Action, Change, ParkReason, RejectCode, Verdict};
use crate::blanks::is_unfilled;
use crate::model::{
    About, Actor, Article, Author, ChannelId, Conversation, ConversationId, ConversationState, CustomerId, Deed, Draft,
    Lesson, LessonId, MESSAGE_CHARS_MAX, MemberId, Message, MessageId, Micros, QuickReply, TeamId, TextFault, Usage,
    checked_text,
};
use crate::policy::{Policy, PolicyFault};
use crate::wording::{Level, Pack, PackFault};

mod articles;
mod chosen;
mod drafts;
mod erased;
mod kept;
mod merge;
mod owner;

pub(super) use drafts::draft_words;
pub use erased::{LEARNED_TOGETHER_MAX, erased_conversation, erased_message, words_taught};
pub use merge::{MergedArticle, merge_article};
pub use owner::{KNOWS_SHOPPER_SECONDS, knows_shopper, what_happened};

/// The longest reason for sending what the wording check warns of, in characters.
pub const REASON_CHARS_MAX: usize = 200;

/// What has to be known to decide on an action: the entity it names, as it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The conversation that the action names, if the shop has it.
    pub conversation: Option<Conversation>,
    /// Whether a message with the new message's id exists.
    pub message_exists: bool,
    /// The first answer after the message that the writer had seen which did not come from this device: who and when.
    pub answered_since: Option<(MemberId, Micros)>,
    /// Whether the shopper wrote after the message that the member had seen.
    pub shopper_wrote_since: bool,
    /// The team whose shoppers the member that the action names may answer, if they may.
    pub receiver_team: Option<TeamId>,
    /// The article that the action names.
    pub article: Option<Article>,
    /// The quick reply that the action names.
    pub quick_reply: Option<QuickReply>,
    /// The gravest that the shop's wording rules find in the words to be sent.
    pub wording: Option<Level>,
    /// Whether the picture that the action names is missing.
    pub picture_missing: bool,
    /// The lesson that the action names or confirms.
    pub lesson: Option<Lesson>,
    /// The lessons that lead to the article that the action names.
    pub lessons_of_article: Vec<LessonId>,
    /// How often the member chose the answer that the action names.
    pub used_by_member: Usage,
    /// How often the member's team did.
    pub used_by_team: Usage,
    /// The pack of wording rules that the action names.
    pub pack: Option<Pack>,
    /// The policy that the action names.
    pub policy: Option<Policy>,
    /// What the member has half-written in the conversation that the action names.
    pub draft: Option<Draft>,
    /// What anybody has half-written in it.
    pub drafts_of_conversation: Vec<Draft>,
}

/// A verdict and, when it is `applied`, the changes to write, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of the command.
    pub verdict: Verdict,
    /// What changes.
    pub changes: Vec<Change>,
}

impl Decision {
    fn applied(changes: Vec<Change>) -> Self {
        Self { verdict: Verdict::Applied, changes }
    }
}

/// Why a command takes no effect.
enum Refused {
    Rejected(RejectCode),
    Parked(ParkReason),
}

impl From<TextFault> for Refused {
    fn from(_: TextFault) -> Self {
        Self::Rejected(RejectCode::Invalid)
    }
}

impl From<PackFault> for Refused {
    fn from(_: PackFault) -> Self {
        Self::Rejected(RejectCode::Invalid)
    }
}

impl From<PolicyFault> for Refused {
    fn from(_: PolicyFault) -> Self {
        Self::Rejected(RejectCode::Invalid)
    }
}

type Changes = Result<Vec<Change>, Refused>;

/// Decides on an action of a member at a moment.
#[must_use]
pub fn decide(action: Action, actor: &Actor, facts: Facts, now: Micros) -> Decision {
    let changes = match action {
        Action::SendMessage(args) => send_message(args, actor, facts, now),
        Action::TakeConversation(args) => owner::take(&args, actor, facts),
        Action::TransferConversation(args) => owner::transfer(&args, actor, facts, now),
        Action::WhisperTo(args) => owner::whisper(&args, actor, facts, now),
        Action::CloseConversation(args) => close_conversation(&args, actor, facts, now),
        Action::PutArticle(args) => articles::put(args, actor, facts, now),
        Action::RemoveArticle(args) => articles::remove(&args, actor, facts),
        Action::PutQuickReply(args) => kept::put_quick_reply(args, actor, facts, now),
        Action::RemoveQuickReply(args) => kept::remove_quick_reply(&args, actor, facts),
        Action::DescribeConversation(args) => describe_conversation(args, actor, facts),
        Action::ChooseAnswer(args) => chosen::choose_answer(&args, actor, facts, now),
        Action::JudgeLesson(args) => chosen::judge_lesson(&args, actor, facts),
        Action::PutPack(args) => kept::put_pack(args, actor, facts, now),
        Action::RemovePack(args) => kept::remove_pack(&args, actor, facts),
        Action::PutPolicy(args) => kept::put_policy(args, actor, facts, now),
        Action::RemovePolicy(args) => kept::remove_policy(&args, actor, facts),
        Action::PutDraft(args) => drafts::put(args, actor, facts, now),
    };
    match changes {
        Ok(changes) => Decision::applied(changes),
        Err(Refused::Rejected(code)) => Decision { verdict: Verdict::Rejected { code }, changes: Vec::new() },
        Err(Refused::Parked(reason)) => Decision { verdict: Verdict::Parked { reason }, changes: Vec::new() },
    }
}

fn require(actor: &Actor, deed: Deed) -> Result<(), Refused> {
    if actor.roles.may(deed) { Ok(()) } else { Err(Refused::Rejected(RejectCode::Forbidden)) }
}

/// The conversation, if the member's team holds it. Another team's is as good as gone.
fn own_conversation(actor: &Actor, conversation: Option<Conversation>) -> Result<Conversation, Refused> {
    require(actor, Deed::Answer)?;
    conversation.filter(|conversation| conversation.team == actor.team).ok_or(Refused::Rejected(RejectCode::Gone))
}

/// A conversation of which everything was erased is changed no more.
fn not_erased(conversation: &Conversation) -> Result<(), Refused> {
    match conversation.erased_at {
        Some(_) => Err(Refused::Rejected(RejectCode::Erased)),
        None => Ok(()),
    }
}

fn send_message(args: SendMessage, actor: &Actor, facts: Facts, now: Micros) -> Changes {
    let mut conversation = own_conversation(actor, facts.conversation.clone())?;
    if facts.message_exists {
        // A device that lost its count sends what arrived before under a new number: the message stands already.
        return Ok(Vec::new());
    }
    not_erased(&conversation)?;
    let text = sendable_text(&args, &facts)?;
    if !args.anyway {
        let moved_on = moved_on(&args, actor, &conversation, facts.answered_since, now);
        if let Some(reason) = moved_on {
            return Err(Refused::Parked(reason));
        }
    }
    let message = Message {
        id: args.id,
        conversation: conversation.id,
        position: conversation.last_position + 1,
        author: Author::Member(actor.member),
        text,
        picture: args.picture,
        at: now,
        written_at: Some(args.written_at),
    };
    conversation.last_position = message.position;
    conversation.owner = conversation.owner.or(Some(actor.member));
    owner::answered(&mut conversation, actor.member);
    conversation.state = ConversationState::Open;
    conversation.version += 1;
    let sent = [Change::Message(conversation.team, message), Change::Conversation(conversation)];
    Ok(sent.into_iter().chain(drafts::gone(facts.draft)).collect())
}

/// The words, if they may leave: within the limits, every blank filled, nothing that the wording rules refuse.
fn sendable_text(args: &SendMessage, facts: &Facts) -> Result<String, Refused> {
    if facts.picture_missing {
        return Err(Refused::Rejected(RejectCode::Gone));
    }
    let text = match args.text.trim() {
        "" if args.picture.is_some() => String::new(),
        _ => checked_text("text", &args.text, MESSAGE_CHARS_MAX)?,
    };
    if is_unfilled(&text) {
        return Err(Refused::Rejected(RejectCode::Unfilled));
    }
    let reason = args.reason.trim();
    if reason.chars().count() > REASON_CHARS_MAX {
        return Err(Refused::Rejected(RejectCode::Invalid));
    }
    match facts.wording {
        Some(Level::Block) => Err(Refused::Rejected(RejectCode::Wording)),
        Some(Level::Warn) if reason.is_empty() => Err(Refused::Rejected(RejectCode::Wording)),
        _ => Ok(text),
    }
}

/// The stale-send guard: what happened since the writer looked that the writer should know before it goes out.
fn moved_on(
    args: &SendMessage,
    actor: &Actor,
    conversation: &Conversation,
    answered_since: Option<(MemberId, Micros)>,
    now: Micros,
) -> Option<ParkReason> {
    if conversation.state == ConversationState::Closed {
        return Some(ParkReason::Closed);
    }
    if let Some((by, at)) = answered_since {
        return Some(ParkReason::Answered { by, at });
    }
    let asked = |owner| args.beside_owner && args.owner_seen == Some(owner);
    if let Some(owner) = conversation.owner.filter(|owner| *owner != actor.member && !asked(*owner)) {
        return Some(ParkReason::TakenOver { by: owner });
    }
    (now > args.expires_at).then_some(ParkReason::Expired)
}

fn close_conversation(args: &CloseConversation, actor: &Actor, facts: Facts, now: Micros) -> Changes {
    let mut conversation = own_conversation(actor, facts.conversation)?;
    if conversation.state == ConversationState::Closed {
        return Ok(Vec::new());
    }
    if facts.shopper_wrote_since && conversation.last_position > args.seen {
        return Err(Refused::Rejected(RejectCode::Conflict));
    }
    conversation.state = ConversationState::Closed;
    conversation.closed_at = Some(now);
    (conversation.handover, conversation.whisper) = (None, None);
    conversation.version += 1;
    let drafts = facts.drafts_of_conversation.into_iter().flat_map(|draft| drafts::gone(Some(draft)));
    Ok(std::iter::once(Change::Conversation(conversation)).chain(drafts).collect())
}

fn describe_conversation(args: DescribeConversation, actor: &Actor, facts: Facts) -> Changes {
    let mut conversation = own_conversation(actor, facts.conversation)?;
    not_erased(&conversation)?;
    let about = conversation.about.clone().told(args.about)?;
    if about == conversation.about {
        return Ok(Vec::new());
    }
    conversation.about = about;
    conversation.version += 1;
    Ok(vec![Change::Conversation(conversation)])
}

/// A message from a shopper, as the shop's page hands it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopperMessage {
    /// The message's id, made by the page.
    pub id: MessageId,
    /// The words.
    pub text: String,
    /// The shopper.
    pub customer: CustomerId,
    /// What the shopper is called on the screen.
    pub customer_name: String,
    /// Where they write.
    pub channel: ChannelId,
    /// The team that answers there.
    pub team: TeamId,
    /// The id of the conversation, should a new one begin.
    pub new_conversation: ConversationId,
    /// What the address of the page says it is about.
    pub about: About,
}

/// What a shopper's message changes: it joins the open conversation, or begins a new one, which belongs to the agent
/// who `knows` them if one is there.
///
/// # Errors
/// When the text is empty or too long.
pub fn shopper_wrote(
    message: ShopperMessage,
    open: Option<Conversation>,
    knows: Option<MemberId>,
    now: Micros,
) -> Result<Vec<Change>, TextFault> {
    let text = checked_text("text", &message.text, MESSAGE_CHARS_MAX)?;
    let mut conversation = open.unwrap_or(Conversation {
        id: message.new_conversation,
        team: message.team,
        channel: message.channel,
        customer: message.customer,
        customer_name: message.customer_name,
        state: ConversationState::Open,
        owner: knows,
        opened_at: now,
        closed_at: None,
        last_position: 0,
        about: About::default(),
        handover: None,
        whisper: None,
        erased_at: None,
        version: 0,
    });
    // What a page was opened with is only hearsay: it never puts out what is known already.
    conversation.about = About::default().told(message.about)?.told(conversation.about)?;
    conversation.last_position += 1;
    conversation.version += 1;
    let message = Message {
        id: message.id,
        conversation: conversation.id,
        position: conversation.last_position,
        author: Author::Shopper,
        text,
        picture: None,
        at: now,
        written_at: None,
    };
    Ok(vec![Change::Message(conversation.team, message), Change::Conversation(conversation)])
}

#[cfg(test)]
mod tests;
