//! `qinda shop`.

mod erase;

use super::{Data, chosen_shop, open};
use crate::errors::Trouble;
use crate::store::Lane;
use crate::store::keys::{self, KeyAdded};
use crate::store::shops::{self, NewShop, ShopAdded};
use crate::zones;

/// The shop's clocks unless told otherwise: all of China is eight hours ahead of UTC.
const UTC_OFFSET_MINUTES: i32 = 480;
/// How far clocks can be from UTC, in minutes.
const UTC_OFFSET_MINUTES_MAX: i64 = 14 * 60;
/// The longest slug, in characters.
const SLUG_CHARS_MAX: usize = 60;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// 建一个店铺。 Make a shop.
    Add(Add),
    /// 列出店铺。 List the shops.
    List(Data),
    /// 做一个密钥，程序凭它发来聊天记录；只显示这一次。 Make a key with which a program sends chat logs; shown this once.
    Key(Key),
    /// 列出密钥。 List the keys.
    Keys(Keys),
    /// 作废一个密钥。 Revoke a key.
    RevokeKey(Key),
    /// 抹除一位顾客的资料，不能撤销。 Erase what the shop has of a shopper; it cannot be undone.
    EraseShopper(erase::Args),
    /// 列出抹除过的。 List what was erased.
    Erasures(Keys),
}

#[derive(Debug, clap::Args)]
pub struct Key {
    /// 密钥的名字，如给哪个程序用。 What the key is called, such as the program that has it.
    #[arg(long, value_parser = key_name)]
    name: String,
    #[command(flatten)]
    of: Keys,
}

#[derive(Debug, clap::Args)]
pub struct Keys {
    /// 店铺；只有一个时可省略。 The shop; may be left out when there is only one.
    #[arg(long)]
    shop: Option<String>,
    #[command(flatten)]
    data: Data,
}

fn key_name(text: &str) -> Result<String, String> {
    qinda::model::checked_text("name", text, SLUG_CHARS_MAX).map_err(|fault| fault.to_string())
}

#[derive(Debug, clap::Args)]
pub struct Add {
    /// 网址里的名字。 Its name in addresses.
    #[arg(long, value_parser = slug)]
    slug: String,
    /// 店铺名。 Its name.
    #[arg(long)]
    name: String,
    /// 顾客页在网址里的名字，默认与店铺相同。 The shopper page's name in addresses; the shop's unless given.
    #[arg(long, value_parser = slug)]
    channel: Option<String>,
    /// 第一个班组。 The first team.
    #[arg(long, default_value = "客服组")]
    team: String,
    /// 当地时间比 UTC 早多少分钟。 How many minutes its clocks are ahead of UTC.
    #[arg(long, default_value_t = UTC_OFFSET_MINUTES, allow_hyphen_values = true,
          value_parser = clap::value_parser!(i32).range(-UTC_OFFSET_MINUTES_MAX..=UTC_OFFSET_MINUTES_MAX))]
    utc_offset_minutes: i32,
    #[command(flatten)]
    data: Data,
}

/// Reads a name that can stand in an address.
fn slug(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || text.len() > SLUG_CHARS_MAX || !text.chars().all(fits) {
        return Err("只用小写字母、数字和连字符。 Lower-case letters, digits and hyphens only.".to_owned());
    }
    Ok(text.to_owned())
}

pub async fn run(command: Command) -> Result<(), Trouble> {
    match command {
        Command::Add(args) => add(args).await,
        Command::List(data) => list(&data).await,
        Command::Key(args) => key(args).await,
        Command::Keys(args) => keys_of(&args).await,
        Command::RevokeKey(args) => revoke(args).await,
        Command::EraseShopper(args) => erase::run(args).await,
        Command::Erasures(Keys { shop, data }) => erase::list(shop, data).await,
    }
}

