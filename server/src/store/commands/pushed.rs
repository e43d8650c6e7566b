//! A push before its turn to write. A writer does one thing at a time, so what needs no database is done before.

use qinda::model::Actor;
use qinda::sync::{Action, Command, PushRequest, UnreadableCommand};

use crate::store::wording::{Checked, Checkers};

/// A push, its commands read and the words of its replies checked.
pub struct Pushed {
    pub(super) actor: Actor,
    pub(super) request: PushRequest,
    /// For each command.
    read: Vec<Read>,
}

/// What can be told of a command without the database.
pub(super) struct Read {
    /// What it does.
    pub action: Result<Action, UnreadableCommand>,
    /// What the rules that are ready find in its words.
    pub checked: Option<Checked>,
}

impl Read {
    fn new(command: &Command, actor: &Actor, checkers: &Checkers) -> Self {
        let action = command.action();
        let checked = match &action {
            Ok(Action::SendMessage(args)) => checkers.check(actor.shop, &args.text),
            _ => None,
        };
        Self { action, checked }
    }
}

impl Pushed {
    pub(in crate::store) fn new(actor: Actor, request: PushRequest, checkers: &Checkers) -> Self {
        let read = request.commands.iter().map(|command| Read::new(command, &actor, checkers)).collect();
        Self { actor, request, read }
    }

    /// What is known of one of its commands.
    pub(super) fn read(&self, command: &Command) -> Option<&Read> {
        let at = self.request.commands.iter().position(|of_push| std::ptr::eq(of_push, command))?;
        self.read.get(at)
    }
}
