use super::*;
use crate::model::{
    ArticleFields, ArticleId, BackendId, DeviceId, EntryId, How, MemberCard, MemberId, Micros, Roles, ShopId, TeamId,
};
use crate::sync::{
    Action, ChooseAnswer, Cursor, FormerNumber, Gap, PutArticle, RejectCode, RemoveArticle, Row, ScopePage, Standing,
    VerdictRow,
};

fn actor() -> Actor {
    Actor {
        shop: ShopId::of_name("demo"),
        team: TeamId::of_name("day"),
        member: MemberId::of_name("1001"),
        roles: Roles::parse("supervisor"),
    }
}

fn counter() -> Counter {
    Counter { device: DeviceId::of_name("phone"), epoch: EpochId::of_name("one"), next: 1 }
}

fn empty() -> Contents {
    Contents { counter: counter(), commands: Vec::new(), held: Vec::new() }
}

fn article(name: &str, version: u32) -> Change {
    let fields = ArticleFields { title: name.into(), answers: vec!["三天".into()], ..ArticleFields::default() };
    Change::Article(crate::model::Article {
        id: ArticleId::of_name(name),
        fields,
        version,
        changed_by: None,
        changed_at: Micros(1),
        copies: Vec::new(),
    })
}

fn put(name: &str) -> Action {
    let fields = ArticleFields { title: name.into(), answers: vec!["三天".into()], ..ArticleFields::default() };
    Action::PutArticle(PutArticle { id: ArticleId::of_name(name), fields, base: 0, was: None, settles: Vec::new() })
}

/// An outbox in which these actions were queued.
fn queued(actions: &[Action]) -> Contents {
    let (_, enqueued) = outbox::enqueue(counter(), actions, &[], Micros(1));
    Contents { counter: enqueued.counter, commands: enqueued.commands, held: Vec::new() }
}

fn page(scope: Scope, after: u64, changes: &[Change]) -> ScopePage {
    let rows: Vec<Row> = (after + 1..).zip(changes).map(|(seq, change)| Row::new(seq, change)).collect();
    let seq = after + rows.len() as u64;
    ScopePage {
        scope,
        reset: after == 0,
        cursor: Cursor { generation: 1, seq },
        head: seq,
        rows,
        gap: None,
        older: Vec::new(),
    }
}

fn answer(scopes: Vec<ScopePage>, through: u64) -> PullAnswer {
    let me = MemberCard {
        id: actor().member,
        work_number: "1001".into(),
        name: "小青".into(),
        active: true,
        team: None,
        roles: None,
    };
    PullAnswer {
        protocol: PROTOCOL,
        backend: BackendId::of_name("b"),
        at: Micros(1),
        actor: actor(),
        me,
        scopes,
        verdicts: Vec::new(),
        through,
        more: false,
        lease: None,
        terse: Vec::new(),
    }
}

fn request(device: &Device, cursors: &[(Scope, u64)]) -> PullRequest {
    let cursors = cursors.iter().map(|(scope, seq)| (*scope, Cursor { generation: 1, seq: *seq })).collect();
    PullRequest { cursors, ..device.pull_request() }
}

fn disk(cursors: &[(Scope, u64)]) -> Progress {
    let cursors = cursors.iter().map(|(scope, seq)| (*scope, Cursor { generation: 1, seq: *seq })).collect();
    Progress { cursors, backend: Some(BackendId::of_name("b")), ..Progress::default() }
}

fn device(contents: Contents) -> Device {
    Device::open(actor(), contents, Progress::default(), [])
}

const KNOWLEDGE: Scope = Scope::Knowledge;

mod unasked;

#[test]
fn a_tab_shows_and_sends_what_another_tab_queued() {
    let mut tab = device(empty());
    assert!(tab.next_push(0, |_| false).is_none());
    let other = queued(&[put("a"), put("b")]);
    assert!(!tab.is_in_step(other.counter, &[]));
    let touched = ["a", "b"].map(|name| Touched::Article(ArticleId::of_name(name))).to_vec();
    assert_eq!(tab.adopt(other.clone()), News { commands: true, held: false, touched });
    assert!(tab.is_in_step(other.counter, &[]));
    assert_eq!(tab.adopt(other.clone()), News::default());
    assert!(!tab.is_in_step(other.counter, &["one".into()]), "another tab held something");
    assert!(tab.replica().article(ArticleId::of_name("a")).is_some());
    let numbers: Vec<u64> = tab.next_push(0, |_| false).unwrap().commands.iter().map(|command| command.n).collect();
    assert_eq!(numbers, [1, 2]);
    assert!(tab.next_push(2, |_| false).is_none());
    let waiting = tab.next_push(0, |command| command.n == 2).unwrap();
    assert_eq!(waiting.commands.len(), 1);
}

