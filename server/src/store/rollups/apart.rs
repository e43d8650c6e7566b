//! Figures with rules that parts know nothing of: it is kept beside the parts in what each differs from its plain figure. Of
//! those that are said of conversations or shoppers it is kept for a time whose cases there were. When the rules, clocks or
//! hours of one change it is made anew from the messages, day by day, and meanwhile it is not told from what is kept.

mod told;
mod units;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use qinda::model::{Day, Micros, ShopId};
use qinda::timing::rollup::{
    Apart, Around, Began, Delta, Differing, InStep, Noted, Way, noted_apart, noted_units, slot_of,
};
use qinda::timing::{Definition, FigureRules, Hours, Life, Open, OpenHours, OpeningHours, Statistic, Unit, Zone};
use sha2::{Digest as _, Sha256};

pub use self::told::Differs;
pub use self::units::{keeps_units, told as told_of_units, told_of_all as told_of_all_units, units};
use super::rebuilding;
use super::standing::{self, Standing};
use crate::store::dialect::{Conn, DbRow, query};
use crate::store::row::Columns;
use crate::store::{Store, Stored, Work, defined, figure_rules};
use crate::zones;

/// So many figures of a shop are kept apart; others are told from the messages.
const FIGURES_MAX: usize = 24;
/// What is kept of conversations and shoppers is kept for so many days: thirty are compared with the thirty before, and three
/// months begin on any day.
const UNITS_KEPT_DAYS: i64 = 95;
/// How it is kept, which is another number when that changes: it is made anew then.
const UNITS_AS_KEPT: u8 = 2;
/// Clocks and hours are laid out for so long before and after what is looked at, in seconds.
const AROUND_SECONDS: i64 = 32 * 86_400;

/// A figure with rules of its own.
struct Figure {
    number: i64,
    definition: Definition,
    /// Its rules, and its plain figure; none of one that is said of units.
    apart: Option<(Apart, Definition)>,
    /// Whether it is kept for a time alone, as what is said of units is.
    is_of_a_time: bool,
}

/// Those of a shop, by its clocks and hours.
pub struct Figures {
    rules: FigureRules,
    utc_offset_minutes: i32,
    all: Vec<Figure>,
}

impl Figures {
    pub fn of(rules: &FigureRules, utc_offset_minutes: i32) -> Self {
        let told = rules.definitions();
        let by_hours = told.iter().filter(|_| rules.has_hours()).map(defined::by_hours).collect::<Vec<_>>();
        let mut all: BTreeMap<i64, Figure> = BTreeMap::new();
        // How the times of units are spread is told of their cases.
        let is_of_units = |definition: &&Definition| definition.is_kept_by_unit();
        let of_units = told.iter().filter(is_of_units).map(|it| Definition { unit: Unit::Case, ..it.clone() });
        let of_units = of_units.collect::<Vec<_>>().into_iter().map(|definition| (definition, true));
        let others = told.into_iter().chain(by_hours).map(|definition| (definition, false));
        for (definition, is_of_a_time) in others.chain(of_units) {
            let apart = definition.apart().filter(|_| definition.is_kept()).map(|apart| (apart, definition.plain()));
            let is_of_a_time = is_of_a_time || definition.is_kept_by_unit();
            if all.len() < FIGURES_MAX && (apart.is_some() || definition.is_kept_by_unit()) {
                let number = number(&definition, rules, utc_offset_minutes);
                all.entry(number).or_insert(Figure { number, definition, apart, is_of_a_time });
            }
        }
        Self { rules: rules.clone(), utc_offset_minutes, all: all.into_values().collect() }
    }

    /// The same, found.
    pub async fn find(conn: &mut Conn, shop: ShopId) -> Stored<Self> {
        let rules = figure_rules::find(conn, shop).await?.rules;
        let row = query("SELECT utc_offset_minutes FROM shops WHERE id = $1").bind(shop.to_string());
        let utc_offset_minutes = row.fetch_one(conn).await?.number("utc_offset_minutes")?;
        Ok(Self::of(&rules, utc_offset_minutes))
    }

    /// The number and the rules of the figure that is told in a way.
    pub fn told_in(&self, way: Way) -> Option<(i64, Apart)> {
        let is_told = |figure: &&Figure| figure.apart.is_some() && figure.definition.way() == way;
        let figure = self.all.iter().find(is_told)?;
        Some((figure.number, figure.apart.as_ref()?.0))
    }

