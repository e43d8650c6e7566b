use proptest::prelude::*;

use super::*;

fn reader() -> LogReader {
    LogReader {
        source: "市集".into(),
        roles: RoleWords::default(),
        zone: Zone::fixed(8 * 3_600),
        now: moment("2026-11-01 12:00", &Zone::fixed(8 * 3_600)).unwrap(),
        keep_text: false,
    }
}

const PLACES: [Option<usize>; FIELDS] = [Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)];

fn read(reader: &LogReader, row: &str) -> Result<ChatRow, RowFault> {
    reader.cells(7, &table_cells(row, b',').unwrap(), &PLACES)
}

#[test]
fn a_row_is_a_message_without_its_words() {
    let row = read(&reader(), "c1,2026-11-01 09:30:05,小鱼,买家,我的电话是 139…,").unwrap();
    assert_eq!((row.line, row.text.as_str()), (7, ""));
    assert_eq!(row.speaker, Speaker::Shopper("小鱼".into()));
    let kept = LogReader { keep_text: true, ..reader() };
    let spoken = read(&kept, "c1,2026-11-01 09:30:05,小鱼,买家,我的电话\u{0}是 139…,").unwrap();
    assert_eq!(spoken.text, "我的电话是 139…");
    assert_ne!(spoken.id, row.id, "what no text can hold makes another one of it");
    let spoken = read(&kept, "c1,2026-11-01 09:30:05,小鱼,买家,我的电话是 139…,").unwrap();
    assert_eq!(spoken.id, row.id, "whether words are kept or not, it is the same message");
    let object =
        r#"{"会话":"c1","t":"2026-11-01T01:30:05Z","who":"小鱼","role":"BUYER","text":"我的电话是 139…","n":null}"#;
    let mut columns = Columns::default();
    for (field, heading) in Field::ALL.into_iter().zip(["会话", "t", "who", "role", "text", "n"]) {
        columns.say(field, heading);
    }
    assert_eq!(reader().object(7, object, &columns), Ok(row));
}

#[test]
fn the_id_of_a_message_follows_from_all_that_is_said_of_it() {
    let base = "c1,2026-11-01 09:30:05,小鱼,买家,在吗,";
    let id = |reader: &LogReader, row: &str| read(reader, row).unwrap().id;
    let other = [
        "c2,2026-11-01 09:30:05,小鱼,买家,在吗,",
        "c1,2026-11-01 09:30:06,小鱼,买家,在吗,",
        "c1,2026-11-01 09:30:05,小,买家,鱼在吗,",
        "c1,2026-11-01 09:30:05,小鱼,客服,在吗,",
        "c1,2026-11-01 09:30:05,小鱼,买家,在,",
        "c1,2026-11-01 09:30:05,小鱼,买家,在吗,9",
    ];
    let ids: std::collections::BTreeSet<MessageId> =
        other.iter().chain([&base]).map(|row| id(&reader(), row)).collect();
    assert_eq!(ids.len(), other.len() + 1);
    let elsewhere = LogReader { source: "别处".into(), ..reader() };
    assert_ne!(id(&elsewhere, base), id(&reader(), base));
    let numbered = ["c1,2026-11-01 09:30:05,小鱼,买家,在吗,9", "c1,2026-11-01 09:30:05,小鱼儿,买家,在吗？,9"];
    assert_eq!(id(&reader(), numbered[0]), id(&reader(), numbered[1]), "its own number names it");
}

