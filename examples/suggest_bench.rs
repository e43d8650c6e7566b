//! Times suggestions in a made-up shop of ten thousand articles and twenty thousand lessons:
//! `cargo run --release --example suggest_bench`.

use std::time::{Duration, Instant};

use qinda::answers::{Asked, Index};
use qinda::model::{Article, ArticleFields, ArticleId, LESSONS_MAX, Lesson, Micros};

const ARTICLES: usize = 10_000;
/// How many different messages of each length are asked.
const MESSAGES: usize = 300;
/// Sets the messages apart from the articles and lessons.
const MESSAGES_FROM: usize = 1_000_000;
const LESSONS_FROM: usize = 2_000_000;

const THINGS: [&str; 40] = [
    "护膝",
    "茶杯",
    "雨伞",
    "台灯",
    "书包",
    "水壶",
    "枕头",
    "床单",
    "毛巾",
    "拖鞋",
    "耳机",
    "键盘",
    "鼠标",
    "钱包",
    "围巾",
    "手套",
    "帽子",
    "袜子",
    "短裤",
    "外套",
    "奶瓶",
    "玩具",
    "积木",
    "画笔",
    "相框",
    "花盆",
    "锅铲",
    "砧板",
    "饭盒",
    "筷子",
    "冰袋",
    "跳绳",
    "哑铃",
    "瑜伽垫",
    "登山杖",
    "帐篷",
    "手电筒",
    "充电宝",
    "数据线",
    "手机壳",
];
const MATTERS: [&str; 40] = [
    "发货",
    "退货",
    "换货",
    "退款",
    "快递",
    "运费",
    "发票",
    "尺码",
    "颜色",
    "材质",
    "重量",
    "重新下单",
    "保修",
    "优惠券",
    "满减",
    "赠品",
    "改地址",
    "催单",
    "签收",
    "破损",
    "少件",
    "色差",
    "味道",
    "安装",
    "清洗",
    "充电",
    "使用方法",
    "有效期",
    "产地",
    "库存",
    "预售",
    "定金",
    "差价",
    "好评",
    "投诉",
    "拒收",
    "代收",
    "自提",
    "包邮",
    "加急",
];
const ASKS: [&str; 16] = [
    "怎么弄",
    "可以吗",
    "要多久",
    "什么时候有",
    "多少钱",
    "在哪里看",
    "为什么不行",
    "还有没有",
    "能不能快点",
    "有什么要求",
    "谁来承担",
    "是真的吗",
    "怎么申请",
    "几天能到",
    "有几种",
    "支持吗",
];
const OPENINGS: [&str; 8] = ["请问", "我的", "这款", "昨天买的", "新款", "儿童", "加厚", "店里"];

fn main() {
    let mut index = Index::new();
    (0..ARTICLES).map(article).for_each(|article| index.put_article(&article));
    (0..LESSONS_MAX).map(lesson).for_each(|lesson| index.put_lesson(&lesson));
    println!("{} articles, {} lessons", index.len(), index.lessons());
    report("settle", vec![timed(|| index.settle())]);
    println!("{:<16} {:>8.1} MB", "memory", index.bytes() as f64 / 1e6);
    report("the first message", asking(&index, vec!["什么时候发货".to_owned()]));
    for (what, chars) in [("short", 8), ("35 characters", 35), ("200 characters", 200)] {
        let messages = |from: usize| (from..from + MESSAGES).map(|number| message(number, chars)).collect();
        report(what, asking(&index, messages(MESSAGES_FROM * chars)));
    }
    report("好的", asking(&index, vec!["好的".to_owned(); MESSAGES]));
    index.put_lesson(&lesson(LESSONS_FROM));
    index.remove_lesson(lesson(0).id);
    report("settle again", vec![timed(|| index.settle())]);
}

fn asking(index: &Index, messages: Vec<String>) -> Vec<Duration> {
    messages.iter().map(|message| timed(|| index.suggest(&Asked::of(&[message]), 3))).collect()
}

fn question(dice: &mut Dice) -> String {
    [dice.pick(&OPENINGS), dice.pick(&THINGS), dice.pick(&MATTERS), dice.pick(&ASKS)].concat()
}

fn message(number: usize, chars: usize) -> String {
    let mut dice = Dice(number as u64 + 1);
    let mut text = question(&mut dice);
    while text.chars().count() < chars {
        text = text + "," + &question(&mut dice);
    }
    text.chars().take(chars).collect()
}

fn article(number: usize) -> Article {
    let mut dice = Dice(number as u64 + 1);
    let answer: String = (0..6).map(|_| question(&mut dice) + ",").collect();
    Article {
        id: ArticleId::of_name(&number.to_string()),
        fields: ArticleFields {
            title: question(&mut dice),
            questions: vec![question(&mut dice), question(&mut dice)],
            answers: vec![answer],
            ..ArticleFields::default()
        },
        version: 1,
        changed_by: None,
        changed_at: Micros::default(),
    }
}

/// Few articles are chosen often, many seldom.
fn lesson(number: usize) -> Lesson {
    let mut dice = Dice((LESSONS_FROM + number) as u64);
    let share = dice.below(1_000) as f64 / 1_000.0;
    let article = ArticleId::of_name(&((share.powi(3) * ARTICLES as f64) as usize).to_string());
    let text = format!("{}{number}", question(&mut dice));
    Lesson {
        id: Lesson::id_of(article, &text),
        article,
        text,
        times: 1 + dice.below(4) as u32,
        last_at: Micros::default(),
        taken_back: false,
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let begin = Instant::now();
    std::hint::black_box(work());
    begin.elapsed()
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
    println!("{what:<18} p50 {:>8.3}  p95 {:>8.3}  max {:>8.3} ms", at(0.5), at(0.95), at(1.0));
}

/// A small generator: the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}