    /// The number of a figure that is said of units.
    pub fn of_units(&self, definition: &Definition) -> Option<i64> {
        let number = number(definition, &self.rules, self.utc_offset_minutes);
        self.all.iter().find(|figure| figure.apart.is_none() && figure.number == number).map(|figure| figure.number)
    }

    /// Those that are kept for a time alone.
    fn of_a_time(&self) -> impl Iterator<Item = i64> {
        self.all.iter().filter(|figure| figure.is_of_a_time).map(|figure| figure.number)
    }

    fn numbers(&self) -> BTreeSet<i64> {
        self.all.iter().map(|figure| figure.number).collect()
    }
}

/// The number that a figure has among all that there may be, made of all on which it depends what it counts.
fn number(definition: &Definition, rules: &FigureRules, utc_offset_minutes: i32) -> i64 {
    let Definition { subject, merge, window, hours, hours_of, clock, leave_out, session_gap_seconds, .. } = definition;
    let opening = definition.way().needs_opening().then_some((&rules.hours, &rules.own_hours));
    // What is kept of units stands as their threshold says.
    let asked = (definition.statistic == Statistic::ShareWithin).then_some(definition.threshold_seconds);
    let of_units = (definition.unit != Unit::Case).then_some((definition.unit, asked, UNITS_AS_KEPT));
    let told = serde_json::json!([
        [subject, merge, window, hours, hours_of, clock, leave_out.at_once, leave_out.next_day, session_gap_seconds],
        [of_units, &rules.zone, utc_offset_minutes, opening],
    ]);
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(told.to_string()));
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// What changes in what figures differ, by their numbers. Those that are named alone are looked at.
pub type Deltas = BTreeMap<i64, Delta>;

/// Notes in what figures differ over lives, with clocks and hours laid out around them.
pub struct Noting<'f> {
    figures: &'f Figures,
    laid_out: Option<LaidOut>,
}

struct LaidOut {
    span: (Micros, Micros),
    zone: Zone,
    open: OpenHours,
    /// The hours of each day that each of the figures asks for.
    daily: Vec<Option<Open>>,
}

impl LaidOut {
    fn of(Figures { rules, utc_offset_minutes, all }: &Figures, span: (Micros, Micros)) -> Self {
        let zone = zones::zone(&rules.zone, *utc_offset_minutes, span.0, span.1);
        let daily = |figure: &Figure| match figure.definition.hours {
            Hours::Daily(hours) => Some(OpeningHours::daily(hours.from, hours.to).laid_out(&zone, span.0, span.1)),
            Hours::Any | Hours::Opening => None,
        };
        Self { span, open: rules.laid_out(&zone, span.0, span.1), daily: all.iter().map(daily).collect(), zone }
    }
}

impl<'f> Noting<'f> {
    pub const fn by(figures: &'f Figures) -> Self {
        Self { figures, laid_out: None }
    }

    /// Counts what figures count of a life beyond their plain ones.
    pub fn add(&mut self, life: &Life, deltas: &mut Deltas) {
        self.each(life, deltas, |delta, more, less| {
            delta.add(&more);
            delta.take_back(&less);
        });
    }

    /// Takes it back.
    pub fn take_back(&mut self, life: &Life, deltas: &mut Deltas) {
        self.each(life, deltas, |delta, more, less| {
            delta.take_back(&more);
            delta.add(&less);
        });
    }

    /// The same of what belongs to a span alone.
    pub fn add_within(&mut self, life: &Life, (from, to): (Micros, Micros), deltas: &mut Deltas) {
        let is_within = |noted: &Noted| (from..to).contains(&noted.at);
        self.each(life, deltas, |delta, mut more, mut less| {
            more.retain(is_within);
            less.retain(is_within);
            delta.add(&more);
            delta.take_back(&less);
        });
    }

    fn each(&mut self, life: &Life, deltas: &mut Deltas, mut take: impl FnMut(&mut Delta, Vec<Noted>, Vec<Noted>)) {
        for place in 0..self.figures.all.len() {
            if let Some(delta) = deltas.get_mut(&self.figures.all[place].number) {
                let (more, less) = self.noted(place, life);
                take(delta, more, less);
            }
        }
    }

    /// What the figure with a number counts of a life, and what its plain one does.
    pub fn of(&mut self, number: i64, life: &Life) -> (Vec<Noted>, Vec<Noted>) {
        let place = self.figures.all.iter().position(|figure| figure.number == number);
        place.map_or_else(Default::default, |place| self.noted(place, life))
    }

