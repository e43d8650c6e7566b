//! What the default pack finds and what it leaves alone, and what holds for any text.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static CHECKER: LazyLock<Checker> = LazyLock::new(|| Checker::new([default_pack()]));

fn worst_levels(text: &str) -> Vec<(Topic, Level)> {
    CHECKER.check(text).iter().map(|finding| (finding.topic, finding.level)).collect()
}

/// The evasions, each with its topic.
fn evasions() -> Vec<(Topic, &'static str)> {
    let mut topic = Topic::Own;
    let mut evasions = Vec::new();
    for line in include_str!("evasions.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => topic = serde_json::from_value(name.into()).expect("a topic"),
            None => evasions.push((topic, line)),
        }
    }
    evasions
}

fn rule(id: &str, phrases: &[&str], exceptions: &[&str]) -> Rule {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Rule {
        id: id.to_owned(),
        level: Level::Warn,
        phrases: owned(phrases),
        exceptions: owned(exceptions),
        ..Rule::default()
    }
}

fn pack(rules: Vec<Rule>) -> PackFields {
    PackFields { name: "店铺".to_owned(), edition: 1, rules }
}

fn fault(rule: Rule) -> PackFault {
    pack(vec![rule]).checked().expect_err("refused")
}

#[test]
fn the_default_pack_holds_its_own_limits() {
    let pack = default_pack().clone();
    assert_eq!(pack.clone().checked().err(), None);
    for topic in Topic::ALL.into_iter().filter(|topic| *topic != Topic::Own) {
        assert!(pack.rules.iter().any(|rule| rule.topic == topic && rule.level >= Level::Warn), "{topic:?}");
    }
    for rule in &pack.rules {
        let texts = [&rule.why.zh, &rule.why.en, &rule.source.zh, &rule.source.en];
        assert!(texts.iter().all(|text| !text.is_empty()), "{} says why and from where", rule.id);
    }
}