#[test]
fn a_desk_looks_when_a_scope_moved_or_is_its_own_no_longer() {
    let (team, own) = (Scope::Inbox(actor().team), Scope::Mailbox(actor().member));
    let tab = Device::open(actor(), empty(), disk(&[(KNOWLEDGE, 3), (team, 1)]), []);
    assert!(!tab.is_behind(&[(KNOWLEDGE, 3), (team, 1), (own, 0)].into()));
    assert!(tab.is_behind(&[(KNOWLEDGE, 4), (team, 1), (own, 0)].into()));
    assert!(tab.is_behind(&[(KNOWLEDGE, 3), (team, 1), (own, 1)].into()));
    assert!(tab.is_behind(&[(KNOWLEDGE, 3), (own, 0)].into()), "the team's rows have to go");
}

#[test]
fn a_tab_that_missed_a_page_learns_of_it_by_the_beat() {
    let team = Scope::Inbox(actor().team);
    let tab = Device::open(actor(), empty(), disk(&[(KNOWLEDGE, 4), (team, 3)]), []);
    let at = |knowledge| Beat::at(&[(KNOWLEDGE, knowledge), (team, 3)].into());
    assert!(tab.is_behind_the_beat(at(5)));
    assert!(!tab.is_behind_the_beat(at(4)));
    assert!(!tab.is_behind_the_beat(at(2)), "it pulled by itself meanwhile");
    assert!(device(empty()).is_behind_the_beat(at(0)), "nothing was read");
}

#[test]
fn a_new_epoch_keeps_the_work_and_the_former_numbers() {
    let old = queued(&[put("a"), put("b")]);
    let mut tab = device(old.clone());
    let (_, renewed) = outbox::renew(old, counter().epoch, EpochId::of_name("two"));
    assert!(tab.adopt(renewed.clone()).commands);
    assert_eq!(tab.epoch(), EpochId::of_name("two"));
    let push = tab.next_push(0, |_| false).unwrap();
    let former: Vec<u64> = push.commands.iter().map(|command| command.former[0].n).collect();
    assert_eq!((push.epoch, former), (EpochId::of_name("two"), vec![1, 2]));
    let (writes, again) = outbox::renew(renewed.clone(), counter().epoch, EpochId::of_name("three"));
    assert!(writes.is_empty() && again.counter == renewed.counter, "another tab did it already");
    let late = outbox::enqueue(counter(), &[put("c")], &[], Micros(2)).1;
    assert!(tab.enqueued(late, vec![put("c")]).is_none(), "of the epoch that was left");
}

#[test]
fn a_number_that_another_tab_drew_before_ones_own_is_looked_for() {
    let mut tab = device(empty());
    let others = queued(&[put("a")]);
    let (_, mine) = outbox::enqueue(others.counter, &[put("b")], &[], Micros(2));
    let counter = mine.counter;
    assert_eq!(tab.enqueued(mine, vec![put("b")]), Some(vec![Touched::Article(ArticleId::of_name("b"))]));
    assert_eq!(tab.counter(), counter);
    assert!(!tab.is_in_step(counter, &[]), "the numbering is the same, a command is missing");
}

#[test]
fn refused_work_is_moved_aside_once_and_told_to_every_tab() {
    let choice = Action::ChooseAnswer(ChooseAnswer {
        entry: EntryId::Article(ArticleId::of_name("a")),
        text: String::new(),
        how: How::Searched,
        conversation: None,
    });
    let mut contents = queued(&[put("a"), choice]);
    let verdicts = [refused(1, RejectCode::Gone), refused(2, RejectCode::Gone)];
    let (writes, Moved::Aside(aside)) = outbox::hold(&contents, counter().epoch, 2, &verdicts) else {
        panic!("nothing stands in the way")
    };
    assert_eq!(aside.len(), 1);
    assert!(matches!(writes[..], [OutboxWrite::Unqueue(1), OutboxWrite::Hold(_), OutboxWrite::Unqueue(2)]));
    contents.commands.clear();
    contents.held = aside;
    let (writes, Moved::Aside(aside)) = outbox::hold(&contents, counter().epoch, 2, &verdicts) else {
        panic!("nothing stands in the way")
    };
    assert!(writes.is_empty() && aside.len() == 1, "the second tab hears of it too");
}

