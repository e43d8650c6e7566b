//! The demo shop: a shop for tea and teaware that we invented. Its passwords stand in this file, so it is opened on
//! this machine alone unless the operator insists.

use qinda::model::{
    Article, ArticleFields, ArticleId, Micros, PolicyId, QuickReply, QuickReplyFields, QuickReplyId, Roles, ShopId,
    TeamId,
};
use qinda::policy::{Policy, PolicyFields};
use qinda::sync::Change;
use serde::Deserialize;

use crate::passwords;
use crate::store::members::{self, NewMember};
use crate::store::shops::{self, NewShop, ShopAdded};
use crate::store::{Lane, Store, Stored, Work, random_id};

/// The demo shop's slug, and its channel's.
pub const DEMO_SLUG: &str = "demo";
/// The password of every demo account.
pub const DEMO_PASSWORD: &str = "qinda-demo-2026";

const DEMO_NAME: &str = "青岚茶事";
const DEMO_TEAM: &str = "日班";
const DEMO_UTC_OFFSET_MINUTES: i32 = 480;

/// Work number, name, roles, and what to show beside them.
const MEMBERS: [(&str, &str, &str, &str); 5] = [
    ("1001", "方晓", "agent", "客服 agent"),
    ("1002", "陆遥", "agent", "客服 agent"),
    ("2001", "秦岚", "supervisor,agent", "主管 supervisor"),
    ("3001", "温书", "editor", "采编 editor"),
    ("9001", "白露", "admin", "管理员 admin"),
];

/// What the shop answers.
const CONTENT: &str = include_str!("demo/shop.json");

#[derive(Deserialize)]
struct Content {
    articles: Vec<ArticleFields>,
    quick_replies: Vec<QuickReplyFields>,
    team_quick_replies: Vec<QuickReplyFields>,
    policies: Vec<PolicyFields>,
}

/// Makes the demo shop if there is none. One that exists stays as it is.
///
/// # Errors
/// When the database refuses.
pub async fn ensure(store: &Store) -> Stored<()> {
    if shops::by_slug(&mut *store.reader().await?, DEMO_SLUG).await?.is_some() {
        return Ok(());
    }
    store.write(Lane::Server, |work| Box::pin(make(work))).await
}

async fn make(work: &mut Work) -> Stored<()> {
    let new = NewShop {
        slug: DEMO_SLUG.to_owned(),
        name: DEMO_NAME.to_owned(),
        utc_offset_minutes: DEMO_UTC_OFFSET_MINUTES,
        demo: true,
        team: DEMO_TEAM.to_owned(),
        channel: DEMO_SLUG.to_owned(),
    };
    let ShopAdded::Added(shop) = shops::add(work, new).await? else { return Ok(()) };
    let now = work.now();
    for (number, name, roles, _) in MEMBERS {
        add_member(work, shop, number, name, roles).await?;
    }
    let team = shops::team_named(work.conn(), shop, DEMO_TEAM, now).await?;
    let changes = knowledge(now, team, content());
    work.write_changes(shop, changes, None).await
}

async fn add_member(work: &mut Work, shop: ShopId, number: &str, name: &str, roles: &str) -> Stored<()> {
    let new = NewMember {
        shop,
        work_number: number.to_owned(),
        name: name.to_owned(),
        roles: Roles::parse(roles),
        team: DEMO_TEAM.to_owned(),
        password_hash: passwords::hash(DEMO_PASSWORD).expect("the demo password is fit"),
    };
    members::add(work, new).await.map(drop)
}

fn content() -> Content {
    serde_json::from_str(CONTENT).expect("the demo's content was checked by a test")
}

fn knowledge(now: Micros, team: TeamId, content: Content) -> Vec<Change> {
    // Ids sort by the millisecond they name, so these keep the order of the file.
    let mut moments = (0..).map(|millis| Micros(now.0 + millis * 1_000));
    let mut moment = || moments.next().unwrap_or(now);
    let articles: Vec<Change> = content
        .articles
        .into_iter()
        .map(|fields| {
            let id = random_id(ArticleId::new, moment());
            Change::Article(Article { id, fields, version: 1, changed_by: None, changed_at: now, copies: Vec::new() })
        })
        .collect();
    let of_shop = content.quick_replies.into_iter().map(|fields| (None, fields));
    let of_team = content.team_quick_replies.into_iter().map(|fields| (Some(team), fields));
    let quick_replies: Vec<Change> = of_shop
        .chain(of_team)
        .map(|(team, fields)| {
            let id = random_id(QuickReplyId::new, moment());
            Change::QuickReply(QuickReply { id, owner: None, team, fields, version: 1, changed_at: now })
        })
        .collect();
    let policies = content.policies.into_iter().map(|fields| {
        let id = random_id(PolicyId::new, moment());
        Change::Policy(Policy { id, fields, version: 1, changed_by: None, changed_at: now })
    });
    articles.into_iter().chain(quick_replies).chain(policies).collect()
}

/// The accounts to try, as lines to print.
#[must_use]
pub fn sign_ins() -> String {
    let mut text = format!("\n  演示账号 Demo sign-ins（密码 password: {DEMO_PASSWORD}）\n");
    for (number, name, _, what) in MEMBERS {
        text.push_str(&format!("    {number}  {name}  {what}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use qinda::blanks::{is_unfilled, parts};
    use qinda::policy::{Case, Payer};

    use super::*;

    /// Words that promise what no shop can keep.
    const ABSOLUTES: [&str; 8] = ["绝对", "保证", "一定能", "肯定能", "百分百", "永远", "最好的", "规定如此"];

    #[test]
    fn the_demo_shop_keeps_the_limits_and_the_language_rules() {
        let content = content();
        assert!(content.articles.len() >= 20 && content.quick_replies.len() >= 8);
        for fields in content.articles {
            assert!((1..=3).contains(&fields.questions.len()), "{} has two to four wordings", fields.title);
            let checked = fields.clone().checked().unwrap();
            assert_eq!(checked, fields);
            for answer in &checked.answers {
                assert!(!ABSOLUTES.iter().any(|word| answer.contains(word)), "{answer}");
            }
        }
        for fields in content.quick_replies.into_iter().chain(content.team_quick_replies) {
            assert!(!fields.category.is_empty(), "{} has a category", fields.shortcut);
            assert_eq!(fields.clone().checked().unwrap(), fields);
        }
        for fields in content.policies {
            assert_eq!(fields.clone().checked().unwrap(), fields);
            assert_eq!(fields.gaps(), [], "{} answers every case", fields.title);
        }
    }

    #[test]
    fn the_demo_has_blanks_parts_and_a_policy_to_try() {
        let content = content();
        assert!(content.team_quick_replies.iter().filter(|fields| is_unfilled(&fields.text)).count() >= 3);
        assert!(content.articles.iter().flat_map(|fields| &fields.answers).any(|answer| parts(answer).len() >= 3));
        let returns = &content.policies[0];
        let payer = |day, fault| returns.rule_for(Case { day, fault, ..Case::default() }).map(|rule| rule.payer);
        assert_eq!(payer(3, false), Some(Payer::Shopper));
        assert_eq!(payer(3, true), Some(Payer::Shop));
        assert_eq!(returns.rule_for(Case { day: 8, ..Case::default() }).map(|rule| rule.granted), Some(false));
    }

    #[test]
    fn an_invoice_is_always_available() {
        let invoice = content().articles.into_iter().find(|fields| fields.title.contains("发票")).unwrap();
        assert!(invoice.answers.iter().all(|answer| answer.contains("可以")));
    }
}
