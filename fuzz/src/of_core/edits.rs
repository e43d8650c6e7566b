//! What several hands write: two editors' articles made one, and half-written replies that travel between devices.

use qinda::model::{Article, ArticleField, ArticleFields, Conversation, DeviceId, Draft, Micros};
use qinda::sync::{
    Action, Change, Facts, Pending, PutArticle, PutDraft, Replica, State, TellDraft, Verdict, decide, merge_article,
    offered_draft, tell_draft,
};

use super::commands::decided;
use super::examples::{self, NOW};
use crate::target::{headed, same_again};

/// An article as it was, as it stands and as it is given, on lines of their own.
pub fn merge(input: &[u8]) -> bool {
    let Some((was, rest)) = headed(input) else { return false };
    let Some((stands, given)) = rest.split_once('\n') else { return false };
    let [Ok(was), Ok(stands), Ok(given)] = [was, stands, given].map(serde_json::from_str::<ArticleFields>) else {
        return false;
    };
    for fields in [&was, &stands, &given] {
        same_again(fields);
    }
    let _ = merge_article(&was, &stands, &given);
    put_twice(&was, &stands, &given);
    let [Ok(was), Ok(stands), Ok(given)] = [was, stands, given].map(ArticleFields::checked) else { return false };
    merged(&was, &stands, &given);
    true
}

/// Of articles within their limits nothing is lost, and nothing comes of merging once more.
fn merged(was: &ArticleFields, stands: &ArticleFields, given: &ArticleFields) {
    let alone = merge_article(was, was, given);
    assert!(alone.fields == *given && alone.differs.is_empty(), "one editor alone is not taken by the word");
    let nothing = merge_article(was, stands, was);
    assert!(nothing.fields == *stands && nothing.differs.is_empty(), "who changed nothing changes something");
    let both = merge_article(was, stands, given);
    assert_eq!(both.fields.clone().checked().as_ref(), Ok(&both.fields), "what is merged passes a limit");
    let other = merge_article(was, given, stands);
    for field in [ArticleField::Title, ArticleField::Answers, ArticleField::Shortcut] {
        let differs = both.differs.contains(&field);
        assert_eq!(differs, other.differs.contains(&field), "it matters who comes first");
    }
    for (field, was, given, both_of) in [
        (ArticleField::Questions, &was.questions, &given.questions, &both.fields.questions),
        (ArticleField::Tags, &was.tags, &given.tags, &both.fields.tags),
    ] {
        let is_in = |entry: &String| was.contains(entry) || both_of.contains(entry);
        assert!(both.differs.contains(&field) || given.iter().all(is_in), "what was added is lost");
    }
    let again = merge_article(was, &both.fields, given);
    assert_eq!(again.differs, both.differs, "merged once more it differs elsewhere");
}

/// The same change, given twice, is put aside no more than once, and what comes of it is within every limit.
fn put_twice(was: &ArticleFields, stands: &ArticleFields, given: &ArticleFields) {
    let Some(Change::Article(known)) = examples::changes().into_iter().find(|one| matches!(one, Change::Article(_)))
    else {
        panic!("there is an article")
    };
    let known = Article { fields: stands.clone(), version: 2, ..known };
    let was = Some(Box::new(was.clone()));
    let put = Action::PutArticle(PutArticle { id: known.id, fields: given.clone(), base: 1, was, settles: vec![] });
    let facts = |article: &Article| Facts { article: Some(article.clone()), ..Facts::default() };
    decided(put.clone(), facts(&known));
    let once = decide(put.clone(), &examples::actor(), facts(&known), NOW);
    let Some(Change::Article(after)) = once.changes.first() else { return };
    assert!(after.copies.len() <= known.copies.len() + 1);
    let twice = decide(put, &examples::actor(), facts(after), NOW);
    if let Some(Change::Article(again)) = twice.changes.first() {
        assert_eq!(again.copies.len(), after.copies.len(), "it is put aside twice");
    }
}

/// Two editors who changed different things, the same thing, and one who changed nothing.
pub fn merge_seeds() -> Vec<Vec<u8>> {
    let was = examples::article_fields();
    let stands = ArticleFields {
        title: "多久发货".into(),
        questions: vec!["几天发货？".into(), "今天拍今天发吗".into()],
        ..was.clone()
    };
    let given = ArticleFields {
        answers: vec!["您好，当天发出。".into()],
        questions: vec!["发货要等吗".into()],
        tags: vec!["物流".into(), "时效".into()],
        ..was.clone()
    };
    let clashing = ArticleFields { title: "几时发货".into(), shortcut: "fahuo".into(), ..stands.clone() };
    [[&was, &stands, &given], [&was, &stands, &clashing], [&was, &was, &given], [&was, &stands, &was]]
        .map(|three| three.map(|fields| serde_json::to_string(fields).expect("fields can be written")).join("\n"))
        .map(String::into_bytes)
        .to_vec()
}

/// The words that stand in a composer on the first line, then the draft of another device.
pub fn draft(input: &[u8]) -> bool {
    let Some((text, json)) = headed(input) else { return false };
    let Ok(draft) = serde_json::from_str::<Draft>(json) else { return false };
    same_again(&draft);
    let Some(Change::Conversation(chat)) = examples::changes().into_iter().next() else { panic!("there is one") };
    let own = Draft { member: examples::actor().member, conversation: chat.id, ..draft };
    let mut replica = Replica::new(examples::actor(), State::default(), 0);
    replica.absorb(vec![Change::Conversation(chat.clone()), Change::Draft(own.clone())], 0);
    for device in [own.device, DeviceId::of_name("laptop")] {
        for now in [NOW, own.at, Micros(i64::MAX / 2)] {
            let offered = offered_draft(&replica, device, chat.id, text, now);
            assert!(offered.is_none_or(|offered| offered.device != device), "a device is offered its own words");
            match tell_draft(&replica, device, chat.id, text, now) {
                TellDraft::Put(put) => travels(replica.clone(), &chat, put, now),
                TellDraft::Waits => assert!(offered.is_some(), "it waits for nothing"),
                TellDraft::Told => {}
            }
        }
    }
    true
}

/// What is told of words is taken, and tells it once: a desk that finds them untold again would tell them for ever.
fn travels(mut replica: Replica, chat: &Conversation, put: PutDraft, now: Micros) {
    let facts = Facts { conversation: Some(chat.clone()), draft: replica.draft(chat.id).cloned(), ..Facts::default() };
    let action = Action::PutDraft(put.clone());
    replica.enqueue(Pending { n: 1, action: action.clone(), at: now });
    assert_eq!(tell_draft(&replica, put.device, chat.id, &put.text, now), TellDraft::Waits);
    let decision = decide(action, &examples::actor(), facts, now);
    assert_eq!(decision.verdict, Verdict::Applied, "what a device tells is refused");
    replica.absorb(decision.changes, 1);
    assert_eq!(tell_draft(&replica, put.device, chat.id, &put.text, now), TellDraft::Told, "it is told again");
}

/// Words that are new, that stand here already, and none.
pub fn draft_seeds() -> Vec<Vec<u8>> {
    let draft = examples::changes().into_iter().find_map(|change| match change {
        Change::Draft(draft) => Some(draft),
        _ => None,
    });
    let draft = draft.expect("there is a draft");
    ["亲，稍等，马上", "亲，稍等", "", "您好"].map(|text| examples::headed_seed(text, &draft)).to_vec()
}
