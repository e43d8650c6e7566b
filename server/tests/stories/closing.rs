//! Figures that depend on opening hours are told from what is kept as from the messages: by the hours of the shop, of teams
//! and of channels, past midnight, on holidays and while clocks change; and never by hours that do not hold any more.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use qinda::model::{ChannelId, ConversationId, CustomerId, Day, MemberId, MessageId, Micros, ShopId, TeamId};
use qinda::sync::{HistorySpan, RulesTold, Split as By};
use qinda::timing::rollup::{Only, Split, Wanted, Way};
use qinda::timing::{
    ByPlace, ClockRule, DaySpan, Definition, FigureRules, Hours, OpeningHours, Statistic, Step, Subject, Unit, shipped,
};
use qinda_server::reports::Kind;
use qinda_server::store::defined::{self, How};
use qinda_server::store::figure_history::{self, HistoryQuestion};
use qinda_server::store::kept_figures::Reading;
use qinda_server::store::rollups::{
    Question, Steps, Unanswered, fold_all, history_of_kept, history_of_messages, rebuild, seal, take_back,
};
use qinda_server::store::stretches::Bounds;
use qinda_server::store::{Clock, Store, figure_rules, reported};
use tempfile::TempDir;

use crate::counting::{card_in, is_the_same, kept_in};
use crate::support::aside::aside;
use crate::support::{TEN_O_CLOCK, TestShop, add_member, add_shop, database};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// The Thursday before the clocks of Berlin are set back, by UTC.
pub const THURSDAY: Day = Day(20_748);
const ZONE: &str = "Europe/Berlin";
const DAYS: i64 = 8;
const CONVERSATIONS: u64 = 160;

/// Numbers that look as if by chance, the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, many: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % many
    }

    /// One of these, in seconds, and a few microseconds.
    fn micros(&mut self, seconds: &[i64]) -> i64 {
        seconds[self.below(seconds.len() as u64) as usize] * 1_000_000 + self.below(999_999) as i64
    }
}

pub fn thursday() -> Micros {
    Micros(THURSDAY.0 * DAY * 1_000_000)
}

fn team(number: u64) -> TeamId {
    TeamId::of_name(&format!("team {number}"))
}

fn channel(number: u64) -> ChannelId {
    ChannelId::of_name(&format!("channel {number}"))
}

/// Two teams and three channels.
fn places(sql: &mut String, shop: &str) {
    for number in 0..2 {
        writeln!(sql, "INSERT INTO teams (shop, id, name) VALUES ('{shop}', '{}', 'team {number}');", team(number))
            .unwrap();
    }
    for number in 0..3 {
        let (id, team) = (channel(number), team(0));
        writeln!(
            sql,
            "INSERT INTO channels (shop, id, slug, name, team) VALUES ('{shop}', '{id}', 'c{number}', 'c{number}', '{team}');"
        )
        .unwrap();
    }
}

