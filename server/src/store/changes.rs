//! Writing a change: into the table of its kind, and into the feed.

use qinda::model::{Conversation, DeviceId, Draft, LESSONS_MAX, Lesson, ShopId};
use qinda::sync::Change;

use super::{Stored, Work, articles, conversations, drafts, lessons, members, packs, policies, quick_replies, used};

impl Work {
    /// Writes changes of a shop, in order. `device` is the one that a member wrote on, if it was one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn write_changes(&mut self, shop: ShopId, changes: Vec<Change>, device: Option<DeviceId>) -> Stored<()> {
        // A conversation's row stands before its first message, which refers to it.
        for change in &changes {
            if let Change::Conversation(conversation) = change
                && conversations::put(self.conn(), shop, conversation).await?
            {
                self.bring_back(shop, conversation).await?;
            }
        }
        for change in changes {
            self.write_change(shop, &change, device).await?;
            self.stage(shop, change);
        }
        Ok(())
    }

    async fn write_change(&mut self, shop: ShopId, change: &Change, device: Option<DeviceId>) -> Stored<()> {
        if matches!(change, Change::Pack(_) | Change::PackGone(_)) {
            self.checker = None;
        }
        let conn = self.conn();
        match change {
            // The tables keep a conversation that leaves its feed.
            Change::Conversation(_) | Change::ConversationGone(_) => Ok(()),
            Change::Message(_, message) => conversations::add_message(conn, shop, message, device).await,
            Change::Article(article) => articles::put(conn, shop, article).await,
            Change::ArticleGone(id) => articles::remove(conn, shop, *id).await,
            Change::QuickReply(reply) => quick_replies::put(conn, shop, reply).await,
            // Only left one scope for another: its row is written by the change that follows.
            Change::QuickReplyGone(scope, id) => quick_replies::remove(conn, shop, *scope, *id).await,
            Change::Member(card) => members::put_card(conn, shop, card).await,
            Change::Lesson(lesson) => self.learn(shop, lesson).await,
            Change::LessonGone(id) => lessons::remove(conn, shop, *id).await,
            Change::Used(used) => used::put(conn, shop, used).await,
            Change::Pack(pack) => packs::put(conn, shop, pack).await,
            Change::PackGone(id) => packs::remove(conn, shop, *id).await,
            Change::Policy(policy) => policies::put(conn, shop, policy).await,
            Change::PolicyGone(id) => policies::remove(conn, shop, *id).await,
            Change::Draft(draft) => self.keep_draft(shop, draft).await,
            Change::DraftGone(member, conversation) => drafts::remove(conn, shop, *member, *conversation).await,
        }
    }

    /// Keeps a half-written reply. What is over, or too many, gives way.
    async fn keep_draft(&mut self, shop: ShopId, draft: &Draft) -> Stored<()> {
        let now = self.now();
        let conn = self.conn();
        drafts::put(conn, shop, draft).await?;
        for gone in drafts::surplus(conn, shop, draft, now).await? {
            drafts::remove(self.conn(), shop, gone.member, gone.conversation).await?;
            self.stage(shop, Change::DraftGone(gone.member, gone.conversation));
        }
        Ok(())
    }

    /// A conversation that had left its feed comes back with all of its messages.
    async fn bring_back(&mut self, shop: ShopId, conversation: &Conversation) -> Stored<()> {
        conversations::came_back(self.conn(), shop, conversation.id).await?;
        for message in conversations::thread(self.conn(), shop, conversation.id).await? {
            self.stage(shop, Change::Message(conversation.team, message));
        }
        Ok(())
    }

    /// Keeps a lesson. When the shop has too many, the least worthy one gives way.
    async fn learn(&mut self, shop: ShopId, lesson: &Lesson) -> Stored<()> {
        let conn = self.conn();
        lessons::put(conn, shop, lesson).await?;
        for gone in lessons::surplus(conn, shop, lesson.id, LESSONS_MAX).await? {
            lessons::remove(self.conn(), shop, gone).await?;
            self.stage(shop, Change::LessonGone(gone));
        }
        Ok(())
    }
}
