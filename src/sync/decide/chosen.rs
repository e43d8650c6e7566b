//! What a choice teaches: how often an answer is used, and which words of shoppers it answers.

use super::{Changes, Facts, Refused, require};
use crate::model::{Actor, Deed, EntryId, Lesson, Micros, Used, Whose};
use crate::sync::{Change, ChooseAnswer, JudgeLesson, RejectCode};

pub(super) fn choose_answer(args: &ChooseAnswer, actor: &Actor, facts: Facts, now: Micros) -> Changes {
    require(actor, Deed::ReadKnowledge)?;
    if facts.article.is_none() && facts.quick_reply.is_none() {
        return Err(Refused::Rejected(RejectCode::Gone));
    }
    let used = |whose, usage| Change::Used(Used { whose, entry: args.entry, usage });
    let mut changes = vec![used(Whose::Member(actor.member), facts.used_by_member.chosen(now))];
    if actor.roles.may(Deed::Answer) {
        changes.push(used(Whose::Team(actor.team), facts.used_by_team.chosen(now)));
    }
    // What a shopper said who wished to be forgotten teaches nothing, however late the choice comes.
    let is_erased = facts.conversation.is_some_and(|conversation| conversation.erased_at.is_some());
    if !is_erased {
        changes.extend(lesson(args, facts.lesson, now).map(Change::Lesson));
    }
    Ok(changes)
}

/// Only articles are learned: a quick reply is a habit, not an answer to a question.
fn lesson(args: &ChooseAnswer, known: Option<Lesson>, now: Micros) -> Option<Lesson> {
    let EntryId::Article(article) = args.entry else { return None };
    let text = Lesson::words(&args.text)?;
    let id = Lesson::id_of(article, &text);
    let fresh = Lesson { id, article, text, times: 0, last_at: now, taken_back: false };
    let known = known.filter(|known| known.id == id).unwrap_or(fresh);
    Some(Lesson { times: known.times.saturating_add(1), last_at: now, ..known })
}

pub(super) fn judge_lesson(args: &JudgeLesson, actor: &Actor, facts: Facts) -> Changes {
    require(actor, Deed::EditKnowledge)?;
    match facts.lesson {
        None => Err(Refused::Rejected(RejectCode::Gone)),
        Some(lesson) if lesson.taken_back == args.taken_back => Ok(Vec::new()),
        Some(lesson) => Ok(vec![Change::Lesson(Lesson { taken_back: args.taken_back, ..lesson })]),
    }
}
