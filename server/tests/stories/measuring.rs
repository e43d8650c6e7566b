//! `qinda eval answers`, as an editor runs it over the shop's own questions.

use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::program::qinda;

const ARTICLES: &str = r#"{"id":"ship","title":"什么时候发货","questions":["今天能寄出吗"],"answers":["当天寄出"]}
{"id":"invoice","title":"可以开发票吗","questions":[],"answers":["可以"]}

{"id":"wash","title":"伞面怎么清洗","answers":["用湿布擦"]}
"#;
const QUESTIONS: &str = r#"{"text":"请问啥时候可以发货","article":"ship"}
{"text":"能不能开发票呀","article":"invoice"}
{"text":"今天天气不错"}
"#;

struct Shop(TempDir);

impl Shop {
    fn new() -> Self {
        let shop = Self(tempfile::tempdir().unwrap());
        shop.write("articles.jsonl", ARTICLES);
        shop.write("questions.jsonl", QUESTIONS);
        shop
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn eval(&self, more: &[&str]) -> Output {
        let path = |name| self.0.path().join(name).to_str().unwrap().to_owned();
        let (articles, questions) = (path("articles.jsonl"), path("questions.jsonl"));
        qinda(&[&["eval", "answers", "--articles", &articles, "--questions", &questions], more].concat())
    }

    fn figures(&self, more: &[&str]) -> Value {
        let output = self.eval(&[&["--json"], more].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }
}

#[test]
fn figures_come_as_json_and_as_a_table() {
    let shop = Shop::new();
    let figures = shop.figures(&[]);
    assert_eq!((&figures["questions"], &figures["unanswerable"]), (&2.into(), &1.into()));
    assert_eq!(
        (&figures["hits_at_1"], &figures["hits_at_3"], &figures["disturbed"]),
        (&1.0.into(), &1.0.into(), &0.0.into())
    );
    assert!(figures["time_ms"]["p95"].as_f64().unwrap() >= figures["time_ms"]["p50"].as_f64().unwrap());
    let table = String::from_utf8(shop.eval(&[]).stdout).unwrap();
    assert!(table.contains("hits@3") && table.contains("1.000"), "{table}");
}

#[test]
fn picks_and_history_teach() {
    let shop = Shop::new();
    shop.write("questions.jsonl", "{\"text\":\"布上有泥点子咋整\",\"article\":\"wash\"}\n");
    let before = shop.figures(&[]);
    let picks = shop.write(
        "picks.jsonl",
        "{\"text\":\"布上有泥点子\",\"article\":\"wash\"}\n{\"text\":\"泥点\",\"article\":\"gone\"}\n",
    );
    let history = shop.write("history.tsv", "泥点怎么去掉\t怎么清洗\t1\n几天到\t多少钱\t0\n");
    let after = shop.figures(&["--picks", picks.to_str().unwrap(), "--history", history.to_str().unwrap()]);
    assert_eq!((&after["lessons"], &after["picks_elsewhere"], &after["pairs"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!(after["hits_at_1"], 1.0);
    assert!(after["mrr_at_10"].as_f64() >= before["mrr_at_10"].as_f64());
}

#[test]
fn what_is_wrong_with_a_file_is_named_with_its_line() {
    for (file, text, words) in [
        ("articles.jsonl", "{\"id\":\"a\",\"title\":\"甲\"}\n{broken", "line 2"),
        ("articles.jsonl", "{\"id\":\"a\",\"title\":\"甲\"}\n{\"id\":\"a\",\"title\":\"乙\"}", "comes twice"),
        ("articles.jsonl", "{\"id\":\"a\"}", "neither title nor question"),
        ("articles.jsonl", "\n", "is empty"),
        ("questions.jsonl", "{\"text\":\"几点\",\"article\":\"nowhere\"}", "line 1: There is no article nowhere."),
        ("questions.jsonl", "{\"article\":\"ship\"}", "text"),
    ] {
        let shop = Shop::new();
        shop.write(file, text);
        let output = shop.eval(&["--json"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(file) && said.contains(words), "{said}");
    }
    let shop = Shop::new();
    let output = shop.eval(&["--picks", "no-such-file.jsonl"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("no-such-file.jsonl"));
}