/// A conversation of some rounds, with waits that go across openings and closings.
fn conversation(sql: &mut String, shop: &str, members: &[MemberId], number: u64, chance: &mut Chance) {
    let id = ConversationId::of_name(&format!("conversation {number}"));
    let customer = CustomerId::of_name(&format!("customer {number}"));
    let begins = thursday().0 + chance.below(DAYS as u64 * 96) as i64 * 900_000_000 - 60_000_000;
    let (team, channel) = (team(chance.below(2)), channel(chance.below(3)));
    let (mut messages, mut happened) = (String::new(), String::new());
    let (mut at, mut position, mut version) = (begins + chance.below(150_000_000) as i64, 0, 0);
    for round in 0..1 + chance.below(3) {
        for author in [None, (chance.below(6) > 0).then_some(members[chance.below(members.len() as u64) as usize])] {
            let is_left = author.is_none() && position > 0 && round == 0;
            if is_left {
                continue;
            }
            (position, version) = (position + 1, version + 1);
            let message = MessageId::of_name(&format!("message {number} {position}"));
            let (kind, author) = match author {
                Some(member) => ("member", format!("'{member}'")),
                None => ("shopper", "NULL".to_owned()),
            };
            writeln!(
                messages,
                "INSERT INTO messages (shop, id, conversation, position, customer, customer_seq, author_kind, author, text, at)
                 VALUES ('{shop}', '{message}', '{id}', {position}, '{customer}', {position}, '{kind}', {author}, 'x', {at});"
            )
            .unwrap();
            at += chance.micros(&[4, 14, 19, 60, 299, 1_500, 9_000, 40_000, 90_000]);
        }
        if chance.below(4) == 0 {
            version += 1;
            let member = members[chance.below(members.len() as u64) as usize];
            writeln!(happened, "INSERT INTO happened VALUES ('{shop}', '{id}', {version}, {at}, 'given', '{member}');")
                .unwrap();
            at += chance.micros(&[9, 700]);
        }
    }
    let is_closed = chance.below(5) > 0;
    if is_closed {
        version += 1;
        writeln!(happened, "INSERT INTO happened VALUES ('{shop}', '{id}', {version}, {at}, 'closed', NULL);").unwrap();
    }
    let (state, closed_at) = if is_closed { ("closed", at.to_string()) } else { ("open", "NULL".to_owned()) };
    writeln!(
        sql,
        "INSERT INTO customers VALUES ('{shop}', '{customer}', '{customer}', '', {begins});
         INSERT INTO conversations (shop, id, team, channel, customer, customer_name, state, owner, opened_at, last_position, version, closed_at, in_feed)
         VALUES ('{shop}', '{id}', '{team}', '{channel}', '{customer}', '', '{state}', '{}', {begins}, {position}, {version}, {closed_at}, 0);
         {messages}{happened}",
        members[0]
    )
    .unwrap();
}

/// What a shop has counted, without a server that counts beside.
pub struct Counted {
    pub store: Store,
    pub id: ShopId,
    pub members: [MemberId; 2],
    _directory: TempDir,
}

impl Counted {
    /// A shop of which much is known around the Sunday on which the clocks are set back.
    pub async fn busy() -> Self {
        let directory = TempDir::new().unwrap();
        let clock = Clock::by_hand(Arc::new(AtomicI64::new(TEN_O_CLOCK.0)));
        let store = Store::open(database::of(directory.path()), clock).await.unwrap();
        let id = add_shop(&store, "tea").await;
        let members = [
            add_member(&store, id, "1001", "agent", "day").await,
            add_member(&store, id, "1002", "agent", "day").await,
        ];
        let counted = Self { store, id, members, _directory: directory };
        let mut sql = String::new();
        places(&mut sql, &id.to_string());
        counted.aside(sql).await;
        counted.goes_on(0..CONVERSATIONS).await;
        counted
    }

    async fn aside(&self, sql: impl Into<String>) -> Vec<String> {
        aside(self.store.place(), sql.into().leak()).await
    }

    /// Conversations with these numbers come.
    async fn goes_on(&self, numbers: std::ops::Range<u64>) {
        let (mut sql, mut chance) = (String::new(), Chance(11 + numbers.start));
        let shop = self.id.to_string();
        numbers.for_each(|number| conversation(&mut sql, &shop, &self.members, number, &mut chance));
        sql.push_str("INSERT INTO figure_marks (shop, conversation) SELECT shop, id FROM conversations WHERE counted_version = 0;");
        self.aside(sql).await;
    }

    pub async fn folds(&self) {
        fold_all(&self.store, self.id).await.unwrap();
    }

    pub async fn seals(&self) {
        seal(&self.store, &card_in(&self.store, self.id).await).await.unwrap();
    }

    async fn kept(&self) -> Vec<String> {
        kept_in(self.store.place()).await
    }

    /// How many days were not what they should have been.
    async fn rebuilds(&self) -> u64 {
        rebuild(&self.store, &card_in(&self.store, self.id).await).await.unwrap().differed
    }

