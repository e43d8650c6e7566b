//! What the server makes of a push before any of it takes effect: which commands are new, which came before.

use std::collections::BTreeMap;

use super::{Command, CommandHash, FormerNumber, PushRefusal, UnreadableCommand};

/// What the server has of a device's commands, as far as a push asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The last command received in this epoch.
    pub through: u64,
    /// The hashes of the received commands of this epoch that the push brings again.
    pub hashes: BTreeMap<u64, CommandHash>,
    /// The hashes of the commands received under the former numbers that the push names.
    pub former: BTreeMap<FormerNumber, CommandHash>,
}

/// A command that is to be taken, in the order in which it came.
#[derive(Debug, Clone, Copy)]
pub enum Receipt<'c> {
    /// Nobody has seen it: it is decided now.
    New(&'c Command),
    /// It was received under a former number: it gets the verdict of that one, and no second effect.
    Again(&'c Command, FormerNumber),
}

impl<'c> Receipt<'c> {
    /// The command.
    #[must_use]
    pub const fn command(&self) -> &'c Command {
        match self {
            Self::New(command) | Self::Again(command, _) => command,
        }
    }
}

/// Looks at all commands of a push, so that a refused push leaves nothing behind. Gives those to be taken; what was
/// received under the same number is left out.
///
/// # Errors
/// When the first one does not follow the last one received or the numbers have a gap, when bytes were damaged, or when a
/// number was used before for another command.
pub fn receive<'c>(commands: &'c [Command], known: &Known) -> Result<Vec<Receipt<'c>>, PushRefusal> {
    let mut taken = Vec::new();
    let mut expected = commands.first().map_or(1, |first| first.n.min(known.through.saturating_add(1)));
    for command in commands {
        if command.n != expected || command.n == 0 {
            return Err(PushRefusal::Gap);
        }
        if command.action() == Err(UnreadableCommand::Damaged) {
            return Err(PushRefusal::Damaged);
        }
        if command.n > known.through {
            taken.push(as_new_or_again(command, known));
        } else if known.hashes.get(&command.n) != Some(&command.hash) {
            return Err(PushRefusal::Reused);
        }
        expected = expected.saturating_add(1);
    }
    Ok(taken)
}

fn as_new_or_again<'c>(command: &'c Command, known: &Known) -> Receipt<'c> {
    let mut former = command.former_numbers().iter().copied();
    let same = former.find(|former| known.former.get(former) == Some(&command.hash));
    same.map_or(Receipt::New(command), |former| Receipt::Again(command, former))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ConversationId, EpochId};
    use crate::sync::{Action, TakeConversation};

    fn command(n: u64, name: &str) -> Command {
        let conversation = ConversationId::of_name(name);
        Command::new(n, &Action::TakeConversation(TakeConversation { conversation, owner_seen: None }))
    }

    fn known(commands: &[Command]) -> Known {
        Known {
            through: commands.last().map_or(0, |last| last.n),
            hashes: commands.iter().map(|command| (command.n, command.hash.clone())).collect(),
            former: BTreeMap::new(),
        }
    }

    fn numbers(commands: &[Command], known: &Known) -> Result<Vec<u64>, PushRefusal> {
        Ok(receive(commands, known)?.iter().map(|receipt| receipt.command().n).collect())
    }

    #[test]
    fn what_came_before_is_left_out_and_the_rest_is_new() {
        let all = [command(1, "a"), command(2, "b"), command(3, "c")];
        assert_eq!(numbers(&all, &Known::default()), Ok(vec![1, 2, 3]));
        assert_eq!(numbers(&all, &known(&all[..2])), Ok(vec![3]));
        assert_eq!(numbers(&all, &known(&all)), Ok(vec![]));
        assert_eq!(numbers(&all[2..], &known(&all[..2])), Ok(vec![3]));
        assert_eq!(numbers(&[], &known(&all)), Ok(vec![]));
    }

    #[test]
    fn gaps_reused_numbers_and_damage_take_nothing() {
        let all = [command(1, "a"), command(2, "b"), command(3, "c")];
        assert_eq!(numbers(&all[1..], &Known::default()), Err(PushRefusal::Gap));
        assert_eq!(numbers(&[command(1, "a"), command(3, "c")], &Known::default()), Err(PushRefusal::Gap));
        assert_eq!(numbers(&[command(0, "a")], &Known::default()), Err(PushRefusal::Gap));
        assert_eq!(numbers(&[command(2, "x"), command(3, "c")], &known(&all[..2])), Err(PushRefusal::Reused));
        let damaged = Command { kind: "conversation.close".into(), ..command(2, "b") };
        assert_eq!(numbers(&[command(1, "a"), damaged], &Known::default()), Err(PushRefusal::Damaged));
    }

    #[test]
    fn a_command_that_came_under_a_former_number_is_known_again() {
        let old = EpochId::of_name("old");
        let (first, second) = (command(7, "a"), command(8, "b"));
        let again = [first.renumbered(old, 1), second.renumbered(old, 2)];
        let seven = FormerNumber { epoch: old, n: 7 };
        let mut known = Known { former: BTreeMap::from([(seven, first.hash.clone())]), ..Known::default() };
        let taken = receive(&again, &known).unwrap();
        assert!(matches!(taken[..], [Receipt::Again(_, former), Receipt::New(_)] if former == seven));
        // Another command may have stood under that number, before the device's storage was set back.
        known.former.insert(seven, second.hash.clone());
        assert!(matches!(receive(&again, &known).unwrap()[..], [Receipt::New(_), Receipt::New(_)]));
    }
}
