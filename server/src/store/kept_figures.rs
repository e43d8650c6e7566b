//! Several figures of a span at once from what is kept, and the one place that says when figures are told from that: where so
//! many rounds began that reading them one by one would take a while.

use std::collections::BTreeSet;

use qinda::model::{Micros, ShopCard, ShopId};
use qinda::timing::rollup::{Gross, GroupOf, Only, Split, Subjects, UnitsBy, Wanted, Way};
use qinda::timing::{Definition, Subject, Value};

use super::dialect::Conn;
use super::rollups::{self, Answer, HOURS_MAX, InWays, Question, Seen, Steps, Ways};
use super::{Stored, defined, stretches};

/// So few rounds are quickly read from the messages, and all of them is exact …
const FEW_ROUNDS: u64 = 2_000;
/// … where no more messages than so many have to be read to find them: those of one agent are among everybody's.
const FEW_MESSAGES: u64 = 20_000;

/// From what figures are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reading {
    /// As suits how many rounds there are: this is what is asked for.
    #[default]
    AsSuits,
    /// From what is kept wherever that can say it, however few there are: to compare with.
    Kept,
    /// From the messages alone: to compare with.
    Messages,
}

impl Reading {
    /// Whether figures of so many rounds, which are among the messages of a span, are told from what is kept.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn is_of_kept(self, conn: &mut Conn, shop: ShopId, span: (Micros, Micros), rounds: u64) -> Stored<bool> {
        Ok(match self {
            Self::AsSuits if rounds > FEW_ROUNDS => true,
            Self::AsSuits => stretches::reach(conn, shop, span, FEW_MESSAGES).await? > span.0,
            Self::Kept => true,
            Self::Messages => false,
        })
    }
}

/// Of which span is asked, and into what it is divided.
#[derive(Debug, Clone)]
pub struct SpanOf<'a> {
    /// The shop.
    pub shop: &'a ShopCard,
    /// Now.
    pub now: Micros,
    /// From here to before there.
    pub span: (Micros, Micros),
    /// Into what it is divided by time.
    pub steps: Steps,
    /// Into what it is divided otherwise.
    pub split: Split,
    /// What alone counts.
    pub only: Only,
    /// Of how many rounds it is told whose they were.
    pub rounds_of_units: u64,
}

/// What is kept of a span, as far as some definitions ask for it.
pub struct KeptFigures {
    /// In which way each is told; first of what began at any hour, by all of its time.
    answers: Vec<(Way, Answer)>,
    /// What is said of conversations and shoppers.
    of_units: Vec<(Definition, Told)>,
}

impl KeptFigures {
    /// `None` where the counts are not ready, or the span does not fit them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn read(conn: &mut Conn, of: &SpanOf<'_>, definitions: &[Definition]) -> Stored<Option<Self>> {
        let kept = Self::read_several(conn, &[(of, definitions)], &mut Seen::default()).await?;
        Ok(kept.into_iter().next().flatten())
    }

    /// The same of several spans of a shop and one moment of the database, with what its questions have seen before: while the
    /// database is read for one, others are added up.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn read_several(
        conn: &mut Conn,
        spans: &[(&SpanOf<'_>, &[Definition])],
        seen: &mut Seen,
    ) -> Stored<Vec<Option<Self>>> {
        let asked: Vec<Asked> = spans.iter().map(|(of, definitions)| Asked::of(of, definitions)).collect();
        let several: Vec<(&Question, &Ways)> =
            asked.iter().flat_map(|asked| asked.ways.iter().map(|ways| (&asked.question, ways))).collect();
        let mut answers = rollups::history_of_several(conn, &several, seen).await?.into_iter();
        let mut all = Vec::new();
        for (Asked { question, ways }, (of, definitions)) in asked.iter().zip(spans) {
            let answers: Vec<InWays> = answers.by_ref().take(ways.len()).collect();
            let mut kept = Self::told(answers);
            if let Some(kept) = kept.as_mut().filter(|kept| kept.rounds() <= of.rounds_of_units) {
                for definition in definitions.iter().filter(|definition| definition.is_kept_by_unit()) {
                    let told = told_of_units(conn, question, definition, seen).await?;
                    kept.of_units.extend(told.map(|told| (definition.clone(), told)));
                }
            }
            all.push(kept);
        }
        Ok(all)
    }

    /// What was answered of a span; the first ways are of what began at any hour.
    fn told(answers: Vec<InWays>) -> Option<Self> {
        let mut answers = answers.into_iter();
        let mut told = answers.next()?.ok()?;
        answers.flatten().for_each(|more| told.extend(more));
        Some(Self { answers: told, of_units: Vec::new() })
    }

    /// The same of all that a question asks about, divided into nothing.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn of_all(
        conn: &mut Conn,
        question: &defined::Question,
        definitions: &[Definition],
    ) -> Stored<Option<Self>> {
        let defined::Question { from, to, now, only, ref shop } = *question;
        let only = Only { agent: only, ..Only::default() };
        let (steps, split) = (Steps::One, Split::Nothing);
        let all = SpanOf { shop, now, span: (from, to), steps, split, only, rounds_of_units: u64::MAX };
        Self::read(conn, &all, definitions).await
    }

    /// What was gathered of everything that began in each step and group.
    pub fn all(&self) -> &Answer {
        &self.answers[0].1
    }

    /// How many rounds began.
    pub fn rounds(&self) -> u64 {
        self.all().gross.iter().map(|(_, _, gross)| gross.cases(Subject::Response)).sum()
    }

    /// How many messages they were, but for automatic ones.
    pub fn messages(&self) -> u64 {
        self.all().gross.iter().map(|(_, _, gross)| gross.messages()).sum()
    }

    /// What each definition says of each step and group in which there is something to say, then of all of it; `None` of a
    /// definition that cannot be told from what is kept.
    pub fn values(&self, definitions: &[Definition]) -> Vec<Option<Told>> {
        let of_units = |definition: &Definition| {
            let told = self.of_units.iter().find(|(of, _)| of == definition);
            told.map(|(_, told)| told.clone())
        };
        let mut values: Vec<Option<Told>> = definitions.iter().map(of_units).collect();
        for (way, answer) in &self.answers {
            let is_here = |definition: &Definition| definition.is_kept() && definition.way() == *way;
            let here: Vec<(usize, &Definition)> =
                definitions.iter().enumerate().filter(|(_, definition)| is_here(definition)).collect();
            let told = rollups::shares_beside(&answer.gross, |share| {
                let mut whole = Gross::default();
                let told = share.iter().map(|(step, group, gross)| {
                    whole.merge(gross);
                    (*step, *group, said(answer, gross, &here))
                });
                (told.collect::<Vec<_>>(), whole)
            });
            let mut whole = Gross::default();
            told.iter().for_each(|(_, share)| whole.merge(share));
            for (place, said) in said(answer, &whole, &here) {
                values[place] = said.map(|whole| Told { whole, parts: Vec::new() });
            }
            for (step, group, said) in told.into_iter().flat_map(|(told, _)| told) {
                for (place, said) in said {
                    let Some(told) = &mut values[place] else { continue };
                    match said {
                        Some(value) if value.of > 0 || value.running > 0 => told.parts.push((step, group, value)),
                        Some(_) => {}
                        None => values[place] = None,
                    }
                }
            }
        }
        values
    }
}

