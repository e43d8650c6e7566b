//! JSON Lines, and a single array of the same objects.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Field, Left, Reason, Taken, fields_or_left};
use crate::model::ArticleFields;

const TITLE: [&str; 5] = ["title", "question", "标题", "问题", "q"];
const QUESTIONS: [&str; 5] = ["questions", "wordings", "其他问法", "相似问", "相似问法"];
const ANSWERS: [&str; 6] = ["answers", "answer", "答案", "回答", "reply", "a"];
const TAGS: [&str; 3] = ["tags", "tag", "标签"];
const SHORTCUT: [&str; 3] = ["shortcut", "快捷码", "快捷短语"];
/// Where an object that is a whole file keeps its articles.
const COLLECTIONS: [&str; 4] = ["articles", "taken", "items", "data"];

/// What the file holds.
pub(super) fn read(text: &str) -> (Vec<Taken>, Vec<Left>) {
    let mut reader = Reader { text, taken: Vec::new(), left: Vec::new() };
    if !reader.whole() {
        reader.lines();
    }
    (reader.taken, reader.left)
}

/// Whether the text begins as JSON does and its first line, or all of it, is JSON.
pub(super) fn looks_like(text: &str) -> bool {
    let text = text.trim();
    let first = text.lines().next().unwrap_or_default().trim();
    let opens = |bracket: char, inside: [char; 2]| {
        text.strip_prefix(bracket).is_some_and(|rest| rest.trim_start().starts_with(inside))
    };
    opens('{', ['"', '}']) && (is_json(first) || first == "{" || is_json(text)) || opens('[', ['{', ']'])
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}

struct Reader<'a> {
    text: &'a str,
    taken: Vec<Taken>,
    left: Vec<Left>,
}

impl<'a> Reader<'a> {
    /// Reads an array, or an object that spans lines. Says whether it was one.
    fn whole(&mut self) -> bool {
        let trimmed = self.text.trim();
        if trimmed.starts_with('[') {
            match serde_json::from_str::<Vec<&'a RawValue>>(trimmed) {
                Ok(values) => self.values(&values),
                // Lines of arrays are no articles either, but each says so itself.
                Err(_) if trimmed.lines().next().is_some_and(is_json) => return false,
                Err(error) => self.broken(trimmed, error.line()),
            }
            return true;
        }
        let is_one_object = trimmed.starts_with('{') && trimmed.contains('\n') && is_json(trimmed);
        if is_one_object || COLLECTIONS.iter().any(|name| trimmed.starts_with(&format!("{{\"{name}\""))) {
            return self.one_object(trimmed);
        }
        false
    }

    fn one_object(&mut self, object: &'a str) -> bool {
        let Ok(map) = serde_json::from_str::<std::collections::HashMap<String, &'a RawValue>>(object) else {
            return false;
        };
        let collection = COLLECTIONS.iter().find_map(|name| map.get(*name));
        match collection.and_then(|raw| serde_json::from_str::<Vec<&'a RawValue>>(raw.get()).ok()) {
            Some(values) => self.values(&values),
            None => self.value(self.line_of(object), object),
        }
        true
    }

    fn values(&mut self, values: &[&'a RawValue]) {
        let (mut line, mut counted_to) = (1, 0);
        for value in values {
            let at = value.get().as_ptr() as usize - self.text.as_ptr() as usize;
            line += self.text.as_bytes()[counted_to..at].iter().filter(|byte| **byte == b'\n').count();
            counted_to = at;
            self.value(line, value.get());
        }
    }

    fn line_of(&self, part: &str) -> usize {
        let at = part.as_ptr() as usize - self.text.as_ptr() as usize;
        1 + self.text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count()
    }

    fn broken(&mut self, trimmed: &str, line_in_trimmed: usize) {
        let line = self.line_of(trimmed) + line_in_trimmed.max(1) - 1;
        let text = self.text.lines().nth(line - 1).unwrap_or_default();
        self.left.push(Left::new(line, text, Reason::NotJson));
    }

    fn lines(&mut self) {
        for (at, line) in self.text.split('\n').enumerate() {
            if !line.trim().is_empty() {
                self.value(at + 1, line);
            }
        }
    }

    fn value(&mut self, line: usize, json: &str) {
        match article(line, json) {
            Ok(taken) => self.taken.push(taken),
            Err(left) => self.left.push(left),
        }
    }
}

