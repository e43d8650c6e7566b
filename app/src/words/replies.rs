//! The words of quick replies and pictures.

use super::{Lang, in_language, phrases};
use crate::desk::{Desk, KeptBy, NoPicture, PictureRefusal};
use crate::local::outbox::Held;
use crate::local::pictures::PictureFault;

/// A text in Chinese and in English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair(pub(super) &'static str, pub(super) &'static str);

impl Pair {
    /// The text in a language.
    pub(crate) const fn say(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.0,
            Lang::En => self.1,
        }
    }
}

/// A text in the language of the screen; follows when the language changes.
pub(crate) fn p(pair: Pair) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    in_language(pair.0, pair.1)
}

pub(crate) const NEW: Pair = Pair("新短语", "New quick reply");
pub(crate) const EDIT: Pair = Pair("修改短语", "Edit the quick reply");
pub(crate) const MANAGE: Pair = Pair("管理快捷短语", "Manage quick replies");
pub(crate) const MANAGE_SHORT: Pair = Pair("管理", "Manage");
pub(crate) const SEARCH: Pair = Pair("搜索快捷短语", "Search quick replies");
pub(crate) const NONE_OPEN: Pair = Pair("从左边选一条，或新建一条", "Choose one on the left, or make a new one");
pub(crate) const NONE_YET: Pair = Pair("还没有快捷短语", "No quick replies yet");
pub(crate) const NONE_YET_TEXT: Pair = Pair(
    "常说的话、常发的图存在这里，回复时一点就填好；断网也能用。",
    "Keep what you say and show often. One tap inserts it, offline too.",
);
pub(crate) const NONE_HERE: Pair = Pair("这一类里还没有", "Nothing of this kind yet");
pub(crate) const EVERYBODYS: Pair = Pair("全部", "All");
pub(crate) const WHO_SEES: Pair = Pair("谁能用", "Who can use it");
pub(crate) const CATEGORY: Pair = Pair("分类", "Category");
pub(crate) const CATEGORY_HINT: Pair =
    Pair("可不填，例如：问候、物流、售后", "optional, such as greetings or delivery");
pub(crate) const EVERY_CATEGORY: Pair = Pair("所有分类", "Categories");
pub(crate) const NO_CATEGORY: Pair = Pair("未分类", "No category");
pub(crate) const SHORTCUT_HINT: Pair = Pair("输入它就能找到这条", "typing it finds this one");
pub(crate) const BLANKS: Pair =
    Pair("点一下插入变量，发送时自动换成实际内容", "Tap to insert a blank; it is filled when you send");
pub(crate) const READ_ONLY: Pair =
    Pair("这一条由主管或采编维护，您可以用，不能改。", "Kept by supervisors and editors: yours to use, not to change.");
pub(crate) const MAKE_MINE: Pair = Pair("存一份成我的", "Keep a copy of my own");
pub(crate) const GONE: Pair = Pair("这一条已经删除", "This quick reply is gone");
pub(crate) const GONE_TEXT: Pair = Pair("可能有同事刚刚删了它。", "A colleague may have removed it just now.");
pub(crate) const MOVED_ON: Pair = Pair(
    "您改的时候，同事也改了这一条。您写的还在，选一个：",
    "A colleague changed this one while you were editing. What you wrote is still here. Choose:",
);
pub(crate) const UNDO: Pair = Pair("撤销", "Undo");
pub(crate) const PICTURE: Pair = Pair("图片", "Picture");
pub(crate) const PICTURE_HINT: Pair =
    Pair("可不填；拍照、选图、粘贴或拖到这里", "optional; take, choose, paste or drop one here");
