//! Commands of devices: each gets exactly one effect and one verdict, in one transaction with the acknowledgement.

mod pushed;

use qinda::model::{Actor, DeviceId, EpochId, Message, Micros, ShopId};
use qinda::sync::{
    Action, Change, Command, CommandHash, Decision, FormerNumber, Known as KnownCommands, LeaseTold, PullRequest,
    PushAnswer, PushRefusal, PushRequest, Receipt, RejectCode, UnreadableCommand, Verdict, VerdictRow, WordingNote,
    decide, receive,
};
use qinda::wording::{Finding, Level};

use super::devices::{self, DeviceStanding};
use super::dialect::{Conn, query};
use super::facts::Known;
use super::row::{Columns, kept, unreadable};
use super::wording::Checked;
use super::{Stored, Work, composed, lives, wording};
use crate::meters;
pub use pushed::Pushed;

/// The most verdicts in one pull.
pub const PULL_VERDICTS_MAX: u64 = 1_000;

/// Why nothing of a push was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushRefused {
    /// The device belongs to another member.
    NotYourDevice,
    /// The device was cut off.
    CutOff {
        /// Whether it knows.
        told: bool,
    },
    /// The commands do not follow what the server has.
    Commands {
        /// What is wrong with them.
        refusal: PushRefusal,
        /// The last command that the server has.
        through: u64,
    },
}

/// Takes the commands of a push: a job for [`super::Store::write`].
///
/// # Errors
/// When the database refuses.
pub async fn push(work: &mut Work, pushed: &Pushed) -> Stored<Result<PushAnswer, PushRefused>> {
    let Pushed { actor, request, .. } = pushed;
    let at = work.now();
    match devices::claim(work.conn(), actor, request.device, at).await? {
        DeviceStanding::Nobodys | DeviceStanding::Yours(_) => {}
        DeviceStanding::Others => return Ok(Err(PushRefused::NotYourDevice)),
        DeviceStanding::CutOff { told } => return Ok(Err(PushRefused::CutOff { told })),
    }
    let through = through(work.conn(), request.device, request.epoch).await?;
    let known = known(work.conn(), request, through).await?;
    let receipts = match receive(&request.commands, &known) {
        Ok(receipts) => receipts,
        Err(refusal) => return Ok(Err(PushRefused::Commands { refusal, through })),
    };
    let lease = Some(LeaseTold::from(at));
    let Some(last) = receipts.last() else { return Ok(Ok(PushAnswer { through, lease })) };
    let last = FormerNumber { epoch: request.epoch, n: last.command().n };
    advance(work.conn(), actor.shop, request.device, last).await?;
    for receipt in receipts {
        take(work, pushed, receipt).await?;
    }
    Ok(Ok(PushAnswer { through: last.n, lease }))
}

async fn through(conn: &mut Conn, device: DeviceId, epoch: EpochId) -> Stored<u64> {
    let row = query("SELECT through FROM epochs WHERE device = $1 AND epoch = $2")
        .bind(device.to_string())
        .bind(epoch.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.number("through")).transpose()?.unwrap_or(0))
}

/// Notes that the server has the commands of an epoch up to a number.
async fn advance(conn: &mut Conn, shop: ShopId, device: DeviceId, last: FormerNumber) -> Stored<()> {
    query(
        "INSERT INTO epochs (device, epoch, shop, through) VALUES ($1, $2, $3, $4)
         ON CONFLICT (device, epoch) DO UPDATE SET through = excluded.through
         WHERE excluded.through > epochs.through",
    )
    .bind(device.to_string())
    .bind(last.epoch.to_string())
    .bind(shop.to_string())
    .bind(kept(last.n))
    .execute(conn)
    .await?;
    Ok(())
}

