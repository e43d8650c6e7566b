//! What came of an import, as the operator is told it.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use qinda::import::chats::{ChatRow, Field, RowFault, Speaker};
use serde_json::json;

use crate::errors::Trouble;
use crate::store::chats::{SourceFields, Taken};

/// How many rows that were not taken are named one by one.
const NAMED_MAX: usize = 20;

/// What came of an import.
pub struct Report {
    file: String,
    source: String,
    /// How many rows were read.
    pub rows: u64,
    taken: Taken,
    bad: u64,
    kinds: BTreeMap<&'static str, u64>,
    named: Vec<(u64, RowFault)>,
    bad_file: Option<(String, BufWriter<File>)>,
    /// How many bytes at the end are no row yet.
    pub left_over: usize,
    /// Whether the operator stopped it.
    pub interrupted: bool,
}

impl Report {
    /// Nothing yet. What cannot be read goes to that file, behind what it holds already.
    pub fn new(file: String, source: String, bad: Option<&Path>) -> Result<Self, Trouble> {
        let bad_file = match bad {
            None => None,
            Some(path) => {
                let name = path.display().to_string();
                let opened = OpenOptions::new().create(true).append(true).open(path);
                let opened = opened.map_err(|error| unwritable(&name, &error))?;
                Some((name, BufWriter::new(opened)))
            }
        };
        Ok(Self {
            file,
            source,
            rows: 0,
            taken: Taken::default(),
            bad: 0,
            kinds: BTreeMap::new(),
            named: Vec::new(),
            bad_file,
            left_over: 0,
            interrupted: false,
        })
    }

    /// Adds what came of a batch.
    pub fn add(&mut self, rows: u64, bad: Vec<(u64, RowFault)>, mut taken: Taken) -> Result<(), Trouble> {
        self.rows += rows;
        let mut bad = [bad, std::mem::take(&mut taken.refused)].concat();
        self.taken.add(taken);
        bad.sort();
        for (line, fault) in bad {
            self.bad += 1;
            *self.kinds.entry(fault.kind()).or_default() += 1;
            if let Some((name, file)) = &mut self.bad_file {
                let written = writeln!(file, "{line}\t{}\t{}\t{}", fault.kind(), fault.zh(), fault.en());
                written.map_err(|error| unwritable(name, &error))?;
            }
            if self.named.len() < NAMED_MAX {
                self.named.push((line, fault));
            }
        }
        Ok(())
    }

    /// Writes down what is not written yet.
    pub fn done(&mut self) -> Result<(), Trouble> {
        match &mut self.bad_file {
            Some((name, file)) => file.flush().map_err(|error| unwritable(name, &error)),
            None => Ok(()),
        }
    }

    /// Whether anything was understood.
    pub fn outcome(&self) -> Result<(), Trouble> {
        if self.interrupted {
            return Err(Trouble::new(
                "已停下，写入的都完整。再运行同一条命令就接着导入。",
                "Stopped; what is written is whole. The same command goes on from here.",
            ));
        }
        if self.bad > 0 && self.bad == self.rows {
            return Err(Trouble::new(
                "没有一行能读懂，什么也没有导入。可以用 --preview 看看，用 --map、--role 说明。",
                "No row was understood; nothing was imported. Look with --preview, and say more with --map and --role.",
            ));
        }
        Ok(())
    }

