//! Which error goes where.
//!
//! - [`StoreError`]: the database could not do what it was asked. Handlers turn it into a
//!   [`Refusal`](crate::web::Refusal) and log its details there, once.
//! - [`Refusal`](crate::web::Refusal): what somebody who asked over HTTP is told, with a code and words.
//! - [`OpenError`]: the database cannot be opened at all.
//! - [`Trouble`]: what the person at the terminal is told before the program ends with exit code 1.
//! - What a command did not achieve (rejected, parked, gap) is no error: it is an answer of the core.

use std::fmt;
use std::net::SocketAddr;

use crate::store::{OpenError, PlaceFault, StoreError};

/// What the person at the terminal is told: what happened, what is safe, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    zh: String,
    en: String,
}

impl Trouble {
    /// The same words in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The address cannot be listened on.
    #[must_use]
    pub fn listening(listen: SocketAddr, error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::AddrInUse {
            return Self::new(
                format!("端口 {listen} 已被占用。也许亲答已经在运行；或者换一个端口：--listen 127.0.0.1:3001"),
                format!("{listen} is in use. Qinda may be running already; or choose another: --listen 127.0.0.1:3001"),
            );
        }
        Self::new(format!("无法在 {listen} 上监听：{error}"), format!("Cannot listen on {listen}: {error}"))
    }

    /// The demo would be open to strangers.
    #[must_use]
    pub fn exposed_demo(listen: SocketAddr) -> Self {
        Self::new(
            format!(
                "数据里有演示店铺，密码人人皆知，所以不在 {listen} 上开放。\
                 请监听 127.0.0.1，或写两次 --expose-demo --expose-demo 表示您清楚后果。"
            ),
            format!(
                "The demo shop's passwords are public, so it is not opened on {listen}. \
                 Listen on 127.0.0.1, or give --expose-demo --expose-demo to say that you mean it."
            ),
        )
    }

    /// A file cannot be read.
    #[must_use]
    pub fn reading(file: &str, error: &std::io::Error) -> Self {
        Self::new(format!("读不了 {file}：{error}"), format!("Cannot read {file}: {error}"))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.zh, self.en)
    }
}

impl std::error::Error for Trouble {}

impl From<OpenError> for Trouble {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NotWritable { place, why } => Self::new(
                format!("写不进 {place}：{why}。请检查权限和磁盘空间，或用 --data 换一个目录。"),
                format!("Cannot write {place}: {why}. Check permissions and space, or choose another --data."),
            ),
            OpenError::Newer { place, step } => Self::new(
                format!("{place} 由更新版本的亲答写成（第 {step} 步）。数据没有动过；请用新版本打开。"),
                format!(
                    "{place} was written by a newer Qinda (step {step}). It was left as it is; open it with that version."
                ),
            ),
            OpenError::Busy { place } => Self::new(
                format!("{place} 正被另一个程序占用。请先关掉它，再试一次。"),
                format!("Another program holds {place}. Close it, then try again."),
            ),
            OpenError::Damaged { place, why } => Self::new(
                format!("{place} 不是完好的数据库：{why}。原样未动；请从备份恢复，或用 --data 换一个目录。"),
                format!(
                    "{place} is not a sound database: {why}. It was left as it is; restore a backup, or choose another --data."
                ),
            ),
            OpenError::Missing { place } => Self::new(
                format!("{place} 还不存在。请先运行 qinda serve --demo，或 qinda shop add 建一个店铺。"),
                format!("There is no {place} yet. Run qinda serve --demo first, or qinda shop add."),
            ),
            OpenError::Unreachable { place, why } => Self::new(
                format!("连不上数据库 {place}：{why}。请检查 DATABASE_URL，以及数据库是否在运行。"),
                format!("{place} does not answer: {why}. Check DATABASE_URL and whether the database runs."),
            ),
            OpenError::Refused { place, why } => Self::new(
                format!("数据库 {place} 不让进：{why}。请检查 DATABASE_URL 里的用户、密码和库名。"),
                format!("{place} refuses us: {why}. Check the user, password and database in DATABASE_URL."),
            ),
            OpenError::Other { place, why } => {
                Self::new(format!("打不开 {place}：{why}"), format!("Cannot open {place}: {why}"))
            }
        }
    }
}

impl From<PlaceFault> for Trouble {
    fn from(fault: PlaceFault) -> Self {
        // The address is not repeated: it may hold a password.
        match fault {
            PlaceFault::OtherDatabase => Self::new(
                "DATABASE_URL 要以 postgres:// 开头；用本机文件时请不要设它。",
                "DATABASE_URL must begin with postgres://; leave it unset to use a file on this machine.",
            ),
            PlaceFault::Unreadable(why) => {
                Self::new(format!("读不懂 DATABASE_URL：{why}。"), format!("DATABASE_URL cannot be understood: {why}."))
            }
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::Unknown(_)) {
            return Self::new(
                format!("提交时断了线，不知道写入了没有：{error}。请看一下，再决定要不要重来。"),
                format!(
                    "The connection broke at the commit: {error}. Look whether it was written before trying again."
                ),
            );
        }
        Self::new(
            format!("数据库没有完成：{error}。没有写入一半的内容。"),
            format!("The database did not finish: {error}. Nothing was half written."),
        )
    }
}
