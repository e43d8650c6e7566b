//! Whole files, as shops keep them.

use proptest::prelude::*;

use super::*;

/// A tea shop's binder: minutes, duties, the FAQ with page numbers glued to its numbers, more papers.
const BINDER: &str = "\
茶庄内部资料(共3篇)
茶庄例会记录 篇1
日期:某年5月6日
一、仓库组
1、本周盘点延期,新的日期待定。
2、如何处理受潮的茶饼?先隔离,再登记;
3、问题包裹清单由小林更新。
二、其他
1、茶具破损较多,需要换包材。
茶庄客服手册 篇2
一、必备素质1.2.3.耐心细致。
二、基本要求
1.反应要快
看到消息就回,不要让人久等。2.语气温和
3.懂茶
4能听懂顾客想要什么。
1三、不可以做的事
1、冷淡敷衍,答非所问
2、夸大功效
四、常见问题与标准答复
1.这款有现货吗?
亲,这款茶有现货的,今天拍今天发呢 O(∩_∩)O~ 亲,很抱歉这款刚刚卖完,您可以看看同一座山的另一款哦。
2.多久能寄出?
亲,下午四点以前付款的都是当天寄出哦!
3.口感问题
亲,这款入口清甜,回甘很久的!
亲,我们是自家茶园,制茶师傅做了三十年,您放心尝尝!
4.是哪里的茶?
按商品页面写的产地如实回答,顺便介绍山头特点。
25.可以开收据吗?(一定要会答)
平台规定,下面几种情形会被扣分:
1、顾客要收据时说没有
2、要求顾客加钱才给
3、收据上的店名和店铺不一致 所以遇到顾客问收据,都要答可以
6.能再少一点吗?
(顾客还价时先稳住,再想办法)
1.先肯定茶的品质。2.再说明已经是活动价。
3.弄清楚顾客为什么还价:
1、超出预算;
2、想要赠品;
4.实在不行送一份小样,请示店长以后再答应。
下面是茶具类商品的常见问题与答复
7.盖碗和茶漏怎么配着用?(盖碗套装)
亲,您好!先把茶漏放在公道杯上,再从盖碗里出汤就可以啦。
38.一饼能喝多久?
小饼(100克):大约十天 大饼(357克):大约一个月
我们的茶饼撬开以后要密封放好哦。
9.为什么比别家贵?别家同样一饼便宜一半。
亲,我们用的是春茶头采,产量本来就少哦!
10.礼盒里有茶则吗?
亲,礼盒里配了一支竹茶则的!
*和顾客说话要热情,可以用表情
客服礼仪:
对每一位顾客都要真诚。
回答不了的先问主管,再告诉顾客。
5五、茶叶知识
1.多酚
茶叶里最主要的一类物质,与涩味有关。
2咖啡碱
与提神有关,夜里少喝。
3.氨基酸
与鲜味有关。
仓库管理制度 篇3
1.进出仓库要登记。
2.货架每周整理一次。
3.下班前检查门窗。
";

fn reading(text: &str) -> Reading {
    read("binder.txt", text).unwrap()
}

fn titles(reading: &Reading) -> Vec<(u32, &str)> {
    reading.taken.iter().map(|taken| (taken.number.unwrap_or(0), taken.fields.title.as_str())).collect()
}

fn answers(reading: &Reading, number: u32) -> &[String] {
    &reading.taken.iter().find(|taken| taken.number == Some(number)).unwrap().fields.answers
}

#[test]
fn a_binder_of_papers_gives_just_its_questions() {
    let reading = reading(BINDER);
    assert_eq!(
        titles(&reading),
        [
            (1, "这款有现货吗?"),
            (2, "多久能寄出?"),
            (3, "口感问题"),
            (4, "是哪里的茶?"),
            (5, "可以开收据吗?"),
            (6, "能再少一点吗?"),
            (7, "盖碗和茶漏怎么配着用?"),
            (8, "一饼能喝多久?"),
            (9, "为什么比别家贵?别家同样一饼便宜一半。"),
            (10, "礼盒里有茶则吗?"),
        ]
    );
    let first = &reading.taken[0];
    assert_eq!(BINDER.lines().nth(first.line - 1), Some("1.这款有现货吗?"));
}