    /// The days of all that is known, and a while before and after.
    async fn span(&self) -> Question {
        let from = thursday().plus_seconds(-2 * HOUR);
        span_of(&self.store, self.id, (from, from.plus_seconds(12 * DAY))).await
    }
}

async fn span_of(store: &Store, shop: ShopId, (from, to): (Micros, Micros)) -> Question {
    Question {
        shop: card_in(store, shop).await,
        from,
        to,
        now: store.clock().now(),
        steps: Steps::One,
        wanted: Wanted { subjects: SUBJECTS.into_iter().collect(), split: Split::Nothing, only: Only::default() },
        groups: None,
        patience_seconds: vec![0, 20, 600],
        way: Way::default(),
    }
}

fn spans(spans: &[(u32, u32)]) -> Vec<DaySpan> {
    spans.iter().map(|(from, to)| DaySpan { from: *from, to: *to }).collect()
}

/// From nine to six with a pause, shorter at the weekend and not at all on the Monday; the second team by night, and the
/// second channel at hours that begin within an hour.
pub fn hours() -> FigureRules {
    let work = || spans(&[(540, 720), (780, 1_080)]);
    let mut week: [Vec<DaySpan>; 7] = std::array::from_fn(|_| work());
    (week[5], week[6]) = (spans(&[(600, 960)]), spans(&[(60, 200), (600, 965)]));
    let hours = OpeningHours { week, special: [(THURSDAY.plus(4), Vec::new())].into() };
    let own_hours = ByPlace {
        teams: [(team(1), OpeningHours::daily(1_200, 1_560))].into(),
        channels: [(channel(1), OpeningHours::daily(605, 1_435))].into(),
    };
    FigureRules { zone: ZONE.into(), hours, own_hours, own: by_hours().into(), ..FigureRules::default() }
}

fn ways() -> Vec<Way> {
    let hours = [Hours::Any, Hours::Opening, Hours::Daily(DaySpan { from: 480, to: 1_380 })];
    let clocks = [ClockRule::Wall, ClockRule::Opening];
    hours.into_iter().flat_map(|hours| clocks.map(|clock| Way { hours, clock, apart: None })).collect()
}

/// Figures that ask for opening hours themselves.
fn by_hours() -> [Definition; 4] {
    let answers = shipped().swap_remove(1);
    let of = |id: &str, subject, statistic, (hours, clock)| Definition {
        id: id.into(),
        subject,
        statistic,
        hours,
        clock,
        ..answers.clone()
    };
    [
        of("open-share", Subject::Response, Statistic::ShareWithin, (Hours::Opening, ClockRule::Opening)),
        of("open-median", Subject::FirstResponse, Statistic::Median, (Hours::Any, ClockRule::Opening)),
        of("begun-open", Subject::Response, Statistic::P90, (Hours::Opening, ClockRule::Wall)),
        of("open-resolution", Subject::Resolution, Statistic::Mean, (Hours::Any, ClockRule::Opening)),
    ]
}

pub async fn counts_by(store: &Store, id: ShopId, rules: FigureRules) {
    let version = figure_rules::find(&mut store.reader().await.unwrap(), id).await.unwrap().version;
    let told = RulesTold { rules, version };
    let put = store.write(id, move |work| Box::pin(async move { figure_rules::put(work, id, &told, None).await }));
    assert!(put.await.unwrap());
}

const SUBJECTS: [Subject; 4] = [Subject::Response, Subject::FirstResponse, Subject::Handover, Subject::Resolution];

fn asked_ways() -> [(Steps, Split); 8] {
    [
        (Steps::One, Split::Nothing),
        (Steps::One, Split::Agent),
        (Steps::Each(Step::Hour), Split::Nothing),
        (Steps::Each(Step::Day), Split::Agent),
        (Steps::Each(Step::Day), Split::Channel),
        (Steps::Each(Step::Week), Split::Agent),
        (Steps::Each(Step::Month), Split::Team),
        (Steps::HoursOfWeek, Split::Nothing),
    ]
}

