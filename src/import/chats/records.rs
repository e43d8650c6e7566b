//! Where a row of a log ends, in bytes that come bit by bit. A file may be far larger than memory, and may still be written
//! to: what has no end yet is no row.

/// The most bytes of one row.
pub const ROW_BYTES_MAX: usize = 64 * 1024;
/// The most lines that one row has, in cells between quotation marks.
const ROW_LINES_MAX: usize = 300;

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A table with this between the columns.
    Table(u8),
    /// A JSON object on each line.
    Objects,
}

/// What the bytes begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framed {
    /// A row of so many bytes, with the end of its line.
    Row(usize),
    /// Bytes that are no row: its quotation marks do not pair, or it does not end where rows must.
    Broken(usize),
    /// The beginning of a row.
    Partial,
}

/// The first row of these bytes. It works on UTF-8 as on GB 18030, in which no byte of a character looks like a separator, a
/// quotation mark or the end of a line.
#[must_use]
pub fn framed(shape: Shape, bytes: &[u8]) -> Framed {
    let framed = match shape {
        Shape::Objects => line_end(bytes, 0).map_or(Framed::Partial, Framed::Row),
        Shape::Table(separator) => table_row(bytes, separator),
    };
    match framed {
        Framed::Partial if bytes.len() > ROW_BYTES_MAX => broken(bytes),
        Framed::Row(length) if length > ROW_BYTES_MAX => broken(bytes),
        framed => framed,
    }
}

/// Only the first line is given up: what follows may be sound.
fn broken(bytes: &[u8]) -> Framed {
    match line_end(bytes, 0) {
        Some(end) => Framed::Broken(end),
        None if bytes.len() > ROW_BYTES_MAX => Framed::Broken(bytes.len()),
        None => Framed::Partial,
    }
}

/// Where the line ends that goes on at a place; nowhere if more bytes may change that.
fn line_end(bytes: &[u8], from: usize) -> Option<usize> {
    let at = from + bytes[from..].iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
    match (bytes[at], bytes.get(at + 1)) {
        (b'\n', _) => Some(at + 1),
        (_, Some(b'\n')) => Some(at + 2),
        (_, Some(_)) => Some(at + 1),
        (_, None) => None,
    }
}

fn table_row(bytes: &[u8], separator: u8) -> Framed {
    let (mut at, mut lines) = (0, 0);
    loop {
        at += bytes[at..].iter().take_while(|byte| **byte == b' ').count();
        if bytes.get(at) == Some(&b'"') {
            match quoted_end(bytes, at + 1, &mut lines) {
                Some(end) if lines <= ROW_LINES_MAX => at = end,
                Some(_) => return broken(bytes),
                None if lines > ROW_LINES_MAX => return broken(bytes),
                None => return Framed::Partial,
            }
            at += bytes[at..].iter().take_while(|byte| **byte == b' ').count();
        } else {
            let ends = |byte: &u8| *byte == separator || matches!(byte, b'\n' | b'\r');
            let Some(length) = bytes[at..].iter().position(ends) else { return Framed::Partial };
            at += length;
        }
        match bytes.get(at) {
            Some(byte) if *byte == separator => at += 1,
            Some(b'\n' | b'\r') => return line_end(bytes, at).map_or(Framed::Partial, Framed::Row),
            Some(_) => return broken(bytes),
            None => return Framed::Partial,
        }
    }
}

/// Where a cell ends whose opening quotation mark stands before a place. A mark that is the last byte may be the first of two.
fn quoted_end(bytes: &[u8], mut at: usize, lines: &mut usize) -> Option<usize> {
    loop {
        at += bytes[at..].iter().position(|byte| matches!(byte, b'"' | b'\n'))? + 1;
        if bytes[at - 1] == b'\n' {
            *lines += 1;
        } else if *bytes.get(at)? == b'"' {
            at += 1;
        } else {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(shape: Shape, text: &str) -> (Vec<(bool, &str)>, &str) {
        let (mut rows, mut rest) = (Vec::new(), text);
        loop {
            let (is_sound, length) = match framed(shape, rest.as_bytes()) {
                Framed::Row(length) => (true, length),
                Framed::Broken(length) => (false, length),
                Framed::Partial => return (rows, rest),
            };
            rows.push((is_sound, &rest[..length]));
            rest = &rest[length..];
        }
    }

    #[test]
    fn a_row_ends_with_its_line_unless_that_lies_between_quotation_marks() {
        let text = "a,b\r\n\"一\n二\",\"他说\"\"好\"\"\" ,x\n\n末,";
        let (found, rest) = rows(Shape::Table(b','), text);
        assert_eq!(found, [(true, "a,b\r\n"), (true, "\"一\n二\",\"他说\"\"好\"\"\" ,x\n"), (true, "\n")]);
        assert_eq!(rest, "末,");
        let (found, rest) = rows(Shape::Objects, "{\"a\":\"\\n\"}\n{\"a\"");
        assert_eq!((found, rest), (vec![(true, "{\"a\":\"\\n\"}\n")], "{\"a\""));
    }

    #[test]
    fn a_row_of_any_beginning_of_the_bytes_is_a_row_of_all() {
        let text = "会话,时间\r\n\"c,\"\"1\"\"\n\",9:30\r旧,1\n\"好\"多,2\n三,3";
        let whole = rows(Shape::Table(b','), text).0;
        for end in 0..=text.len() {
            let mut at = 0;
            for (is_sound, row) in &whole {
                match framed(Shape::Table(b','), &text.as_bytes()[at..end.max(at)]) {
                    Framed::Partial => break,
                    Framed::Row(length) => assert_eq!((*is_sound, row.len()), (true, length), "{end}"),
                    Framed::Broken(length) => assert_eq!((*is_sound, row.len()), (false, length), "{end}"),
                }
                at += row.len();
            }
        }
        assert_eq!(whole.len(), 4);
    }

    #[test]
    fn a_broken_row_takes_only_its_line_with_it() {
        let open = format!("一,\"没有关上\n{}", "二,好\n".repeat(ROW_LINES_MAX + 1));
        let (found, _) = rows(Shape::Table(b','), &open);
        assert_eq!(found[..2], [(false, "一,\"没有关上\n"), (true, "二,好\n")]);
        assert_eq!(rows(Shape::Table(b','), "一,\"还没写完\n二,").0, []);
        let long = format!("{}\n好,1\n", "长".repeat(ROW_BYTES_MAX));
        let (found, _) = rows(Shape::Table(b','), &long);
        assert_eq!(found.iter().map(|(is_sound, _)| *is_sound).collect::<Vec<_>>(), [false, true]);
        let endless = "长".repeat(ROW_BYTES_MAX);
        assert_eq!(framed(Shape::Objects, endless.as_bytes()), Framed::Broken(endless.len()));
    }
}
