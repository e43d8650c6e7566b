//! Which commands stand on others. A person goes on working on what waits in the outbox; if that is refused, what was given
//! on top of it must not take effect by itself, on something else that stands there by then.

use super::{Action, Command, RejectCode, Replica, Verdict};
use crate::model::{ArticleId, EntryId, PackId, PolicyId, QuickReplyId};

/// A record that is changed from the version that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Record {
    Article(ArticleId),
    QuickReply(QuickReplyId),
    Pack(PackId),
    Policy(PolicyId),
}

impl Record {
    /// The record that an action makes, changes or removes.
    fn changed_by(action: &Action) -> Option<Self> {
        Some(match action {
            Action::PutArticle(args) => Self::Article(args.id),
            Action::RemoveArticle(args) => Self::Article(args.id),
            Action::PutQuickReply(args) => Self::QuickReply(args.id),
            Action::RemoveQuickReply(args) => Self::QuickReply(args.id),
            Action::PutPack(args) => Self::Pack(args.id),
            Action::RemovePack(args) => Self::Pack(args.id),
            Action::PutPolicy(args) => Self::Policy(args.id),
            Action::RemovePolicy(args) => Self::Policy(args.id),
            _ => return None,
        })
    }
}

/// The number of the waiting command that an action stands on, as the screen shows it.
pub(super) fn needed(action: &Action, replica: &Replica) -> Option<u64> {
    let mut pending = replica.pending().iter().map(|pending| (pending.n, Record::changed_by(&pending.action)));
    let found = match action {
        // It needs what makes the thing it names, and not what changes it further.
        Action::ChooseAnswer(args) => {
            let record = unconfirmed(args.entry, replica)?;
            pending.find(|(_, changed)| *changed == Some(record))
        }
        _ => {
            let record = Record::changed_by(action)?;
            pending.rfind(|(_, changed)| *changed == Some(record))
        }
    };
    found.map(|(n, _)| n)
}

/// An answer that the server may not have.
fn unconfirmed(entry: EntryId, replica: &Replica) -> Option<Record> {
    let confirmed = replica.confirmed();
    match entry {
        EntryId::Article(id) => (!confirmed.articles.contains_key(&id)).then_some(Record::Article(id)),
        EntryId::QuickReply(id) => (!confirmed.quick_replies.contains_key(&id)).then_some(Record::QuickReply(id)),
    }
}

impl Command {
    /// The verdict on a command that stands on another one, when that took no effect. `None` where it may be decided.
    #[must_use]
    pub fn waits(needed: Option<&Verdict>) -> Option<Verdict> {
        let has_effect = needed.is_none_or(|verdict| *verdict == Verdict::Applied);
        (!has_effect).then_some(Verdict::Rejected { code: RejectCode::Waits })
    }
}
