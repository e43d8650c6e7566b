//! What the desk keeps beside articles and conversations: wording rules, policies, lessons, what a chat is about.

use std::rc::Rc;

use qinda::blanks::is_unfilled;
use qinda::model::{About, ConversationId, EntryId, How, Lesson, LessonId, PackId, PolicyId};
use qinda::order;
use qinda::policy::{Policy, PolicyFields};
use qinda::sync::{
    Action, ChooseAnswer, DescribeConversation, JudgeLesson, PutPack, PutPolicy, RemovePack, RemovePolicy,
};
use qinda::wording::{Checker, Finding, Level, Pack, PackFields, in_force};

use super::deeds::Kept;
use super::{Desk, Held};
use crate::local::clock::Measured;
use crate::local::outbox::DraftOf;
use crate::local::random;
use crate::prelude::*;

impl Desk {
    /// The shop's packs of wording rules, by name; the default pack is among them once the shop changed it.
    pub(crate) fn packs(&self) -> Vec<Pack> {
        self.knowledge_version.track();
        let mut packs: Vec<Pack> =
            self.with(|desk| desk.device.replica().packs().cloned().collect()).unwrap_or_default();
        order::sort_by(&mut packs, |one, other| one.fields.name.cmp(&other.fields.name));
        packs
    }

    /// The policies, by title.
    pub(crate) fn policies(&self) -> Vec<Policy> {
        self.knowledge_version.track();
        let mut policies: Vec<Policy> =
            self.with(|desk| desk.device.replica().policies().cloned().collect()).unwrap_or_default();
        order::sort_by(&mut policies, |one, other| one.fields.title.cmp(&other.fields.title));
        policies
    }

    /// What was learned from choices, the latest first.
    pub(crate) fn lessons(&self) -> Vec<Lesson> {
        self.knowledge_version.track();
        let mut lessons: Vec<Lesson> =
            self.with(|desk| desk.device.replica().lessons().cloned().collect()).unwrap_or_default();
        order::sort_by_key(&mut lessons, |lesson| (-lesson.last_at.0, lesson.id));
        lessons
    }

    /// What the wording rules find in a text.
    pub(crate) fn findings(&self, text: &str) -> Vec<Finding> {
        self.knowledge_version.track();
        let checker = self.checker();
        let _measured = Measured::start("qinda.check");
        checker.map(|checker| checker.check(text)).unwrap_or_default()
    }

    /// Whether the words of a held reply may leave as they are: every blank filled, and nothing that the wording rules
    /// forbid, or warn of without a reason.
    pub(crate) fn may_leave(&self, held: &Held) -> bool {
        let Some(reply) = held.reply() else { return true };
        let worst = self.findings(&reply.text).iter().map(|finding| finding.level).max();
        let is_allowed = match worst {
            Some(Level::Block) => false,
            Some(Level::Warn) => !reply.reason.is_empty(),
            Some(Level::Hint) | None => true,
        };
        is_allowed && !is_unfilled(&reply.text)
    }

    fn checker(&self) -> Option<Rc<Checker>> {
        self.change(|desk| {
            if desk.checker.is_none() {
                desk.checker = Some(Rc::new(Checker::new(in_force(desk.device.replica().packs()))));
            }
            desk.checker.clone()
        })
        .flatten()
    }

    /// Writes a new pack of wording rules, or changes the one that was read in version `base`. The draft it was
    /// written in goes with it.
    pub(crate) async fn put_pack(
        &self,
        id: Option<PackId>,
        fields: PackFields,
        base: u32,
        draft: Option<DraftOf>,
    ) -> Kept<PackId> {
        let fields = fields.checked()?;
        let id = id.unwrap_or_else(|| PackId::new(random::unix_ms(), random::bits()));
        self.give(Action::PutPack(PutPack { id, fields, base }), draft).await?;
        Ok(id)
    }

    /// Removes a pack; removing the shop's edition of the default pack brings the shipped one back.
    pub(crate) async fn remove_pack(&self, pack: Pack) -> Kept {
        self.give(Action::RemovePack(RemovePack { id: pack.id, base: pack.version }), None).await
    }

    /// Writes a new policy, or changes the one that was read in version `base`.
    pub(crate) async fn put_policy(&self, id: Option<PolicyId>, fields: PolicyFields, base: u32) -> Kept<PolicyId> {
        let fields = fields.checked()?;
        let id = id.unwrap_or_else(|| PolicyId::new(random::unix_ms(), random::bits()));
        let draft = DraftOf::Policy((base > 0).then_some(id));
        self.give(Action::PutPolicy(PutPolicy { id, fields, base }), Some(draft)).await?;
        Ok(id)
    }

    /// Removes a policy.
    pub(crate) async fn remove_policy(&self, policy: Policy) -> Kept {
        self.give(Action::RemovePolicy(RemovePolicy { id: policy.id, base: policy.version }), None).await
    }

    /// Takes a lesson back, or gives it again.
    pub(crate) async fn judge_lesson(&self, id: LessonId, taken_back: bool) -> Kept {
        self.give(Action::JudgeLesson(JudgeLesson { id, taken_back }), None).await
    }

    /// Notes that an answer was chosen; `text` is what the shopper asked in a conversation, or empty.
    pub(crate) async fn choose(&self, entry: EntryId, text: String, how: How, of: Option<ConversationId>) -> Kept {
        self.give(Action::ChooseAnswer(ChooseAnswer { entry, text, how, conversation: of }), None).await
    }

    /// Says what a conversation is about. What is not named in `about` stays as it is; a blank text empties a fact.
    pub(crate) async fn describe(&self, conversation: ConversationId, about: About) -> Kept {
        About::default().told(about.clone())?;
        self.give(Action::DescribeConversation(DescribeConversation { conversation, about }), None).await
    }
}