#[test]
fn verdicts_of_another_epoch_or_beyond_the_numbering_move_nothing() {
    let contents = queued(&[put("a")]);
    let refused = [VerdictRow { n: 1, verdict: Verdict::Rejected { code: RejectCode::Gone }, hash: None }];
    let elsewhere = outbox::hold(&contents, EpochId::of_name("other"), 1, &refused);
    assert!(elsewhere.0.is_empty() && matches!(elsewhere.1, Moved::OtherEpoch));
    let beyond = outbox::hold(&contents, counter().epoch, 5, &refused);
    assert!(beyond.0.is_empty() && matches!(beyond.1, Moved::SetBack));
    let another = VerdictRow { n: 1, verdict: Verdict::Applied, hash: Some(Command::new(1, &put("b")).hash) };
    let (writes, moved) = outbox::hold(&contents, counter().epoch, 1, std::slice::from_ref(&another));
    assert!(writes.is_empty() && matches!(moved, Moved::SetBack), "the number was used for another command");
    assert!(device(contents.clone()).has_to_hold(&PullAnswer { verdicts: vec![another], ..answer(vec![], 1) }));
    assert!(outbox::settle(&contents, EpochId::of_name("other"), 1).is_empty());
    assert!(matches!(outbox::settle(&contents, counter().epoch, 1)[..], [OutboxWrite::Unqueue(1)]));
}

fn put_names(kept: &Kept) -> Vec<&str> {
    kept.writes
        .iter()
        .filter_map(|write| if let ConfirmedWrite::Put(_, entity, _) = write { Some(entity.0.as_str()) } else { None })
        .collect()
}

fn reached(kept: &Kept) -> Option<u64> {
    kept.writes.iter().find_map(|write| match write {
        ConfirmedWrite::Progress(progress) => progress.cursors.get(&KNOWLEDGE).map(|cursor| cursor.seq),
        _ => None,
    })
}

#[test]
fn a_page_is_kept_where_the_disk_stands_inside_it() {
    let tab = device(empty());
    let keeps = |disk: &Progress, after, changes: &[Change]| {
        let request = request(&tab, &[(KNOWLEDGE, after)]);
        keep(disk, Keeping::All, &request, &answer(vec![page(KNOWLEDGE, after, changes)], 0), 0)
    };
    let two = [article("a", 1), article("b", 1)];
    assert_eq!(reached(&keeps(&disk(&[(KNOWLEDGE, 4)]), 4, &two)), Some(6));
    let inside = keeps(&disk(&[(KNOWLEDGE, 5)]), 4, &two);
    assert_eq!((put_names(&inside), reached(&inside)), (vec![two[1].entity().0.as_str()], Some(6)));

    // A tab that slept brings an older page: what the others kept since stays.
    let slept = keeps(&disk(&[(KNOWLEDGE, 9)]), 4, &two);
    assert_eq!((put_names(&slept).len(), reached(&slept)), (0, Some(9)));

    // The disk lost its latest writes: it is read again from where it is.
    let lost = keeps(&disk(&[(KNOWLEDGE, 3)]), 4, &two);
    assert_eq!((put_names(&lost).len(), reached(&lost)), (0, Some(3)));
    assert_eq!(lost.lagging[&KNOWLEDGE].cursor.seq, 3);
    assert_eq!(keeps(&disk(&[]), 4, &two).lagging[&KNOWLEDGE], Standing::default());
}