#[test]
fn every_evasion_is_found_under_its_topic() {
    let evasions = evasions();
    assert!(evasions.len() >= 300);
    let missed: Vec<_> = evasions
        .into_iter()
        .filter(|(topic, text)| {
            !worst_levels(text).iter().any(|(found, level)| found == topic && *level >= Level::Warn)
        })
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn what_is_harmless_passes() {
    let harmless: Vec<&str> =
        include_str!("harmless.txt").lines().chain(include_str!("everyday.txt").lines()).collect();
    assert!(harmless.len() >= 400);
    let flagged: Vec<_> = harmless
        .into_iter()
        .flat_map(|text| CHECKER.check(text).into_iter().map(move |finding| (text, finding)))
        .filter(|(_, finding)| finding.level >= Level::Warn)
        .map(|(text, finding)| (text, finding.rule, finding.words))
        .collect();
    assert!(flagged.is_empty(), "{flagged:?}");
}

#[test]
fn a_finding_says_where_and_the_safe_wording_takes_its_place() {
    let text = "亲，我们家质量 最❤好 哦";
    let findings = CHECKER.check(text);
    assert_eq!(findings.len(), 1, "{findings:?}");
    let found = &findings[0];
    assert_eq!((found.from, found.to, found.words.as_str(), found.level), (8, 11, "最❤好", Level::Warn));
    assert_eq!(replaced(text, found), "亲，我们家质量 很不错 哦");
    assert_eq!(CHECKER.rule(found).map(|rule| &rule.why), Some(&found.why));
    assert_eq!(CHECKER.worst(text), Some(Level::Warn));
    let moved = "亲，我们家的质量 最❤好 哦";
    assert_eq!(replaced(moved, found), moved, "the words are elsewhere now");
}

#[test]
fn a_shop_overrides_a_rule_by_its_id() {
    let text = "加微信";
    let mut own = default_pack().rules.iter().find(|rule| rule.id == "wechat").cloned().unwrap();
    own.level = Level::Hint;
    assert_eq!(Checker::new([default_pack(), &pack(vec![own.clone()])]).worst(text), Some(Level::Hint));
    own.off = true;
    assert_eq!(Checker::new([default_pack(), &pack(vec![own])]).worst(text), None);
}

#[test]
fn exceptions_win_when_they_cover_the_words() {
    let own = pack(vec![rule("own", &["第一", "正品"], &["第一时间", "{not}{any 0-2}{words}"])]);
    let checker = Checker::new([&own]);
    let words = |text: &str| -> Vec<String> { checker.check(text).into_iter().map(|found| found.words).collect() };
    assert_eq!(words("第一时间告诉您，我们第一"), ["第一"]);
    assert_eq!(words("这不是正品，是正品"), ["正品"]);
}

#[test]
fn the_end_of_a_clause_parts_words() {
    let own = Checker::new([&pack(vec![rule("own", &["一定"], &[])])]);
    assert!(own.check("他是第一，定制的").is_empty());
    assert!(own.check("统一 定价").len() == 1, "a space does not part words");
    assert_eq!(own.check("我一，定来").len(), 0);
    assert_eq!(own.check("我，一，定来").len(), 1, "a character alone between marks is a disguise");
}

#[test]
fn rules_that_cannot_work_are_refused() {
    let id = || "own".to_owned();
    for nothing in [&[][..], &[""], &["…", "好词"], &["{end}"]] {
        assert_eq!(fault(rule("own", nothing, &[])), PackFault::EmptyRule { rule: id() }, "{nothing:?}");
    }
    let taken_back = || PackFault::ContainsOwnException { rule: id(), phrase: "假一赔十".to_owned() };
    for exception in ["假一赔十", "假 1 赔十！", "{words}"] {
        assert_eq!(fault(rule("own", &["假一赔十"], &[exception])), taken_back(), "{exception}");
    }
    for wrong in ["{any", "好{foo}", "{any 0-3}好", "{words}"] {
        let expected = PackFault::BadPhrase { rule: id(), phrase: wrong.to_owned() };
        assert_eq!(fault(rule("own", &[wrong], &[])), expected);
    }
    assert!(matches!(fault(rule("自己", &["假一赔十"], &[])), PackFault::BadId { .. }));
    let twice = pack(vec![rule("own", &["假一赔十"], &[]), rule("own", &["假一赔百"], &[])]);
    assert_eq!(twice.checked(), Err(PackFault::DuplicateId { rule: id() }));
}

#[test]
fn a_rule_for_everything_is_refused_with_its_share() {
    for (phrase, at_least) in [("的", 20), ("您", 20), ("{的|您|好|亲|可以|一|不|了|有|是|这|我|请|订单|退|发}", 80)]
    {
        let PackFault::TooBroad { percent, .. } = fault(rule("own", &[phrase], &[])) else { panic!("{phrase}") };
        assert!(percent >= at_least && percent <= 100, "{phrase}: {percent}");
    }
    assert!(pack(vec![rule("own", &["旺铺"], &[])]).checked().is_ok());
}

/// A text that ended right before a link or an address was looked for ended the whole desk.
#[test]
fn a_shape_may_be_looked_for_where_the_text_ends() {
    for shape in ["link", "mail", "account", "phone", "identity", "card"] {
        let own = pack(vec![rule("own", &[&format!("发到{{{shape}}}")], &[])]).checked().expect("the rule is fit");
        let checker = Checker::new([&own]);
        assert_eq!(checker.check("请发到"), []);
        assert_eq!(checker.check("请发到 /"), []);
    }
}

#[test]
fn limits_are_held() {
    let long = "好".repeat(PHRASE_CHARS_MAX + 1);
    assert!(matches!(fault(rule("own", &[&long], &[])), PackFault::TooLong { field: "phrase", .. }));
    let many: Vec<&str> = vec!["假一赔十"; PHRASES_MAX + 1];
    assert!(matches!(fault(rule("own", &many, &[])), PackFault::TooMany { field: "phrases", .. }));
    let rules = |count: usize| (0..count).map(|n| rule(&format!("r{n}"), &[&format!("暗号{n}号")], &[])).collect();
    assert!(matches!(pack(rules(RULES_MAX + 1)).checked(), Err(PackFault::TooMany { field: "rules", .. })));
    let full = pack(rules(RULES_MAX)).checked().expect("as many as allowed");
    assert_eq!(Checker::new([&full]).check("暗 号⑦号")[0].rule, "r7");
}

#[test]
fn a_trial_says_what_would_have_been_flagged() {
    let own = pack(vec![rule("gift", &["赠品"], &["没有赠品"]), rule("coupon", &["优惠券"], &[])]);
    let texts = ["送您赠品", "没有赠品", "赠品和优惠券，赠品", "您好"];
    let trial = trial(&own, texts.into_iter());
    assert_eq!((trial.checked, trial.flagged), (4, 2));
    assert_eq!(trial.by_rule, [("gift".to_owned(), 2), ("coupon".to_owned(), 1)]);
    let examples: Vec<(&str, &str)> =
        trial.examples.iter().map(|(text, found)| (text.as_str(), found.words.as_str())).collect();
    assert_eq!(examples, [("送您赠品", "赠品"), ("赠品和优惠券，赠品", "赠品")]);
}

#[test]
fn a_long_text_of_nothing_but_bad_words_is_bounded() {
    for piece in ["最好的", "加微信", "1", "a.com ", "v", "保证", "不", "我", "一定", "{"] {
        let text = piece.repeat(10_000 / piece.chars().count());
        assert!(CHECKER.check(&text).len() <= FINDINGS_MAX, "{piece}");
    }
    assert_eq!(CHECKER.check(&"加微信，".repeat(1_000)).len(), FINDINGS_MAX);
}

#[test]
fn the_worst_level_counts_also_beyond_the_findings_shown() {
    let text = "不行，".repeat(300) + "傻逼";
    assert_eq!(CHECKER.worst(&text), Some(Level::Block));
    assert!(CHECKER.check(&text).iter().any(|finding| finding.level == Level::Block));
}

#[test]
fn a_pack_is_plain_json() {
    let written = serde_json::to_string(default_pack()).unwrap();
    assert_eq!(serde_json::from_str::<PackFields>(&written).unwrap(), *default_pack());
    let short: PackFields = serde_json::from_str(r#"{"name":"店","rules":[{"id":"a","phrases":["暗号"]}]}"#).unwrap();
    assert_eq!((short.rules[0].level, short.rules[0].topic), (Level::Hint, Topic::Own));
}

/// Two ways to pay elsewhere in one breath: the safe wording for the first made a third with the rest of the second.
#[test]
fn a_safe_wording_does_not_go_on_into_what_follows() {
    for text in ["v转给我支付宝", "微信转给我银行卡", "支付宝打给老板微信", "不开发票没有副作用"]
    {
        holds_for(text).expect("taking the safe wording settles the finding");
    }
}

/// Pieces of which texts are made that come near the rules.
fn near_the_rules() -> impl Strategy<Value = String> {
    let pieces: Vec<String> = evasions().into_iter().map(|(_, text)| text.to_owned()).collect();
    let piece = prop_oneof![
        3 => proptest::sample::select(pieces),
        2 => "\\PC{0,6}",
        1 => "[a-zA-Z0-9 .@]{1,8}",
        1 => "[，。！ \\n的不一最保证微信加v1②]{1,6}",
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Where a text offends against a rule.
fn found(text: &[char], rule: &str) -> Vec<(usize, usize)> {
    let findings = CHECKER.check(&text.iter().collect::<String>());
    findings.into_iter().filter(|finding| finding.rule == rule).map(|finding| (finding.from, finding.to)).collect()
}

fn holds_for(text: &str) -> Result<(), TestCaseError> {
    let chars: Vec<char> = text.chars().collect();
    let findings = CHECKER.check(text);
    prop_assert_eq!(CHECKER.worst(text), findings.iter().map(|finding| finding.level).max());
    for finding in &findings {
        prop_assert!(finding.from < finding.to && finding.to <= chars.len());
        prop_assert_eq!(chars[finding.from..finding.to].iter().collect::<String>(), finding.words.as_str());
        let again = replaced(text, finding);
        let end = finding.from + finding.safe.chars().count();
        // What stands before or behind may offend by itself, and then goes on to do so.
        let before = found(&chars[..finding.from], &finding.rule);
        let behind = found(&chars[finding.to..], &finding.rule);
        let alone = |other: &Finding| {
            before.iter().any(|(_, to)| *to > other.from) || behind.iter().any(|(from, _)| end + from < other.to)
        };
        let meets = |other: &Finding| other.rule == finding.rule && other.from < end && other.to > finding.from;
        let same = |other: &Finding| meets(other) && !alone(other);
        prop_assert!(finding.safe.is_empty() || !CHECKER.check(&again).iter().any(same), "{text} → {again}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_checked_within_its_bounds(text in any::<String>()) {
        holds_for(&text)?;
    }

    #[test]
    fn texts_near_the_rules_are_checked_within_their_bounds(text in near_the_rules()) {
        holds_for(&text)?;
    }

    #[test]
    fn spacing_and_width_do_not_hide_a_word(
        words in "[\\u{4e00}-\\u{9fa5}]{2,6}",
        between in proptest::sample::select(vec!["", " ", "·", "🎉", "\u{200b}", "~", "*", "-"]),
    ) {
        let own = pack(vec![rule("own", &[&words], &[])]);
        let checker = Checker::new([&own]);
        let disguised: String = words.chars().map(|c| format!("{c}{between}")).collect();
        prop_assert_eq!(checker.check(&format!("说{disguised}了")).len(), 1, "{}", disguised);
    }

    #[test]
    fn letters_and_digits_are_found_in_every_dress(word in "[a-z][a-z0-9]{3,8}") {
        let own = pack(vec![rule("own", &[&word], &[])]);
        let checker = Checker::new([&own]);
        let wide: String = word.chars().filter_map(|c| char::from_u32(u32::from(c) + 0xfee0)).collect();
        for dressed in [word.to_uppercase(), wide] {
            prop_assert_eq!(checker.check(&format!("说{dressed}，")).len(), 1, "{}", dressed);
        }
    }
}
