//! What a source is agreed to be: what is kept of it, what is wished now, and what the headings tell.

use qinda::import::chats::{Columns, Field, LogReader, LogRole, ROLE_WORDS_MAX, RoleWords, source_name};
use qinda::model::ShopCard;

use crate::errors::Trouble;
use crate::store::chats::{self, SourceFields};
use crate::store::{Store, figure_rules};
use crate::zones;

#[derive(Debug, clap::Args)]
pub struct Wishes {
    /// 哪一列是什么，如 time=发送时间；字段有 conversation、time、who、role、text、id。 Which column holds what; `text=` is none.
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_parser = mapped)]
    columns: Vec<(Field, String)>,
    /// 角色列里的词，如 店小二=robot；有 shopper、agent、robot、end。 What a word for a role means.
    #[arg(long = "role", value_name = "WORD=ROLE", value_parser = role)]
    roles: Vec<(String, LogRole)>,
    /// 文件里时间的时区，默认店铺的。 The time zone of the times; the shop's unless given.
    #[arg(long, value_parser = zone)]
    zone: Option<String>,
    /// 也保存聊天内容；默认不存，指标用不着。 Keep the words, too; figures need none, so by default none are kept.
    #[arg(long)]
    keep_text: bool,
}

fn mapped(text: &str) -> Result<(Field, String), String> {
    let (field, heading) = text.split_once('=').unwrap_or((text, ""));
    let known = || Field::ALL.map(Field::name).join(", ");
    let field = Field::named(field.trim())
        .ok_or_else(|| format!("没有 {field} 这个字段。 There is no field {field}. ({})", known()))?;
    Ok((field, heading.to_owned()))
}

fn role(text: &str) -> Result<(String, LogRole), String> {
    let (word, role) = text.split_once('=').unwrap_or((text, ""));
    let role = LogRole::named(role.trim())
        .ok_or_else(|| format!("没有 {role} 这个角色。 There is no role {role}. (shopper, agent, robot, end)"))?;
    Ok((word.to_owned(), role))
}

fn zone(text: &str) -> Result<String, String> {
    let is_known = !text.is_empty() && zones::is_known(text);
    is_known.then(|| text.to_owned()).ok_or_else(|| {
        format!("没有 {text} 这个时区，例如 Asia/Shanghai。 There is no time zone {text}; one is Asia/Shanghai.")
    })
}

/// The name of the source, how it is read from now on, and what reads it.
pub async fn agreed(
    store: &Store,
    shop: &ShopCard,
    name: &str,
    wishes: &Wishes,
    headings: &[String],
) -> Result<(String, SourceFields, LogReader), Trouble> {
    let name = source_name(name).ok_or_else(|| {
        Trouble::new("来源的名字要有 1 到 40 个字。", "The name of the source needs 1 to 40 characters.")
    })?;
    let mut reader = store.reader().await?;
    let kept = chats::find(&mut reader, shop.id, &name).await?;
    let shops_zone = figure_rules::find(&mut reader, shop.id).await?.rules.zone;
    let has_some = match &kept {
        Some(source) => chats::has_conversations(&mut reader, shop.id, source).await?,
        None => false,
    };
    drop(reader);
    let before = kept.map_or_else(|| SourceFields { zone: shops_zone, ..Default::default() }, |kept| kept.fields);
    let zone = wishes.zone.clone().unwrap_or_else(|| before.zone.clone());
    if has_some && zone != before.zone {
        return Err(Trouble::new(
            format!("{name} 已按时区“{}”导入过；换时区会把同样的消息再算一遍。请另取一个来源名。", before.zone),
            format!(
                "{name} was imported by the time zone \"{}\"; by another one the same messages would count twice. \
                     Choose another name for the source.",
                before.zone
            ),
        ));
    }
    let roles = before.roles.and(&wishes.role_words());
    if roles.len() > ROLE_WORDS_MAX {
        return Err(Trouble::new("--role 太多。", "There are too many --role."));
    }
    let columns = before.columns.found_in(headings, &wishes.columns());
    told_missing(&columns, headings)?;
    let fields = SourceFields { columns, roles, zone, keep_text: before.keep_text || wishes.keep_text };
    let reader = fields.reader(&name, shop, store.clock().now());
    Ok((name, fields, reader))
}

fn told_missing(columns: &Columns, headings: &[String]) -> Result<(), Trouble> {
    let missing: Vec<&str> = columns.missing(headings).into_iter().map(Field::name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let (missing, there) = (missing.join(", "), headings.join(", "));
    Err(Trouble::new(
        format!("找不到这些列：{missing}。文件里有：{there}。请用 --map 字段=列名 指明。"),
        format!("These columns are not found: {missing}. The file has: {there}. Say which with --map FIELD=COLUMN."),
    ))
}

impl Wishes {
    fn columns(&self) -> Columns {
        let mut columns = Columns::default();
        self.columns.iter().for_each(|(field, heading)| columns.say(*field, heading));
        columns
    }

    fn role_words(&self) -> RoleWords {
        let mut roles = RoleWords::default();
        self.roles.iter().for_each(|(word, role)| roles.say(word, *role));
        roles
    }
}
