//! Reads the file of cases: plain lines, each of which a person can check.

use std::collections::BTreeMap;

use qinda::model::{ChannelId, ConversationId, CustomerId, Day, MICROS_PER_SECOND, MemberId, Micros, TeamId};
use qinda::timing::{ByPlace, DaySpan, Definition, Happened, Life, OpeningHours, What, Zone};

const SECONDS_PER_DAY: i64 = 86_400;
/// The year and the day of a time that is written without.
const DEFAULT_DAY: &str = "2026-11-02";

/// The whole file.
#[derive(Default)]
pub struct Script {
    pub shorts: Vec<Short>,
    pub own: BTreeMap<String, Definition>,
    pub samples: Vec<Sample>,
    groups: BTreeMap<String, Vec<String>>,
}

/// A short name of a shipped figure.
pub struct Short {
    pub short: String,
    pub id: String,
    pub name: String,
}

/// A case: what happened, and what is expected.
pub struct Sample {
    pub title: String,
    pub zone: Zone,
    pub hours: OpeningHours,
    pub own_hours: ByPlace<OpeningHours>,
    pub from: Micros,
    pub to: Micros,
    pub now: Micros,
    pub lives: Vec<Life>,
    /// By short name, as it is written.
    pub expected: BTreeMap<String, String>,
    pub course: Option<String>,
    pub agents: Option<Vec<String>>,
    pub written_at: Option<Micros>,
    /// How far ahead of UTC the clocks of the place ever are, in seconds.
    offsets: Vec<i64>,
}

type Read<T> = Result<T, String>;

impl Script {
    pub fn read(text: &str) -> Read<Self> {
        let mut script = Self::default();
        let mut begun: Option<(String, Vec<(usize, &str)>)> = None;
        for (index, line) in text.lines().enumerate() {
            let (number, line) = (index + 1, line.trim());
            if line.is_empty() || (line.starts_with('#') && !line.starts_with("##")) {
                continue;
            }
            let at_line = |fault: String| format!("第 {number} 行 {fault}：{line}");
            if let Some(title) = line.strip_prefix("## ") {
                script.end(begun.take())?;
                begun = Some((title.to_owned(), Vec::new()));
            } else if let Some((_, lines)) = &mut begun {
                lines.push((number, line));
            } else {
                script.head(line).map_err(at_line)?;
            }
        }
        script.end(begun)?;
        Ok(script)
    }

    fn head(&mut self, line: &str) -> Read<()> {
        let (what, rest) = line.split_once(' ').ok_or("看不懂")?;
        let (name, rest) = rest.split_once(' ').ok_or("缺少内容")?;
        match what {
            "简称" => {
                let (id, full) = rest.split_once(' ').ok_or("缺少全名")?;
                self.shorts.push(Short { short: name.into(), id: id.into(), name: full.into() });
            }
            "组" => {
                let members = rest.split('、').map(|name| self.figures_named(name));
                let members = members.collect::<Read<Vec<_>>>()?.concat();
                self.groups.insert(name.into(), members);
            }
            "另设" => {
                let definition = serde_json::from_str(rest).map_err(|error| error.to_string())?;
                self.own.insert(name.into(), definition);
            }
            _ => return Err("看不懂".into()),
        }
        Ok(())
    }

    /// The figures that a name stands for: itself, or those of its group.
    fn figures_named(&self, name: &str) -> Read<Vec<String>> {
        if let Some(members) = self.groups.get(name) {
            return Ok(members.clone());
        }
        let is_known = self.own.contains_key(name) || self.shorts.iter().any(|short| short.short == name);
        is_known.then(|| vec![name.to_owned()]).ok_or(format!("没有“{name}”这个数据"))
    }

