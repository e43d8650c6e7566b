//! What the pieces of a span and the bands of times are called.

use qinda::model::Micros;
use qinda::sync::HistoryPiece;
use qinda::timing::{Definition, Step};

use super::super::super::Lang;
use super::super::{figure_name, figure_value};
use crate::parts::when::Local;

/// The end of a band of times.
pub(crate) fn band_name(lang: Lang, up_to_seconds: Option<u32>, before: Option<u32>) -> String {
    let long = |seconds: u32| match (seconds, lang) {
        (0..120, Lang::Zh) => format!("{seconds} 秒"),
        (0..120, Lang::En) => format!("{seconds} s"),
        (120..7_200, Lang::Zh) => format!("{} 分钟", seconds / 60),
        (120..7_200, Lang::En) => format!("{} min", seconds / 60),
        (_, Lang::Zh) => format!("{} 小时", seconds / 3_600),
        (_, Lang::En) => format!("{} h", seconds / 3_600),
    };
    match (up_to_seconds, lang) {
        (Some(seconds), _) => format!("≤ {}", long(seconds)),
        (None, Lang::Zh) => format!("超过 {}", long(before.unwrap_or(0))),
        (None, Lang::En) => format!("over {}", long(before.unwrap_or(0))),
    }
}

/// A piece of a span, in full.
pub(crate) fn piece_name(lang: Lang, step: Step, piece: &HistoryPiece) -> String {
    let from = Local::of(piece.from, piece.offset_seconds);
    let last = Local::of(Micros(piece.to.0 - 1), piece.offset_seconds);
    match step {
        Step::Hour => format!("{} {}", from.date(lang), from.time()),
        Step::Day => from.date(lang),
        Step::Week => format!("{} – {}", from.short_date(lang), last.short_date(lang)),
        Step::Month => month_name(lang, from, true),
    }
}

/// A piece of a span, under a chart.
pub(crate) fn piece_mark(lang: Lang, step: Step, one_day: bool, piece: &HistoryPiece) -> String {
    let from = Local::of(piece.from, piece.offset_seconds);
    match step {
        Step::Hour if one_day => from.time(),
        Step::Month => month_name(lang, from, from.month == 1),
        _ => from.short_date(lang),
    }
}

fn month_name(lang: Lang, local: Local, with_year: bool) -> String {
    let short = local.short_date(lang);
    match (lang, with_year) {
        (Lang::Zh, true) => format!("{}年{}月", local.year, local.month),
        (Lang::Zh, false) => format!("{}月", local.month),
        (Lang::En, _) => {
            let month = short.split(' ').next_back().unwrap_or_default();
            if with_year { format!("{month} {}", local.year) } else { month.to_owned() }
        }
    }
}

/// What a bar says when it is pointed at.
pub(crate) fn piece_said(lang: Lang, step: Step, definition: &Definition, piece: &HistoryPiece) -> String {
    let (when, said) = (piece_name(lang, step, piece), figure_value(lang, definition, &piece.value));
    match lang {
        Lang::Zh => format!("{when}：{said}，{} 轮提问", piece.rounds),
        Lang::En => format!("{when}: {said}, {} rounds", piece.rounds),
    }
}

/// What a chart shows, for those who cannot see it.
pub(crate) fn chart_said(lang: Lang, definition: &Definition, pieces: &[HistoryPiece]) -> String {
    let told = pieces.iter().filter(|piece| piece.value.of > 0).count();
    let name = figure_name(lang, definition);
    match lang {
        Lang::Zh => format!("{name}，{} 格里 {told} 格有数；数字在下面的表格里", pieces.len()),
        Lang::En => {
            format!("{name}: {told} of {} pieces say something; the numbers are in the table below", pieces.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use qinda::timing::Value;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn pieces_are_named_by_the_clocks_that_stood_then() {
        let piece = |from: i64, to: i64, offset_seconds| HistoryPiece {
            from: Micros(0).plus_seconds(from),
            to: Micros(0).plus_seconds(to),
            offset_seconds,
            rounds: 0,
            value: Value::default(),
            before: None,
        };
        // Midnight of 1 March 2024 in China.
        let midnight = 1_709_222_400;
        let day = piece(midnight, midnight + 7 * 86_400, 0);
        assert_eq!(piece_name(Lang::Zh, Step::Hour, &piece(midnight, midnight + 3_600, 8 * 3_600)), "3月1日 周五 0:00");
        assert_eq!(piece_name(Lang::En, Step::Week, &day), "29 Feb – 7 Mar");
        assert_eq!(piece_mark(Lang::En, Step::Month, false, &day), "Feb");
        assert_eq!(piece_name(Lang::Zh, Step::Month, &day), "2024年2月");
        assert_eq!(band_name(Lang::Zh, Some(120), None), "≤ 2 分钟");
        assert_eq!(band_name(Lang::En, None, Some(600)), "over 10 min");
    }
}
