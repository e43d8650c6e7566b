//! `qinda shop`.

use super::{Data, open};
use crate::errors::Trouble;
use crate::store::Lane;
use crate::store::shops::{self, NewShop, ShopAdded};

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
    }
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
