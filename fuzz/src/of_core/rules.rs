//! Packs of wording rules and policies, as editors and files bring them.

use qinda::policy::{Case, POLICY_DAYS_MAX, POLICY_RULES_MAX, PolicyFields};
use qinda::wording::{Checker, FINDINGS_MAX, PackFields, RULES_MAX, Rule, replaced};

use super::examples;
use crate::target::{headed, same_again};

/// A text on the first line, then a pack that is tried on it.
pub fn pack(input: &[u8]) -> bool {
    let Some((text, json)) = headed(input) else { return false };
    let Ok(pack) = serde_json::from_str::<PackFields>(json) else { return false };
    same_again(&pack);
    checked(&Checker::new([&pack]), text);
    if let Ok(fit) = pack.checked() {
        assert!(fit.rules.len() <= RULES_MAX);
        assert_eq!(fit.clone().checked().as_ref(), Ok(&fit), "a pack that was checked is not fit");
    }
    true
}

/// Findings stand where they say, are no more than allowed, and can be replaced.
fn checked(checker: &Checker, text: &str) {
    let findings = checker.check(text);
    assert!(findings.len() <= FINDINGS_MAX);
    let chars: Vec<char> = text.chars().collect();
    for finding in &findings {
        assert!(finding.from < finding.to && finding.to <= chars.len());
        assert_eq!(chars[finding.from..finding.to].iter().collect::<String>(), finding.words);
        same_again(finding);
        let _ = replaced(text, finding);
    }
    assert_eq!(checker.worst(text), findings.iter().map(|finding| finding.level).max());
}

/// A text on the first line, then the phrases and exceptions of a rule, one a line.
pub fn phrase(input: &[u8]) -> bool {
    let Some((text, lines)) = headed(input) else { return false };
    let (exceptions, phrases): (Vec<&str>, Vec<&str>) = lines.lines().partition(|line| line.starts_with('!'));
    let exceptions = exceptions.iter().map(|line| line[1..].to_owned()).collect();
    let phrases = phrases.into_iter().map(str::to_owned).collect();
    let rule = Rule { id: "rule".into(), phrases, exceptions, ..Rule::default() };
    let pack = PackFields { name: "自定".into(), edition: 1, rules: vec![rule] };
    checked(&Checker::new([&pack]), text);
    pack.checked().is_ok()
}

/// Packs and what they find.
pub fn pack_seeds() -> Vec<Vec<u8>> {
    let pack = examples::pack_fields();
    ["我们的茶质量最好", "最好阴凉保存"].map(|text| examples::headed_seed(text, &pack)).to_vec()
}

/// Every way to write a phrase.
pub fn phrase_seeds() -> Vec<Vec<u8>> {
    [
        "我们的茶质量最好\n质量[最好]\n!质量最好的茶叶罐",
        "扫一扫加我微 信\n{加|添加|扫}{any 0-3}{~微信|vx}",
        "尾号 1234，电话 13800138000\n尾号{digits 3-4}\n电话{phone}\n!{not}{any 0-3}{words}",
        "发到 a@b.cn 或 https://example.com 吧\n发到{mail}\n或{link}",
        "王小姐说药倒病厨，最好\n{surname}小姐\n药到病除\n最好{end}",
        "账号 tea_shop_99 卡号 6222020000000000000\n账号{account}\n卡号{card}\n证{identity}",
    ]
    .map(Vec::from)
    .to_vec()
}

/// A policy as an editor writes it, or as it comes from another server.
pub fn policy(input: &[u8]) -> bool {
    let Ok(policy) = serde_json::from_slice::<PolicyFields>(input) else { return false };
    same_again(&policy);
    gaps(&policy);
    let Ok(fit) = policy.checked() else { return false };
    assert!((1..=POLICY_RULES_MAX).contains(&fit.rules.len()));
    assert_eq!(fit.clone().checked().as_ref(), Ok(&fit), "a policy that was checked is not fit");
    gaps(&fit);
    true
}

fn gaps(policy: &PolicyFields) {
    let gaps = policy.gaps();
    assert!(gaps.iter().all(|case| policy.rule_for(*case).is_none()), "a gap that a rule fits");
    let late = Case { day: POLICY_DAYS_MAX, ..Case::default() };
    assert!(policy.rule_for(late).is_some() || !gaps.is_empty(), "a gap that is not told");
}

/// A policy.
pub fn policy_seeds() -> Vec<Vec<u8>> {
    vec![serde_json::to_vec(&examples::policy_fields()).expect("a policy can be written")]
}
