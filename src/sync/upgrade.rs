//! Versions of commands. What an older desk queued is brought into the present form before it is decided; the hash stays
//! that of the bytes as they were written.
//!
//! - A field that says more gets a default, and the kind the next version: a server that skipped the field would do
//!   something else than was meant. A variant that older servers do not know is such a field.
//! - A command is written in the lowest version that says all it says, so that it meets as few servers as can be that do
//!   not know it. Those keep it from taking effect, and its words stay with the device.
//! - A field that only describes, such as how a reply came to be, needs no version.

use super::{Action, PutQuickReply};
use crate::model::{Keeper, QuickReply};

/// The newest version of any kind of command.
pub const COMMAND_VERSION: u16 = 2;
/// So many versions before the newest of its kind are read.
pub const VERSIONS_BACK: u16 = 2;

/// The newest version of a kind that this code reads. Version 2 brought:
/// - to `message.send` the picture, without which the words may be meaningless;
/// - to `quick_reply.put` the team that keeps it, its category and its picture.
fn newest(kind: &str) -> u16 {
    match kind {
        "message.send" | "quick_reply.put" => 2,
        _ => 1,
    }
}

/// Whether commands of this kind and version are read.
pub(super) fn is_read(kind: &str, version: u16) -> bool {
    let newest = newest(kind);
    version > 0 && version <= newest && newest - version <= VERSIONS_BACK
}

/// The lowest version that says all that the action says.
pub(super) fn version_of(action: &Action) -> u16 {
    let is_of_two = match action {
        Action::SendMessage(args) => args.picture.is_some(),
        Action::PutQuickReply(args) => {
            let fields = &args.fields;
            let says_more = args.team || !fields.category.is_empty() || fields.picture.is_some();
            !args.keeps_rest && (says_more || args.base > 0)
        }
        _ => false,
    };
    if is_of_two { 2 } else { 1 }
}

/// The action as it is said today.
pub(super) fn upgraded(mut action: Action, version: u16) -> Action {
    if let Action::PutQuickReply(args) = &mut action {
        // A new one has nothing that could stay.
        args.keeps_rest = version == 1 && args.base > 0;
    }
    action
}

/// A quick reply of version 1 says nothing of what came later: that stays as it stands.
pub(super) fn with_rest(mut args: PutQuickReply, standing: &QuickReply) -> PutQuickReply {
    if args.keeps_rest {
        // To such a desk a team's was the shop's.
        if args.shared && matches!(standing.keeper(), Keeper::Team(_)) {
            (args.shared, args.team) = (false, true);
        }
        if args.fields.category.is_empty() {
            args.fields.category.clone_from(&standing.fields.category);
        }
        args.fields.picture = args.fields.picture.or(standing.fields.picture);
    }
    args
}