/// Every question says the same of what is kept as of the messages; how many cases it was of.
async fn agree(store: &Store, all: &Question) -> u64 {
    let mut snapshot = store.snapshot().await.unwrap();
    let mut cases = 0;
    for way in ways() {
        for (steps, split) in asked_ways() {
            let asked = Question { way, steps, wanted: Wanted { split, ..all.wanted }, ..all.clone() };
            let read = history_of_messages(&mut snapshot, &asked).await.unwrap().unwrap();
            let kept = history_of_kept(&mut snapshot, &asked).await.unwrap().unwrap();
            assert_eq!(kept.steps, read.steps);
            assert_eq!(kept.gross, read.gross, "{steps:?} by {split:?}, {way:?}");
            cases += kept.gross.iter().map(|(_, _, gross)| gross.cases(Subject::Response)).sum::<u64>();
        }
    }
    cases
}

/// Pages and trends say the same.
async fn pages_agree(shop: &Counted) {
    let (card, now) = (card_in(&shop.store, shop.id).await, shop.store.clock().now());
    let mut snapshot = shop.store.snapshot().await.unwrap();
    let (from, to) = (thursday().plus_seconds(2 * DAY - 2 * HOUR), thursday().plus_seconds(6 * DAY - HOUR));
    for only in [None, Some(shop.members[0])] {
        let question = defined::Question { shop: card.clone(), from, to, now, only };
        let mut told = Vec::new();
        for reading in [Reading::Kept, Reading::Messages] {
            let how = How { reading, is_quick: false, ..How::default() };
            told.push(defined::figures(&mut snapshot, &question, how).await.unwrap());
        }
        let quick = How { reading: Reading::Kept, is_quick: true, ..How::default() };
        let quick = defined::figures(&mut snapshot, &question, quick).await.unwrap();
        let in_hours = quick.figures.iter().filter(|figure| figure.in_hours.is_some()).count();
        assert_eq!(in_hours, quick.figures.len(), "no message is read for them");
        assert!(
            quick.figures.len() > 10 && told[0].figures.iter().any(|figure| figure.value != figure.in_hours.unwrap())
        );
        let [kept, read] = [0, 1].map(|place| serde_json::to_value(&told[place]).unwrap());
        is_the_same(&kept, &read, "defined");
    }
    let ids = by_hours().map(|definition| definition.id);
    for figure in ids.iter().map(String::as_str).chain(["greeting-15s", "answer-20s", "handling-mean"]) {
        for (by, step) in [(By::Agent, Step::Day), (By::Channel, Step::Hour), (By::Team, Step::Week)] {
            let question = HistoryQuestion {
                shop: card.clone(),
                now,
                only: None,
                figure: figure.to_owned(),
                span: HistorySpan::Moments(from, to),
                step: Some(step),
                by,
                part: None,
            };
            let kept = figure_history::history_of_kept(&mut snapshot, &question).await.unwrap();
            let mut kept = kept.unwrap_or_else(|| panic!("{figure} is told from what is kept"));
            let mut read = figure_history::history_of_messages(&mut snapshot, &question, Bounds::patient())
                .await
                .unwrap()
                .unwrap();
            assert!(kept.in_hours.is_some() && !kept.own_hours.is_empty() && kept.hours.is_some());
            if figure.contains("resolution") || figure.contains("handling") {
                // Bands of hours are reckoned within a bucket.
                (kept.spread.bands, read.spread.bands) = (Vec::new(), Vec::new());
            }
            let (kept, read) = (serde_json::to_value(kept).unwrap(), serde_json::to_value(read).unwrap());
            is_the_same(&kept, &read, figure);
        }
    }
}