async fn key(Key { name, of }: Key) -> Result<(), Trouble> {
    let store = of.data.open_existing().await?;
    let shop = chosen_shop(&store, of.shop.as_deref()).await?.card.id;
    let (secret, named) = (keys::secret(), name.clone());
    let added = store.write(shop, move |work| Box::pin(keys::add(work, shop, named, secret))).await?;
    store.close().await;
    match added {
        KeyAdded::Added(secret) => {
            say!("{secret}");
            eprintln!("这是 {name} 的密钥，以后再也看不到，请收好。");
            eprintln!("This is the key of {name}; nobody can see it again, so keep it well.");
            Ok(())
        }
        KeyAdded::NameTaken => Err(Trouble::new(
            format!("已经有叫 {name} 的密钥（也许已作废），请另取一个名字。"),
            format!("There is a key called {name} already, revoked perhaps; choose another name."),
        )),
        KeyAdded::TooMany => Err(Trouble::new("密钥太多了。", "There are too many keys.")),
    }
}

async fn keys_of(args: &Keys) -> Result<(), Trouble> {
    let store = args.data.open_existing().await?;
    let shop = chosen_shop(&store, args.shop.as_deref()).await?.card.id;
    let mut reader = store.reader().await?;
    for key in keys::all(&mut reader, shop).await? {
        let when = |at: Option<_>| at.map_or_else(|| "—".to_owned(), zones::utc);
        let stands = if key.revoked_at.is_some() { "已作废 revoked" } else { "在用 in use" };
        say!("{}  {stands}  {}  {}", key.name, when(Some(key.created_at)), when(key.used_at));
    }
    drop(reader);
    store.close().await;
    Ok(())
}

async fn revoke(Key { name, of }: Key) -> Result<(), Trouble> {
    let store = of.data.open_existing().await?;
    let shop = chosen_shop(&store, of.shop.as_deref()).await?.card.id;
    let named = name.clone();
    let is_revoked = store.write(shop, move |work| Box::pin(keys::revoke(work, shop, named))).await?;
    store.close().await;
    if is_revoked {
        say!("密钥 {name} 已作废。 The key {name} is revoked.");
        return Ok(());
    }
    Err(Trouble::new(format!("没有在用的密钥叫 {name}。"), format!("No key called {name} is in use.")))
}

async fn add(args: Add) -> Result<(), Trouble> {
    let store = open(args.data.place()?).await?;
    let channel = args.channel.unwrap_or_else(|| args.slug.clone());
    let new = NewShop {
        slug: args.slug.clone(),
        name: args.name,
        utc_offset_minutes: args.utc_offset_minutes,
        demo: false,
        team: args.team,
        channel: channel.clone(),
    };
    let added = store.write(Lane::Server, move |work| Box::pin(shops::add(work, new))).await?;
    store.close().await;
    let slug = args.slug;
    match added {
        ShopAdded::Added(_) => {
            say!("店铺 {slug} 建好了，顾客页是 /c/{channel}。");
            say!("The shop {slug} stands; its shoppers write at /c/{channel}.");
            Ok(())
        }
        ShopAdded::SlugTaken => Err(Trouble::new(
            format!("已经有叫 {slug} 的店铺，什么也没有改。"),
            format!("There is a shop called {slug} already; nothing was changed."),
        )),
        ShopAdded::ChannelTaken => Err(Trouble::new(
            format!("顾客页 /c/{channel} 已经属于别的店铺，请用 --channel 另取一个。"),
            format!("/c/{channel} belongs to another shop; choose another with --channel."),
        )),
    }
}

async fn list(data: &Data) -> Result<(), Trouble> {
    let store = data.open_existing().await?;
    let mut reader = store.reader().await?;
    for shop in shops::all(&mut reader).await? {
        let channels = shops::channel_slugs(&mut reader, shop.card.id).await?;
        say!("{}  {}  {}", shop.card.slug, shop.card.name, channels.join(" "));
    }
    drop(reader);
    store.close().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_can_stand_in_an_address() {
        assert_eq!(slug("tea-1"), Ok("tea-1".to_owned()));
        for bad in ["", "Tea", "茶", "a/b", &"a".repeat(SLUG_CHARS_MAX + 1)] {
            assert!(slug(bad).is_err(), "{bad}");
        }
    }
}
