//! The server's time on the device. A device's own clock may be a day wrong; waits are counted in server time.

use std::cell::Cell;

use qinda::model::Micros;
use web_sys::Performance;

thread_local! {
    /// The page's own clock and timeline, asked for once: at every key they are needed twice.
    static PERFORMANCE: Option<Performance> = web_sys::window().and_then(|window| window.performance());
    /// How many spans the timeline keeps.
    static SPANS: Cell<u32> = const { Cell::new(0) };
}

/// What was last learnt of the server's clock.
#[derive(Default)]
pub(crate) struct Clock {
    /// Server time minus the device's monotonic time, once the server was heard in this page's life.
    monotonic_offset: Cell<Option<i64>>,
    /// Server time minus the device's wall clock, kept over reloads for starting without a network.
    wall_offset: Cell<i64>,
}

fn monotonic() -> Option<i64> {
    PERFORMANCE.with(|performance| performance.as_ref().map(|performance| (performance.now() * 1_000.0) as i64))
}

/// What the device's own clock says, which its holder can set.
pub(crate) fn wall() -> Micros {
    Micros((js_sys::Date::now() * 1_000.0) as i64)
}

impl Clock {
    /// Goes by the wall clock and this offset until the server is heard.
    pub(crate) fn start_from(&self, wall_offset: i64) {
        if self.monotonic_offset.get().is_none() {
            self.wall_offset.set(wall_offset);
        }
    }

    /// The server told its time just now.
    pub(crate) fn heard(&self, server: Micros) {
        self.monotonic_offset.set(monotonic().map(|now| server.0 - now));
        self.wall_offset.set(server.0 - wall().0);
    }

    /// The server's time now, as far as the device knows.
    pub(crate) fn now(&self) -> Micros {
        match (self.monotonic_offset.get(), monotonic()) {
            (Some(offset), Some(now)) => Micros(now + offset),
            _ => Micros(wall().0 + self.wall_offset.get()),
        }
    }

    /// What to keep over a reload.
    pub(crate) fn wall_offset(&self) -> i64 {
        self.wall_offset.get()
    }
}

/// Milliseconds since the page began.
pub(crate) fn page_millis() -> f64 {
    PERFORMANCE.with(|performance| performance.as_ref().map_or(0.0, Performance::now))
}

/// Marks a moment in the browser's performance timeline.
pub(crate) fn mark(name: &str) {
    PERFORMANCE.with(|performance| performance.as_ref().map(|performance| performance.mark(name)));
}

/// The most spans that the timeline keeps.
const SPANS_MAX: u32 = 2_000;

/// Marks a span in the browser's performance timeline, so that what an agent waits for can be measured.
pub(crate) struct Measured {
    name: &'static str,
    began: f64,
}

impl Measured {
    /// Begins a span that ends when this goes out of scope.
    pub(crate) fn start(name: &'static str) -> Self {
        Self { name, began: page_millis() }
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        let ended = page_millis();
        PERFORMANCE.with(|performance| {
            if let Some(performance) = performance {
                measure(performance, self.name, self.began, ended);
            }
        });
    }
}

/// Writes a span into the browser's performance timeline. The writing itself is no part of it.
fn measure(performance: &Performance, name: &str, began: f64, ended: f64) {
    if SPANS.replace(SPANS.get() + 1) == SPANS_MAX {
        performance.clear_measures();
        SPANS.set(1);
    }
    let options = js_sys::Object::new();
    let set = |what: &str, at: f64| js_sys::Reflect::set(&options, &what.into(), &at.into()).is_ok();
    if set("start", began) && set("end", ended) {
        let measure = js_sys::Reflect::get(performance, &"measure".into());
        if let Ok(measure) = measure.and_then(wasm_bindgen::JsCast::dyn_into::<js_sys::Function>) {
            let _ = measure.call2(performance, &name.into(), &options);
        }
    }
}