pub(crate) const CHOOSE_PICTURE: Pair = Pair("选择图片", "Choose a picture");
pub(crate) const ANOTHER_PICTURE: Pair = Pair("换一张", "Another");
pub(crate) const REMOVE_PICTURE: Pair = Pair("去掉图片", "Remove the picture");
pub(crate) const PREPARING: Pair = Pair("正在处理图片…", "Preparing the picture…");
pub(crate) const ATTACH: Pair = Pair("添加图片", "Add a picture");
pub(crate) const ATTACHED: Pair = Pair("随这条一起发送", "Goes with this message");
pub(crate) const LARGE_VIEW: Pair = Pair("看大图", "Show it large");
/// What stands for a picture where only words fit.
pub(crate) const PICTURE_MARK: Pair = Pair("[图片]", "[Picture]");

pub(crate) const IMPORT: Pair = Pair("导入快捷短语", "Import quick replies");
pub(crate) const IMPORT_HINT: Pair = Pair(
    "其他客服软件导出的表格可以直接用：CSV、TSV、XLSX。列名认得出编码、内容、分组、图片；没有列名时按这个顺序。先给您看，确认后才导入。",
    "Use the table that another desk exported: CSV, TSV, XLSX. Columns are known by their headings (code, text, group, picture), or taken in this order. You see it first and decide.",
);
pub(crate) const PICTURE_FILES: Pair = Pair("选择图片文件", "Choose the pictures");
pub(crate) const PICTURE_FILES_HINT: Pair = Pair(
    "表格里写了图片文件名的话，把图片一起选上；可以多选",
    "If the table names picture files, choose them too; several at once",
);
pub(crate) const SHEET_OFFLINE: Pair = Pair(
    "XLSX 要联网才能打开。请联网后再试，或另存为 CSV，断网也能导入。",
    "An XLSX file needs the network. Try again online, or save it as CSV, which works offline.",
);
pub(crate) const SHEET_UNREADABLE: Pair = Pair(
    "这个 XLSX 打不开。请在表格软件里另存为 CSV 再导入。",
    "This XLSX file cannot be opened. Save it as CSV and import that.",
);
pub(crate) const FILE_UNREADABLE: Pair = Pair(
    "这个文件读不出来，或者太大。文件没有改动，请换一个或分成几份再试。",
    "This file cannot be read, or it is too large. It is unchanged; try another or split it.",
);
pub(crate) const WILL_BE_NEW: Pair = Pair("新增", "New");
pub(crate) const WILL_CHANGE: Pair = Pair("已有但内容不同，导入后替换", "There with other words; replaced when taken");
pub(crate) const STAND_SO: Pair = Pair("已经有了，不用再导", "There just so");
pub(crate) const LEFT_OUT: Pair = Pair("没有导入的行和原因", "Rows left out, and why");
pub(crate) const PICTURES_MISSING: Pair = Pair(
    "没找到的图片（先不带图导入，选上图片后会自动补上）",
    "Pictures not found (taken without; choose them to add them)",
);
pub(crate) const IMPORT_FOR: Pair = Pair("导入给谁用", "For whom");
pub(crate) const REPLACE_TOO: Pair = Pair("同时替换已有的", "Replace those that differ");

impl KeptBy {
    /// Who keeps it, in a word.
    pub(crate) const fn word(self) -> Pair {
        match self {
            Self::Me => Pair("我的", "Mine"),
            Self::Team => Pair("本组", "Team"),
            Self::Shop => Pair("全店", "Shop"),
        }
    }
}

impl NoPicture {
    /// What stands in a picture's place.
    pub(crate) const fn word(self) -> Pair {
        match self {
            Self::NotFetched => Pair("图片还没下载", "Not downloaded yet"),
            Self::Gone => Pair("图片已经不在了", "The picture is gone"),
        }
    }
}

/// Why a picture cannot be kept, and what to do.
pub(crate) fn picture_fault(lang: Lang, fault: PictureFault) -> String {
    let said = match fault {
        PictureFault::NotAPicture => Pair(
            "这不是能显示的图片。请换 PNG、JPEG、WebP 或 GIF。",
            "This is no picture that can be shown. Use PNG, JPEG, WebP or GIF.",
        ),
        PictureFault::TooLarge => {
            Pair("图片太大，缩小后仍超过 1 MB。请换一张。", "Too large, even made smaller (over 1 MB). Use another.")
        }
        PictureFault::MovingTooLarge => Pair(
            "动图超过 1 MB，缩小就不会动了。请换一张小一点的。",
            "This moving picture is over 1 MB. Use a smaller one.",
        ),
        PictureFault::NoRoom => Pair(
            "这台设备没有空间放图片了。等没发出的发完，或清出一点空间再试。",
            "No room for pictures on this device. Let what is unsent go out, or free some space.",
        ),
        PictureFault::Failed => Pair("图片没能存下，请再试一次。", "The picture could not be kept. Try again."),
    };
    said.say(lang).to_owned()
}