#[test]
fn alternatives_are_parted_and_lists_inside_an_answer_stay_in_it() {
    let reading = reading(BINDER);
    assert_eq!(answers(&reading, 1).len(), 2, "in stock and sold out, on one line");
    assert!(answers(&reading, 1)[1].starts_with("亲,很抱歉"));
    assert_eq!(answers(&reading, 3).len(), 2, "on two lines");
    assert_eq!((answers(&reading, 5).len(), answers(&reading, 5)[0].lines().count()), (1, 4));
    assert_eq!((answers(&reading, 6).len(), answers(&reading, 6)[0].lines().count()), (1, 6));
    assert_eq!((answers(&reading, 8).len(), answers(&reading, 8)[0].lines().count()), (1, 2));
    assert_eq!(answers(&reading, 10), ["亲,礼盒里配了一支竹茶则的!"]);
}

#[test]
fn answers_for_agents_are_marked() {
    let reading = reading(BINDER);
    let guidance: Vec<_> =
        reading.taken.iter().filter(|taken| taken.note == Some(Note::Guidance)).map(|taken| taken.number).collect();
    assert_eq!(guidance, [Some(4), Some(5), Some(6)]);
}

#[test]
fn what_is_left_is_summed_up_with_its_reason() {
    let reading = reading(BINDER);
    let reason_of = |start: &str| {
        &reading.left.iter().find(|left| left.text.starts_with(start)).unwrap_or_else(|| panic!("{start}")).reason
    };
    assert_eq!(reason_of("一、仓库组"), &Reason::RuleList);
    assert_eq!(reason_of("1三、不可以"), &Reason::RuleList);
    assert_eq!(reason_of("四、常见问题"), &Reason::Heading);
    assert_eq!(reason_of("下面是茶具"), &Reason::Remark);
    assert_eq!(reason_of("*和顾客说话"), &Reason::Remark);
    assert_eq!(reason_of("客服礼仪"), &Reason::Prose);
    assert_eq!(reason_of("5五、茶叶知识"), &Reason::RuleList);
    assert_eq!(reason_of("仓库管理制度"), &Reason::RuleList);
    assert!(reading.left.len() < 16, "a group each, not a line each: {:#?}", reading.left);
    assert!(reading.left.is_sorted_by_key(|left| left.line));
}

#[test]
fn line_ends_empty_lines_and_a_byte_order_mark_change_nothing() {
    let plain = reading(BINDER);
    for text in [BINDER.replace('\n', "\r\n"), BINDER.replace('\n', "\n\n"), format!("\u{feff}{BINDER}")] {
        let other = reading(&text);
        assert_eq!(titles(&other), titles(&plain));
        let fields = |reading: &Reading| reading.taken.iter().map(|taken| taken.fields.clone()).collect::<Vec<_>>();
        assert_eq!(fields(&other), fields(&plain));
    }
}

#[test]
fn however_a_shop_numbers_its_questions_they_are_found() {
    let asked = ["有小包装吗", "怎么保存", "可以退换吗"];
    let chinese = ["一", "二", "三"];
    let wide = ["１", "２", "３"];
    let write = |question: &dyn Fn(usize, &str) -> String| {
        let entry = |(at, title): (usize, &&str)| format!("{}\n亲,第{}条答复哦。\n", question(at, title), at + 1);
        asked.iter().enumerate().map(entry).collect::<String>()
    };
    let texts = [
        write(&|at, title| format!("{}、{title}？", at + 1)),
        write(&|at, title| format!("{}）{title}", at + 1)),
        write(&|at, title| format!("（{}）{title}？", at + 1)),
        write(&|at, title| format!("{}、{title}？", chinese[at])),
        write(&|at, title| format!("{}．{title}？", wide[at])),
        write(&|at, title| format!("Q{}: {title}？\nA:", at + 1)),
        write(&|_, title| format!("问：{title}？\n答：")),
        write(&|at, title| format!("{}、问：{title}？\n答：", at + 1)),
        write(&|at, title| format!("## {}. {title}？", at + 1)),
        write(&|_, title| format!("{title}？")),
    ];
    for text in texts {
        let reading = reading(&text);
        let found: Vec<_> = reading.taken.iter().map(|taken| taken.fields.title.trim_end_matches('？')).collect();
        assert_eq!(found, asked, "{text}");
        assert!(reading.taken.iter().all(|taken| taken.fields.answers.len() == 1), "{text}");
        assert_eq!(reading.left, [], "{text}");
    }
}