/// The spans before that of a report say the same.
async fn reports_agree(shop: &Counted) {
    let (card, now) = (card_in(&shop.store, shop.id).await, shop.store.clock().now());
    let mut snapshot = shop.store.snapshot().await.unwrap();
    for (kind, least) in [(Kind::Daily, 4), (Kind::Weekly, 1)] {
        let mut trends = Vec::new();
        for reading in [Reading::Kept, Reading::Messages] {
            let asked = (kind, Some(THURSDAY.plus(7)));
            let report = reported::report(&mut snapshot, card.clone(), asked, now, How { reading, ..How::default() })
                .await
                .unwrap()
                .unwrap();
            assert!(report.first_figures.iter().any(|figure| figure.way().needs_opening()));
            let told = report.trend.iter().map(|step| serde_json::json!([step.rounds, step.values]));
            trends.push(told.collect::<Vec<_>>());
        }
        is_the_same(&trends[0].clone().into(), &trends[1].clone().into(), "trend");
        assert!(trends[0].iter().filter(|step| step[0] != 0).count() >= least);
    }
}

/// What depends on opening hours cannot be told from what is kept, and is told from the messages.
async fn is_read(store: &Store, all: &Question) {
    let mut snapshot = store.snapshot().await.unwrap();
    for way in ways() {
        let asked = Question { way, ..all.clone() };
        let kept = history_of_kept(&mut snapshot, &asked).await.unwrap();
        let read = history_of_messages(&mut snapshot, &asked).await.unwrap().unwrap();
        match kept {
            Ok(kept) => assert!(!way.needs_opening() && kept.gross == read.gross, "{way:?}"),
            Err(why) => assert!(why == Unanswered::NotReady && way.needs_opening(), "{way:?}: {why:?}"),
        }
    }
    let Question { shop, from, to, now, .. } = all.clone();
    let question = defined::Question { shop, from, to, now, only: None };
    let quick = How { reading: Reading::Kept, is_quick: true, ..How::default() };
    let quick = defined::figures(&mut snapshot, &question, quick).await.unwrap();
    assert!(quick.is_partial && !quick.figures.is_empty());
    // What is kept of shoppers stands by the opening hours already.
    let of_cases = || quick.figures.iter().filter(|it| it.definition.unit == Unit::Case);
    assert!(of_cases().all(|it| it.in_hours.is_none() && !it.definition.way().needs_opening()));
}

#[tokio::test]
async fn what_depends_on_opening_hours_is_told_from_what_is_kept_as_from_the_messages() {
    let shop = Counted::busy().await;
    let store = shop.store.clone();
    counts_by(&store, shop.id, hours()).await;
    shop.folds().await;
    let all = shop.span().await;
    is_read(&store, &all).await;
    shop.seals().await;
    assert!(agree(&store, &all).await > 1_000);
    let live = shop.kept().await;
    assert!(live.len() > 2, "some goes across");
    // A span and a moment that divide five minutes, while much is open.
    let (from, now) = (all.from.plus_seconds(2 * DAY + 1_234), thursday().plus_seconds(5 * DAY + 61));
    agree(&store, &Question { from, now, to: now.plus_seconds(HOUR), ..all.clone() }).await;
    pages_agree(&shop).await;
    reports_agree(&shop).await;
    // From parts alone, and from sums alone.
    shop.aside("DELETE FROM figure_sums").await;
    agree(&store, &all).await;
    pages_agree(&shop).await;
    assert_eq!(shop.rebuilds().await, 0);
    assert_eq!(shop.kept().await, live);
    shop.aside("DELETE FROM figure_opens").await;
    assert!(shop.rebuilds().await > 0);
    assert_eq!(shop.kept().await, live);
    agree(&store, &all).await;
}

