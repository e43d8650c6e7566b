//! As what somebody writes, in the words of exports.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::import::half_width;

/// As what somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogRole {
    /// A shopper.
    Shopper,
    /// A member of the staff.
    Agent,
    /// A robot, or a greeting that goes out by itself.
    Robot,
    /// Nobody wrote: the conversation ended.
    End,
}

impl LogRole {
    pub(super) const ALL: [Self; 4] = [Self::Shopper, Self::Agent, Self::Robot, Self::End];

    /// Its name on the command line and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shopper => "shopper",
            Self::Agent => "agent",
            Self::Robot => "robot",
            Self::End => "end",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Words that exports have for it.
    pub(super) const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Shopper => &[
                "shopper",
                "buyer",
                "customer",
                "visitor",
                "user",
                "client",
                "consumer",
                "guest",
                "买家",
                "顾客",
                "客户",
                "用户",
                "访客",
                "消费者",
                "会员",
            ],
            Self::Agent => &[
                "agent",
                "seller",
                "staff",
                "service",
                "operator",
                "merchant",
                "human",
                "客服",
                "人工客服",
                "人工",
                "商家",
                "卖家",
                "坐席",
                "店员",
                "员工",
            ],
            Self::Robot => &[
                "robot",
                "bot",
                "auto",
                "automatic",
                "system",
                "机器人",
                "智能客服",
                "机器人客服",
                "自动",
                "自动回复",
                "系统",
                "系统消息",
            ],
            Self::End => &["end", "close", "closed", "结束", "关闭", "会话结束", "结束会话", "会话关闭"],
        }
    }
}

/// The words of a source for the roles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoleWords(BTreeMap<String, LogRole>);

impl RoleWords {
    /// Says what a word means.
    pub fn say(&mut self, word: &str, role: LogRole) {
        self.0.insert(folded(word), role);
    }

    /// What is said of either; where both say something, `later` does.
    #[must_use]
    pub fn and(&self, later: &Self) -> Self {
        Self(self.0.iter().chain(&later.0).map(|(word, role)| (word.clone(), *role)).collect())
    }

    /// How many words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a word means.
    #[must_use]
    pub fn role(&self, word: &str) -> Option<LogRole> {
        let word = folded(word);
        let usual = || LogRole::ALL.into_iter().find(|role| role.words().contains(&word.as_str()));
        self.0.get(&word).copied().or_else(usual)
    }
}

fn folded(word: &str) -> String {
    word.trim().chars().map(half_width).flat_map(char::to_lowercase).collect()
}