/// Told how far the disk is, such a tab began anew from below the gap for ever.
#[test]
fn newest_rows_that_the_newest_of_a_page_do_not_join_count_as_not_read() {
    let tab = device(empty());
    let missing = |above, up_to| Some(Gap { above, up_to, rows: up_to - above, holds: false });
    let keeps = |above: u64| {
        let mut disk = disk(&[]);
        disk.stand(KNOWLEDGE, Standing::new(Cursor { generation: 1, seq: 6 }, missing(above, 4)));
        let newest = page(KNOWLEDGE, 8, &[article("a", 1), article("b", 1)]);
        let newest = ScopePage { gap: missing(above, 8), ..newest };
        keep(&disk, Keeping::All, &request(&tab, &[(KNOWLEDGE, above)]), &answer(vec![newest], 0), 0)
    };
    let stands = |kept: &Kept| match kept.writes.last() {
        Some(ConfirmedWrite::Progress(progress)) => progress.standing(KNOWLEDGE),
        _ => None,
    };
    for above in [2, 0] {
        let kept = keeps(above);
        assert_eq!(stands(&kept), Some(Standing::new(Cursor { generation: 1, seq: 10 }, missing(above, 8))));
        assert_eq!((put_names(&kept).len(), kept.lagging.len()), (2, 0));
        let is_dropped = matches!(kept.writes[0], ConfirmedWrite::DropScope(KNOWLEDGE));
        assert_eq!(is_dropped, above == 0, "what is gone is told above {above} alone");
    }
}

#[test]
fn a_scope_that_is_not_offered_leaves_the_disk_whoever_had_read_it() {
    let tab = device(empty());
    let inbox = Scope::Inbox(TeamId::of_name("day"));
    let kept = keep(&disk(&[(inbox, 3)]), Keeping::All, &request(&tab, &[]), &answer(vec![], 0), 0);
    assert!(matches!(kept.writes[0], ConfirmedWrite::DropScope(scope) if scope == inbox));
    // A late page from before the member left brings nothing back.
    let late = answer(vec![page(inbox, 3, &[])], 0);
    let kept = keep(&disk(&[]), Keeping::All, &request(&tab, &[(inbox, 3)]), &late, 0);
    assert!(kept.lagging.contains_key(&inbox) && reached(&kept).is_none());
}

#[test]
fn a_full_disk_gives_up_conversations_and_nothing_else() {
    let inbox = Scope::Inbox(TeamId::of_name("day"));
    let progress = disk(&[(inbox, 3), (KNOWLEDGE, 2)]);
    let [ConfirmedWrite::DropInboxes, ConfirmedWrite::Progress(left)] = &without_chats(&progress)[..] else {
        panic!("conversations go, and their cursors with them")
    };
    assert_eq!(left.cursors.keys().collect::<Vec<_>>(), [&KNOWLEDGE]);
    let tab = device(empty());
    let request = request(&tab, &[(inbox, 3), (KNOWLEDGE, 2)]);
    let pages = vec![page(inbox, 3, &[]), page(KNOWLEDGE, 2, &[article("a", 1)])];
    let kept = keep(left, Keeping::WithoutChats, &request, &answer(pages.clone(), 0), 0);
    assert!(kept.lagging.is_empty() && reached(&kept) == Some(3));
    assert!(keep(left, Keeping::Nothing, &request, &answer(pages, 0), 0).writes.is_empty());
}

#[test]
fn a_restored_backup_is_noticed_and_everything_read_anew() {
    let mut tab = device(empty());
    let first = answer(vec![page(KNOWLEDGE, 0, &[article("a", 1), article("b", 1)])], 0);
    let asked = tab.pull_request();
    assert_eq!(tab.hear(&asked, &first), Heard::Page);
    tab.show(&asked, &first, Vec::new(), &Kept::default(), 0);
    let restored = |scopes| PullAnswer { backend: BackendId::of_name("restored"), ..answer(scopes, 0) };
    let asked = tab.pull_request();
    assert_eq!(tab.hear(&asked, &restored(vec![])), Heard::OfAnotherBackend);
    let asked = tab.pull_request();
    assert_eq!(asked.cursors[&KNOWLEDGE], Cursor::default());
    let anew = restored(vec![page(KNOWLEDGE, 0, &[article("a", 1)])]);
    assert_eq!(tab.hear(&asked, &anew), Heard::Page);
    let kept = keep(&disk(&[(KNOWLEDGE, 2)]), Keeping::All, &asked, &anew, 0);
    assert_eq!((put_names(&kept).len(), reached(&kept)), (1, Some(1)));
    tab.show(&asked, &anew, Vec::new(), &kept, 0);
    assert!(tab.replica().article(ArticleId::of_name("b")).is_none());
}

