//! Old and new side by side: what a newer server says does not keep an older desk from reading the rest, what older desks
//! sent and kept is read and means what it meant, and what this version sends can be read by the rules of the first.

use qinda::model::{Actor, Keeper, Micros, PictureId, QuickReply, QuickReplyFields, Role, Roles, TeamId};
use qinda::sync::{
    Action, COMMAND_VERSION, Change, Command, Counter, Facts, Heads, Held, ParkReason, Progress, PullAnswer,
    PullRequest, PushRequest, PutQuickReply, Queued, RejectCode, Row, Scope, UnreadableCommand, Verdict, VerdictRow,
    WordingNotes, decide, receive,
};
use qinda::wording::{Level, Topic};
use serde_json::Value;
use serde_json::value::RawValue;

const FIRST_PUSH: &str = include_str!("versions/first-push.json");
const FIRST_PULL: &str = include_str!("versions/first-pull.json");
const FIRST_ANSWER: &str = include_str!("versions/first-answer.json");
/// What earlier desks left in the storage of a device, a record in each line.
const DEVICE: &str = include_str!("versions/device.txt");

fn answer(text: &str) -> PullAnswer {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The first answer with something in place of something else, which stands there once.
fn answer_with(old: &str, new: &str) -> PullAnswer {
    assert_eq!(FIRST_ANSWER.matches(old).count(), 1, "{old}");
    answer(&FIRST_ANSWER.replace(old, new))
}

fn changes(answer: &PullAnswer) -> Vec<Change> {
    let rows = answer.scopes.iter().flat_map(|page| &page.rows);
    rows.filter_map(|row| row.change().expect("every row reads")).collect()
}

/// The rest of an answer, whatever one part of it says.
fn is_read(answer: &PullAnswer) {
    assert_eq!((answer.scopes.len(), answer.verdicts.len(), answer.through), (3, 3, 3));
    assert_eq!(changes(answer).len(), 5);
}

#[test]
fn the_first_answer_reads() {
    let answer = answer(FIRST_ANSWER);
    is_read(&answer);
    assert_eq!(answer.verdicts[0].verdict, Verdict::Applied);
    assert!(matches!(answer.verdicts[1].verdict, Verdict::Parked { reason: ParkReason::Answered { .. } }));
}

#[test]
fn a_role_of_the_future_grants_nothing_and_stays_named() {
    let answer = answer_with(r#""roles":["agent"]"#, r#""roles":["agent","warden"]"#);
    is_read(&answer);
    assert_eq!(answer.actor.roles.as_slice(), [Role::Agent]);
    assert_eq!(answer.actor.roles.newer(), ["warden"]);
}

#[test]
fn a_scope_of_the_future_is_passed_over() {
    let page = r#"{"scope":"region:north","reset":true,"cursor":{"generation":1,"seq":1},"head":1,"rows":[{"seq":1,"kind":"x","body":{}}]}"#;
    is_read(&answer_with(r#""scopes":["#, &format!(r#""scopes":[{page},"#)));
    let request: PullRequest = serde_json::from_str(
        &FIRST_PULL.replace("\"knowledge\"", "\"region:north\":{\"generation\":1,\"seq\":1},\"knowledge\""),
    )
    .unwrap();
    assert_eq!(request.cursors.len(), 2);
    let heads: Heads = serde_json::from_str(r#"{"at":1,"heads":{"region:north":9,"knowledge":4}}"#).unwrap();
    assert_eq!(heads.heads.into_iter().collect::<Vec<_>>(), [(Scope::Knowledge, 4)]);
    let progress = r#"{"cursors":{"region:north":{"generation":1,"seq":9},"knowledge":{"generation":1,"seq":4}},"epoch":null,"through":0}"#;
    assert_eq!(serde_json::from_str::<Progress>(progress).unwrap().cursors.len(), 1);
}

#[test]
fn a_verdict_of_the_future_reads_is_no_effect_and_is_kept_as_it_was_told() {
    let told = r#"{"verdict":"rejected","code":"frozen"}"#;
    for (future, verdict) in [
        (told, r#""verdict":"rejected","code":"frozen","until":7"#),
        (r#"{"verdict":"split","into":[1,2]}"#, r#""verdict":"split","into":[1,2]"#),
        (
            r#"{"verdict":"parked","reason":{"what":"merged","into":"x"}}"#,
            r#""verdict":"parked","reason":{"what":"merged","into":"x"}"#,
        ),
    ] {
        let answer = answer_with(r#""verdict":"rejected","code":"conflict""#, verdict);
        is_read(&answer);
        let read = &answer.verdicts[2].verdict;
        assert_ne!(*read, Verdict::Applied);
        let kept = serde_json::to_value(read).unwrap();
        assert_eq!(kept, serde_json::from_str::<Value>(future).unwrap());
        assert_eq!(serde_json::from_value::<Verdict>(kept).unwrap(), *read);
    }
    let row: VerdictRow = serde_json::from_str(r#"{"n":1,"verdict":"rejected","code":"frozen"}"#).unwrap();
    assert_eq!(row.verdict, Verdict::Rejected { code: RejectCode::Newer("frozen".into()) });
}

/// A known name with other fields is no news but damage.
#[test]
fn a_verdict_that_misses_what_belongs_to_it_does_not_read() {
    for damaged in [
        r#"{"verdict":"parked"}"#,
        r#"{"verdict":"rejected","code":"gone","code":"gone"}"#,
        r#"{"verdict":"parked","reason":{"what":"answered"}}"#,
        r#"{"of":"nothing"}"#,
    ] {
        assert!(serde_json::from_str::<Verdict>(damaged).is_err(), "{damaged}");
    }
}

#[test]
fn records_of_the_future_read_as_far_as_they_are_known() {
    let author = answer_with(r#""author":{"by":"shopper"}"#, r#""author":{"by":"robot","id":"r2","of":{"x":1}}"#);
    is_read(&author);
    let state = answer_with(r#""state":"open""#, r#""state":"snoozed","about":{"order":"A1","stage":"returned"}"#);
    is_read(&state);
    let Some(Change::Conversation(conversation)) =
        changes(&state).into_iter().find(|change| matches!(change, Change::Conversation(_)))
    else {
        panic!("the conversation is there")
    };
    assert_eq!((conversation.about.order.as_deref(), conversation.about.stage), (Some("A1"), None));
    is_read(&answer_with(r#""shortcut":"nh""#, r#""keeper":{"guild":1},"shortcut":"nh""#));
    let policy = r#"{"id":"0199d1a0-0000-7000-8000-000000000050","title":"退货","rules":[{"granted":true,"payer":"insurer","words":"可以退。"}],"version":1,"changed_by":null,"changed_at":1}"#;
    let pack = r#"{"id":"0199d1a0-0000-7000-8000-000000000051","name":"x","enabled":true,"rules":[{"id":"a","topic":"politics","level":"ask"}],"version":1,"changed_by":null,"changed_at":1}"#;
    for (kind, body) in [("policy", policy), ("pack", pack)] {
        let row = Row { seq: 1, kind: kind.into(), body: RawValue::from_string(body.into()).unwrap() };
        assert!(row.change().unwrap().is_some());
    }
    let unknown = Row { seq: 1, kind: "weather".into(), body: RawValue::from_string("{}".into()).unwrap() };
    assert_eq!(unknown.change().unwrap(), None);
}

#[test]
fn a_finding_of_the_future_asks_for_a_reason() {
    let notes = r#"{"notes":[{"message":"0199d1a0-0000-7000-8000-000000000001","conversation":"0199d1a0-0000-7000-8000-000000000001","member":"0199d1a0-0000-7000-8000-000000000001","at":1,"findings":[{"rule":"r","topic":"politics","level":"ask","from":0,"to":1,"words":"x","why":{},"source":{},"safe":""}],"reason":"y"}],"members":[],"more":false}"#;
    let notes: WordingNotes = serde_json::from_str(notes).unwrap();
    let finding = &notes.notes[0].findings[0];
    assert_eq!((finding.level, finding.topic), (Level::Warn, Topic::Own));
    assert!(Level::Hint < Level::Warn && Level::Warn < Level::Block);
}

#[test]
fn what_only_describes_a_reply_never_refuses_it() {
    let args = r#"{"id":"0199d1a0-0000-7000-8000-000000000020","conversation":"0199d1a0-0000-7000-8000-000000000001","text":"在","seen":1,"owner_seen":null,"written_at":1,"expires_at":2,"composed":{"typed_chars":1,"typing_ms":2,"chosen":{"kind":"video","id":"x"},"how":"dreamt"}}"#;
    let command = Command::written(1, "message.send", 1, RawValue::from_string(args.into()).unwrap());
    let Ok(Action::SendMessage(reply)) = command.action() else { panic!("it reads") };
    assert_eq!(reply.composed.unwrap().chosen, None);
}

#[test]
fn the_first_commands_read_and_their_hashes_hold() {
    let push: PushRequest = serde_json::from_str(FIRST_PUSH).unwrap();
    assert_eq!(receive(&push.commands, &qinda::sync::Known::default()).unwrap().len(), 8);
    let kinds: Vec<&str> = push.commands.iter().map(|command| command.action().unwrap().kind()).collect();
    assert_eq!(kinds.len(), 8);
    for command in &push.commands {
        assert_eq!(command.action().unwrap().kind(), command.kind);
    }
    let pull: PullRequest = serde_json::from_str(FIRST_PULL).unwrap();
    assert_eq!((pull.cursors.len(), pull.verdicts_after), (2, 6));
}

#[test]
fn what_earlier_desks_left_on_a_device_reads() {
    let mut held: Vec<Held> = Vec::new();
    let mut queued: Vec<Queued> = Vec::new();
    for line in DEVICE.lines() {
        let (what, text) = line.split_once(' ').unwrap();
        match what {
            "counter" => assert_eq!(serde_json::from_str::<Counter>(text).unwrap().next, 3),
            "queued" => queued.push(serde_json::from_str(text).unwrap()),
            "held" => held.push(serde_json::from_str(text).unwrap()),
            "progress" => assert_eq!(serde_json::from_str::<Progress>(text).unwrap().through, 3),
            "row" => {
                let row: Row = serde_json::from_str(text).unwrap();
                assert!(matches!(row.change(), Ok(Some(Change::Article(_)))));
            }
            _ => panic!("{what}"),
        }
    }
    assert!(queued.iter().all(|queued| queued.command.action().is_ok() && queued.command.needs.is_none()));
    assert_eq!(queued[1].command.former_numbers().len(), 1);
    assert_eq!(held[0].verdict, Verdict::Rejected { code: RejectCode::Newer("newer".into()) });
    assert!(held[0].may_go_again() && held[1].is_parked() && held[1].reply().is_some());
}

fn supervisor() -> Actor {
    let push: PullAnswer = answer(FIRST_ANSWER);
    Actor { roles: Roles::new(&[Role::Supervisor]), ..push.actor }
}

fn of_the_team(id: qinda::model::QuickReplyId, team: TeamId) -> QuickReply {
    let fields = QuickReplyFields {
        shortcut: "nh".into(),
        text: "您好".into(),
        category: "问候".into(),
        picture: Some(PictureId::of_bytes(b"x")),
    };
    QuickReply { id, owner: None, team: Some(team), fields, version: 1, changed_at: Micros(1) }
}

/// A first desk knew neither teams, categories nor pictures: it must not take away what it cannot see.
#[test]
fn a_quick_reply_changed_by_a_first_desk_keeps_what_that_desk_did_not_know() {
    let push: PushRequest = serde_json::from_str(FIRST_PUSH).unwrap();
    let command = &push.commands[6];
    let Ok(Action::PutQuickReply(put)) = command.action() else { panic!("it is one") };
    let actor = supervisor();
    let facts = Facts { quick_reply: Some(of_the_team(put.id, actor.team)), ..Facts::default() };
    let changed = |action: Action| {
        let changes = decide(action, &actor, facts.clone(), Micros(2)).changes;
        let [Change::QuickReply(reply)] = &changes[..] else { panic!("it stays where it was: {changes:?}") };
        (reply.keeper(), reply.fields.text.clone(), reply.fields.category.clone(), reply.fields.picture.is_some())
    };
    let kept = (Keeper::Team(actor.team), "您好，在的。".to_owned(), "问候".to_owned(), true);
    assert_eq!(changed(Action::PutQuickReply(put.clone())), kept);

    // A desk of today says so when it takes them away.
    let today = Action::PutQuickReply(PutQuickReply { shared: false, team: true, keeps_rest: false, ..put });
    let written = Command::new(1, &today);
    assert_eq!((written.version, written.action().as_ref()), (2, Ok(&today)));
    assert_eq!(changed(today), (Keeper::Team(actor.team), "您好，在的。".to_owned(), String::new(), false));
}

#[test]
fn a_command_is_written_in_the_lowest_version_that_says_it_all() {
    let push: PushRequest = serde_json::from_str(FIRST_PUSH).unwrap();
    let Ok(Action::SendMessage(plain)) = push.commands[0].action() else { panic!("it is one") };
    let shown = qinda::sync::SendMessage { picture: Some(PictureId::of_bytes(b"x")), ..plain.clone() };
    assert_eq!(Command::new(1, &Action::SendMessage(plain)).version, 1);
    // A server of the first version would send the words without the picture.
    assert_eq!(Command::new(1, &Action::SendMessage(shown.clone())).version, 2);
    let Ok(Action::PutQuickReply(put)) = push.commands[6].action() else { panic!("it is one") };
    let new = PutQuickReply { base: 0, keeps_rest: false, ..put };
    assert_eq!(Command::new(1, &Action::PutQuickReply(new.clone())).version, 1);
    assert_eq!(Command::new(1, &Action::PutQuickReply(PutQuickReply { team: true, ..new })).version, 2);

    let newer = |command: &Command, version| Command::written(1, &command.kind, version, command.args.clone());
    for command in &push.commands {
        for version in [0, COMMAND_VERSION + 1, u16::MAX] {
            assert!(matches!(newer(command, version).action(), Err(UnreadableCommand::Unknown { .. })));
        }
    }
    assert!(newer(&push.commands[0], 2).action().is_ok() && newer(&push.commands[4], 2).action().is_err());
}

/// The examples of the page's part on versions.
fn examples() -> Vec<&'static str> {
    const PAGE: &str = include_str!("../docs/SYNC.md");
    let (_, after) = PAGE.split_once("\n## Versions\n").unwrap();
    let part = after.split("\n## ").next().unwrap();
    part.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn the_examples_of_the_page_mean_what_the_page_says() {
    let [answered, written] = examples().try_into().unwrap();
    let answered = answer(answered);
    assert_eq!(answered.actor.roles.newer(), ["warden"]);
    assert_eq!(answered.scopes.iter().map(|page| page.scope).collect::<Vec<_>>(), [Scope::Knowledge]);
    assert_eq!(answered.scopes[0].rows[0].change().unwrap(), None);
    assert_eq!(answered.verdicts[0].verdict, Verdict::Rejected { code: RejectCode::Newer("frozen".into()) });
    assert!(matches!(answered.verdicts[1].verdict, Verdict::Newer(_)));

    let written: Command = serde_json::from_str(written).unwrap();
    let action = written.action().unwrap();
    let again = Command::new(written.n, &action);
    assert_eq!((again.version, again.hash), (written.version, written.hash));
}

/// The frames as the first version read them: what it required has to be there, and other fields it skipped.
mod first {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::value::RawValue;

    #[derive(Deserialize)]
    pub struct Push {
        pub protocol: u16,
        #[serde(rename = "device")]
        _device: String,
        #[serde(rename = "epoch")]
        _epoch: String,
        pub commands: Vec<Command>,
    }

    #[derive(Deserialize)]
    pub struct Command {
        pub n: u64,
        #[serde(rename = "kind")]
        _kind: String,
        pub version: u16,
        #[serde(rename = "args")]
        _args: Box<RawValue>,
        #[serde(rename = "hash")]
        _hash: String,
    }

    #[derive(Deserialize)]
    pub struct Answer {
        pub protocol: u16,
        #[serde(rename = "backend")]
        _backend: String,
        #[serde(rename = "at")]
        _at: i64,
        #[serde(rename = "actor")]
        _actor: Actor,
        pub scopes: Vec<Page>,
        pub verdicts: Vec<VerdictRow>,
        pub through: u64,
        #[serde(rename = "more")]
        _more: bool,
    }

    #[derive(Deserialize)]
    struct Actor {
        #[serde(rename = "roles")]
        _roles: Vec<Role>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Role {
        Agent,
        Supervisor,
        Editor,
        Admin,
    }

    #[derive(Deserialize)]
    pub struct Page {
        #[serde(rename = "scope")]
        _scope: String,
        #[serde(rename = "reset")]
        _reset: bool,
        #[serde(rename = "cursor")]
        _cursor: BTreeMap<String, u64>,
        #[serde(rename = "head")]
        _head: u64,
        pub rows: Vec<Row>,
    }

    #[derive(Deserialize)]
    pub struct Row {
        #[serde(rename = "seq")]
        _seq: u64,
        #[serde(rename = "kind")]
        _kind: String,
        #[serde(rename = "body")]
        _body: Box<RawValue>,
    }

    #[derive(Deserialize)]
    pub struct VerdictRow {
        pub n: u64,
        #[serde(flatten)]
        pub verdict: Verdict,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(tag = "verdict", rename_all = "snake_case")]
    pub enum Verdict {
        Applied,
        Rejected { code: RejectCode },
        Parked { reason: Reason },
    }

    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "snake_case")]
    pub enum RejectCode {
        Forbidden,
        Gone,
        Invalid,
        Conflict,
        Unknown,
        #[serde(other)]
        Newer,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(tag = "what", rename_all = "snake_case")]
    pub enum Reason {
        Answered { by: String, at: i64 },
        Closed,
        TakenOver { by: String },
        Expired,
    }
}

#[test]
fn what_this_version_sends_reads_by_the_rules_of_the_first() {
    let mut push: PushRequest = serde_json::from_str(FIRST_PUSH).unwrap();
    let left = push.epoch;
    for command in &mut push.commands {
        *command = command.renumbered(left, command.n + 1);
        command.needs = command.former.first().copied();
    }
    let old: first::Push = serde_json::from_str(&serde_json::to_string(&push).unwrap()).unwrap();
    assert_eq!((old.protocol, old.commands.len(), old.commands[7].n, old.commands[7].version), (1, 8, 9, 1));

    let mut answer = answer(FIRST_ANSWER);
    answer.lease = Some(qinda::sync::LeaseTold::from(answer.at));
    for (row, code) in answer.verdicts.iter_mut().zip([RejectCode::Waits, RejectCode::Wording, RejectCode::Unfilled]) {
        row.verdict = Verdict::Rejected { code };
        row.hash = Some(push.commands[0].hash.clone());
    }
    let old: first::Answer = serde_json::from_str(&serde_json::to_string(&answer).unwrap()).unwrap();
    assert_eq!((old.protocol, old.through, old.scopes.len(), old.scopes[0].rows.len()), (1, 3, 3, 3));
    let newer = first::Verdict::Rejected { code: first::RejectCode::Newer };
    assert!(old.verdicts.iter().all(|row| row.n > 0 && row.verdict == newer));
}
