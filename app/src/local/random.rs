//! Random bits from the browser, and ids made of them.

use qinda::model::Micros;

/// Ten random bytes, as an id needs them.
pub(crate) fn bits() -> [u8; 10] {
    let mut bytes = [0; 10];
    fill(&mut bytes);
    bytes
}

/// A number that comes up only once.
pub(crate) fn number() -> u64 {
    let mut bytes = [0; 8];
    fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// Fills with random bytes.
pub(crate) fn fill(bytes: &mut [u8]) {
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    let filled = crypto.and_then(|crypto| crypto.get_random_values_with_u8_array(bytes).ok());
    if filled.is_none() {
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
}

/// A number in `0.0..1.0`, for spreading retries; not for secrets.
pub(crate) fn jitter() -> f64 {
    js_sys::Math::random()
}

/// Milliseconds since 1970 by the device, for ids that sort by time.
pub(crate) fn unix_ms() -> u64 {
    Micros::from_millis(js_sys::Date::now() as i64).unix_ms()
}
