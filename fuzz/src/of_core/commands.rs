//! Pushes, and the commands in them.

use std::collections::BTreeMap;

use qinda::model::{DeviceId, EpochId, MESSAGE_CHARS_MAX};
use qinda::sync::{
    Action, COMMAND_VERSION, Change, Command, FORMER_NUMBERS_MAX, Facts, FormerNumber, Known, PROTOCOL, PushRequest,
    Receipt, UnreadableCommand, Verdict, decide, receive,
};

use super::examples::{self, raw};
use crate::target::{again, headed, same_again};

/// A push as its bytes come to the server, and the same with hashes that fit.
pub fn push(input: &[u8]) -> bool {
    let Ok(request) = serde_json::from_slice::<PushRequest>(input) else { return false };
    again(&request);
    let hashed: Vec<Command> = request.commands.iter().map(rehashed).collect();
    for commands in [&request.commands, &hashed] {
        received(commands, request.epoch);
        commands.iter().for_each(holds);
    }
    true
}

fn rehashed(command: &Command) -> Command {
    let fresh = Command::written(command.n, &command.kind, command.version, command.args.clone());
    Command { former: command.former.clone(), ..fresh }
}

/// Whatever the server has, a command is taken once.
fn received(commands: &[Command], epoch: EpochId) {
    let last = commands.last().map_or(0, |last| last.n);
    for through in [0, 1, last.saturating_sub(1), last, u64::MAX] {
        let known = Known { through, ..Known::default() };
        let Ok(taken) = receive(commands, &known) else { continue };
        let numbers: Vec<u64> = taken.iter().map(|receipt| receipt.command().n).collect();
        assert!(numbers.iter().all(|n| *n > through), "what was received is taken again");
        assert!(numbers.is_sorted_by(|one, next| one < next), "a number is taken twice");
    }
    let hashes = commands.iter().map(|command| (command.n, command.hash.clone())).collect();
    let all = Known { through: last, hashes, ..Known::default() };
    if let Ok(taken) = receive(commands, &Known::default()) {
        assert_eq!(taken.len(), commands.len());
        assert!(receive(commands, &all).is_ok_and(|taken| taken.is_empty()), "a resend has an effect");
    }
    let moved: Vec<Command> = (1..).zip(commands).map(|(n, command)| command.renumbered(epoch, n)).collect();
    let former: BTreeMap<_, _> =
        commands.iter().map(|command| (FormerNumber { epoch, n: command.n }, command.hash.clone())).collect();
    if former.len() == commands.len()
        && let Ok(taken) = receive(&moved, &Known { former, ..Known::default() })
    {
        assert!(taken.iter().all(|receipt| matches!(receipt, Receipt::Again(..))), "a renumbered command is new");
    }
}

fn holds(command: &Command) {
    assert!(command.former_numbers().len() <= FORMER_NUMBERS_MAX);
    let moved = command.renumbered(EpochId::of_name("left"), 7);
    assert!(moved.former.len() <= FORMER_NUMBERS_MAX && moved.hash == command.hash);
    assert_eq!(moved.action(), command.action());
    let Ok(action) = command.action() else { return };
    let written = Command::new(command.n, &action);
    assert!(written.kind == command.kind && written.version <= COMMAND_VERSION);
    assert_eq!(written.action(), Ok(action));
}

/// Kind, version and arguments on lines of their own: what it does, wherever it meets what.
pub fn command(input: &[u8]) -> bool {
    let Some((kind, rest)) = headed(input) else { return false };
    let Some((version, args)) = rest.split_once('\n') else { return false };
    let (Ok(version), Some(args)) = (version.parse(), raw(args)) else { return false };
    let command = Command::written(1, kind, version, args);
    again(&command);
    holds(&command);
    match command.action() {
        Ok(action) => {
            [Facts::default(), facts(&action)].into_iter().for_each(|facts| decided(action.clone(), facts));
            true
        }
        Err(UnreadableCommand::Unknown { .. } | UnreadableCommand::Malformed { .. }) => false,
        Err(UnreadableCommand::Damaged) => panic!("a hash of its own does not fit"),
    }
}