#[test]
fn a_verdict_settles_the_command_and_an_old_answer_says_nothing() {
    let remove = Action::RemoveArticle(RemoveArticle { id: ArticleId::of_name("x"), base: 1 });
    let mut tab = device(queued(&[put("a"), remove]));
    let asked = tab.pull_request();
    let applied = VerdictRow { n: 1, verdict: Verdict::Applied, hash: Some(tab.queue()[&1].hash.clone()) };
    let page = PullAnswer { verdicts: vec![applied], ..answer(vec![page(KNOWLEDGE, 0, &[article("a", 1)])], 1) };
    assert!(!tab.has_to_hold(&page));
    tab.show(&asked, &page, Vec::new(), &Kept::default(), 0);
    tab.settled(1);
    assert_eq!((tab.queue().len(), tab.replica().pending().len(), tab.progress().through), (1, 1, 1));
    assert!(tab.has_to_hold(&answer(vec![], 7)), "more than this device ever numbered");
    let (_, renewed) = outbox::renew(queued(&[put("a")]), counter().epoch, EpochId::of_name("two"));
    tab.adopt(renewed);
    assert_eq!(tab.hear(&asked, &page), Heard::OfAnOldEpoch);
}

/// Such a record ended the desk at its start.
#[test]
fn a_storage_that_claims_every_number_is_done_sends_nothing() {
    let progress = Progress { through: u64::MAX, epoch: Some(counter().epoch), ..Progress::default() };
    let tab = Device::open(actor(), queued(&[put("a")]), progress, []);
    assert!(tab.is_in_step(tab.counter(), &[]));
    assert!(tab.next_push(0, |_| false).is_none());
}

fn changed(name: &str, base: u32) -> Action {
    let fields = ArticleFields { title: name.into(), answers: vec!["两天".into()], ..ArticleFields::default() };
    Action::PutArticle(PutArticle { id: ArticleId::of_name(name), fields, base, was: None, settles: Vec::new() })
}

fn chosen(name: &str) -> Action {
    let entry = EntryId::Article(ArticleId::of_name(name));
    Action::ChooseAnswer(ChooseAnswer { entry, text: String::new(), how: How::Searched, conversation: None })
}

/// A tab gives one action after the other, each on top of what it shows.
fn given(actions: &[Action]) -> (Device, Contents) {
    let mut tab = device(empty());
    let mut contents = empty();
    for action in actions {
        let actions = std::slice::from_ref(action);
        let (_, enqueued) = outbox::enqueue(contents.counter, actions, &tab.needs(actions), Micros(1));
        contents.counter = enqueued.counter;
        contents.commands.extend(enqueued.commands.clone());
        assert!(tab.enqueued(enqueued, actions.to_vec()).is_some());
    }
    (tab, contents)
}

fn needed(contents: &Contents) -> Vec<Option<u64>> {
    contents.commands.iter().map(|queued| queued.command.needs.map(|number| number.n)).collect()
}

fn applied_to(mut contents: Contents, writes: Vec<OutboxWrite>) -> Contents {
    for write in writes {
        match write {
            OutboxWrite::Counter(counter) => contents.counter = counter,
            OutboxWrite::Queue(queued) => contents.commands.push(queued),
            OutboxWrite::Unqueue(n) => contents.commands.retain(|queued| queued.command.n != n),
            OutboxWrite::UnqueueAll => contents.commands.clear(),
            OutboxWrite::Hold(held) => contents.held.push(held),
            OutboxWrite::Release(key) => contents.held.retain(|held| held.key != key),
        }
    }
    contents
}

fn refused(n: u64, code: RejectCode) -> VerdictRow {
    VerdictRow { n, verdict: Verdict::Rejected { code }, hash: None }
}

#[test]
fn what_is_given_on_top_of_waiting_work_needs_it() {
    let remove = Action::RemoveArticle(RemoveArticle { id: ArticleId::of_name("a"), base: 2 });
    let (mut tab, contents) = given(&[put("a"), put("b"), changed("a", 1), chosen("b"), chosen("c"), remove]);
    assert_eq!(needed(&contents), [None, None, Some(1), Some(2), None, Some(3)]);
    // Once the server has it, choosing it needs nothing; changing it does as long as a change waits.
    let asked = tab.pull_request();
    let known = answer(vec![page(KNOWLEDGE, 0, &[article("a", 1), article("b", 1)])], 2);
    tab.show(&asked, &known, Vec::new(), &Kept::default(), 0);
    let number = |n| Some(FormerNumber { epoch: counter().epoch, n });
    assert_eq!(tab.needs(&[chosen("a"), chosen("b"), changed("b", 1), put("a")]), [None, None, None, number(6)]);
}

