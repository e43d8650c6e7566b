//! Sending the reports whose time has come. Each is sent by one node; what did not arrive is tried again, and what was missed
//! while the server was away is made up for.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use qinda::model::{Day, Micros, ShopCard};
use tokio::time::{MissedTickBehavior, interval};

use super::Kind;
use super::payload::{Delivery, Message, taken};
use super::post::{Poster, Reach};
use super::rules::ReportRules;
use crate::store::defined::How;
use crate::store::report_sends::{self, RulesKept, Which};
use crate::store::stretches::Bounds;
use crate::store::{Store, StoreError, Stored, figure_rules, reported, shops};

/// How often is looked whether a report is due, in seconds.
const LOOK_SECONDS: u64 = 20;
/// What is told of a report that could not be made.
const NOT_MADE: &str = "made";
/// For how many shops reports are made and sent side by side.
const SHOPS_AT_ONCE: usize = 3;

/// Where reports go and what they lead to.
#[derive(Debug, Clone, Default)]
pub struct Posting {
    /// Where they may go.
    pub reach: Reach,
    /// What links begin with: the server's address.
    pub public_url: Option<String>,
}

/// Sends reports.
#[derive(Clone)]
pub struct Sender {
    store: Store,
    poster: Poster,
    public_url: Option<String>,
}

impl Sender {
    /// One that sends what the shops of a store want.
    #[must_use]
    pub fn new(store: Store, Posting { reach, public_url }: Posting) -> Self {
        Self { store, poster: Poster::new(reach), public_url }
    }

    /// Sends what is due, again and again, until it is dropped.
    pub async fn keep_sending(self) {
        let mut looks = interval(Duration::from_secs(LOOK_SECONDS));
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            if let Err(error) = self.send_due().await {
                tracing::warn!(%error, "which reports are due could not be looked up");
            }
        }
    }

    /// Sends what is due now, and answers how many reports were tried.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn send_due(&self) -> Stored<usize> {
        let shops = shops::all(&mut *self.store.reader().await?).await?;
        let sending = stream::iter(shops).map(|shop| async move {
            let id = shop.card.id;
            // One shop's trouble is not another's.
            self.send_due_of(shop.card).await.unwrap_or_else(|error| {
                tracing::warn!(shop = %id, %error, "a shop's reports were put off");
                0
            })
        });
        Ok(sending.buffer_unordered(SHOPS_AT_ONCE).collect::<Vec<usize>>().await.into_iter().sum())
    }

    async fn send_due_of(&self, shop: ShopCard) -> Stored<usize> {
        let now = self.store.clock().now();
        let (kept, due) = self.due(&shop, now).await?;
        let mut tried = 0;
        for (which, due_at) in due {
            let claimed =
                self.store.write(shop.id, move |work| Box::pin(report_sends::claim(work, which, due_at, now))).await?;
            let Some(number) = claimed else { continue };
            tried += 1;
            let fault = self.send(&shop, &kept.rules, which, Delivery::Due).await.err();
            self.store.meters().report(fault.is_none());
            if let Some(fault) = &fault {
                tracing::warn!(shop = %shop.id, kind = %which.kind, number, fault, "a report did not arrive");
            }
            let now = self.store.clock().now();
            self.store
                .write(shop.id, move |work| Box::pin(report_sends::settle(work, which, number, fault.clone(), now)))
                .await?;
        }
        Ok(tried)
    }

    /// The reports that are due, those that are tried again among them, and by which rules.
    async fn due(&self, shop: &ShopCard, now: Micros) -> Stored<(RulesKept, Vec<(Which, Micros)>)> {
        let mut reader = self.store.reader().await?;
        let kept = report_sends::rules(&mut reader, shop.id).await?;
        if kept.rules.address.is_empty() {
            return Ok((kept, Vec::new()));
        }
        let zone = reported::clocks(&figure_rules::find(&mut reader, shop.id).await?.rules, shop, now);
        let which = |kind, day| Which { shop: shop.id, kind, day };
        let due = kept.rules.due(&zone, kept.since, now).into_iter();
        let mut due: Vec<_> = due.map(|due| (which(due.span.kind, due.span.first), due.at)).collect();
        for again in report_sends::to_try_again(&mut reader, shop.id, now).await? {
            if due.iter().all(|(which, _)| *which != again.which) {
                due.push((again.which, again.due_at));
            }
        }
        Ok((kept, due))
    }

    /// Sends the report of this moment once, to try out where reports go. It is no delivery of any report: the one that is due
    /// comes all the same.
    ///
    /// # Errors
    /// Why it did not arrive, as a delivery tells it.
    pub async fn try_out(&self, shop: &ShopCard, rules: &ReportRules) -> Result<(), String> {
        let now = self.store.clock().now();
        let kind = rules.kinds.first().copied().unwrap_or(Kind::Daily);
        let day = self.today(shop, now).await.map_err(|error| {
            tracing::error!(%error, "the shop's clocks could not be read");
            NOT_MADE.to_owned()
        })?;
        self.send(shop, rules, Which { shop: shop.id, kind, day }, Delivery::Trial).await
    }

    async fn today(&self, shop: &ShopCard, now: Micros) -> Stored<Day> {
        let mut reader = self.store.reader().await?;
        let zone = reported::clocks(&figure_rules::find(&mut reader, shop.id).await?.rules, shop, now);
        Ok(zone.local(now).day)
    }

    async fn send(&self, shop: &ShopCard, rules: &ReportRules, which: Which, delivery: Delivery) -> Result<(), String> {
        let made = self.make(shop, which).await.map_err(|error| {
            tracing::error!(%error, "a report could not be made");
            NOT_MADE.to_owned()
        })?;
        let message = Message::of(&made, rules, self.public_url.as_deref(), self.store.clock().now(), delivery);
        let Message { address, headers, body } = message;
        let answered = self.poster.post(&address, &headers, body).await.map_err(|fault| fault.to_string())?;
        taken(rules.format, &answered)
    }

    async fn make(&self, shop: &ShopCard, which: Which) -> Result<reported::Reported, StoreError> {
        let mut snapshot = self.store.snapshot().await?;
        let now = self.store.clock().now();
        // Nobody waits for it, so all of it is told, however many messages have to be read.
        let how = How { bounds: Bounds::patient(), ..How::default() };
        let made = reported::report(&mut snapshot, shop.clone(), (which.kind, Some(which.day)), now, how).await?;
        made.ok_or_else(|| StoreError::NotCommitted("the figures of the report are being counted".to_owned()))
    }
}