fn article(line: usize, json: &str) -> Result<Taken, Left> {
    let left = |reason| Left::new(line, json, reason);
    let map = match serde_json::from_str(json) {
        Ok(Value::Object(map)) => map,
        Ok(_) => return Err(left(Reason::NotAnArticle)),
        Err(_) => return Err(left(Reason::NotJson)),
    };
    let fields = fields(&map).map_err(|field| left(Reason::WrongType { field }))?;
    if fields.title.is_empty() && fields.answers.is_empty() {
        return Err(left(Reason::NotAnArticle));
    }
    let fields = fields_or_left(line, fields).map_err(|fault| left(fault.reason))?;
    Ok(Taken { line, number: None, fields, note: None })
}

/// The fields of an article, or the one with the wrong type.
fn fields(map: &Map<String, Value>) -> Result<ArticleFields, Field> {
    let mut titles = texts(map, &TITLE, Field::Title)?;
    let mut questions = texts(map, &QUESTIONS, Field::Questions)?;
    if titles.is_empty() && !questions.is_empty() {
        titles.push(questions.remove(0));
    }
    let mut titles = titles.into_iter();
    Ok(ArticleFields {
        title: titles.next().unwrap_or_default(),
        questions: titles.chain(questions).collect(),
        answers: texts(map, &ANSWERS, Field::Answers)?,
        tags: texts(map, &TAGS, Field::Tags)?,
        shortcut: texts(map, &SHORTCUT, Field::Shortcut)?.into_iter().next().unwrap_or_default(),
    })
}

/// The texts under the first of the names that is there: one, or a list of them.
fn texts(map: &Map<String, Value>, names: &[&str], field: Field) -> Result<Vec<String>, Field> {
    match names.iter().find_map(|name| map.get(*name)) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![text.clone()]),
        Some(Value::Array(entries)) => {
            entries.iter().map(|entry| entry.as_str().map(str::to_owned).ok_or(field)).collect()
        }
        Some(_) => Err(field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> (Vec<Taken>, Vec<(usize, Reason)>) {
        let (taken, left) = read(text);
        (taken, left.into_iter().map(|left| (left.line, left.reason)).collect())
    }

    #[test]
    fn every_line_is_an_article() {
        let (taken, left) = file(
            "{\"id\":7,\"title\":\"苦吗\",\"questions\":[\"会苦吗\"],\"answers\":[\"不苦\",\"微苦\"],\"tags\":[\"味\"],\"shortcut\":\"ku\"}\r\n\
             \n{\"question\":\"甜吗\",\"answer\":\"甜\"}\n",
        );
        assert_eq!(left, []);
        assert_eq!(taken[0].fields.questions, ["会苦吗"]);
        assert_eq!((taken[0].fields.answers.len(), taken[0].fields.shortcut.as_str()), (2, "ku"));
        assert_eq!((taken[1].line, taken[1].fields.title.as_str()), (3, "甜吗"));
    }

    #[test]
    fn an_array_and_a_saved_reading_are_read_too() {
        let (taken, left) = file("\n[\n {\"title\":\"苦吗\",\n  \"answers\":\"不苦\"},\n 5\n]\n");
        assert_eq!((taken[0].line, left), (3, vec![(5, Reason::NotAnArticle)]));
        let (taken, _) = file("{\n\"left\": [],\n\"taken\": [{\"title\":\"苦吗\",\"answers\":[\"不苦\"]}]}");
        assert_eq!((taken.len(), taken[0].line), (1, 3));
    }

    #[test]
    fn a_bad_line_does_not_stop_the_rest() {
        let (taken, left) = file(
            "{\"title\":\"苦吗\"\n{\"title\":\"苦吗\",\"answers\":[]}\n{\"title\":3,\"answers\":[\"好\"]}\n[]\n{}\n\
             {\"answers\":[\"好\"]}\n{\"title\":\"好吗\",\"answers\":[\"好\"]}",
        );
        assert_eq!(taken.iter().map(|taken| taken.line).collect::<Vec<_>>(), [7]);
        let wrong_type = Reason::WrongType { field: Field::Title };
        assert_eq!(
            left,
            [
                (1, Reason::NotJson),
                (2, Reason::NoAnswer),
                (3, wrong_type),
                (4, Reason::NotAnArticle),
                (5, Reason::NotAnArticle),
                (6, Reason::NoQuestion),
            ]
        );
        assert_eq!(file("[\n{\"title\":\"苦吗\"},\n{bad}]").1, [(3, Reason::NotJson)]);
    }
}