    fn end(&mut self, begun: Option<(String, Vec<(usize, &str)>)>) -> Read<()> {
        let Some((title, lines)) = begun else { return Ok(()) };
        let mut sample = Sample::new(title);
        // Times are read by the clocks of the place, wherever the case tells of them.
        for (number, line) in &lines {
            sample.setting(line).map_err(|fault| format!("第 {number} 行 {fault}：{line}"))?;
        }
        sample.by_default()?;
        let mut day = DEFAULT_DAY.to_owned();
        for (number, line) in &lines {
            let told = self.take(&mut sample, line, &mut day);
            told.map_err(|fault| format!("第 {number} 行 {fault}：{line}"))?;
        }
        self.samples.push(sample);
        Ok(())
    }

    fn take(&self, sample: &mut Sample, line: &str, day: &mut String) -> Read<()> {
        if let Some(expected) = line.strip_prefix("= ") {
            return self.expect(sample, expected, day);
        }
        match line.split_once(' ').ok_or("看不懂")? {
            ("会话", who) => {
                *day = DEFAULT_DAY.into();
                sample.begin_conversation(who)
            }
            ("时区" | "营业", _) => Ok(()),
            ("现在", told) => {
                sample.now = sample.moment(told, day)?;
                *day = DEFAULT_DAY.into();
                Ok(())
            }
            ("时段", told) => {
                let (from, to) = told.split_once(" 到 ").ok_or("时段写作 2026-11-01 到 2026-12-01")?;
                (sample.from, sample.to) = (sample.midnight(from)?, sample.midnight(to)?);
                Ok(())
            }
            _ => sample.event(line, day),
        }
    }