    fn noted(&mut self, place: usize, life: &Life) -> (Vec<Noted>, Vec<Noted>) {
        let Some((first, last)) = life.happened.first().zip(life.happened.last()) else { return Default::default() };
        let (first, last) = (first.at, last.at);
        let is_around = |laid_out: &&mut LaidOut| laid_out.span.0 <= first && last < laid_out.span.1;
        if self.laid_out.as_mut().filter(is_around).is_none() {
            let span = (first.plus_seconds(-AROUND_SECONDS), last.plus_seconds(AROUND_SECONDS));
            self.laid_out = Some(LaidOut::of(self.figures, span));
        }
        let Some(LaidOut { zone, open, daily, .. }) = &self.laid_out else { return Default::default() };
        let Figure { definition, apart, .. } = &self.figures.all[place];
        let at = Around { zone, open, daily: daily[place].as_ref() };
        match apart {
            Some((_, plain)) => noted_apart(definition, plain, life, at),
            None => (noted_units(definition, life, at), Vec::new()),
        }
    }
}

/// In what a figure differs on a day, packed.
#[derive(Debug, PartialEq, Eq)]
pub struct KeptDay {
    pub figure: i64,
    pub day: Day,
    pub cells: Vec<u8>,
}

/// What a change makes of the days that it touches; the day that would have to be made again where it cannot be.
pub async fn changed(
    conn: &mut Conn,
    shop: ShopId,
    deltas: &Deltas,
    standing: &Standing,
) -> Stored<Result<Vec<KeptDay>, Day>> {
    let mut changed = Vec::new();
    for (figure, delta) in deltas {
        let days: BTreeSet<Day> = delta.touched().into_iter().map(|(day, _)| day).collect();
        for day in days.into_iter().filter(|day| standing.has_apart(*figure, *day)) {
            let kept = Differing::unpacked(&find(conn, shop, *figure, day).await?);
            let made = kept.and_then(|mut differing| {
                differing.change(delta, day);
                differing.packed()
            });
            match made {
                Ok(cells) => changed.push(KeptDay { figure: *figure, day, cells }),
                Err(_) => return Ok(Err(day)),
            }
        }
    }
    Ok(Ok(changed))
}

async fn find(conn: &mut Conn, shop: ShopId, figure: i64, day: Day) -> Stored<Vec<u8>> {
    let row = query("SELECT cells FROM figure_apart WHERE shop = $1 AND figure = $2 AND day = $3");
    let row = row.bind(shop.to_string()).bind(figure).bind(day.0).fetch_optional(conn).await?;
    Ok(row.map(|row| row.bytes("cells")).transpose()?.unwrap_or_default())
}

/// The days that are not as they should be, of what was made anew of a day of UTC.
pub async fn differing(conn: &mut Conn, shop: ShopId, day: Day, deltas: &Deltas) -> Stored<Vec<KeptDay>> {
    let mut differing = Vec::new();
    for (figure, delta) in deltas {
        let mut made = Differing::default();
        made.change(delta, day);
        let cells = made.packed().map_err(super::unusable)?;
        if cells != find(conn, shop, *figure, day).await? {
            differing.push(KeptDay { figure: *figure, day, cells });
        }
    }
    Ok(differing)
}

/// Keeps days in the place of what was there.
pub async fn put(conn: &mut Conn, shop: ShopId, days: &[KeptDay]) -> Stored<()> {
    for KeptDay { figure, day, cells } in days {
        let put = query(if cells.is_empty() {
            "DELETE FROM figure_apart WHERE shop = $1 AND figure = $2 AND day = $3"
        } else {
            "INSERT INTO figure_apart (shop, figure, day, cells) VALUES ($1, $2, $3, $4)
             ON CONFLICT (shop, figure, day) DO UPDATE SET cells = excluded.cells"
        });
        let put = put.bind(shop.to_string()).bind(*figure).bind(day.0);
        let put = if cells.is_empty() { put } else { put.bind(cells.clone()) };
        put.execute(conn).await?;
    }
    Ok(())
}

/// What is kept of a figure on some days.
pub async fn each(
    conn: &mut Conn,
    (shop, figure): (ShopId, i64),
    (first, last): (Day, Day),
    mut take: impl FnMut(KeptDay) -> Stored<()> + Send,
) -> Stored<()> {
    query("SELECT day, cells FROM figure_apart WHERE shop = $1 AND figure = $2 AND day BETWEEN $3 AND $4")
        .bind(shop.to_string())
        .bind(figure)
        .bind(first.0)
        .bind(last.0)
        .each(conn, |mut row: DbRow| -> Stored<_> {
            take(KeptDay { figure, day: Day(row.number("day")?), cells: row.take("cells")? })?;
            Ok(ControlFlow::Continue(()))
        })
        .await
}