/// Why the server did not take a picture, and what to do.
const fn picture_refusal(lang: Lang, refusal: PictureRefusal) -> &'static str {
    let said = match refusal {
        PictureRefusal::TooLarge => Pair(
            "图片超过服务器允许的大小，请换一张再试。",
            "The picture is larger than the server allows. Use another.",
        ),
        PictureRefusal::Kind => {
            Pair("服务器不接受这种图片，请换 PNG 或 JPEG。", "The server does not take this kind. Use PNG or JPEG.")
        }
        PictureRefusal::ShopFull => Pair(
            "店铺的图片空间满了，请联系管理员；文字可以先发。",
            "The shop's room for pictures is full. Ask an admin; the words can go without it.",
        ),
        PictureRefusal::Other => Pair("图片没有传上去，请换一张再试。", "The picture was not taken. Try another."),
    };
    said.say(lang)
}

/// Why a command took no effect; where its picture is the reason, that.
pub(crate) fn refusal(desk: Desk, lang: Lang, held: &Held) -> String {
    match desk.picture_refusal(held) {
        Some(refusal) => picture_refusal(lang, refusal).to_owned(),
        None => phrases::refused(lang, held, &desk.members()),
    }
}

/// A removed quick reply, as long as it can be brought back.
pub(crate) fn removed(lang: Lang, shortcut: &str) -> String {
    match lang {
        Lang::Zh => format!("已删除“{shortcut}”"),
        Lang::En => format!("“{shortcut}” removed"),
    }
}

/// Blanks that the desk cannot fill by itself.
pub(crate) fn unknown_blanks(lang: Lang, names: &[String]) -> String {
    match lang {
        Lang::Zh => format!("“{}”这个变量系统不认识，发送时会请您手填。", names.join("”“")),
        Lang::En => format!("“{}” is no blank the desk knows; it asks you when you send.", names.join("”, “")),
    }
}

/// How many quick replies stand somewhere.
pub(crate) fn replies(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::Zh, _) => format!("{count} 条短语"),
        (Lang::En, 1) => "1 quick reply".into(),
        (Lang::En, _) => format!("{count} quick replies"),
    }
}

/// What a table of quick replies holds.
pub(crate) fn import_found(lang: Lang, new: usize, different: usize, unchanged: usize, left: usize) -> String {
    let nothing = new + different + unchanged + left == 0;
    match lang {
        Lang::Zh if nothing => "这份表里没有短语。请看看选对了文件没有，短语要在第一张工作表里。".into(),
        Lang::En if nothing => {
            "This table holds no quick reply. See whether it is the right file; they must be on its first sheet.".into()
        }
        Lang::Zh => format!("新增 {new} 条，内容不同 {different} 条，已经有了 {unchanged} 条，没有导入 {left} 行。"),
        Lang::En => {
            format!("{new} new, {different} with other words, {unchanged} there already, {left} rows left out.")
        }
    }
}

/// The deed of an import.
pub(crate) fn take(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("导入 {count} 条"),
        Lang::En => format!("Import {count}"),
    }
}

/// What came of an import.
pub(crate) fn imported(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::Zh, _) => format!("已导入 {count} 条短语"),
        (Lang::En, 1) => "1 quick reply imported".into(),
        (Lang::En, _) => format!("{count} quick replies imported"),
    }
}

/// How many of a long list are not shown.
pub(crate) fn and_more(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("还有 {count} 条"),
        Lang::En => format!("and {count} more"),
    }
}