/// What the server has of the commands that a push brings.
async fn known(conn: &mut Conn, request: &PushRequest, through: u64) -> Stored<KnownCommands> {
    let mut known = KnownCommands { through, ..KnownCommands::default() };
    for command in &request.commands {
        if command.n <= through {
            let number = FormerNumber { epoch: request.epoch, n: command.n };
            if let Some((hash, _)) = standing(conn, request.device, number).await? {
                known.hashes.insert(command.n, hash);
            }
        }
        for former in command.former_numbers() {
            if let Some((hash, _)) = standing(conn, request.device, *former).await? {
                known.former.insert(*former, hash);
            }
        }
    }
    Ok(known)
}

/// The hash and the verdict of the command that stands under a number.
async fn standing(conn: &mut Conn, device: DeviceId, number: FormerNumber) -> Stored<Option<(CommandHash, Verdict)>> {
    let row = query("SELECT hash, verdict FROM commands WHERE device = $1 AND epoch = $2 AND n = $3")
        .bind(device.to_string())
        .bind(number.epoch.to_string())
        .bind(kept(number.n))
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let verdict = serde_json::from_str(&row.text("verdict")?).map_err(unreadable)?;
    Ok(Some((CommandHash(row.text("hash")?), verdict)))
}

async fn take(work: &mut Work, pushed: &Pushed, receipt: Receipt<'_>) -> Stored<()> {
    let Pushed { actor, request, .. } = pushed;
    let at = work.now();
    let command = receipt.command();
    let received = match receipt {
        Receipt::New(_) => None,
        Receipt::Again(_, former) => standing(work.conn(), request.device, former).await?,
    };
    let verdict = match received {
        Some((_, verdict)) => verdict,
        None => {
            let verdict = first_verdict(work, pushed, command).await?;
            work.verdicts.push(meters::number_of(&verdict));
            verdict
        }
    };
    let noted = (&command.hash, &verdict);
    // It stands under each of its numbers, so that a tab which still uses an old one does nothing twice.
    for former in command.former_numbers() {
        advance(work.conn(), actor.shop, request.device, *former).await?;
        note(work.conn(), actor.shop, request.device, *former, noted, at).await?;
    }
    let number = FormerNumber { epoch: request.epoch, n: command.n };
    note(work.conn(), actor.shop, request.device, number, noted, at).await
}

async fn first_verdict(work: &mut Work, pushed: &Pushed, command: &Command) -> Stored<Verdict> {
    if let Some(needs) = command.needs {
        let needed = standing(work.conn(), pushed.request.device, needs).await?;
        if let Some(waits) = Command::waits(needed.as_ref().map(|(_, verdict)| verdict)) {
            return Ok(waits);
        }
    }
    let Some(read) = pushed.read(command) else { return Ok(rejected(RejectCode::Invalid)) };
    match &read.action {
        Ok(action) => verdict_on(work, pushed, action.clone(), read.checked.as_ref()).await,
        Err(UnreadableCommand::Unknown { .. }) => Ok(rejected(RejectCode::Unknown)),
        Err(UnreadableCommand::Malformed { .. } | UnreadableCommand::Damaged) => Ok(rejected(RejectCode::Invalid)),
    }
}

/// Keeps the verdict on a command under a number. What stands there already stays.
async fn note(
    conn: &mut Conn,
    shop: ShopId,
    device: DeviceId,
    number: FormerNumber,
    (hash, verdict): (&CommandHash, &Verdict),
    at: Micros,
) -> Stored<()> {
    query(
        "INSERT INTO commands (device, epoch, n, shop, hash, verdict, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (device, epoch, n) DO NOTHING",
    )
    .bind(device.to_string())
    .bind(number.epoch.to_string())
    .bind(kept(number.n))
    .bind(shop.to_string())
    .bind(&hash.0)
    .bind(serde_json::to_string(verdict).map_err(unreadable)?)
    .bind(at.0)
    .execute(conn)
    .await?;
    Ok(())
}

fn rejected(code: RejectCode) -> Verdict {
    Verdict::Rejected { code }
}

