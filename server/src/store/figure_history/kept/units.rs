//! The same of figures that are said of conversations or shoppers, as long as that is kept: who had cases in several pieces or
//! groups is one of the whole, so each is asked for by itself.

use qinda::sync::{HISTORY_ROW_VALUES_MAX, HISTORY_ROWS_MAX};
use qinda::timing::rollup::{GroupOf, Split as KeptSplit};
use qinda::timing::{Definition, Unit, Value};

use super::{CasesOf, Kept, Plan, Rows, Said, Span, Told, groups_of, split_of, spread_of, take_rows, whole_of};
use crate::store::Stored;
use crate::store::rollups::{self, Steps};

impl Kept<'_> {
    /// What is told of units; `None` where it is not kept of all the time that is asked about.
    pub(super) async fn read_units(&mut self, plan: &Plan) -> Stored<Option<Told>> {
        let (span, before) = ((plan.stretch.from, plan.stretch.to), (plan.stretch.before_from, plan.before_to));
        let before_whole = (plan.stretch.before_from, plan.stretch.from);
        let (each, all) = (Steps::Each(plan.step), KeptSplit::Nothing);
        // The oldest comes first: where it is not kept nothing else is looked at.
        let Some(told_before) = self.units(self.definition, before, Steps::One, all).await? else { return Ok(None) };
        let Some(pieces_before) = self.units(self.definition, before_whole, each, all).await? else { return Ok(None) };
        let Some(whole) = self.units(self.definition, span, Steps::One, all).await? else { return Ok(None) };
        let Some(pieces) = self.units(self.definition, span, each, all).await? else { return Ok(None) };
        let Some(hours) = self.units(self.definition, span, Steps::HoursOfWeek, all).await? else { return Ok(None) };
        let in_hours = match self.by_hours.clone() {
            Some(by_hours) => match self.units(&by_hours, span, Steps::One, all).await? {
                Some(in_hours) => Some(value_of(&in_hours)),
                None => return Ok(None),
            },
            None => None,
        };
        let rows = match split_of(self.question.by) {
            Some(split) => match self.rows_of_units(plan, (span, before), split).await? {
                Some(rows) => rows,
                None => return Ok(None),
            },
            None => Rows::default(),
        };
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
            value: value_of(&whole),
            spread,
            pieces,
            pieces_before: if plan.pieces_before.is_empty() { Said::new() } else { pieces_before },
            before: value_of(&told_before),
            in_hours,
            hours,
            rounds,
            rounds_of_hours,
            rows,
        }))
    }

    async fn rows_of_units(
        &mut self,
        plan: &Plan,
        (span, before): (Span, Span),
        split: KeptSplit,
    ) -> Stored<Option<Rows>> {
        let Some(mut before) = self.units(self.definition, before, Steps::One, split).await? else { return Ok(None) };
        let Some(whole) = self.units(self.definition, span, Steps::One, split).await? else { return Ok(None) };
        let each = Steps::Each(plan.step);
        let Some(mut series) = self.units(self.definition, span, each, split).await? else { return Ok(None) };
        let of = |(_, group, value): &(u32, GroupOf, Option<Value>)| {
            let value = value.filter(|value| value.of > 0 || value.running > 0)?;
            CasesOf::group(*group, value.of)
        };
        let mut parts: Vec<CasesOf> = whole.iter().filter_map(of).collect();
        let most = HISTORY_ROWS_MAX.min(HISTORY_ROW_VALUES_MAX / plan.pieces.len().max(1));
        let more = take_rows(&mut parts, &mut before, most);
        let shown = groups_of(&parts);
        series.retain(|(_, group, _)| shown.contains(group));
        let said = |part: CasesOf| {
            let value = whole.iter().find(|(_, group, _)| *group == part.group).and_then(|(_, _, value)| *value);
            (0, part.group, value.or(Some(Value::default())))
        };
        Ok(Some(Rows { whole: parts.into_iter().map(said).collect(), before, series, more }))
    }

    async fn units(&mut self, of: &Definition, span: Span, steps: Steps, split: KeptSplit) -> Stored<Option<Said>> {
        let question = self.asked(span, steps, split).question;
        let units = rollups::units(self.conn, &question, of, &mut self.seen).await?;
        let said = |(step, group, value)| (step, group, Some(value));
        Ok(units.map(|units| units.told().into_iter().map(said).collect()))
    }
}

/// What is said of the only step and group.
fn value_of(said: &Said) -> Value {
    said.first().and_then(|(_, _, value)| *value).unwrap_or_default()
}
