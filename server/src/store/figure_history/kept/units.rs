//! The same of figures that are said of conversations or shoppers, as long as that is kept: who had cases in several pieces or
//! groups is one of the whole, so each is asked for by itself.

use qinda::sync::{HISTORY_ROW_VALUES_MAX, HISTORY_ROWS_MAX};
use qinda::timing::rollup::{GroupOf, Split as KeptSplit, UnitsBy, UnitsGathered};
use qinda::timing::{Definition, Unit, Value};

use super::{
    CasesOf, Kept, Plan, Rows, Said, Span, Told, by_group, groups_of, split_of, spread_of, take_rows, whole_of,
};
use crate::store::Stored;
use crate::store::rollups::{self, Steps};

impl Kept<'_> {
    /// What is told of units; `None` where it is not kept of all the time that is asked about.
    pub(super) async fn read_units(&mut self, plan: &Plan) -> Stored<Option<Told>> {
        let (span, before) = ((plan.stretch.from, plan.stretch.to), (plan.stretch.before_from, plan.before_to));
        let before_whole = (plan.stretch.before_from, plan.stretch.from);
        let (each, all) = (Steps::Each(plan.step), KeptSplit::Nothing);
        let split = split_of(self.question.by);
        let (definition, by_groups) = (self.definition, split.unwrap_or(all));
        // The oldest comes first: where it is not kept nothing else is looked at.
        let Some(units_before) = self.units(definition, before_whole, each, by_groups).await? else { return Ok(None) };
        let passed_before = if before == before_whole {
            None
        } else {
            let passed = self.units(definition, before, Steps::One, by_groups).await?;
            if passed.is_none() {
                return Ok(None);
            }
            passed
        };
        let Some(units) = self.units(definition, span, each, by_groups).await? else { return Ok(None) };
        let Some(hours) = self.units(definition, span, Steps::HoursOfWeek, all).await? else { return Ok(None) };
        let in_hours = match self.by_hours.clone() {
            Some(by_hours) => match self.units(&by_hours, span, Steps::One, all).await? {
                Some(in_hours) => Some(rollups::told_of_all_units(&in_hours)),
                None => return Ok(None),
            },
            None => None,
        };
        let [pieces_before] = told(&units_before, [UnitsBy::Step]);
        let [before, rows_before] =
            told(passed_before.as_ref().unwrap_or(&units_before), [UnitsBy::Nothing, UnitsBy::Group]);
        let [value, pieces, of_rows, series] =
            told(&units, [UnitsBy::Nothing, UnitsBy::Step, UnitsBy::Group, UnitsBy::StepAndGroup]);
        let [hours] = told(&hours, [UnitsBy::Step]);
        let rows = split.map_or_else(Rows::default, |_| rows(plan, &of_rows, series, rows_before));
        let as_cases = Definition { unit: Unit::Case, ..self.definition.clone() };
        let seen = std::mem::take(&mut self.seen);
        let Kept { question, only, .. } = *self;
        let conn = &mut *self.conn;
        let mut of_cases = Kept { conn, question, definition: &as_cases, by_hours: None, only, seen };
        let asked = [each, Steps::HoursOfWeek].map(|steps| of_cases.asked_beside_rounds(span, steps)).into();
        let Some(mut answers) = of_cases.ask(asked).await? else { return Ok(None) };
        let mut next = || of_cases.beside_rounds(answers.next().unwrap_or_default());
        let Some(((cases, rounds), (_, rounds_of_hours))) = next().zip(next()) else { return Ok(None) };
        let Some(spread) = spread_of(&whole_of(&cases).total(as_cases.subject, 0), &as_cases, plan) else {
            return Ok(None);
        };
        Ok(Some(Told {
            value: whole(&value),
            spread,
            pieces,
            pieces_before: if plan.pieces_before.is_empty() { Said::new() } else { pieces_before },
            before: whole(&before),
            in_hours,
            hours,
            rounds,
            rounds_of_hours,
            rows,
        }))
    }

    async fn units<'d>(
        &mut self,
        of: &'d Definition,
        span: Span,
        steps: Steps,
        split: KeptSplit,
    ) -> Stored<Option<UnitsGathered<'d>>> {
        let question = self.asked(span, steps, split).question;
        rollups::units(self.conn, &question, of, &mut self.seen).await
    }
}

/// The rows with the most to tell.
fn rows(plan: &Plan, whole: &Said, mut series: Said, mut before: Said) -> Rows {
    let of = |(_, group, value): &(u32, GroupOf, Option<Value>)| {
        let value = value.filter(|value| value.of > 0 || value.running > 0)?;
        CasesOf::group(*group, value.of)
    };
    let mut parts: Vec<CasesOf> = whole.iter().filter_map(of).collect();
    let most = HISTORY_ROWS_MAX.min(HISTORY_ROW_VALUES_MAX / plan.pieces.len().max(1));
    let more = take_rows(&mut parts, &mut before, most);
    let shown = groups_of(&parts);
    series.retain(|(_, group, _)| shown.contains(group));
    let values = by_group(whole);
    let told = |group| (0, group, values.get(&group).copied().unwrap_or_else(|| Some(Value::default())));
    Rows { whole: parts.into_iter().map(|part| told(part.group)).collect(), before, series, more }
}

fn told<const N: usize>(units: &UnitsGathered<'_>, by: [UnitsBy; N]) -> [Said; N] {
    let said = |(step, group, value)| (step, group, Some(value));
    rollups::told_of_units(units, by).map(|told| told.into_iter().map(said).collect())
}

/// What is said of all of it; nothing where nothing was gathered.
fn whole(said: &Said) -> Value {
    said.first().and_then(|(.., value)| *value).unwrap_or_default()
}
