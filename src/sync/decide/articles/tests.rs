use super::*;
use crate::model::{ArticleField, ArticleId, MemberId, Roles, ShopId, TeamId};
use crate::sync::{Action, Verdict, decide};

const NOW: Micros = Micros(1_000);

fn editor(number: &str) -> Actor {
    let (shop, team, member) = (ShopId::of_name("demo"), TeamId::of_name("day"), MemberId::of_name(number));
    Actor { shop, team, member, roles: Roles::parse("editor") }
}

fn read() -> ArticleFields {
    let (title, answers, tags) = ("几天到".into(), vec!["三天左右".into()], vec!["物流".into()]);
    ArticleFields { title, answers, tags, ..ArticleFields::default() }
}

fn standing(fields: ArticleFields, version: u32) -> Article {
    let (id, changed_by) = (ArticleId::of_name("a"), Some(editor("3001").member));
    Article { id, fields, version, changed_by, changed_at: Micros(1), copies: Vec::new() }
}

/// A change by 3002, who read the first version.
fn given(fields: ArticleFields) -> PutArticle {
    PutArticle { id: ArticleId::of_name("a"), fields, base: 1, was: Some(Box::new(read())), settles: Vec::new() }
}

fn decided(args: PutArticle, stands: &Article) -> Result<Article, Verdict> {
    let facts = Facts { article: Some(stands.clone()), ..Facts::default() };
    let decision = decide(Action::PutArticle(args), &editor("3002"), facts, NOW);
    match decision.changes.into_iter().next() {
        Some(Change::Article(article)) => Ok(article),
        _ => Err(decision.verdict),
    }
}

#[test]
fn what_only_one_editor_changed_is_taken_from_each() {
    let stands = standing(ArticleFields { title: "多久到".into(), ..read() }, 2);
    let tagged = ArticleFields { tags: vec!["物流".into(), "时效".into()], ..read() };
    let merged = decided(given(tagged.clone()), &stands).unwrap();
    assert_eq!(merged.fields, ArticleFields { title: "多久到".into(), ..tagged });
    assert_eq!((merged.version, merged.copies), (3, vec![]));
}

#[test]
fn the_same_field_twice_keeps_what_stands_and_puts_the_other_aside() {
    let stands = standing(ArticleFields { answers: vec!["两天".into()], ..read() }, 2);
    let mine = ArticleFields { answers: vec!["五天".into()], title: "几日到".into(), ..read() };
    let merged = decided(given(mine.clone()), &stands).unwrap();
    assert_eq!(merged.fields, ArticleFields { title: "几日到".into(), ..stands.fields.clone() });
    let by = editor("3002").member;
    let copy = ArticleCopy { version: 3, by, at: NOW, differs: vec![ArticleField::Answers], fields: mine.clone() };
    assert_eq!(merged.copies, [copy]);

    let again = decided(given(mine.clone()), &merged);
    assert_eq!(again, Err(Verdict::Applied), "the same again changes nothing");

    let chosen = PutArticle {
        was: Some(Box::new(merged.fields.clone())),
        settles: vec![3],
        ..given(ArticleFields { answers: mine.answers, ..merged.fields.clone() })
    };
    let settled = decided(PutArticle { base: 3, ..chosen }, &merged).unwrap();
    assert_eq!((settled.fields.answers, settled.copies), (vec!["五天".to_owned()], vec![]));
}

#[test]
fn versions_that_mean_something_else_by_now_do_not_deceive() {
    // 3002 wrote twice without a network; the second was read from their own second version, not from 3001's.
    let stands = standing(ArticleFields { title: "多久到".into(), ..read() }, 2);
    let own = ArticleFields { answers: vec!["五天".into()], ..read() };
    let second = PutArticle {
        base: 2,
        was: Some(Box::new(own.clone())),
        ..given(ArticleFields { shortcut: "jt".into(), ..own })
    };
    let merged = decided(second, &stands).unwrap();
    assert_eq!((merged.fields.title.as_str(), merged.fields.shortcut.as_str()), ("多久到", "jt"));
}

#[test]
fn an_older_desk_gets_a_conflict_and_copies_are_bounded() {
    let conflict = Err(Verdict::Rejected { code: RejectCode::Conflict });
    let mut stands = standing(ArticleFields { title: "多久到".into(), ..read() }, 2);
    let mine = |title: &str| given(ArticleFields { title: title.into(), ..read() });
    assert_eq!(decided(PutArticle { was: None, ..mine("几日到") }, &stands), conflict);
    let on_top = decided(PutArticle { was: None, base: 2, ..mine("几日到") }, &stands).unwrap();
    assert_eq!((on_top.fields.title.as_str(), on_top.copies.len()), ("几日到", 0));
    for number in 0..ARTICLE_COPIES_MAX {
        stands = decided(mine(&format!("第{number}种")), &stands).unwrap();
        assert_eq!(stands.copies.len(), number + 1);
    }
    assert_eq!(decided(mine("又一种"), &stands), conflict, "its words stay on the device");
}

#[test]
fn the_example_and_the_limits_of_the_page_are_those_of_the_code() {
    const PAGE: &str = include_str!("../../../../docs/SYNC.md");
    let (_, part) = PAGE.split_once("\n### Two editors of one article").unwrap();
    let (_, example) = part.split_once("```json\n").unwrap();
    let example = example.split("```").next().unwrap();
    let put: PutArticle = serde_json::from_str(example).unwrap();
    let told: serde_json::Value = serde_json::from_str(example).unwrap();
    assert_eq!(serde_json::to_value(&put).unwrap(), told);
    let was = put.was.unwrap();
    assert!(merge_article(&was, &was, &put.fields).differs.is_empty());
    let limits = [
        format!("{ARTICLE_COPIES_MAX} (`ARTICLE_COPIES_MAX`)"),
        format!("{} versions at most\n  (`ARTICLE_VERSIONS_MAX`)", crate::model::ARTICLE_VERSIONS_MAX),
    ];
    for limit in limits {
        assert!(part.contains(&limit), "{limit}");
    }
}