#[test]
fn what_cannot_be_read_is_refused_with_the_reason() {
    let long = "长".repeat(WHO_CHARS_MAX + 1);
    for (row, fault) in [
        (",2026-11-01 09:30,小鱼,买家,,", RowFault::NoConversation),
        ("c1, ,小鱼,买家,,", RowFault::NoTime),
        ("c1,昨天,小鱼,买家,,", RowFault::UnreadableTime("昨天".into())),
        ("c1,2026-11-02 12:01,小鱼,买家,,", RowFault::Future("2026-11-02 12:01".into())),
        ("c1,1999-12-31 12:00,小鱼,买家,,", RowFault::Past("1999-12-31 12:00".into())),
        ("c1,2026-11-01 09:30,,,在吗,", RowFault::NoRole),
        ("c1,2026-11-01 09:30,小鱼,,在吗,", RowFault::UnknownRole("小鱼".into())),
        ("c1,2026-11-01 09:30,小鱼,店小二,在吗,", RowFault::UnknownRole("店小二".into())),
        (&format!("c1,2026-11-01 09:30,{long},买家,,"), RowFault::TooLong(Field::Who)),
    ] {
        assert_eq!(read(&reader(), row), Err(fault.clone()), "{row}");
        assert!(!fault.zh().is_empty() && !fault.en().is_empty() && !fault.kind().is_empty());
    }
    assert!(read(&reader(), "c1,2026-11-02 11:59,小鱼,买家,,").is_ok(), "clocks differ");
    let columns = Columns::default();
    assert_eq!(reader().object(1, "[1]", &columns), Err(RowFault::Broken));
    assert_eq!(reader().object(1, "{}", &columns), Err(RowFault::NoConversation));
}

#[test]
fn a_source_says_what_its_words_mean() {
    let mut roles = RoleWords::default();
    roles.say("店小二", LogRole::Robot);
    roles.say("System", LogRole::End);
    let reader = LogReader { roles, ..reader() };
    let speaker = |role: &str| read(&reader, &format!("c1,2026-11-01 09:30,小美,{role},,")).unwrap().speaker;
    assert_eq!(speaker("店小二"), Speaker::Robot);
    assert_eq!(speaker("system"), Speaker::End, "what the source says stands before what is usual");
    assert_eq!(speaker("ＡＧＥＮＴ"), Speaker::Agent("小美".into()));
    assert_eq!(read(&reader, "c1,2026-11-01 09:30,客服,,,").unwrap().speaker, Speaker::Agent("客服".into()));
    for role in LogRole::ALL {
        assert_eq!(LogRole::named(role.name()), Some(role));
        assert!(role.words().iter().all(|word| RoleWords::default().role(word) == Some(role)));
    }
}

#[test]
fn a_log_is_known_by_its_first_line() {
    assert_eq!(shape("会话,时间;注\n"), Shape::Table(b','));
    assert_eq!(shape("会话\t时间,注\t谁\n"), Shape::Table(b'\t'));
    assert_eq!(shape("会话;时间;谁\n"), Shape::Table(b';'));
    assert_eq!(shape(" {\"a\":1}\n"), Shape::Objects);
    assert_eq!(object_names("{\"会话\":1,\"t\":2}"), Some(vec!["t".into(), "会话".into()]));
    assert_eq!(source_name(" 淘宝 "), Some("淘宝".into()));
    assert!(source_name(" ").is_none() && source_name(&"长".repeat(SOURCE_CHARS_MAX + 1)).is_none());
}

proptest! {
    /// Whatever bytes and words come, something is made of them or refused, and the reading goes on.
    #[test]
    fn nothing_that_is_read_breaks_the_reader(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"\",\n\r ".to_vec())], 0..200),
        cells in prop::collection::vec(prop_oneof!["\\PC{0,12}", "[0-9:./年月日 TZ+-]{0,24}"], 0..8),
    ) {
        for shape in [Shape::Table(b','), Shape::Objects] {
            let mut at = 0;
            while let Framed::Row(length) | Framed::Broken(length) = framed(shape, &bytes[at..]) {
                prop_assert!(length > 0 && at + length <= bytes.len());
                at += length;
            }
        }
        if let Ok(row) = reader().cells(1, &cells, &PLACES) {
            prop_assert!(row.at >= EARLIEST && row.conversation_name.chars().count() <= CONVERSATION_CHARS_MAX);
        }
        let _ = reader().object(1, &cells.concat(), &Columns::default());
    }
}