/// Takes away what was kept of conversations and shoppers on days that are too long ago.
pub async fn forget_old(store: &Store, shop: ShopId) -> Stored<()> {
    let since = units_kept_since(store.clock().now());
    let old = {
        let mut snapshot = store.snapshot().await?;
        let Some(standing) = standing::find(&mut snapshot, shop).await? else { return Ok(()) };
        let figures = Figures::find(&mut snapshot, shop).await?;
        let there = standing.apart.unwrap_or_default();
        let is_older = |figure: &i64| there.get(figure).is_some_and(|made| made.since.is_none_or(|from| from < since));
        figures.of_a_time().filter(is_older).collect::<Vec<_>>()
    };
    if old.is_empty() {
        return Ok(());
    }
    let old = Arc::new(old);
    store.write(shop, move |work| Box::pin(async move { write_forgotten(work, shop, since, &old).await })).await
}

async fn write_forgotten(work: &mut Work, shop: ShopId, since: Day, figures: &[i64]) -> Stored<()> {
    for figure in figures {
        for forget in [
            "DELETE FROM figure_apart WHERE shop = $1 AND figure = $2 AND day < $3",
            "UPDATE figure_apart_made SET since = $3 WHERE shop = $1 AND figure = $2",
        ] {
            query(forget).bind(shop.to_string()).bind(*figure).bind(since.0).execute(work.conn()).await?;
        }
    }
    Ok(())
}

/// The first day of which it is kept what is said of conversations and shoppers.
fn units_kept_since(now: Micros) -> Day {
    slot_of(now).0.plus(-UNITS_KEPT_DAYS)
}

/// What is to be done for it.
enum Next {
    /// These are begun, and all others but those that stay are taken away.
    Begin { new: Vec<(i64, standing::Apart)>, stay: BTreeSet<i64> },
    /// A day of some figures, with what is not as it should be.
    Made(BTreeSet<i64>, Day, Vec<KeptDay>),
    /// There is no other day for these.
    End(BTreeSet<i64>),
}

/// Makes what is missing of a day. Says whether there may be more.
pub async fn keep_up_a_day(store: &Store, shop: ShopId) -> Stored<bool> {
    let (standing, next) = {
        let mut snapshot = store.snapshot().await?;
        let Some(standing) = standing::find(&mut snapshot, shop).await? else { return Ok(false) };
        let figures = Figures::find(&mut snapshot, shop).await?;
        let kept_since = units_kept_since(store.clock().now());
        let next = next(&mut snapshot, (shop, kept_since), &standing, &figures).await?;
        let Some(next) = next else { return Ok(false) };
        (standing, next)
    };
    let write = Arc::new((standing, next));
    store.write(shop, move |work| Box::pin(async move { write_down(work, shop, &write).await })).await?;
    Ok(true)
}

async fn next(
    conn: &mut Conn,
    (shop, kept_since): (ShopId, Day),
    standing: &Standing,
    figures: &Figures,
) -> Stored<Option<Next>> {
    let wanted = figures.numbers();
    let there: BTreeSet<i64> = standing.apart.iter().flat_map(BTreeMap::keys).copied().collect();
    if there != wanted || standing.apart.is_none() {
        let of_a_time: BTreeSet<i64> = figures.of_a_time().collect();
        let begun = |figure: &i64| {
            let since = of_a_time.contains(figure).then_some(kept_since);
            (*figure, standing::Apart { since, next: since.or(Some(Day(i64::MIN))) })
        };
        let new = wanted.difference(&there).map(begun).collect();
        return Ok(Some(Next::Begin { new, stay: wanted.intersection(&there).copied().collect() }));
    }
    let unmade = || standing.apart.iter().flatten().filter_map(|(figure, made)| made.next.map(|next| (next, *figure)));
    let Some((from, _)) = unmade().min() else { return Ok(None) };
    let made: BTreeSet<i64> = unmade().filter(|(next, _)| *next == from).map(|(_, figure)| figure).collect();
    let Some(day) = rebuilding::first_from(conn, shop, Some(from)).await? else { return Ok(Some(Next::End(made))) };
    let deltas = rebuilding::apart_of_day(conn, (shop, day), figures, &made).await?;
    let differing = differing(conn, shop, day, &deltas).await?;
    Ok(Some(Next::Made(made, day, differing)))
}