#[test]
fn what_stands_on_refused_work_waits_for_it() {
    let refused = Verdict::Rejected { code: RejectCode::Forbidden };
    let waits = Some(Verdict::Rejected { code: RejectCode::Waits });
    assert_eq!(Command::waits(Some(&refused)), waits);
    assert_eq!(Command::waits(waits.as_ref()), waits, "and so does what stands on that");
    assert_eq!(Command::waits(Some(&Verdict::Applied)), None);
    assert_eq!(Command::waits(None), None, "the server never got it: it may be decided");
}

#[test]
fn the_first_one_sent_again_takes_along_what_waits_for_it() {
    let (tab, contents) = given(&[put("a"), changed("a", 1), chosen("a"), put("b"), changed("a", 2)]);
    let verdicts = [
        refused(1, RejectCode::Forbidden),
        refused(2, RejectCode::Waits),
        refused(3, RejectCode::Waits),
        refused(4, RejectCode::Forbidden),
        refused(5, RejectCode::Waits),
    ];
    let (writes, Moved::Aside(aside)) = outbox::hold(&contents, tab.epoch(), 5, &verdicts) else {
        panic!("nothing stands in the way")
    };
    assert_eq!(aside.iter().map(Held::is_silent).collect::<Vec<_>>(), [false, false, true, false, false]);
    let contents = applied_to(contents, writes);
    assert!(contents.commands.is_empty() && contents.held[1].waits_for(&contents.held[0]));
    assert!(contents.held.iter().all(Held::may_go_again));

    let first = contents.held[0].clone();
    let (writes, sent) = outbox::send_again(&contents, &first.key);
    let sent = sent.unwrap().commands;
    assert_eq!(sent.iter().map(|queued| queued.command.n).collect::<Vec<_>>(), [6, 7, 8, 9]);
    assert!(sent[0].command.hash == first.command.hash && sent.iter().all(|queued| queued.command.former.is_empty()));
    let needs: Vec<_> = sent.iter().map(|queued| queued.command.needs.map(|number| number.n)).collect();
    assert_eq!(needs, [None, Some(6), Some(6), Some(7)]);
    let after = applied_to(contents, writes);
    assert_eq!((after.held.len(), after.commands.len(), after.counter.next), (1, 4, 10));
    assert!(outbox::send_again(&after, &first.key).1.is_none(), "another tab did it already");
}

#[test]
fn work_that_is_given_up_leaves_words_that_wait_for_it_on_the_list() {
    let (tab, contents) = given(&[put("a"), changed("a", 1), chosen("a")]);
    let verdicts = [refused(1, RejectCode::Invalid), refused(2, RejectCode::Waits), refused(3, RejectCode::Waits)];
    let (writes, _) = outbox::hold(&contents, tab.epoch(), 3, &verdicts);
    let contents = applied_to(contents, writes);
    assert!(!contents.held[0].may_go_again());
    let writes = outbox::give_up(&contents.held, &contents.held[0].key);
    let left = applied_to(contents, writes);
    assert_eq!(left.held.iter().map(|held| held.command.n).collect::<Vec<_>>(), [2]);
    assert!(left.held[0].may_go_again());

    // A choice whose first one was given up before its own verdict came waits for nothing.
    let (tab, contents) = given(&[put("a"), chosen("a")]);
    let (writes, Moved::Aside(aside)) = outbox::hold(&contents, tab.epoch(), 2, &verdicts[2..]) else {
        panic!("nothing stands in the way")
    };
    assert!(writes.is_empty() && aside.is_empty());
    let alone = [refused(2, RejectCode::Waits)];
    let (writes, Moved::Aside(aside)) = outbox::hold(&contents, tab.epoch(), 2, &alone) else {
        panic!("nothing stands in the way")
    };
    assert!(matches!(writes[..], [OutboxWrite::Unqueue(2)]) && aside.is_empty());
}

#[test]
fn over_a_new_epoch_it_is_still_known_what_waits_for_what() {
    let (tab, contents) = given(&[put("a"), changed("a", 1)]);
    let fresh = EpochId::of_name("two");
    let (writes, contents) = outbox::renew(contents, tab.epoch(), fresh);
    assert_eq!(writes.len(), 4);
    let verdicts = [refused(1, RejectCode::Forbidden), refused(2, RejectCode::Waits)];
    let (writes, _) = outbox::hold(&contents, fresh, 2, &verdicts);
    let contents = applied_to(contents, writes);
    assert!(contents.held[1].waits_for(&contents.held[0]));
}
