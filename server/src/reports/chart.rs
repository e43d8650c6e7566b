//! Small charts without script: rectangles, with the same numbers in a table beside.

use qinda::timing::{Definition, Statistic, Value};

use super::html::Html;

const WIDTH: f64 = 160.0;
const HEIGHT: f64 = 48.0;
/// How much of its place a bar takes.
const BAR_SHARE: f64 = 0.7;
/// Below this nothing would be seen.
const HEIGHT_MIN: f64 = 1.0;

/// How high a figure stands; `None` where there is nothing to say it of.
#[must_use]
pub fn height(definition: &Definition, value: &Value) -> Option<f64> {
    match definition.statistic {
        Statistic::Number => Some(f64::from(value.of)),
        Statistic::ShareWithin | Statistic::ShareEnded => value.share(),
        // Times of less than a century are whole in a float.
        _ => value.ms.map(|ms| ms as f64),
    }
}

/// A bar for each value, the last one marked; an empty place where there is none.
pub fn bars(html: &mut Html, name: &str, values: &[Option<f64>]) {
    let most = values.iter().flatten().copied().fold(0.0_f64, f64::max);
    let place = WIDTH / values.len().max(1) as f64;
    html.between("<figure><figcaption>", name, "</figcaption><svg viewBox=\"0 0 160 48\" aria-hidden=\"true\">");
    for (number, value) in values.iter().enumerate() {
        let Some(value) = value else { continue };
        let share = if most > 0.0 { value / most } else { 0.0 };
        let height = (share * HEIGHT).max(HEIGHT_MIN);
        html.raw("<rect x=\"").number(number as f64 * place + place * (1.0 - BAR_SHARE) / 2.0);
        html.raw("\" y=\"").number(HEIGHT - height).raw("\" width=\"").number(place * BAR_SHARE);
        html.raw("\" height=\"").number(height);
        html.raw(if number + 1 == values.len() { "\" class=\"now\"/>" } else { "\"/>" });
    }
    html.raw("</svg></figure>\n");
}

/// A bar as long as a share of the whole.
pub fn bar(html: &mut Html, share: f64) {
    html.raw(
        "<svg viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect height=\"8\" width=\"",
    );
    html.number(share * 100.0).raw("\"/></svg>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_no_bar_and_nought_has_one() {
        let mut html = Html::default();
        bars(&mut html, "<n>", &[None, Some(0.0), Some(4.0)]);
        let html = html.done();
        assert_eq!(html.matches("<rect").count(), 2);
        assert!(html.contains("&lt;n&gt;") && html.contains("height=\"48\" class=\"now\""), "{html}");
    }
}
