//! What the moment favours: what is chosen often and lately, and what fits the product and the stage of a conversation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::entry::{EntryId, Shelf};
use super::grams::{Gram, Posting};
use super::index::Index;
use super::normal::normalise;
use super::word::contains;
use super::work::Work;
use crate::model::{MICROS_PER_SECOND, Micros, Stage, Usage};

/// What an entry that is chosen all the time counts more by; together they stay below what sets a title apart from an
/// answer, so that usage settles what is nearly equal and never buries what was asked for.
const OWN_LIFT_MAX: f32 = 0.6;
const TEAM_LIFT_MAX: f32 = 0.25;
const PRODUCT_LIFT: f32 = 0.25;
const STAGE_LIFT: f32 = 0.1;
/// So many choices give half of the most.
const OWN_CHOICES_HALF: f32 = 3.0;
const TEAM_CHOICES_HALF: f32 = 10.0;
/// Of less than this, as of one choice six weeks ago, the agent is no longer in the habit.
const HABIT_MIN: f32 = 0.1;
/// How much of a product's name is read, in characters.
const PRODUCT_CHARS_READ: usize = 40;
/// The most steps to find what fits the product, and again the stage.
const FAVOUR_STEPS_MAX: usize = 60_000;
/// What reading a line costs, beside reading a posting.
const LINE_STEPS: usize = 10;

/// What is known beside the query. [`Default`] is nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Around<'a> {
    /// The present, by which earlier choices fade.
    pub now: Micros,
    /// What the shopper asks about or bought.
    pub product: Option<&'a str>,
    /// How far the purchase has come.
    pub stage: Option<Stage>,
}

/// Whose choices are counted, as the agent at the desk sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// The agent's own.
    Own,
    /// The team's.
    Team,
}

/// How often and how lately entries were chosen.
#[derive(Debug, Default)]
pub(super) struct Choices {
    by_id: BTreeMap<EntryId, Chosen>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Chosen {
    own: Usage,
    team: Usage,
}

impl Choices {
    pub(super) fn put(&mut self, id: EntryId, whose: Whose, usage: Usage) {
        let chosen = self.by_id.entry(id).or_default();
        match whose {
            Whose::Own => chosen.own = usage,
            Whose::Team => chosen.team = usage,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.by_id.len() * size_of::<(EntryId, Chosen)>()
    }

    fn iter(&self) -> impl Iterator<Item = (EntryId, Chosen)> {
        self.by_id.iter().map(|(id, chosen)| (*id, *chosen))
    }
}

impl Chosen {
    fn lift(self, now: Micros) -> f32 {
        let share = |usage: Usage, half: f32| match usage.weight_milli {
            0 => 0.0,
            _ => usage.weight_at(now) / (usage.weight_at(now) + half),
        };
        OWN_LIFT_MAX * share(self.own, OWN_CHOICES_HALF) + TEAM_LIFT_MAX * share(self.team, TEAM_CHOICES_HALF)
    }
}

/// The favour of the last search. While somebody types it is the same at every key.
#[derive(Debug, Default)]
pub(super) struct LastFavour(Mutex<Option<(Moment, Arc<Favour>)>>);

/// What favour depends on beside the index. Choices fade over days: a minute is near enough.
#[derive(Debug, PartialEq, Eq)]
struct Moment {
    minute: Micros,
    product: Option<String>,
    stage: Option<Stage>,
}

impl LastFavour {
    pub(super) fn at(&self, index: &Index, around: &Around<'_>, work: &mut Work) -> Arc<Favour> {
        let minute = Micros(around.now.0 - around.now.0.rem_euclid(60 * MICROS_PER_SECOND));
        let moment = Moment { minute, product: around.product.map(str::to_owned), stage: around.stage };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, favour)) if *known == moment => Arc::clone(favour),
            _ => {
                let favour = Arc::new(Favour::new(index, &Around { now: minute, ..*around }, work));
                *last = Some((moment, Arc::clone(&favour)));
                favour
            }
        }
    }

    /// To be called whenever the index changes.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// By how much each entry is lifted.
#[derive(Debug)]
pub(super) struct Favour {
    /// Empty when nothing is favoured.
    lifts: Vec<f32>,
    /// At least as much as each of them.
    lift_max: f32,
    /// The lines of the entries that are lifted, a bit for each; empty when none is.
    lines: Vec<u64>,
}

impl Favour {
    fn new(index: &Index, around: &Around<'_>, work: &mut Work) -> Self {
        let mut favour = Self { lifts: Vec::new(), lift_max: 0.0, lines: Vec::new() };
        for (id, chosen) in index.choices().iter() {
            if let Some(slot) = index.slot(id) {
                favour.lift(index, slot, chosen.lift(around.now));
            }
        }
        if let Some(product) = around.product {
            work.give(FAVOUR_STEPS_MAX);
            favour.lift_once(index, PRODUCT_LIFT, &lines_about(index, product, work));
        }
        if let Some(stage) = around.stage {
            work.give(FAVOUR_STEPS_MAX);
            favour.lift_once(index, STAGE_LIFT, &lines_at(index, stage, work));
        }
        favour
    }

    /// What the score of an entry is multiplied by.
    pub(super) fn factor(&self, slot: u32) -> f32 {
        1.0 + self.lifts.get(slot as usize).copied().unwrap_or(0.0)
    }

    /// At least what each entry's score is multiplied by.
    pub(super) fn factor_max(&self) -> f32 {
        1.0 + self.lift_max
    }

