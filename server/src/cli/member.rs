//! `qinda member`.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::process::Stdio;

use qinda::model::{Role, Roles};

use super::{Data, chosen_shop};
use crate::errors::Trouble;
use crate::passwords;
use crate::store::members::{self, NewMember};
use crate::store::shops;

/// The longest work number, name or team, in characters.
const NAME_CHARS_MAX: usize = 60;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// 建账号；密码从提示或标准输入读取。 Make an account; the password is asked for or read from the input.
    Add(Add),
    /// 列出账号。 List the accounts.
    List(Which),
    /// 停用账号并结束其登录。 Close an account and end its sessions.
    Deactivate(Deactivate),
}

#[derive(Debug, clap::Args)]
pub struct Which {
    /// 店铺；只有一个时可省略。 The shop; may be left out when there is only one.
    #[arg(long)]
    shop: Option<String>,
    #[command(flatten)]
    data: Data,
}

#[derive(Debug, clap::Args)]
pub struct Add {
    #[command(flatten)]
    which: Which,
    /// 工号。 The work number.
    #[arg(long, value_parser = name)]
    number: String,
    /// 姓名，只有同事看得到。 The name, for colleagues only.
    #[arg(long, value_parser = name)]
    name: String,
    /// 岗位：agent,supervisor,editor,admin。 The roles.
    #[arg(long, value_parser = roles, default_value = "agent")]
    roles: Roles,
    /// 班组；没有就新建。 The team, made when there is none of that name.
    #[arg(long, value_parser = name)]
    team: Option<String>,
    /// 从标准输入的第一行读密码。 Read the password from the first line of the input.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, clap::Args)]
pub struct Deactivate {
    #[command(flatten)]
    which: Which,
    /// 工号。 The work number.
    #[arg(long)]
    number: String,
}

fn name(text: &str) -> Result<String, String> {
    qinda::model::checked_text("name", text, NAME_CHARS_MAX).map_err(|fault| fault.to_string())
}

fn roles(text: &str) -> Result<Roles, String> {
    let names: Vec<&str> = text.split(',').map(str::trim).collect();
    match names.iter().find(|name| Role::named(name).is_none()) {
        None => Ok(Roles::parse(text)),
        Some(unknown) => {
            let known = Role::ALL.map(Role::name).join(", ");
            Err(format!("没有 {unknown} 这个岗位。 There is no role {unknown}. ({known})"))
        }
    }
}

pub async fn run(command: Command) -> Result<(), Trouble> {
    match command {
        Command::Add(args) => add(args).await,
        Command::List(which) => list(&which).await,
        Command::Deactivate(args) => deactivate(args).await,
    }
}

async fn add(args: Add) -> Result<(), Trouble> {
    let store = args.which.data.open_existing().await?;
    let shop = chosen_shop(&store, args.which.shop.as_deref()).await?.card;
    let password = if args.password_stdin { first_line()? } else { asked_twice()? };
    let password_hash = passwords::hash(&password).map_err(|unfit| {
        let zh = match unfit {
            passwords::UnfitPassword::TooShort => format!("密码至少 {} 个字符。", passwords::PASSWORD_CHARS_MIN),
            passwords::UnfitPassword::TooLong => format!("密码最多 {} 字节。", passwords::PASSWORD_BYTES_MAX),
        };
        Trouble::new(zh, unfit.to_string())
    })?;
    let team = match args.team {
        Some(team) => team,
        None => shops::first_team(&mut *store.reader().await?, shop.id).await?.unwrap_or_else(|| "客服组".to_owned()),
    };
    let number = args.number.clone();
    let new =
        NewMember { shop: shop.id, work_number: args.number, name: args.name, roles: args.roles, team, password_hash };
    let added = store.write(shop.id, move |work| Box::pin(members::add(work, new))).await?;
    store.close().await;
    if added.is_none() {
        return Err(Trouble::new(
            format!("工号 {number} 已经有人用了，什么也没有改。"),
            format!("The work number {number} is taken; nothing was changed."),
        ));
    }
    say!("账号 {number} 可以登录 {} 了。", shop.name);
    say!("{number} can sign in to {}.", shop.slug);
    Ok(())
}

async fn list(which: &Which) -> Result<(), Trouble> {
    let store = which.data.open_existing().await?;
    let shop = chosen_shop(&store, which.shop.as_deref()).await?.card;
    let mut reader = store.reader().await?;
    let teams = members::team_names(&mut reader, shop.id).await?;
    for account in members::all(&mut reader, shop.id).await? {
        let state = if account.card.active { "" } else { "  已停用 closed" };
        let team = teams.get(&account.actor.team).map_or("", String::as_str);
        let roles = account.actor.roles.to_text();
        say!("{}  {}  {team}  {roles}{state}", account.card.work_number, account.card.name);
    }
    drop(reader);
    store.close().await;
    Ok(())
}

async fn deactivate(args: Deactivate) -> Result<(), Trouble> {
    let store = args.which.data.open_existing().await?;
    let shop = chosen_shop(&store, args.which.shop.as_deref()).await?.card;
    let number = args.number.clone();
    let done = store.write(shop.id, move |work| Box::pin(members::deactivate(work, shop.id, args.number))).await?;
    store.close().await;
    if !done {
        return Err(Trouble::new(format!("没有工号 {number}。"), format!("There is no work number {number}.")));
    }
    say!("账号 {number} 已停用。");
    say!("{number} is closed.");
    Ok(())
}

fn first_line() -> Result<String, Trouble> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| Trouble::reading("-", &error))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn asked_twice() -> Result<String, Trouble> {
    if !std::io::stdin().is_terminal() {
        return Err(Trouble::new(
            "这里没有键盘可问密码。请用 --password-stdin 从标准输入给出。",
            "There is no keyboard to ask for the password. Give it on the input with --password-stdin.",
        ));
    }
    let _hidden = Hidden::begin();
    let first = asked("密码 Password: ")?;
    let second = asked("再输一次 Again: ")?;
    if first != second {
        return Err(Trouble::new("两次输入的密码不同，什么也没有改。", "The passwords differ; nothing was changed."));
    }
    Ok(first)
}

fn asked(question: &str) -> Result<String, Trouble> {
    eprint!("{question}");
    let _ = std::io::stderr().flush();
    let answer = first_line();
    eprintln!();
    answer
}

/// While this lives the terminal does not show what is typed.
struct Hidden;

impl Hidden {
    fn begin() -> Self {
        echo("-echo");
        Self
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        echo("echo");
    }
}

fn echo(setting: &str) {
    // Without `stty` the password shows while it is typed, which is no reason to refuse it.
    let _ = std::process::Command::new("stty").arg(setting).stdin(Stdio::inherit()).status();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_role_is_told_instead_of_dropped() {
        assert_eq!(roles("agent, editor").unwrap().to_text(), "agent,editor");
        assert!(roles("agent,wizard").unwrap_err().contains("wizard"));
    }
}