    fn expect(&self, sample: &mut Sample, expected: &str, day: &str) -> Read<()> {
        for part in expected.split('｜') {
            let (names, told) = part.split_once(' ').ok_or("缺少数值")?;
            match names {
                "经过" => sample.course = Some(told.into()),
                "归谁" => sample.agents = Some(told.split(' ').map(str::to_owned).collect()),
                "写于" => sample.written_at = Some(sample.moment(told, &mut day.to_owned())?),
                _ => {
                    for name in
                        names.split('、').map(|name| self.figures_named(name)).collect::<Read<Vec<_>>>()?.concat()
                    {
                        if sample.expected.insert(name.clone(), told.into()).is_some() {
                            return Err(format!("“{name}”写了两次"));
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

impl Sample {
    fn new(title: String) -> Self {
        Self {
            title,
            zone: Zone::fixed(8 * 3_600),
            hours: OpeningHours::always(),
            own_hours: ByPlace::default(),
            from: Micros(0),
            to: Micros(0),
            now: Micros(0),
            lives: Vec::new(),
            expected: BTreeMap::new(),
            course: None,
            agents: None,
            written_at: None,
            offsets: vec![8 * 3_600],
        }
    }

    /// The clocks and the hours of the whole case, by which its times are read.
    fn setting(&mut self, line: &str) -> Read<()> {
        match line.split_once(' ') {
            Some(("时区", told)) => self.zone_told(told),
            Some(("营业", told)) => self.open_on(told),
            _ => Ok(()),
        }
    }

    /// What is true unless the case says otherwise.
    fn by_default(&mut self) -> Read<()> {
        self.hours = self.hours.clone().checked().map_err(|fault| fault.to_string())?;
        self.own_hours = self.own_hours.clone().checked().map_err(|fault| fault.to_string())?;
        (self.from, self.to) = (self.midnight("2026-11-01")?, self.midnight("2026-12-01")?);
        self.now = self.moment("2026-11-05 12:00:00", &mut String::new())?;
        Ok(())
    }

    /// `+10:30；2026-10-04 02:00 起 +11:00`: the time of a change is told by the clocks before it.
    fn zone_told(&mut self, told: &str) -> Read<()> {
        let mut parts = told.split('；');
        let first = offset(parts.next().unwrap_or_default())?;
        self.offsets = vec![first];
        let mut changes = Vec::new();
        for change in parts {
            let (when, to) = change.split_once(" 起 ").ok_or("缺少“起”")?;
            let (day, time) = when.split_once(' ').ok_or("缺少日期")?;
            let before = self.offsets.last().copied().unwrap_or(first);
            let at = shown(day.parse().map_err(|_| "没有这一天")?, seconds_of(&format!("{time}:00"))?);
            self.offsets.push(offset(to)?);
            changes.push((at.plus_seconds(-before), offset(to)?));
        }
        self.zone = Zone::new(first, changes);
        Ok(())
    }

    /// `每天 09:00-12:00 13:00-18:00`, or a date instead, or `休息` instead of the spans; before it `团队 售后` or `渠道 直播`
    /// where the hours are not the shop's.
    fn open_on(&mut self, told: &str) -> Read<()> {
        let (hours, told) = match told.splitn(3, ' ').collect::<Vec<_>>()[..] {
            ["团队", team, told] => {
                (self.own_hours.teams.entry(TeamId::of_name(team)).or_insert_with(OpeningHours::always), told)
            }
            ["渠道", channel, told] => {
                (self.own_hours.channels.entry(ChannelId::of_name(channel)).or_insert_with(OpeningHours::always), told)
            }
            _ => (&mut self.hours, told),
        };
        let mut parts = told.split(' ');
        let when = parts.next().unwrap_or_default();
        let spans = parts.filter(|part| *part != "休息").map(day_span).collect::<Read<Vec<_>>>()?;
        if when == "每天" {
            hours.week = std::array::from_fn(|_| spans.clone());
        } else {
            hours.special.insert(when.parse::<Day>().map_err(|_| "没有这一天")?, spans);
        }
        Ok(())
    }

    /// `甲`, and `团队 售后` or `渠道 直播` where it matters.
    fn begin_conversation(&mut self, told: &str) -> Read<()> {
        let mut words = told.split(' ');
        let who = words.next().unwrap_or_default();
        self.begin_life((who != "未知").then(|| CustomerId::of_name(who)));
        let life = self.lives.last_mut().ok_or("没有会话")?;
        while let Some(what) = words.next() {
            match (what, words.next()) {
                ("团队", Some(team)) => life.team = TeamId::of_name(team),
                ("渠道", Some(channel)) => life.channel = ChannelId::of_name(channel),
                _ => return Err("会话写作：会话 甲 团队 售后 渠道 直播".into()),
            }
        }
        Ok(())
    }

    fn begin_life(&mut self, customer: Option<CustomerId>) {
        self.lives.push(Life {
            conversation: ConversationId::of_name(&self.lives.len().to_string()),
            customer,
            team: TeamId::of_name("售前"),
            channel: ChannelId::of_name("网店"),
            happened: Vec::new(),
        });
    }

    /// `[日期] 10:00:00 谁`, with what they did.
    fn event(&mut self, line: &str, day: &mut String) -> Read<()> {
        let words: Vec<&str> = line.splitn(4, [' ', '（']).collect();
        let is_time =
            |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && (word.contains(':') || word.contains('-'));
        let times = words.iter().take_while(|word| is_time(word)).count();
        if times == 0 {
            return Err("缺少时刻".into());
        }
        let time_bytes: usize = words[..times].iter().map(|word| word.len() + 1).sum();
        let at = self.moment(line[..time_bytes].trim(), day)?;
        let what = self.what(line[time_bytes..].trim(), day)?;
        if self.lives.is_empty() {
            self.begin_life(Some(CustomerId::of_name("甲")));
        }
        let life = self.lives.last_mut().ok_or("没有会话")?;
        life.happened.push(Happened { at, what });
        Ok(())
    }

    fn what(&self, told: &str, day: &str) -> Read<What> {
        let member = |number: &str| {
            let is_number = number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| MemberId::of_name(number)).ok_or(format!("“{number}”不是工号"))
        };
        match told.split_once(' ') {
            Some(("转给", "无")) => return Ok(What::Given(None)),
            Some(("转给" | "接手", number)) => return Ok(What::Given(Some(member(number)?))),
            _ => {}
        }
        match told {
            "客人" => Ok(What::Asked),
            "机器人" => Ok(What::Automatic),
            "关闭" => Ok(What::Closed),
            _ => {
                let (number, written) =
                    told.split_once('（').map_or((told, None), |(number, rest)| (number, Some(rest)));
                let written = written.map(|rest| rest.strip_suffix(" 写）").ok_or("缺少“写）”")).transpose()?;
                let written_at = written.map(|time| self.moment(time, &mut day.to_owned())).transpose()?;
                Ok(What::Answered { by: member(number)?, written_at })
            }
        }
    }

    fn midnight(&self, day: &str) -> Read<Micros> {
        self.moment(&format!("{day} 00:00:00"), &mut String::new())
    }

    /// A time by the clocks of the place: `[[2026-]11-03] 10:00:00[.5][+02:00]`. Without a day it is on the day before it.
    fn moment(&self, told: &str, day: &mut String) -> Read<Micros> {
        let time = match told.split_once(' ') {
            Some((date, time)) => {
                *day = if date.len() == 5 { format!("{}-{date}", &DEFAULT_DAY[..4]) } else { date.into() };
                time
            }
            None => told,
        };
        let date: Day = day.parse().map_err(|_| format!("没有“{day}”这一天"))?;
        let (time, named_offset) = match time.find('+') {
            Some(place) => (&time[..place], Some(offset(&time[place..])?)),
            None => (time, None),
        };
        let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let micros: i64 = format!("{fraction:0<6}").parse().map_err(|_| "不是时刻")?;
        let shown = Micros(shown(date, seconds_of(whole)?).0 + micros);
        let offsets = named_offset.map_or(self.offsets.clone(), |offset| vec![offset]);
        // Of the distances from UTC that the place has, the one that it has at that very moment is meant.
        let meant: Vec<Micros> = offsets.iter().map(|offset| shown.plus_seconds(-offset)).collect();
        let told = |at: &&Micros| at.plus_seconds(self.zone.offset_seconds(**at)) == shown;
        match meant.iter().filter(told).collect::<Vec<_>>()[..] {
            [at] => Ok(*at),
            [] => Err("这个时刻不存在".into()),
            _ => Err("这个时刻有两次，请写明时差".into()),
        }
    }
}

fn shown(day: Day, seconds: i64) -> Micros {
    Micros((day.0 * SECONDS_PER_DAY + seconds) * MICROS_PER_SECOND)
}

/// Seconds since midnight of `10:00:00`.
fn seconds_of(time: &str) -> Read<i64> {
    let parts: Vec<i64> = time
        .split(':')
        .map(|part| part.parse::<i64>().map_err(|_| format!("“{time}”不是时刻")))
        .collect::<Read<_>>()?;
    match parts[..] {
        [hours @ 0..24, minutes @ 0..60, seconds @ 0..60] => Ok(hours * 3_600 + minutes * 60 + seconds),
        _ => Err(format!("“{time}”不是时刻")),
    }
}

/// Seconds ahead of UTC of `+10:30`.
fn offset(told: &str) -> Read<i64> {
    told.strip_prefix('+').ok_or("时差写作 +08:00".into()).and_then(|time| seconds_of(&format!("{time}:00")))
}

/// `09:00-12:00`; the hours may go beyond 24.
fn day_span(told: &str) -> Read<DaySpan> {
    let minute = |time: &str| {
        let (hours, minutes) = time.split_once(':')?;
        Some(hours.parse::<u32>().ok()? * 60 + minutes.parse::<u32>().ok()?)
    };
    let span = told.split_once('-').and_then(|(from, to)| Some(DaySpan { from: minute(from)?, to: minute(to)? }));
    span.filter(|span| span.from < span.to).ok_or(format!("“{told}”不是营业时段"))
}
