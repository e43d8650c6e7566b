//! A shopper wishes to be forgotten: asking the server for it, and what this device does when it hears of it.

use std::collections::BTreeSet;
use std::rc::Rc;

use leptos::task::spawn_local;
use qinda::model::{ConversationId, PictureId};
use qinda::sync::{ErasureTold, ShopperTold, Touched};

use super::{AtDesk, Desk, FiguresProblem};
use crate::local::http;
use crate::local::outbox::DraftOf;

impl Desk {
    /// What would be erased.
    pub(crate) async fn shopper_of(&self, id: ConversationId) -> Result<ShopperTold, FiguresProblem> {
        http::get(&format!("/api/conversations/{id}/shopper")).await.map_err(FiguresProblem::from)
    }

    /// Erases everything of a conversation's shopper, in all of their conversations.
    pub(crate) async fn erase_shopper(&self, id: ConversationId) -> Result<ErasureTold, FiguresProblem> {
        let erased = http::post(&format!("/api/conversations/{id}/erase-shopper"), &()).await;
        self.wake();
        erased.map_err(FiguresProblem::from)
    }

    /// What this device keeps beside the rows of the server goes with them.
    pub(super) fn forget_erased(&self, touched: &[Touched]) {
        let is_erased =
            |desk: &AtDesk| touched.iter().any(|one| matches!(one, Touched::Conversation(id) if desk.is_erased(*id)));
        if self.with(is_erased) != Some(true) {
            return;
        }
        self.drop_drafts_of_erased();
        let Some((confirmed, pictures)) = self.with(|desk| (Rc::clone(&desk.confirmed), Rc::clone(&desk.pictures)))
        else {
            return;
        };
        let used = self.with(AtDesk::pictures_in_sight).unwrap_or_default();
        spawn_local(async move {
            confirmed.forget_told().await;
            // What stays now for want of a write makes way for others, or goes with the next one.
            let _ = pictures.drop_but(&used).await;
        });
    }

    /// Half-written words for conversations that were erased go.
    pub(super) fn drop_drafts_of_erased(&self) {
        let begun = |desk: &AtDesk| -> Vec<DraftOf> {
            desk.drafts.keys().copied().filter(|of| desk.is_of_an_erased_one(*of)).collect()
        };
        for of in self.with(begun).unwrap_or_default() {
            self.set_draft(of, String::new());
        }
    }
}

impl AtDesk {
    /// Whether something is half-written for a conversation that was erased.
    pub(super) fn is_of_an_erased_one(&self, of: DraftOf) -> bool {
        match of {
            DraftOf::Reply(id) | DraftOf::Attachment(id) | DraftOf::Taken(id) => self.is_erased(id),
            DraftOf::Article(_) | DraftOf::QuickReply(_) | DraftOf::Policy(_) | DraftOf::Rule | DraftOf::Import => {
                false
            }
        }
    }

    /// Every picture that something on this device shows or is about to send.
    fn pictures_in_sight(&self) -> BTreeSet<PictureId> {
        let replica = self.device.replica();
        let of_replies = replica.quick_replies().filter_map(|reply| reply.fields.picture);
        let messages = replica.conversations().flat_map(|known| replica.delivered(known.id));
        let of_messages = messages.filter_map(|message| message.picture);
        self.pictures_in_work().into_iter().chain(of_replies).chain(of_messages).collect()
    }
}
