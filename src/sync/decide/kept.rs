//! What becomes of records that members keep: quick replies, packs of wording rules, policies.

use super::{Changes, Facts, Refused, require};
use crate::model::{Actor, Deed, Keeper, Micros, QuickReply};
use crate::policy::Policy;
use crate::sync::upgrade;
use crate::sync::{
    Change, PutPack, PutPolicy, PutQuickReply, RejectCode, RemovePack, RemovePolicy, RemoveQuickReply, Scope,
};
use crate::wording::Pack;

/// A member keeps their own quick replies; the shop's and the team's are the editors'. Somebody else's do not exist.
fn may_keep(actor: &Actor, keeper: Keeper) -> Result<(), Refused> {
    match keeper {
        Keeper::Shop => require(actor, Deed::EditKnowledge),
        Keeper::Team(team) if team == actor.team => require(actor, Deed::EditKnowledge),
        Keeper::Member(member) if member == actor.member => require(actor, Deed::ReadKnowledge),
        Keeper::Team(_) | Keeper::Member(_) => Err(Refused::Rejected(RejectCode::Gone)),
    }
}

/// Compare-and-set: the version that the member changed must be the one that stands. Gives the next one.
fn next_version(standing: Option<u32>, base: u32) -> Result<u32, Refused> {
    let version = standing.unwrap_or(0);
    if version == base { Ok(version + 1) } else { Err(Refused::Rejected(RejectCode::Conflict)) }
}

pub(super) fn put_quick_reply(args: PutQuickReply, actor: &Actor, facts: Facts, now: Micros) -> Changes {
    let args = match &facts.quick_reply {
        Some(standing) => upgrade::with_rest(args, standing),
        None => args,
    };
    let keeper = match (args.shared, args.team) {
        (true, _) => Keeper::Shop,
        (false, true) => Keeper::Team(actor.team),
        (false, false) => Keeper::Member(actor.member),
    };
    may_keep(actor, keeper)?;
    if facts.picture_missing {
        return Err(Refused::Rejected(RejectCode::Gone));
    }
    let mut changes = Vec::new();
    if let Some(old) = &facts.quick_reply {
        may_keep(actor, old.keeper())?;
        if old.keeper() != keeper {
            changes.push(Change::QuickReplyGone(Scope::of_keeper(old.keeper()), old.id));
        }
    }
    let version = next_version(facts.quick_reply.map(|old| old.version), args.base)?;
    changes.push(Change::QuickReply(QuickReply {
        id: args.id,
        owner: keeper.member(),
        team: keeper.team(),
        fields: args.fields.checked()?,
        version,
        changed_at: now,
    }));
    Ok(changes)
}

pub(super) fn remove_quick_reply(args: &RemoveQuickReply, actor: &Actor, facts: Facts) -> Changes {
    let Some(old) = facts.quick_reply else { return Ok(Vec::new()) };
    may_keep(actor, old.keeper())?;
    next_version(Some(old.version), args.base)?;
    Ok(vec![Change::QuickReplyGone(Scope::of_keeper(old.keeper()), old.id)])
}

pub(super) fn put_pack(args: PutPack, actor: &Actor, facts: Facts, now: Micros) -> Changes {
    require(actor, Deed::EditKnowledge)?;
    let version = next_version(facts.pack.map(|pack| pack.version), args.base)?;
    let fields = args.fields.checked()?;
    Ok(vec![Change::Pack(Pack { id: args.id, fields, version, changed_by: Some(actor.member), changed_at: now })])
}

pub(super) fn remove_pack(args: &RemovePack, actor: &Actor, facts: Facts) -> Changes {
    require(actor, Deed::EditKnowledge)?;
    let Some(pack) = facts.pack else { return Ok(Vec::new()) };
    next_version(Some(pack.version), args.base)?;
    Ok(vec![Change::PackGone(pack.id)])
}

pub(super) fn put_policy(args: PutPolicy, actor: &Actor, facts: Facts, now: Micros) -> Changes {
    require(actor, Deed::EditKnowledge)?;
    let version = next_version(facts.policy.map(|policy| policy.version), args.base)?;
    let fields = args.fields.checked()?;
    Ok(vec![Change::Policy(Policy { id: args.id, fields, version, changed_by: Some(actor.member), changed_at: now })])
}

pub(super) fn remove_policy(args: &RemovePolicy, actor: &Actor, facts: Facts) -> Changes {
    require(actor, Deed::EditKnowledge)?;
    let Some(policy) = facts.policy else { return Ok(Vec::new()) };
    next_version(Some(policy.version), args.base)?;
    Ok(vec![Change::PolicyGone(policy.id)])
}
