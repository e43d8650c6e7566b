//! `qinda import forget`: takes the chat logs of a source back.

use crate::cli::{Data, chosen_shop};
use crate::errors::Trouble;
use crate::store::chats;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// 哪个来源的聊天记录。 Of which source.
    #[arg(long)]
    source: String,
    /// 店铺；只有一个时可省略。 The shop; may be left out when there is only one.
    #[arg(long)]
    shop: Option<String>,
    #[command(flatten)]
    data: Data,
}

pub async fn run(Args { source, shop, data }: Args) -> Result<(), Trouble> {
    let store = data.open_existing().await?;
    let shop = chosen_shop(&store, shop.as_deref()).await?.card.id;
    let mut forgotten = None;
    loop {
        let name = source.clone();
        let some = store.write(shop, move |work| Box::pin(chats::forget_some(work, shop, name))).await?;
        let Some(count) = some else { break };
        forgotten = Some(forgotten.unwrap_or(0) + count);
    }
    store.close().await;
    let Some(count) = forgotten else {
        return Err(Trouble::new(
            format!("没有叫 {source} 的来源，什么也没有改。"),
            format!("There is no source called {source}; nothing was changed."),
        ));
    };
    say!("{source} 的 {count} 个会话已删除，指标里也不再算。");
    say!("{count} conversations of {source} are gone, from the figures, too.");
    Ok(())
}