#[test]
fn answers_may_stand_on_the_line_of_the_question() {
    let reading = reading("1、能放多久？密封放18个月。\n2、发什么快递？默认中通。\n3、退换货问题：七天内都可以。\n");
    assert_eq!(titles(&reading), [(1, "能放多久？"), (2, "发什么快递？"), (3, "退换货问题")]);
    assert_eq!(answers(&reading, 3), ["七天内都可以。"]);
}

#[test]
fn an_english_faq_among_other_lists() {
    let reading = reading(
        "Duties\n1. Be on time.\n2. Keep the tea room clean.\n\nFAQ\n\n1. Do you ship abroad?\nYes, to most countries.\n\n\
         2. How do I brew it?\nFollow these steps:\n1. Boil the water.\n2. Steep.\n3. Pour.\n4. Enjoy.\n\n\
         3. Can I return opened tins\nSorry, we cannot take them back.\n\nMinutes\n1. Sales went up.\n",
    );
    assert_eq!(
        titles(&reading),
        [(1, "Do you ship abroad?"), (2, "How do I brew it?"), (3, "Can I return opened tins")]
    );
    assert_eq!(answers(&reading, 2)[0].lines().count(), 5);
    assert_eq!(answers(&reading, 3), ["Sorry, we cannot take them back."]);
}

#[test]
fn a_missing_number_and_questions_without_answers() {
    let reading = reading("1.香吗?\n亲,香的\n2.苦吗?\n亲,不苦\n4.甜吗?\n亲,微甜\n");
    assert_eq!(titles(&reading), [(1, "香吗?"), (2, "苦吗?"), (4, "甜吗?")]);
    let unanswered = self::reading("1.香吗?\n2.苦吗?\n3.甜吗?\n");
    assert_eq!((unanswered.taken.len(), &unanswered.left[0].reason), (0, &Reason::QuestionsOnly));
}

#[test]
fn what_cannot_be_read_says_what_to_do() {
    assert_eq!(read("a.txt", " \n"), Err(ImportError::Empty));
    let too_large = read("a.txt", &"a".repeat(IMPORT_BYTES_MAX + 1)).unwrap_err();
    assert_eq!(too_large.zh(), "文件太大（4.1 MB），最大 4.0 MB。请分成几个文件再导入。");
    assert_eq!(read("a.txt", "PK\u{3}\u{4}\u{0}\u{0}\u{fffd}\u{fffd} 茶"), Err(ImportError::Binary));
    assert!(read("a.txt", &format!("{}\u{fffd}", "茶".repeat(1_000))).is_ok(), "one broken character is no reason");
}

#[test]
fn the_format_shows_in_the_name_or_the_content() {
    assert_eq!(detect("茶.CSV", "{}"), Format::Csv);
    assert_eq!(detect("茶.jsonl", ""), Format::JsonLines);
    assert_eq!(detect("茶.txt", "\n{\"title\":\"香吗\",\"answers\":[\"香\"]}\n"), Format::JsonLines);
    assert_eq!(detect("茶", "问题\t答案\n香吗\t香"), Format::Csv);
    assert_eq!(detect("茶.txt", "1.香吗?\n亲,香"), Format::Numbered);
}