/// If something was folded meanwhile nothing is written, and it is tried again.
async fn write_down(work: &mut Work, shop: ShopId, (standing, next): &(Standing, Next)) -> Stored<()> {
    let conn = work.conn();
    if !standing::take_turn(conn, shop, standing).await? {
        return Ok(());
    }
    match next {
        Next::Begin { new, stay } => {
            forget_others(conn, shop, stay).await?;
            begin(conn, shop, new).await
        }
        Next::Made(figures, day, differing) => {
            put(conn, shop, differing).await?;
            note(conn, shop, figures, Some(day.plus(1))).await
        }
        Next::End(figures) => note(conn, shop, figures, None).await,
    }
}

/// Begins to keep all figures of a shop of which nothing is counted yet.
pub async fn begin_all(work: &mut Work, shop: ShopId) -> Stored<()> {
    let kept_since = units_kept_since(work.now());
    let figures = Figures::find(work.conn(), shop).await?;
    let of_a_time: BTreeSet<i64> = figures.of_a_time().collect();
    let begun = |figure: i64| {
        let since = of_a_time.contains(&figure).then_some(kept_since);
        (figure, standing::Apart { since, next: None })
    };
    let all: Vec<_> = figures.numbers().into_iter().map(begun).collect();
    begin(work.conn(), shop, &all).await
}

async fn begin(conn: &mut Conn, shop: ShopId, figures: &[(i64, standing::Apart)]) -> Stored<()> {
    query("UPDATE figure_folds SET apart_turn = turn WHERE shop = $1")
        .bind(shop.to_string())
        .execute(&mut *conn)
        .await?;
    for (figure, standing::Apart { since, next }) in figures {
        query(
            "INSERT INTO figure_apart_made (shop, figure, since, next_day) VALUES ($1, $2, $3, $4)
             ON CONFLICT (shop, figure) DO UPDATE SET since = excluded.since, next_day = excluded.next_day",
        )
        .bind(shop.to_string())
        .bind(*figure)
        .bind(since.map(|day| day.0))
        .bind(next.map(|day| day.0))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Notes for which day figures are to be made next.
async fn note(conn: &mut Conn, shop: ShopId, figures: &BTreeSet<i64>, next: Option<Day>) -> Stored<()> {
    for figure in figures {
        query("UPDATE figure_apart_made SET next_day = $3 WHERE shop = $1 AND figure = $2")
            .bind(shop.to_string())
            .bind(*figure)
            .bind(next.map(|day| day.0))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

async fn forget_others(conn: &mut Conn, shop: ShopId, stay: &BTreeSet<i64>) -> Stored<()> {
    let rows = query(
        "SELECT figure FROM figure_apart_made WHERE shop = $1 UNION SELECT figure FROM figure_apart WHERE shop = $1",
    );
    let rows = rows.bind(shop.to_string()).fetch_all(&mut *conn).await?;
    let there = rows.iter().map(|row| row.number("figure")).collect::<Result<BTreeSet<i64>, sqlx::Error>>()?;
    for figure in there.difference(stay) {
        for forget in [
            "DELETE FROM figure_apart WHERE shop = $1 AND figure = $2",
            "DELETE FROM figure_apart_made WHERE shop = $1 AND figure = $2",
        ] {
            query(forget).bind(shop.to_string()).bind(*figure).execute(&mut *conn).await?;
        }
    }
    Ok(())
}

/// Takes away what was kept of figures that the shop has not any more, or by other rules, so that nothing is kept that does not
/// go on.
pub async fn held(conn: &mut Conn, shop: ShopId, standing: &Standing, figures: &Figures) -> Stored<()> {
    let numbers = figures.numbers();
    if standing.apart.iter().flat_map(BTreeMap::keys).any(|figure| !numbers.contains(figure)) {
        forget_others(conn, shop, &numbers).await?;
    }
    Ok(())
}

/// Nothing yet of each figure that goes on.
pub fn deltas(standing: &Standing, figures: &Figures) -> Deltas {
    let goes_on = |figure: &i64| standing.apart.as_ref().is_some_and(|apart| apart.contains_key(figure));
    figures.numbers().into_iter().filter(goes_on).map(|figure| (figure, Delta::default())).collect()
}

/// What is kept here was looked at by opening hours when it was kept.
const fn untold(at: InStep) -> InStep {
    InStep { began: Began::Untold, ..at }
}
