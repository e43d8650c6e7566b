//! Keeping quick replies. Like every deed it is on disk before it counts.

use qinda::model::{Keeper, QuickReply, QuickReplyFields, QuickReplyId};
use qinda::sync::{Action, PutQuickReply, RemoveQuickReply};

use serde::{Deserialize, Serialize};

use super::Desk;
use super::deeds::Kept;
use crate::local::http::{self, Failure};
use crate::local::outbox::DraftOf;
use crate::local::random;
use crate::prelude::*;

/// Why a spreadsheet was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoSheet {
    /// Nothing answered.
    Unreachable,
    /// The server cannot read it.
    Unreadable,
}

#[derive(Deserialize)]
struct Sheet {
    rows: Vec<SheetRow>,
}

#[derive(Deserialize)]
struct SheetRow {
    line: usize,
    cells: Vec<String>,
}

/// Who keeps a quick reply, as the member at the desk sees it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeptBy {
    /// The member.
    #[default]
    Me,
    /// The member's team.
    Team,
    /// The shop.
    Shop,
}

impl KeptBy {
    /// Everybody who can keep one.
    pub(crate) const ALL: [Self; 3] = [Self::Me, Self::Team, Self::Shop];

    /// Who keeps a quick reply that this member sees.
    pub(crate) const fn of(reply: &QuickReply) -> Self {
        match reply.keeper() {
            Keeper::Member(_) => Self::Me,
            Keeper::Team(_) => Self::Team,
            Keeper::Shop => Self::Shop,
        }
    }
}

fn put(id: QuickReplyId, fields: QuickReplyFields, keeper: KeptBy, base: u32) -> Action {
    let (shared, team) = (keeper == KeptBy::Shop, keeper == KeptBy::Team);
    Action::PutQuickReply(PutQuickReply { id, fields, shared, team, base, keeps_rest: false })
}

fn fresh_id() -> QuickReplyId {
    QuickReplyId::new(random::unix_ms(), random::bits())
}

impl Desk {
    /// A quick reply.
    pub(crate) fn quick_reply(&self, id: QuickReplyId) -> Option<QuickReply> {
        self.knowledge_version.track();
        self.with(|desk| desk.device.replica().quick_reply(id).cloned()).flatten()
    }

    /// Writes a new quick reply, or changes the one that was read in version `base`.
    pub(crate) async fn put_quick_reply(
        &self,
        id: Option<QuickReplyId>,
        fields: QuickReplyFields,
        keeper: KeptBy,
        base: u32,
    ) -> Kept<QuickReplyId> {
        let fields = fields.checked()?;
        let id = id.unwrap_or_else(fresh_id);
        let draft = DraftOf::QuickReply((base > 0).then_some(id));
        self.give(put(id, fields, keeper, base), Some(draft)).await?;
        Ok(id)
    }

    /// Writes a copy of one's own. What is half-written in the form for a new one stays.
    pub(crate) async fn copy_quick_reply(&self, fields: QuickReplyFields) -> Kept<QuickReplyId> {
        let id = fresh_id();
        self.give(put(id, fields, KeptBy::Me, 0), None).await?;
        Ok(id)
    }

    /// Removes a quick reply.
    pub(crate) async fn remove_quick_reply(&self, reply: &QuickReply) -> Kept {
        let draft = DraftOf::QuickReply(Some(reply.id));
        self.give(Action::RemoveQuickReply(RemoveQuickReply { id: reply.id, base: reply.version }), Some(draft)).await
    }

    /// Brings a quick reply back that was just removed.
    pub(crate) async fn restore_quick_reply(&self, reply: QuickReply) -> Kept {
        let keeper = KeptBy::of(&reply);
        self.give(put(reply.id, reply.fields, keeper, 0), None).await
    }

    /// The rows of a spreadsheet with their numbers, which the server reads.
    pub(crate) async fn sheet_rows(&self, bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, NoSheet> {
        let sheet: Sheet = http::post_bytes("/api/import/sheet", bytes).await.map_err(|failure| match failure {
            Failure::Refused(..) | Failure::Push(..) => NoSheet::Unreadable,
            Failure::Unreachable | Failure::SignedOut | Failure::CutOff | Failure::Busy(_) => NoSheet::Unreachable,
        })?;
        Ok(sheet.rows.into_iter().map(|row| (row.line, row.cells)).collect())
    }

    /// Writes the quick replies of a file: new ones, and others in place of those that stand. All or none.
    pub(crate) async fn import_quick_replies(
        &self,
        new: Vec<QuickReplyFields>,
        changed: Vec<(QuickReply, QuickReplyFields)>,
        keeper: KeptBy,
    ) -> Kept<usize> {
        let mut actions = Vec::with_capacity(new.len() + changed.len());
        for fields in new {
            actions.push(put(fresh_id(), fields.checked()?, keeper, 0));
        }
        for (reply, fields) in changed {
            actions.push(put(reply.id, fields.checked()?, KeptBy::of(&reply), reply.version));
        }
        let count = actions.len();
        self.give_all(actions, Vec::new()).await?;
        Ok(count)
    }
}
