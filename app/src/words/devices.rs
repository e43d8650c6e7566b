//! The words about devices: the list, cutting one off, the lease, leaving.

use qinda::model::{Browser, DeviceKind, Machine};
use qinda::sync::LeaseState;

use super::{Lang, in_language};
use crate::desk::FiguresProblem;

/// A text in Chinese and in English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Both(&'static str, &'static str);

impl Both {
    /// The text in a language.
    pub(crate) const fn say(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.0,
            Lang::En => self.1,
        }
    }
}

/// A text in the language of the screen; follows when the language changes.
pub(crate) fn p(text: Both) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    in_language(text.0, text.1)
}

pub(crate) const DEVICES: Both = Both("登录过的设备", "Devices");
pub(crate) const DEVICES_HINT: Both = Both(
    "手机丢了就在这里移除：它立刻退出登录，下次联网时清掉店铺数据；一直不联网，72 小时后自己锁上。",
    "Lost a phone? Remove it here: it is signed out at once and wipes the shop's data at its next contact. If it never comes online, it locks by itself after 72 hours.",
);
pub(crate) const MINE: Both = Both("我的", "Mine");
pub(crate) const WHOLE_SHOP: Both = Both("全店", "Whole shop");
pub(crate) const NO_DEVICES: Both = Both("还没有设备。", "No device yet.");
pub(crate) const MORE_DEVICES: Both = Both("更早的没有列出。", "Older ones are not listed.");
pub(crate) const THIS_ONE: Both = Both("本机", "This device");
pub(crate) const SIGNED_IN: Both = Both("已登录", "Signed in");
pub(crate) const SIGNED_OUT: Both = Both("未登录", "Signed out");
pub(crate) const REMOVED: Both = Both("已移除", "Removed");
pub(crate) const REMOVE: Both = Both("移除", "Remove");
pub(crate) const REMOVE_REALLY: Both = Both("确认移除", "Remove it");
pub(crate) const KEEP_IT: Both = Both("不移除", "Keep it");
pub(crate) const REMOVE_MEANS: Both = Both(
    "移除后它立刻退出登录；下次联网时清掉上面的店铺数据，没发出的回复也会清掉。不能撤销，以后可以重新登录。",
    "It is signed out at once, and at its next contact it wipes the shop's data, replies not sent yet included. This cannot be undone; signing in there again later is fine.",
);
pub(crate) const NOT_REMOVED_OFFLINE: Both =
    Both("网络断了，还没有移除。联网后再试。", "Offline: not removed yet. Try again when online.");
pub(crate) const NOT_REMOVED: Both = Both("没有移除成功，请再试一次。", "It was not removed. Please try again.");

pub(crate) const CUT_OFF_TITLE: Both = Both("这台设备被移除了", "This device was removed");
pub(crate) const CUT_OFF_TEXT: Both = Both(
    "上面的店铺数据已经清掉。要继续在这里工作，请重新登录。",
    "The shop's data on it was wiped. To work here again, sign in.",
);

pub(crate) const LAPSED_TITLE: Both = Both("先锁上了", "Locked for now");
pub(crate) const TRY_NOW: Both = Both("现在联网试试", "Try to connect now");
pub(crate) const STILL_OFFLINE: Both = Both("还连不上服务器。", "The server does not answer yet.");
pub(crate) const CONNECTING: Both = Both("正在联系服务器…", "Asking the server…");

pub(crate) const SEND_NOW: Both = Both("现在发送", "Send now");
pub(crate) const EXPORT: Both = Both("导出为文件", "Save as a file");
pub(crate) const LEAVE_AND_WIPE: Both = Both("清掉并退出", "Wipe and sign out");
pub(crate) const NOTHING_LEFT: Both = Both("都发出去了，可以退出。", "Everything went out. You can sign out.");
pub(crate) const CANNOT_EXPORT: Both = Both("浏览器不让存文件。", "The browser does not let us save a file.");

/// Why the desk is locked.
pub(crate) const fn lapsed(state: LeaseState) -> Both {
    match state {
        LeaseState::ClockSetBack => Both(
            "设备的时间被调回去了，没法知道离上次联网多久。顾客资料先不显示，联网后自动打开。",
            "The clock of this device was set back, so nobody knows how long ago the last contact is. Customers' data is hidden until the next one; then the desk opens by itself.",
        ),
        LeaseState::Over | LeaseState::Open(_) => Both(
            "这台设备超过 72 小时没连上服务器。顾客资料先不显示，联网后自动打开。",
            "This device has not reached the server for more than 72 hours. Customers' data is hidden until the next contact; then the desk opens by itself.",
        ),
    }
}

/// What waits behind the lock.
pub(crate) fn kept_behind_the_lock(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("没发出的 {count} 项还在这台设备上，联网后照常发出。"),
        Lang::En => format!("{count} not sent yet: kept on this device, out by themselves when online."),
    }
}

