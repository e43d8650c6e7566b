//! Times the wording check with the pack that every shop begins with: `cargo run --release --example wording_bench`.

use std::time::{Duration, Instant};

use qinda::wording::{Checker, default_pack};

const ROUNDS: usize = 200;
const CHARS: usize = 500;
const LONG_CHARS: usize = 10_000;
const HARMLESS: &str = "您好，这款目前有现货，下午五点前付款当天发出，一般两到三天送到。收到后如果不合适，七天内可以申请退货，\
    质量问题来回运费由我们承担。退款会原路退回，微信零钱一般当天到账，储蓄卡要一到三个工作日。发票可以开，请告诉我抬头和税号。";
const BAD: &str = "我们家的质量最好，全网最低价，百分百正品，保证明天到货，可以治疗颈椎病，没有副作用。加薇信 vx：abc12345 更便宜，\
    公司规定不开发票，爱买不买。";

fn main() {
    let start = Instant::now();
    let checker = Checker::new([default_pack()]);
    println!("ready after {:?}", start.elapsed());
    for (name, piece) in
        [("harmless", HARMLESS), ("full of findings", BAD), ("letters", "please zui jia wei xin bao zheng ")]
    {
        let text = |chars: usize| piece.chars().cycle().take(chars).collect::<String>();
        report(&checker, &format!("{CHARS} characters, {name}"), &text(CHARS));
        report(&checker, &format!("{LONG_CHARS} characters, {name}"), &text(LONG_CHARS));
    }
    typing(&checker);
}

fn report(checker: &Checker, name: &str, text: &str) {
    let times = (0..ROUNDS).map(|_| timed(checker, text).0).collect();
    print(name, times, timed(checker, text).1);
}

/// As an agent types: a check after every character.
fn typing(checker: &Checker) {
    let text: Vec<char> = HARMLESS.chars().cycle().take(CHARS).collect();
    let times = (1..=CHARS).map(|end| timed(checker, &text[..end].iter().collect::<String>()).0).collect();
    print(&format!("while typing up to {CHARS} characters"), times, 0);
}

fn timed(checker: &Checker, text: &str) -> (Duration, usize) {
    let start = Instant::now();
    let findings = checker.check(text);
    (start.elapsed(), findings.len())
}

fn print(name: &str, mut times: Vec<Duration>, findings: usize) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    println!("{name}: p50 {:?}, p95 {:?}, longest {:?}, {findings} findings", at(50), at(95), at(100));
}