#[test]
fn more_articles_than_allowed_are_left_with_one_line() {
    let text: String = (0..IMPORT_ARTICLES_MAX + 5).map(|at| format!("茶{at},香\n")).collect();
    let reading = read("茶.csv", &text).unwrap();
    assert_eq!(reading.taken.len(), IMPORT_ARTICLES_MAX);
    let reason = Reason::TooManyArticles { count: 5, max: IMPORT_ARTICLES_MAX };
    assert_eq!(reading.left.iter().map(|left| &left.reason).collect::<Vec<_>>(), [&reason]);
}

#[test]
fn what_travels_is_plain() {
    let taken = &reading("1.香吗?\n亲,香的\n").taken[0];
    let json = serde_json::to_value(taken).unwrap();
    assert_eq!(
        json,
        serde_json::json!({"line": 1, "number": 1, "title": "香吗?", "questions": [], "answers": ["亲,香的"],
            "tags": [], "shortcut": "", "note": null})
    );
    assert_eq!(serde_json::to_value(Reason::RuleList).unwrap(), "rule_list");
    assert_eq!(&serde_json::from_value::<Taken>(json).unwrap(), taken);
}

/// Text that is made of what the readers look for.
fn crafted() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "1",
        "2",
        "3",
        "10",
        "28",
        "１",
        "一",
        "十",
        "、",
        ".",
        "：",
        ":",
        "?",
        "？",
        "(",
        ")",
        "（",
        "）",
        "\n",
        "\r\n",
        "\n\n",
        " ",
        "亲",
        ",",
        "，",
        "吗",
        "问",
        "答",
        "Q",
        "A",
        "①",
        "*",
        "**",
        "#",
        "篇",
        "第",
        "章",
        "以下",
        "常见问题",
        "顾客",
        "。",
        "!",
        "茶",
        "\"",
        "|||",
        ";",
        "\t",
        "{",
        "}",
        "[",
        "]",
        "title",
        "有货吗?",
        "亲,有的",
    ]);
    prop::collection::vec(pieces, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// Whatever is taken may be kept, and every line number is one of the text.
    #[test]
    fn any_text_gives_articles_within_their_limits(
        text in prop_oneof![crafted(), any::<String>()],
        name in prop::sample::select(vec!["a.txt", "a.csv", "a.tsv", "a.jsonl", ""]),
    ) {
        let Ok(reading) = read(name, &text) else { return Ok(()) };
        let lines = text.split('\n').flat_map(|line| line.split('\r')).count();
        for taken in &reading.taken {
            prop_assert_eq!(taken.fields.clone().checked(), Ok(taken.fields.clone()));
            prop_assert!((1..=lines).contains(&taken.line));
        }
        for left in &reading.left {
            prop_assert!((1..=lines).contains(&left.line));
            prop_assert!(left.text.chars().count() <= LEFT_CHARS_MAX);
        }
        prop_assert!(reading.taken.is_sorted_by_key(|taken| taken.line));
        prop_assert!(reading.left.is_sorted_by_key(|left| left.line));
    }

    /// No character of a table's plain cells is lost.
    #[test]
    fn tables_are_read_back_as_written(rows in prop::collection::vec(("[a-z茶\",\n]{1,9}", "[a-z茶\",\n]{1,9}"), 1..9)) {
        let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        let text: String = rows.iter().map(|(a, b)| format!("{},{}\n", quoted(a), quoted(b))).collect();
        let kept: Vec<_> = rows
            .iter()
            .map(|(title, answer)| (title.trim(), answer.trim()))
            .filter(|(title, answer)| !title.is_empty() && !answer.is_empty())
            .collect();
        let reading = read("a.csv", &format!("title,answer\n{text}")).unwrap();
        let found: Vec<_> =
            reading.taken.iter().map(|taken| (taken.fields.title.as_str(), taken.fields.answers[0].as_str())).collect();
        prop_assert_eq!(found, kept);
    }
}
