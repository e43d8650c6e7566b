//! What becomes of articles. Nobody's words are lost: what two editors changed is merged by field, and where both changed
//! the same one, what came second is put aside as a copy.

use super::merge::{MergedArticle, merge_article};
use super::{Changes, Facts, Refused, require};
use crate::model::{ARTICLE_COPIES_MAX, Actor, Article, ArticleCopy, ArticleFields, Deed, Micros};
use crate::sync::command::{PutArticle, RemoveArticle};
use crate::sync::{Change, RejectCode};

pub(super) fn put(args: PutArticle, actor: &Actor, facts: Facts, now: Micros) -> Changes {
    require(actor, Deed::EditKnowledge)?;
    let (changed_by, changed_at) = (Some(actor.member), now);
    let Some(stands) = facts.article else {
        if args.base != 0 {
            return Err(Refused::Rejected(RejectCode::Conflict));
        }
        let fields = args.fields.checked()?;
        let (id, copies) = (args.id, Vec::new());
        return Ok(vec![Change::Article(Article { id, fields, version: 1, changed_by, changed_at, copies })]);
    };
    let was = match args.was {
        Some(was) => *was,
        // A desk that does not tell what it read must have read what stands.
        None if args.base == stands.version => stands.fields.clone(),
        None => return Err(Refused::Rejected(RejectCode::Conflict)),
    };
    let given = args.fields.checked()?;
    let MergedArticle { fields, differs } = merge_article(&was, &stands.fields, &given);
    let fields = fields.checked()?;
    let version = stands.version + 1;
    let mut copies = stands.copies.clone();
    copies.retain(|copy| !args.settles.contains(&copy.version));
    let is_known = |copy: &ArticleCopy| (copy.by, &copy.fields) == (actor.member, &given);
    if !differs.is_empty() && !copies.iter().any(is_known) {
        if copies.len() >= ARTICLE_COPIES_MAX {
            return Err(Refused::Rejected(RejectCode::Conflict));
        }
        copies.push(ArticleCopy { version, by: actor.member, at: now, differs, fields: given });
    }
    if is_same(&stands, &fields, &copies) && stands.version != args.base {
        // A colleague did just the same.
        return Ok(Vec::new());
    }
    Ok(vec![Change::Article(Article { id: args.id, fields, version, changed_by, changed_at, copies })])
}

fn is_same(stands: &Article, fields: &ArticleFields, copies: &[ArticleCopy]) -> bool {
    stands.fields == *fields && stands.copies == copies
}

pub(super) fn remove(args: &RemoveArticle, actor: &Actor, facts: Facts) -> Changes {
    require(actor, Deed::EditKnowledge)?;
    match facts.article {
        None => Ok(Vec::new()),
        Some(article) if article.version == args.base => {
            let lessons = facts.lessons_of_article.into_iter().map(Change::LessonGone);
            Ok(std::iter::once(Change::ArticleGone(article.id)).chain(lessons).collect())
        }
        Some(_) => Err(Refused::Rejected(RejectCode::Conflict)),
    }
}

#[cfg(test)]
mod tests;