/// Whether a figure is said of conversations or shoppers, and that is kept of all of a span.
pub async fn keeps_units(conn: &mut Conn, of: &SpanOf<'_>, definition: &Definition, seen: &mut Seen) -> Stored<bool> {
    let asked = question(of, std::iter::once(definition));
    Ok(definition.is_kept_by_unit() && rollups::keeps_units(conn, &asked, definition, seen).await?)
}

/// What a figure says that is said of conversations or shoppers. Who had cases in several parts is one of the whole.
async fn told_of_units(
    conn: &mut Conn,
    asked: &Question,
    definition: &Definition,
    seen: &mut Seen,
) -> Stored<Option<Told>> {
    let Some(units) = rollups::units(conn, asked, definition, seen).await? else { return Ok(None) };
    let [whole, mut parts] = rollups::told_of_units(&units, [UnitsBy::Nothing, UnitsBy::StepAndGroup]);
    let whole = whole.first().map_or_else(Value::default, |(.., whole)| *whole);
    parts.retain(|(_, _, value)| value.of > 0 || value.running > 0);
    Ok(Some(Told { whole, parts }))
}

/// What a definition says.
#[derive(Debug, Clone)]
pub struct Told {
    /// Of the whole span.
    pub whole: Value,
    /// Of each step and group of which there is something to say.
    pub parts: Vec<(u32, GroupOf, Value)>,
}

/// What some definitions say of what was gathered, each with its place; `None` where it would be reckoned and not counted.
fn said(answer: &Answer, gross: &Gross, definitions: &[(usize, &Definition)]) -> Vec<(usize, Option<Value>)> {
    let mut said = Vec::new();
    let subjects: BTreeSet<Subject> = definitions.iter().map(|(_, definition)| definition.subject).collect();
    for subject in subjects {
        let mut telling = gross.telling(subject, 0);
        for (place, definition) in definitions.iter().filter(|(_, definition)| definition.subject == subject) {
            telling.see_open(gross.open(subject, answer.moment(definition.patience_seconds())));
            said.push((*place, telling.value(definition)));
        }
    }
    said
}

/// What is asked of a span, and in which ways.
struct Asked {
    question: Question,
    /// As many as are asked for at once; what began at any hour comes first.
    ways: Vec<Ways>,
}

impl Asked {
    fn of(of: &SpanOf<'_>, definitions: &[Definition]) -> Self {
        let told = || definitions.iter().filter(|definition| definition.is_kept());
        let question = question(of, told());
        let mut ways = Ways::from([(Way::default(), question.wanted.subjects)]);
        for definition in told() {
            let subjects = ways.entry(definition.way()).or_default();
            *subjects = subjects.and(definition.subject.into());
        }
        let ways: Vec<(Way, Subjects)> = ways.into_iter().collect();
        Self { question, ways: ways.chunks(HOURS_MAX).map(|ways| ways.iter().copied().collect()).collect() }
    }
}

fn question<'d>(of: &SpanOf<'_>, definitions: impl Iterator<Item = &'d Definition> + Clone) -> Question {
    let (from, to) = of.span;
    let subjects: Subjects =
        definitions.clone().map(|definition| definition.subject).chain([Subject::Response]).collect();
    Question {
        shop: of.shop.clone(),
        from,
        to,
        now: of.now,
        steps: of.steps,
        wanted: Wanted { subjects, split: of.split, only: of.only },
        groups: None,
        patience_seconds: definitions.map(Definition::patience_seconds).collect(),
        way: Way::default(),
    }
}
