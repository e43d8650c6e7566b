//! `qinda shop erase-shopper`: erases a shopper who wishes to be forgotten, when nobody is at the desk.

use std::collections::BTreeSet;

use qinda::model::{ConversationId, MemberId};
use qinda::sync::{ERASURES_TOLD_MAX, ShopperTold};

use crate::cli::{Data, chosen_shop};
use crate::errors::Trouble;
use crate::store::shops::Shop;
use crate::store::{Store, chats, erasures, members};
use crate::zones;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// 这位顾客的任一会话的编号，就是工作台网址里的那一段。 Any conversation of the shopper: the id in the desk's address.
    #[arg(long, required_unless_present = "source", conflicts_with = "source")]
    conversation: Option<ConversationId>,
    /// 顾客在导入的聊天记录里：哪个来源。 The shopper of an imported log: of which source.
    #[arg(long, requires = "shopper")]
    source: Option<String>,
    /// 那个来源里对这位顾客的称呼，一字不差。 What that source calls the shopper, to the letter.
    #[arg(long, requires = "source")]
    shopper: Option<String>,
    /// 真的抹除；不加就只说会抹除什么。 Do erase; without it is only said what would be erased.
    #[arg(long)]
    yes: bool,
    /// 店铺；只有一个时可省略。 The shop; may be left out when there is only one.
    #[arg(long)]
    shop: Option<String>,
    #[command(flatten)]
    data: Data,
}

pub async fn run(args: Args) -> Result<(), Trouble> {
    let store = args.data.open_existing().await?;
    let done = erase(&store, &args).await;
    // Folds the log, too, so that nothing of the shopper stands in it.
    store.close().await;
    done
}

async fn erase(store: &Store, args: &Args) -> Result<(), Trouble> {
    let shop = chosen_shop(store, args.shop.as_deref()).await?;
    let conversation = named(store, &shop, args).await?;
    let id = shop.card.id;
    let found = erasures::named_by(&mut *store.reader().await?, id, conversation).await?.ok_or_else(nobody)?;
    let told = erasures::told(&mut *store.reader().await?, id, found).await?;
    say_what_goes(&told);
    if told.erased_at.is_none() && !args.yes {
        return Err(Trouble::new(
            "还没有抹除。看清楚后，加上 --yes 再运行一次。",
            "Nothing was erased yet. Run it again with --yes once you are sure.",
        ));
    }
    store.write(id, move |work| Box::pin(erasures::erase(work, id, conversation, None))).await?.ok_or_else(nobody)?;
    store.fold_log().await;
    if told.erased_at.is_none() {
        say!("已抹除。备份里还有，见手册。");
        say!("Erased. Backups still have it; the manual says what to do.");
    }
    Ok(())
}

/// A conversation of the shopper who is meant.
async fn named(store: &Store, shop: &Shop, args: &Args) -> Result<ConversationId, Trouble> {
    if let Some(conversation) = args.conversation {
        return Ok(conversation);
    }
    let (source, who) = args.source.as_deref().zip(args.shopper.as_deref()).ok_or_else(nobody)?;
    let found = chats::find(&mut *store.reader().await?, shop.card.id, source).await?.ok_or_else(|| {
        Trouble::new(
            format!("没有叫 {source} 的来源，什么也没有改。"),
            format!("There is no source called {source}; nothing was changed."),
        )
    })?;
    let customer = found.fields.reader(source, &shop.card, store.clock().now()).customer_id(who.trim());
    erasures::any_of(&mut *store.reader().await?, shop.card.id, customer).await?.ok_or_else(nobody)
}

fn nobody() -> Trouble {
    Trouble::new(
        "店里没有这位顾客，或者已经抹除，什么也没有改。",
        "The shop has no such shopper, or they were erased already; nothing was changed.",
    )
}

fn say_what_goes(told: &ShopperTold) {
    let ShopperTold { name, conversations, open, erased_at } = told;
    if let Some(at) = erased_at {
        say!("这位顾客在 {} 已经抹除。", zones::utc(*at));
        say!("This shopper was erased at {}.", zones::utc(*at));
        return;
    }
    say!("{name}：{conversations} 个会话，其中 {open} 个还在进行，会随之结束。");
    say!("顾客的称呼、所有文字和图片、备注、草稿都会消失；只留下时间和谁答的，指标不变。不能撤销。");
    say!("{name}: conversations: {conversations}, of which {open} go on and will be closed.");
    say!(
        "The name, all words and pictures, notes and drafts go; times and who answered stay, so figures do not change."
    );
    say!("It cannot be undone.");
}

/// `qinda shop erasures`.
pub async fn list(shop: Option<String>, data: Data) -> Result<(), Trouble> {
    let store = data.open_existing().await?;
    let shop = chosen_shop(&store, shop.as_deref()).await?.card.id;
    let mut reader = store.reader().await?;
    let erasures = erasures::latest(&mut reader, shop, ERASURES_TOLD_MAX).await?;
    let named: BTreeSet<MemberId> = erasures.iter().filter_map(|erasure| erasure.by).collect();
    let members = members::cards(&mut reader, shop, &named).await?;
    for erasure in erasures {
        let by = members.iter().find(|card| Some(card.id) == erasure.by);
        let by = by.map_or("—", |card| card.work_number.as_str());
        say!("{}  {by}  {}  {}", zones::utc(erasure.at), erasure.conversations, erasure.conversation);
    }
    drop(reader);
    store.close().await;
    Ok(())
}
