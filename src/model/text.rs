//! How long words may be, and what makes a text unfit to keep.

/// The longest message, in characters.
pub const MESSAGE_CHARS_MAX: usize = 10_000;
/// The longest answer of an article and the longest quick reply, in characters.
pub const ANSWER_CHARS_MAX: usize = 5_000;
/// The longest title or wording of a question, in characters.
pub const QUESTION_CHARS_MAX: usize = 300;
/// The longest tag, in characters.
pub const TAG_CHARS_MAX: usize = 30;
/// The longest shortcut, in characters.
pub const SHORTCUT_CHARS_MAX: usize = 30;

/// Why a text cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing but white space.
    #[error("{field} is empty")]
    Empty {
        /// The name of the field.
        field: &'static str,
    },
    /// More characters than allowed.
    #[error("{field} has {chars} characters, {max} are allowed")]
    TooLong {
        /// The name of the field.
        field: &'static str,
        /// How many characters it has.
        chars: usize,
        /// How many are allowed.
        max: usize,
    },
    /// More entries than allowed.
    #[error("{field} has {count} entries, {max} are allowed")]
    TooMany {
        /// The name of the field.
        field: &'static str,
        /// How many entries it has.
        count: usize,
        /// How many are allowed.
        max: usize,
    },
}

/// The text without surrounding white space and without control characters other than line breaks and tabs.
///
/// # Errors
/// When nothing is left, or more than `max` characters are.
pub fn checked_text(field: &'static str, text: &str, max: usize) -> Result<String, TextFault> {
    let kept: String =
        text.replace("\r\n", "\n").chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let kept = kept.trim();
    let chars = kept.chars().count();
    if chars == 0 {
        return Err(TextFault::Empty { field });
    }
    if chars > max {
        return Err(TextFault::TooLong { field, chars, max });
    }
    Ok(kept.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_and_bounded() {
        assert_eq!(checked_text("text", " a\r\nb\u{0}\u{7f} ", 3).unwrap(), "a\nb");
        assert_eq!(checked_text("text", " \n\u{0}", 3), Err(TextFault::Empty { field: "text" }));
        assert_eq!(checked_text("text", "发货吗？", 3), Err(TextFault::TooLong { field: "text", chars: 4, max: 3 }));
    }
}
