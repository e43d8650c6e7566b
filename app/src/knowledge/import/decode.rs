//! Text from bytes: UTF-8, or else the encoding that Chinese office programs still write.

use web_sys::{TextDecoder, TextDecoderOptions};

/// How a file was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16,
    Gb18030,
}

impl Encoding {
    /// Its name, the same in every language.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Gb18030 => "GBK / GB18030",
        }
    }
}

/// The text of a file. What no encoding fits keeps signs of replacement, which the importer tells as unreadable.
pub(crate) fn decoded(bytes: &[u8]) -> (String, Encoding) {
    let by_mark = match bytes {
        [0xff, 0xfe, ..] => strictly("utf-16le", bytes),
        [0xfe, 0xff, ..] => strictly("utf-16be", bytes),
        _ => None,
    };
    if let Some(text) = by_mark {
        return (text, Encoding::Utf16);
    }
    if let Some(text) = strictly("utf-8", bytes) {
        return (text, Encoding::Utf8);
    }
    match strictly("gb18030", bytes) {
        Some(text) => (text, Encoding::Gb18030),
        None => (String::from_utf8_lossy(bytes).into_owned(), Encoding::Utf8),
    }
}

fn strictly(label: &str, bytes: &[u8]) -> Option<String> {
    let options = TextDecoderOptions::new();
    options.set_fatal(true);
    TextDecoder::new_with_label_and_options(label, &options).ok()?.decode_with_u8_array(bytes).ok()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_file_of_an_office_program_is_read_too() {
        assert_eq!(decoded("什么时候发货".as_bytes()), ("什么时候发货".to_owned(), Encoding::Utf8));
        assert_eq!(decoded(&[0xb7, 0xa2, 0xbb, 0xf5]), ("发货".to_owned(), Encoding::Gb18030));
        assert_eq!(decoded(&[0xff, 0xfe, 0xd1, 0x53]), ("发".to_owned(), Encoding::Utf16));
        assert!(decoded(&[0xff, 0xff, 0x00]).0.contains('\u{fffd}'));
    }
}
