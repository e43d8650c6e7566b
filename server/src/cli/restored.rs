//! `qinda restored`.

use super::Data;
use crate::errors::Trouble;
use crate::store::{Lane, restored};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    data: Data,
}

pub async fn run(args: Args) -> Result<(), Trouble> {
    let store = args.data.open_existing().await?;
    let begun = store.write(Lane::Server, |work| Box::pin(restored::begin_new_life(work))).await;
    store.close().await;
    begun?;
    say!("好了：每台设备下次联网会重新读取，没发出的内容照常发出；所有人需要重新登录。");
    say!("Done: every device reads anew at its next contact and sends what waits; everybody signs in again.");
    Ok(())
}
