//! Two editors changed one article: what only one of them changed is taken from each.

use crate::model::{ARTICLE_QUESTIONS_MAX, ARTICLE_TAGS_MAX, ArticleField, ArticleFields};

/// What two changes of the same article make together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedArticle {
    /// The article: where both changed a field differently, what stood stays.
    pub fields: ArticleFields,
    /// The fields that both changed differently.
    pub differs: Vec<ArticleField>,
}

/// Merges a change, written when the article was as `was`, with the article as it stands by now. Further wordings and
/// tags are sets, of which each editor adds and removes; of the other fields each counts as a whole.
#[must_use]
pub fn merge_article(was: &ArticleFields, stands: &ArticleFields, given: &ArticleFields) -> MergedArticle {
    let mut differs = Vec::new();
    let mut note = |field, merged: bool| {
        if !merged {
            differs.push(field);
        }
    };
    let mut fields = stands.clone();
    note(ArticleField::Title, whole(&was.title, &mut fields.title, &given.title));
    note(ArticleField::Questions, set(&was.questions, &mut fields.questions, &given.questions, ARTICLE_QUESTIONS_MAX));
    note(ArticleField::Answers, whole(&was.answers, &mut fields.answers, &given.answers));
    note(ArticleField::Tags, set(&was.tags, &mut fields.tags, &given.tags, ARTICLE_TAGS_MAX));
    note(ArticleField::Shortcut, whole(&was.shortcut, &mut fields.shortcut, &given.shortcut));
    MergedArticle { fields, differs }
}

/// Puts a changed field in, unless what stands was changed too; says whether nothing is left out.
fn whole<T: PartialEq + Clone>(was: &T, stands: &mut T, given: &T) -> bool {
    if given == was || given == stands {
        return true;
    }
    if stands == was {
        stands.clone_from(given);
        return true;
    }
    false
}

/// Adds and removes what the change added and removed; says whether there was room for it.
fn set(was: &[String], stands: &mut Vec<String>, given: &[String], max: usize) -> bool {
    if stands == was {
        // Nobody else changed it: the order too is as it was given.
        *stands = given.to_vec();
        return true;
    }
    let mut merged = stands.clone();
    merged.retain(|entry| !was.contains(entry) || given.contains(entry));
    let added = given.iter().filter(|entry| !was.contains(entry) && !stands.contains(entry));
    merged.extend(added.cloned());
    let fits = merged.len() <= max;
    if fits {
        *stands = merged;
    }
    fits
}

#[cfg(test)]
mod tests;
