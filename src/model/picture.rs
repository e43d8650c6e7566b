//! Pictures: which kinds are kept, and how large one may be.

/// The largest picture, in bytes.
pub const PICTURE_BYTES_MAX: usize = 1024 * 1024;

/// What kind of picture the bytes are, by how they begin; `None` for anything that is not kept as a picture. What a
/// file calls itself does not count: only these kinds are shown, and none of them can hold a script.
#[must_use]
pub fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_their_first_bytes() {
        assert_eq!(picture_type(b"\x89PNG\r\n\x1a\nrest"), Some("image/png"));
        assert_eq!(picture_type(b"\xff\xd8\xff\xe0rest"), Some("image/jpeg"));
        assert_eq!(picture_type(b"GIF89arest"), Some("image/gif"));
        assert_eq!(picture_type(b"RIFF....WEBPrest"), Some("image/webp"));
        for other in [b"<svg xmlns='http://www.w3.org/2000/svg'/>".as_slice(), b"<html>", b"RIFF....WAVE", b""] {
            assert_eq!(picture_type(other), None);
        }
    }
}
