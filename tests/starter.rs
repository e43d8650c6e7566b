//! The ready-made articles that a shop may begin with hold every limit, name only blanks that the desk fills, and say
//! nothing that the shipped wording rules are against.

use qinda::blanks::blanks;
use qinda::model::ArticleFields;
use qinda::wording::{Checker, Level, default_pack};

fn starter() -> Vec<ArticleFields> {
    serde_json::from_str(include_str!("../public/starter.json")).expect("a list of articles")
}

#[test]
fn ready_made_articles_can_be_taken_as_they_are() {
    let articles = starter();
    assert!(articles.len() >= 20);
    for article in &articles {
        assert_eq!(article.clone().checked().as_ref(), Ok(article));
    }
}

#[test]
fn their_answers_are_fit_to_send() {
    let checker = Checker::new([default_pack()]);
    for answer in starter().iter().flat_map(|article| &article.answers) {
        assert!(blanks(answer).iter().all(|blank| blank.known.is_some()), "{answer}");
        assert!(checker.worst(answer) < Some(Level::Warn), "{answer}");
    }
}
