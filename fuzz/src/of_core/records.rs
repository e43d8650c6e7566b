//! What a device reads back from its own storage, where anything may stand by now, and the small frames of the server.

use qinda::model::{EpochId, Micros};
use qinda::sync::{
    Contents, Counter, Device, DevicesAnswer, FiguresAnswer, Heads, Held, Lease, LeaseTold, OutboxWrite, Progress,
    PushAnswer, PushRefusal, Queued, SignedIn, Verdict, VerdictRow, outbox, without_chats, without_scopes,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::examples::{self, NOW, headed_seed};
use super::pulls::contents;
use crate::target::{again, headed, same_again};

/// What it is on the first line, then the record.
pub fn record(input: &[u8]) -> bool {
    let Some((head, json)) = headed(input) else { return false };
    match head {
        "counter" => with(json, |counter: Counter| {
            same_again(&counter);
            // No device gives out more numbers in all its years.
            let next = counter.next.min(u64::MAX / 2);
            started(Contents { counter: Counter { next, ..counter }, ..contents() }, Progress::default());
        }),
        "queued" => with(json, |queued: Queued| {
            again(&queued);
            started(Contents { commands: vec![queued], ..contents() }, Progress::default());
        }),
        "held" => with(json, |held: Held| {
            again(&held);
            let _ = (held.is_parked(), held.reply());
            let key = Held::key(contents().counter.epoch, held.command.n);
            started(Contents { held: vec![Held { key, ..held }], ..contents() }, Progress::default());
        }),
        "progress" => with(json, |progress: Progress| {
            same_again(&progress);
            let scopes = progress.cursors.keys().copied().take(1).collect();
            assert!(without_scopes(&progress, &scopes).1.cursors.keys().all(|scope| !scopes.contains(scope)));
            let _ = without_chats(&progress);
            started(contents(), progress.clone());
            let epoch = progress.epoch.unwrap_or(contents().counter.epoch);
            let counter = Counter { epoch, ..contents().counter };
            started(Contents { counter, ..contents() }, progress);
        }),
        "lease" => with(json, |lease: Lease| {
            same_again(&lease);
            for wall in [Micros(i64::MIN), Micros(0), NOW, Micros(i64::MAX)] {
                let noted = lease.noted(wall);
                assert!(lease.state(wall).is_locked() <= noted.state(wall).is_locked(), "noting the time opens it");
            }
        }),
        "lease told" => with(json, |told: LeaseTold| {
            same_again(&told);
            same_again(&Lease::heard(told.at, told.until, NOW));
        }),
        "heads" => with(json, |heads: Heads| {
            same_again(&heads);
            let device = Device::open(examples::actor(), contents(), Progress::default(), []);
            assert!(device.is_behind(&heads.heads) || heads.heads.values().all(|head| *head == 0));
        }),
        "verdict" => with(json, |row: VerdictRow| {
            same_again(&row);
            ruled(&row);
        }),
        "pushed" => with(json, |answer: PushAnswer| same_again(&answer)),
        "refused" => with(json, |refusal: PushRefusal| same_again(&refusal)),
        "signed in" => with(json, |signed_in: SignedIn| same_again(&signed_in)),
        "devices" => with(json, |devices: DevicesAnswer| same_again(&devices)),
        "figures" => with(json, |figures: FiguresAnswer| {
            again(&figures);
        }),
        _ => false,
    }
}

fn with<T: Serialize + DeserializeOwned>(json: &str, look: impl FnOnce(T)) -> bool {
    serde_json::from_str(json).map(look).is_ok()
}

/// A tab starts from such a storage, goes on writing, and begins a new epoch.
fn started(contents: Contents, progress: Progress) {
    let mut device = Device::open(examples::actor(), contents.clone(), progress, examples::changes());
    let keys: Vec<String> = device.held().iter().map(|held| held.key.clone()).collect();
    assert_eq!(keys.len(), contents.held.len());
    let _ = device.is_in_step(contents.counter, &keys);
    let _ = device.next_push(0, |_| false);
    let actions = examples::actions();
    let (writes, enqueued) = outbox::enqueue(contents.counter, &actions, &device.needs(&actions), NOW);
    let numbers: Vec<u64> = enqueued.commands.iter().map(|queued| queued.command.n).collect();
    assert!(numbers.iter().all(|n| *n < enqueued.counter.next), "a number will be given twice");
    assert_eq!(writes.len(), actions.len() + 1);
    assert!(device.enqueued(enqueued, actions).is_some());
    let _ = device.next_push(0, |_| false);
    let (writes, fresh) = outbox::renew(contents.clone(), contents.counter.epoch, EpochId::of_name("fresh"));
    assert_eq!(writes.len(), contents.commands.len() + 2);
    assert_eq!(fresh.counter.next, contents.commands.len() as u64 + 1);
    let _ = device.adopt(fresh);
    assert_eq!(device.epoch(), EpochId::of_name("fresh"));
}

/// A verdict takes a command out of the outbox once, and its words are kept unless it was applied.
fn ruled(row: &VerdictRow) {
    let contents = contents();
    let epoch = contents.counter.epoch;
    let (writes, _) = outbox::hold(&contents, epoch, row.n, std::slice::from_ref(row));
    if row.verdict == Verdict::Applied {
        assert!(writes.is_empty());
    }
    assert!(writes.len() <= 2);
    if let Some(OutboxWrite::Hold(held)) = writes.last() {
        assert_eq!((held.command.n, &held.verdict), (row.n, &row.verdict));
    }
}

/// One record of each kind.
pub fn record_seeds() -> Vec<Vec<u8>> {
    let contents = contents();
    let queued = &contents.commands[0];
    let verdict: Verdict =
        serde_json::from_str(r#"{"verdict":"parked","reason":{"what":"closed"}}"#).expect("it reads");
    let held = Held { key: String::new(), command: queued.command.clone(), at: queued.at, verdict: verdict.clone() };
    let device = Device::open(examples::actor(), contents.clone(), Progress::default(), []);
    let mut progress: Progress = device.progress().clone();
    progress.cursors = super::pulls::cursors();
    progress.epoch = Some(contents.counter.epoch);
    progress.through = 3;
    progress.backend = Some(examples::backend());
    let heads = Heads { at: NOW, heads: progress.cursors.iter().map(|(scope, at)| (*scope, at.seq)).collect() };
    let row = VerdictRow { n: 2, verdict, hash: Some(contents.commands[1].command.hash.clone()) };
    vec![
        headed_seed("counter", &contents.counter),
        headed_seed("queued", queued),
        headed_seed("held", &held),
        headed_seed("progress", &progress),
        headed_seed("lease", &Lease::heard(NOW, NOW.plus_seconds(3_600), NOW)),
        headed_seed("lease told", &LeaseTold::from(NOW)),
        headed_seed("heads", &heads),
        headed_seed("verdict", &row),
        headed_seed("pushed", &PushAnswer { through: 7, lease: Some(LeaseTold::from(NOW)) }),
        headed_seed("refused", &PushRefusal::Gap),
        DEVICES.into(),
        SIGNED_IN.into(),
    ]
}

const DEVICES: &str = r#"devices
{"at": 1795399200000000, "here": null, "more": false, "members": [], "devices": [{
"id": "00000000-0000-7000-8000-000000000001", "member": "00000000-0000-7000-8000-000000000002",
"kind": {"machine": "android_phone", "browser": "chrome"}, "first_at": 1795399200000000, "last_at": null,
"signed_in": true, "cut_off": {"at": 1795399200000000, "by": null, "told_at": null}}]}"#;
const SIGNED_IN: &str = r#"signed in
{"actor": {"shop": "00000000-0000-7000-8000-000000000001", "team": "00000000-0000-7000-8000-000000000002",
"member": "00000000-0000-7000-8000-000000000003", "roles": ["agent"]}, "me": {"id":
"00000000-0000-7000-8000-000000000003", "work_number": "1001", "name": "小青", "active": true}, "shop": {"id":
"00000000-0000-7000-8000-000000000001", "slug": "tea", "name": "茶", "utc_offset_minutes": 480}, "at": 1}"#;