/// What signing out would take away.
pub(crate) fn leaving_with(lang: Lang, waiting: usize, drafts: usize) -> String {
    match lang {
        Lang::Zh => {
            let drafts = if drafts > 0 { format!("，{drafts} 份没写完") } else { String::new() };
            format!(
                "还有 {waiting} 项没有发出{drafts}。退出会从这台设备清掉所有顾客资料，这些也会清掉。先发送，或存成文件？"
            )
        }
        Lang::En => {
            let drafts = if drafts > 0 { format!(" and {drafts} half-written") } else { String::new() };
            format!(
                "{waiting} not sent{drafts}. Signing out wipes everything about customers from this device, these too. Send them first, or save them as a file?"
            )
        }
    }
}

/// A device by what it is.
pub(crate) fn device_name(lang: Lang, kind: DeviceKind) -> String {
    let machine = machine(kind.machine).say(lang);
    match browser(kind.browser) {
        Some(browser) => format!("{machine} · {}", browser.say(lang)),
        None => machine.to_owned(),
    }
}

const fn machine(machine: Machine) -> Both {
    match machine {
        Machine::AndroidPhone => Both("Android 手机", "Android phone"),
        Machine::AndroidTablet => Both("Android 平板", "Android tablet"),
        Machine::HarmonyPhone => Both("鸿蒙手机", "HarmonyOS phone"),
        Machine::HarmonyOther => Both("鸿蒙设备", "HarmonyOS device"),
        Machine::IPhone => Both("iPhone", "iPhone"),
        Machine::IPad => Both("iPad", "iPad"),
        Machine::Mac => Both("Mac", "Mac"),
        Machine::Windows => Both("Windows 电脑", "Windows computer"),
        Machine::Linux => Both("Linux 电脑", "Linux computer"),
        Machine::ChromeOs => Both("Chromebook", "Chromebook"),
        Machine::Other => Both("设备", "Device"),
    }
}

const fn browser(browser: Browser) -> Option<Both> {
    Some(match browser {
        Browser::Chrome => Both("Chrome", "Chrome"),
        Browser::Edge => Both("Edge", "Edge"),
        Browser::Firefox => Both("Firefox", "Firefox"),
        Browser::Safari => Both("Safari", "Safari"),
        Browser::WeChat => Both("微信", "WeChat"),
        Browser::WeCom => Both("企业微信", "WeCom"),
        Browser::DingTalk => Both("钉钉", "DingTalk"),
        Browser::Huawei => Both("华为浏览器", "Huawei Browser"),
        Browser::Xiaomi => Both("小米浏览器", "Xiaomi Browser"),
        Browser::Samsung => Both("三星浏览器", "Samsung Internet"),
        Browser::Qq => Both("QQ 浏览器", "QQ Browser"),
        Browser::Uc => Both("UC 浏览器", "UC Browser"),
        Browser::Other => return None,
    })
}

/// When a device was heard of.
pub(crate) fn contacts(lang: Lang, first: &str, last: Option<&str>) -> String {
    match (lang, last) {
        (Lang::Zh, Some(last)) => format!("最近联网 {last} · 首次 {first}"),
        (Lang::Zh, None) => format!("首次 {first}"),
        (Lang::En, Some(last)) => format!("Last contact {last} · first {first}"),
        (Lang::En, None) => format!("First contact {first}"),
    }
}

/// How a device was cut off.
pub(crate) fn removal(lang: Lang, at: &str, by: Option<&str>, told: Option<&str>) -> String {
    match lang {
        Lang::Zh => {
            let by = by.map_or_else(|| "账号停用".to_owned(), |by| format!("由 {by}"));
            let told = told.map_or_else(|| "还没联网，没有清除".to_owned(), |told| format!("{told} 已通知清除"));
            format!("{at} {by}移除 · {told}")
        }
        Lang::En => {
            let by = by.map_or_else(|| "as the account was closed".to_owned(), |by| format!("by {by}"));
            let told = told
                .map_or_else(|| "not online since, so not wiped yet".to_owned(), |told| format!("told to wipe {told}"));
            format!("Removed {at} {by} · {told}")
        }
    }
}

/// Of when the list is, and why there is no newer one.
pub(crate) fn list_standing(lang: Lang, problem: Option<FiguresProblem>, as_of: Option<&str>) -> String {
    let why = problem.map(|problem| match problem {
        FiguresProblem::Unreachable => Both("网络断了，联网后更新", "Offline: refreshed when online"),
        FiguresProblem::SignedOut => Both("登录已过期，登录后更新", "Signed out: sign in to refresh"),
        FiguresProblem::Forbidden => {
            Both("您现在的岗位看不到全店的设备", "Your roles do not show the shop's devices now")
        }
        FiguresProblem::Unfit | FiguresProblem::TooMany | FiguresProblem::Other => {
            Both("服务器暂时列不出来，稍后自动再试", "The server has trouble; trying again shortly")
        }
    });
    let when = as_of.map(|time| match lang {
        Lang::Zh => format!("截至 {time}"),
        Lang::En => format!("As of {time}"),
    });
    when.into_iter().chain(why.map(|why| why.say(lang).to_owned())).collect::<Vec<_>>().join(" · ")
}
