//! Writing a page of HTML. Markup is written in the program alone; whatever is read from anywhere goes in as text.

/// A page as it is written.
#[derive(Debug, Default)]
pub struct Html(String);

impl Html {
    /// Markup. It is part of the program, so nobody else's words can be in it.
    pub fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Words, or the value of an attribute between quotes.
    pub fn text(&mut self, text: impl AsRef<str>) -> &mut Self {
        for c in text.as_ref().chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// A number.
    pub fn number(&mut self, number: impl Into<f64>) -> &mut Self {
        let number: f64 = number.into();
        self.text(format!("{}", (number * 10.0).round() / 10.0))
    }

    /// Words between two pieces of markup.
    pub fn between(&mut self, before: &'static str, text: impl AsRef<str>, after: &'static str) -> &mut Self {
        self.raw(before).text(text).raw(after)
    }

    /// The cells of a row.
    pub fn row<S: AsRef<str>>(&mut self, heading: impl AsRef<str>, cells: impl IntoIterator<Item = S>) -> &mut Self {
        self.between("<tr><th scope=\"row\">", heading, "</th>");
        for cell in cells {
            self.between("<td>", cell, "</td>");
        }
        self.raw("</tr>\n")
    }

    /// The headings of a table, and its body up to the first row.
    pub fn headings<S: AsRef<str>>(&mut self, headings: impl IntoIterator<Item = S>) -> &mut Self {
        self.raw("<table><thead><tr>");
        for heading in headings {
            self.between("<th scope=\"col\">", heading, "</th>");
        }
        self.raw("</tr></thead><tbody>\n")
    }

    /// The page.
    #[must_use]
    pub fn done(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        let mut html = Html::default();
        html.between("<p title=\"", "\"><script>", "\">").row("a&b", ["'", "<i>"]);
        assert_eq!(
            html.done(),
            "<p title=\"&quot;&gt;&lt;script&gt;\"><tr><th scope=\"row\">a&amp;b</th><td>&#39;</td><td>&lt;i&gt;</td></tr>\n"
        );
    }
}
