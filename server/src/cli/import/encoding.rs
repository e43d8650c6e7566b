//! Which encoding a file is in. Files from Chinese desks are often GBK; the core reads only text.

use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};
use serde::Serialize;

use crate::errors::Trouble;

/// How a file was encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Encoding {
    /// UTF-8, with or without its mark.
    #[serde(rename = "UTF-8")]
    Utf8,
    /// UTF-16, known by its mark.
    #[serde(rename = "UTF-16")]
    Utf16,
    /// GB 18030, which includes GBK and GB 2312.
    #[serde(rename = "GB18030")]
    Gb18030,
}

impl Encoding {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Gb18030 => "GB18030",
        }
    }
}

/// The text of a file, and how it was encoded.
pub fn decode(bytes: &[u8]) -> Result<(String, Encoding), Trouble> {
    let (text, encoding) = decoded(bytes);
    if text.contains('\0') {
        return Err(Trouble::new(
            "文件里有空字节，不是文本文件。请另存为文本、CSV 或 JSON Lines 再导入。",
            "The file holds NUL bytes, so it is no text. Save it as text, CSV or JSON Lines, then import that.",
        ));
    }
    Ok((text, encoding))
}

fn decoded(bytes: &[u8]) -> (String, Encoding) {
    let marked = |encoding: &'static encoding_rs::Encoding| encoding.decode_with_bom_removal(bytes).0.into_owned();
    match bytes {
        [0xff, 0xfe, ..] => (marked(UTF_16LE), Encoding::Utf16),
        [0xfe, 0xff, ..] => (marked(UTF_16BE), Encoding::Utf16),
        _ if std::str::from_utf8(bytes).is_ok() => (marked(UTF_8), Encoding::Utf8),
        _ => (GB18030.decode_without_bom_handling(bytes).0.into_owned(), Encoding::Gb18030),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encodings_of_chinese_desks_are_told_apart() {
        let text = "1. 什么时候发货";
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            ([b"\xef\xbb\xbf", text.as_bytes()].concat(), Encoding::Utf8),
            (utf16, Encoding::Utf16),
            (GB18030.encode(text).0.into_owned(), Encoding::Gb18030),
        ] {
            assert_eq!(decode(&bytes), Ok((text.to_owned(), encoding)));
        }
        assert!(decode(b"a\0b").is_err());
    }
}