    /// Whether any entry is lifted.
    pub(super) fn lifts_any(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Whether the entry of a line is lifted.
    #[inline]
    pub(super) fn lifts(&self, line: u32) -> bool {
        self.lines.get(line as usize / 64).is_some_and(|bits| bits >> (line % 64) & 1 == 1)
    }

    fn lift(&mut self, index: &Index, slot: u32, by: f32) {
        if self.lifts.is_empty() {
            self.lifts.resize(index.slots(), 0.0);
            self.lines.resize(index.line_slots().div_ceil(64), 0);
        }
        for line in &index.entry(slot).lines {
            self.lines[*line as usize / 64] |= 1 << (line % 64);
        }
        let lift = &mut self.lifts[slot as usize];
        *lift += by;
        self.lift_max = self.lift_max.max(*lift);
    }

    /// Lifts the entries of some lines, each once.
    fn lift_once(&mut self, index: &Index, by: f32, lines: &[u32]) {
        let mut lifted = vec![false; index.slots()];
        for line in lines {
            let slot = index.head(*line).entry;
            if !std::mem::replace(&mut lifted[slot as usize], true) {
                self.lift(index, slot, by);
            }
        }
    }
}

/// The shortcuts, titles, wordings and tags that name a product, and the tags that are part of its name.
fn lines_about(index: &Index, product: &str, work: &mut Work) -> Vec<u32> {
    let read: String = product.chars().take(PRODUCT_CHARS_READ).collect();
    let folded = normalise(&read);
    let (mut lines, mut text) = (Vec::new(), Vec::new());
    let mut take = |list: &[Posting], work: &mut Work, fits: &dyn Fn(&[char], Posting) -> bool| {
        for posting in list {
            if work.is_done() {
                break;
            }
            index.read(posting.line(), &mut text);
            work.spend(LINE_STEPS);
            if fits(&text, *posting) {
                lines.push(posting.line());
            }
        }
    };
    for name in folded.chars().split(|character| !character.is_alphanumeric()) {
        for shelf in Shelf::SPELLED {
            let lists = name.windows(2).map(|pair| index.grams(shelf).get(Gram::two(pair[0], pair[1])));
            let rarest = lists.min_by_key(|list| list.len()).unwrap_or_default();
            take(rarest, work, &|text, _| contains(text, name));
        }
        for pair in name.windows(2) {
            let begun = index.grams(Shelf::Labels).get(Gram::two(pair[0], pair[1]));
            take(begun, work, &|text, posting| posting.place() == 0 && contains(name, text));
        }
    }
    lines
}

/// The shortcuts, titles, wordings and tags that speak of what is asked at a stage.
fn lines_at(index: &Index, stage: Stage, work: &mut Work) -> Vec<u32> {
    let mut lines = Vec::new();
    for word in stage_words(stage) {
        let mut characters = word.chars();
        let (Some(first), Some(second)) = (characters.next(), characters.next()) else { continue };
        for shelf in Shelf::SPELLED {
            let list = index.grams(shelf).get(Gram::two(first, second));
            let list = &list[..list.len().min(work.left())];
            work.spend(list.len());
            lines.extend(list.iter().map(|posting| posting.line()));
        }
    }
    lines
}

/// Words of two characters by which an entry is seen to belong to a stage.
fn stage_words(stage: Stage) -> &'static [&'static str] {
    match stage {
        Stage::Before => &[
            "有货", "现货", "库存", "补货", "预售", "尺码", "大小", "颜色", "材质", "正品", "价格", "多少", "便宜",
            "优惠", "活动", "满减", "赠品", "推荐", "适合", "区别", "包邮",
        ],
        Stage::Paid => &[
            "发货", "多久", "催单", "催促", "地址", "取消", "备注", "修改", "改单", "拍错", "合并", "差价", "价保",
            "保价", "付款", "订单", "加急",
        ],
        Stage::Shipped => &[
            "快递", "物流", "单号", "到货", "几天", "派送", "派件", "驿站", "自提", "签收", "丢件", "停滞", "拦截",
            "转寄", "送货", "上门",
        ],
        Stage::Received => &[
            "退货", "换货", "退换", "退款", "退回", "售后", "质量", "破损", "少件", "漏发", "错发", "发票", "保修",
            "维修", "安装", "使用", "怎么", "评价", "色差", "运费",
        ],
    }
}

impl Index {
    /// Tells how often and how lately an entry was chosen, in place of what was told before.
    pub fn put_usage(&mut self, id: EntryId, whose: Whose, usage: Usage) {
        self.choices_mut().put(id, whose, usage);
    }

    /// The entries chosen most and latest, the agent's own first, then the team's.
    pub(super) fn most_chosen(&self, now: Micros, limit: usize) -> Vec<(u32, f32)> {
        let mut chosen: Vec<(f32, f32, EntryId, u32)> = self
            .choices()
            .iter()
            .filter_map(|(id, chosen)| {
                let (own, team) = (chosen.own.weight_at(now), chosen.team.weight_at(now));
                let own = if own < HABIT_MIN { 0.0 } else { own };
                (own + team > 0.0).then_some((own, team, id, self.slot(id)?))
            })
            .collect();
        chosen.sort_unstable_by(|one, other| {
            other.0.total_cmp(&one.0).then(other.1.total_cmp(&one.1)).then(one.2.cmp(&other.2))
        });
        chosen.truncate(limit);
        let places = chosen.len();
        chosen.into_iter().enumerate().map(|(place, (.., slot))| (slot, (places - place) as f32)).collect()
    }
}