    /// Tells it.
    pub fn show(&self, as_json: bool) -> Result<(), Trouble> {
        if as_json {
            say!("{}", serde_json::to_string_pretty(&self.json()).unwrap_or_default());
            return Ok(());
        }
        for (line, fault) in &self.named {
            say!("{line:>8}  {} / {}", fault.zh(), fault.en());
        }
        if self.bad > self.named.len() as u64 {
            let more = self.bad - self.named.len() as u64;
            say!("          还有 {more} 行，--bad FILE 会写下每一行 {more} more; --bad FILE names each");
        }
        let Taken { new, known, ends, conversations, moved, without_shopper, without_end, unnamed, strangers, .. } =
            &self.taken;
        let Self { file, source, rows, bad, .. } = self;
        say!("{file} → {source}");
        say!(
            "读了 {rows} 行：新消息 {new} 条，已有 {known} 条，结束标记 {ends} 行，读不懂 {bad} 行。新会话 {conversations} 个。"
        );
        say!(
            "{rows} rows: {new} new messages, {known} known, {ends} endings, {bad} not understood. {conversations} new conversations."
        );
        let notes = [
            (*moved as i64, "条消息因为更早的后到而挪了位置", "messages moved because earlier ones came later"),
            (*without_shopper, "个会话没有顾客的话", "conversations in which no shopper wrote"),
            (
                *without_end,
                "个会话没有写结束，按最后一条消息算",
                "conversations without an end, taken to end with their last message",
            ),
            (*unnamed as i64, "条客服消息没有写是谁", "messages of agents who are not named"),
            (*strangers as i64, "位客服没有账号，已建停用账号", "agents without an account, noted under closed ones"),
        ];
        for (count, zh, en) in notes.into_iter().filter(|(count, ..)| *count > 0) {
            say!("  {count} {zh} {count} {en}");
        }
        if self.left_over > 0 {
            say!(
                "最后一行还没有写完（{} 字节），没有导入；写完后再运行一次，或用 --whole 表示文件已写完。",
                self.left_over
            );
            say!(
                "The last line is not finished ({} bytes) and was left; run it again later, or say --whole.",
                self.left_over
            );
        }
        Ok(())
    }

    fn json(&self) -> serde_json::Value {
        let named = self.named.iter().map(|(line, fault)| {
            json!({ "line": line, "kind": fault.kind(), "why": { "zh": fault.zh(), "en": fault.en() } })
        });
        let Taken {
            new,
            known,
            ends,
            conversations,
            moved,
            without_shopper,
            without_end,
            unnamed,
            strangers,
            span,
            ..
        } = &self.taken;
        json!({
            "file": self.file, "source": self.source, "rows": self.rows, "new": new, "known": known, "ends": ends,
            "conversations": conversations, "moved": moved, "without_shopper": without_shopper,
            "without_end": without_end, "unnamed": unnamed, "strangers": strangers,
            "from": span.map(|(from, _)| from), "to": span.map(|(_, to)| to),
            "bad": { "count": self.bad, "kinds": self.kinds, "named": named.collect::<Vec<_>>() },
            "left_over_bytes": self.left_over, "interrupted": self.interrupted,
        })
    }
}

fn unwritable(name: &str, error: &std::io::Error) -> Trouble {
    Trouble::new(format!("写不了 {name}：{error}"), format!("Cannot write {name}: {error}"))
}

/// Shows how the first rows are understood.
pub fn preview(fields: &SourceFields, headings: &[String], rows: Vec<(u64, Result<ChatRow, RowFault>)>) {
    say!("列 columns: {}", headings.join(", "));
    for field in Field::ALL {
        say!("  {:<13} {}", field.name(), fields.columns.of(field).unwrap_or("—"));
    }
    say!("时区 time zone: {}", if fields.zone.is_empty() { "店铺的 the shop's" } else { &fields.zone });
    say!("内容 words: {}", if fields.keep_text { "保存 kept" } else { "不保存 not kept" });
    for (line, row) in rows {
        match row {
            Ok(ChatRow { conversation_name, at, speaker, .. }) => {
                let (role, who) = match &speaker {
                    Speaker::Shopper(who) => ("顾客 shopper", who.as_str()),
                    Speaker::Agent(who) => ("客服 agent", who.as_str()),
                    Speaker::Robot => ("机器人 robot", ""),
                    Speaker::End => ("结束 end", ""),
                };
                say!("{line:>8}  {}  {conversation_name}  {role}  {who}", crate::zones::utc(at));
            }
            Err(fault) => say!("{line:>8}  ! {} / {}", fault.zh(), fault.en()),
        }
    }
    say!("这只是预览，什么也没有写。 A preview; nothing was written.");
}