#[tokio::test]
async fn what_goes_on_under_opening_hours_is_kept_as_it_would_be_made_again() {
    for seed in [7, 9] {
        let counted = async |shop: &TestShop| {
            let store = &shop.serving.store;
            let told = figure_rules::find(&mut store.reader().await.unwrap(), shop.id).await.unwrap();
            shop.later(20);
            fold_all(store, shop.id).await.unwrap();
            if told.version > 0 {
                return;
            }
            // It closes for five minutes while the history goes on, and opens again.
            let week = std::array::from_fn(|_| spans(&[(540, 605), (610, 700)]));
            let hours = OpeningHours { week, ..OpeningHours::always() };
            counts_by(store, shop.id, FigureRules { hours, own: by_hours().into(), ..FigureRules::default() }).await;
            seal(store, &card_in(store, shop.id).await).await.unwrap();
        };
        let shop = crate::histories::told(seed, counted).await;
        let store = shop.serving.store.clone();
        let from = TEN_O_CLOCK.plus_seconds(-11 * HOUR);
        let day = span_of(&store, shop.id, (from, from.plus_seconds(DAY))).await;
        let cases = agree(&store, &day).await;
        fold_all(&store, shop.id).await.unwrap();
        assert_eq!(agree(&store, &day).await, cases);
        let live = kept_in(store.place()).await;
        assert_eq!(rebuild(&store, &day.shop).await.unwrap().differed, 0);
        assert_eq!(kept_in(store.place()).await, live);
        let across = aside(store.place(), "SELECT '' FROM figure_opens").await;
        assert!(!across.is_empty(), "some waited across the pause");
    }
}

#[tokio::test]
async fn hours_that_change_are_never_taken_for_others() {
    let shop = Counted::busy().await;
    let store = shop.store.clone();
    counts_by(&store, shop.id, hours()).await;
    shop.folds().await;
    let all = shop.span().await;
    shop.seals().await;
    agree(&store, &all).await;
    let by_first = shop.kept().await;

    let later = || FigureRules { hours: OpeningHours::daily(545, 1_100), ..hours() };
    counts_by(&store, shop.id, later()).await;
    is_read(&store, &all).await;
    shop.seals().await;
    agree(&store, &all).await;
    assert_ne!(shop.kept().await, by_first);

    // Something is counted while other hours hold, and the hours come back before anything was made anew.
    counts_by(&store, shop.id, hours()).await;
    shop.goes_on(CONVERSATIONS..CONVERSATIONS + 40).await;
    shop.folds().await;
    counts_by(&store, shop.id, later()).await;
    is_read(&store, &all).await;
    shop.seals().await;
    agree(&store, &all).await;

    // Hours that do not begin on five minutes are not kept by; what they say is read.
    let odd = FigureRules { hours: OpeningHours::daily(547, 1_100), ..hours() };
    counts_by(&store, shop.id, odd).await;
    shop.seals().await;
    is_read(&store, &all).await;
    assert_eq!(shop.aside("SELECT '' FROM figure_opens").await, Vec::<String>::new());

    // Without hours it is always open.
    let none = FigureRules { hours: OpeningHours::always(), own_hours: ByPlace::default(), ..hours() };
    counts_by(&store, shop.id, none).await;
    agree(&store, &all).await;
    shop.seals().await;
    agree(&store, &all).await;
    assert_eq!(shop.rebuilds().await, 0);
    counts_by(&store, shop.id, hours()).await;
    is_read(&store, &all).await;
    assert_eq!(shop.rebuilds().await, 0, "they are made, and nothing was wrong");
    agree(&store, &all).await;
}

#[tokio::test]
async fn what_a_server_counts_that_knows_of_no_open_parts_makes_them_anew() {
    let shop = Counted::busy().await;
    let store = shop.store.clone();
    counts_by(&store, shop.id, hours()).await;
    shop.folds().await;
    let all = shop.span().await;
    shop.seals().await;
    let live = shop.kept().await;
    // As the release before takes its turns.
    shop.aside("UPDATE figure_folds SET turn = turn + 1").await;
    is_read(&store, &all).await;
    shop.seals().await;
    agree(&store, &all).await;
    assert_eq!(shop.kept().await, live);
}

#[tokio::test]
async fn what_is_taken_back_leaves_no_open_part() {
    let shop = Counted::busy().await;
    let store = shop.store.clone();
    counts_by(&store, shop.id, hours()).await;
    shop.folds().await;
    let id = shop.id;
    shop.seals().await;
    for number in 0..CONVERSATIONS {
        let conversation = ConversationId::of_name(&format!("conversation {number}"));
        store.write(id, move |work| Box::pin(take_back(work, id, conversation))).await.unwrap();
    }
    assert_eq!(shop.kept().await, Vec::<String>::new());
}