/// Decides on an action and writes what it does.
async fn verdict_on(work: &mut Work, pushed: &Pushed, action: Action, checked: Option<&Checked>) -> Stored<Verdict> {
    let Pushed { actor, request, .. } = pushed;
    let Known { facts, at, findings } = work.facts(actor, &action, checked, request.device).await?;
    let sent = match &action {
        Action::SendMessage(args) => Some(args.clone()),
        _ => None,
    };
    let before = match &action {
        Action::TakeConversation(_) | Action::TransferConversation(_) | Action::CloseConversation(_) => {
            facts.conversation.clone()
        }
        // Who answers first owns the conversation by that answer.
        _ => None,
    };
    let Decision { verdict, changes } = decide(action, actor, facts, at);
    let life = before.and_then(|before| lives::goes_on(Some(&before), &changes, at));
    let reply = changes.iter().find_map(|change| match change {
        Change::Message(_, message) => Some(message.clone()),
        _ => None,
    });
    work.write_changes(actor.shop, changes, Some(request.device)).await?;
    if let Some((conversation, it)) = life {
        lives::note(work.conn(), actor.shop, &conversation, it).await?;
    }
    if let Some((args, message)) = sent.zip(reply) {
        composed::put(work.conn(), actor.shop, actor.member, &message, &args).await?;
        note_warning(work, actor, &message, findings, args.reason).await?;
    }
    Ok(verdict)
}

/// Keeps for the inspector what went out although the wording check warned.
async fn note_warning(
    work: &mut Work,
    actor: &Actor,
    message: &Message,
    mut findings: Vec<Finding>,
    reason: String,
) -> Stored<()> {
    findings.retain(|finding| finding.level >= Level::Warn);
    if findings.is_empty() {
        return Ok(());
    }
    let note = WordingNote {
        message: message.id,
        conversation: message.conversation,
        member: actor.member,
        at: message.at,
        findings,
        reason: reason.trim().to_owned(),
    };
    wording::note(work.conn(), actor.shop, &note).await
}

/// What a pull tells of a device's commands.
pub(super) struct CommandsTold {
    pub verdicts: Vec<VerdictRow>,
    pub through: u64,
    pub more: bool,
    /// Whether there are verdicts that the device lacks and that are not told here.
    pub is_behind: bool,
}

/// Nothing that the device does not have already.
pub(super) async fn told_already(conn: &mut Conn, request: &PullRequest) -> Stored<CommandsTold> {
    let through = through(conn, request.device, request.epoch).await?;
    let is_behind = through > request.verdicts_after;
    Ok(CommandsTold { verdicts: Vec::new(), through: through.min(request.verdicts_after), more: false, is_behind })
}

/// The verdicts that the device does not have yet. `through` never passes a verdict that was not told.
pub(super) async fn pull_verdicts(conn: &mut Conn, request: &PullRequest) -> Stored<CommandsTold> {
    let through = through(conn, request.device, request.epoch).await?;
    let rows =
        query("SELECT n, verdict, hash FROM commands WHERE device = $1 AND epoch = $2 AND n > $3 ORDER BY n LIMIT $4")
            .bind(request.device.to_string())
            .bind(request.epoch.to_string())
            .bind(kept(request.verdicts_after))
            .bind(kept(PULL_VERDICTS_MAX))
            .fetch_all(conn)
            .await?;
    let verdicts: Vec<VerdictRow> = rows
        .iter()
        .map(|row| {
            let verdict = serde_json::from_str(&row.text("verdict")?).map_err(unreadable)?;
            Ok(VerdictRow { n: row.number("n")?, verdict, hash: Some(CommandHash(row.text("hash")?)) })
        })
        .collect::<Result<_, sqlx::Error>>()?;
    let told = verdicts.last().map_or(through, |last| last.n);
    Ok(CommandsTold { verdicts, through: told, more: told < through, is_behind: told < through })
}