/// The shop has what the action names.
fn facts(action: &Action) -> Facts {
    let mut facts = Facts { receiver_team: Some(examples::actor().team), ..Facts::default() };
    for change in examples::changes() {
        match change {
            Change::Conversation(conversation) => facts.conversation = Some(conversation),
            Change::Article(article) => facts.article = Some(article),
            Change::QuickReply(reply) => facts.quick_reply = Some(reply),
            Change::Lesson(lesson) => facts.lesson = Some(lesson),
            Change::Pack(pack) => facts.pack = Some(pack),
            Change::Policy(policy) => facts.policy = Some(policy),
            Change::Draft(draft) => facts.draft = Some(draft),
            _ => {}
        }
    }
    let named = match action {
        Action::SendMessage(args) => Some(args.conversation),
        Action::TakeConversation(args) => Some(args.conversation),
        Action::TransferConversation(args) => Some(args.conversation),
        Action::WhisperTo(args) => Some(args.conversation),
        Action::CloseConversation(args) => Some(args.conversation),
        Action::DescribeConversation(args) => Some(args.conversation),
        Action::PutDraft(args) => Some(args.conversation),
        _ => None,
    };
    facts.conversation = facts.conversation.zip(named).map(|(conversation, id)| {
        let owner = conversation.owner;
        qinda::model::Conversation { id, owner, ..conversation }
    });
    facts
}

/// What is decided holds, whatever is.
pub fn decided(action: Action, facts: Facts) {
    let decision = decide(action, &examples::actor(), facts, examples::NOW);
    same_again(&decision.verdict);
    assert!(decision.verdict == Verdict::Applied || decision.changes.is_empty(), "what is refused changes something");
    for change in decision.changes {
        assert_eq!(Change::read(change.kind(), &change.body()).ok(), Some(Some(change.clone())));
        bounded(&change);
    }
}

/// What a command puts into the shop's feed is within every limit.
fn bounded(change: &Change) {
    match change {
        Change::Message(_, message) => assert!(message.text.chars().count() <= MESSAGE_CHARS_MAX),
        Change::Article(article) => assert_eq!(article.fields.clone().checked().as_ref(), Ok(&article.fields)),
        Change::QuickReply(reply) => assert_eq!(reply.fields.clone().checked().as_ref(), Ok(&reply.fields)),
        Change::Pack(pack) => assert_eq!(pack.fields.clone().checked().as_ref(), Ok(&pack.fields)),
        Change::Policy(policy) => assert_eq!(policy.fields.clone().checked().as_ref(), Ok(&policy.fields)),
        Change::Draft(draft) => assert!(draft.text.chars().count() <= MESSAGE_CHARS_MAX),
        Change::Lesson(lesson) => assert!(lesson.text.chars().count() <= qinda::model::LESSON_CHARS_MAX),
        Change::Conversation(conversation) => {
            let told = conversation.handover.as_ref().map_or(0, |handover| handover.note.chars().count());
            assert!(told <= qinda::model::NOTE_CHARS_MAX);
            assert_eq!(conversation.about.clone().told(conversation.about.clone()).as_ref(), Ok(&conversation.about));
        }
        _ => {}
    }
}

/// A push of every kind, and pushes that came again.
pub fn push_seeds() -> Vec<Vec<u8>> {
    let commands: Vec<Command> = (1..).zip(examples::actions()).map(|(n, action)| Command::new(n, &action)).collect();
    let moved = commands[1..3].iter().zip(1..).map(|(command, n)| command.renumbered(EpochId::of_name("left"), n));
    [commands[..4].to_vec(), commands[4..9].to_vec(), commands[9..].to_vec(), moved.collect()]
        .into_iter()
        .map(|commands| PushRequest {
            protocol: PROTOCOL,
            device: DeviceId::of_name("phone"),
            epoch: EpochId::of_name("one"),
            commands,
        })
        .map(|request| serde_json::to_vec(&request).expect("a push can be written"))
        .collect()
}

/// One command of each kind.
pub fn command_seeds() -> Vec<Vec<u8>> {
    let commands = examples::actions().into_iter().map(|action| Command::new(1, &action));
    commands.map(|command| format!("{}\n{}\n{}", command.kind, command.version, command.args).into_bytes()).collect()
}
