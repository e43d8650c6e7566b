//! What a device is, as far as its browser tells: enough for a person to know it in a list.

use serde::{Deserialize, Serialize};

/// The machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Machine {
    /// A phone with Android.
    AndroidPhone,
    /// A tablet with Android.
    AndroidTablet,
    /// A phone with `HarmonyOS`.
    HarmonyPhone,
    /// A tablet or computer with `HarmonyOS`.
    HarmonyOther,
    /// An iPhone.
    #[serde(rename = "iphone")]
    IPhone,
    /// An iPad, if it says so; most call themselves a Mac.
    #[serde(rename = "ipad")]
    IPad,
    /// A Mac.
    Mac,
    /// A computer with Windows.
    Windows,
    /// A computer with Linux.
    Linux,
    /// A computer with `ChromeOS`.
    ChromeOs,
    /// Something else, or what a newer server knows.
    #[default]
    #[serde(other)]
    Other,
}

/// The browser.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Browser {
    /// Chrome, or one that says no other name.
    Chrome,
    /// Edge.
    Edge,
    /// Firefox.
    Firefox,
    /// Safari.
    Safari,
    /// The one inside `WeChat`.
    #[serde(rename = "wechat")]
    WeChat,
    /// The one inside `WeCom`.
    #[serde(rename = "wecom")]
    WeCom,
    /// The one inside `DingTalk`.
    #[serde(rename = "dingtalk")]
    DingTalk,
    /// Huawei's.
    Huawei,
    /// Xiaomi's.
    Xiaomi,
    /// Samsung's.
    Samsung,
    /// QQ's.
    Qq,
    /// UC's.
    Uc,
    /// Something else, or what a newer server knows.
    #[default]
    #[serde(other)]
    Other,
}

/// Words in a user agent that tell the machine; the first that is found counts.
const MACHINES: [(&str, Machine); 9] = [
    ("(phone; openharmony", Machine::HarmonyPhone),
    ("openharmony", Machine::HarmonyOther),
    ("iphone", Machine::IPhone),
    ("ipad", Machine::IPad),
    ("windows", Machine::Windows),
    ("cros", Machine::ChromeOs),
    ("macintosh", Machine::Mac),
    ("linux", Machine::Linux),
    ("x11", Machine::Linux),
];

/// Words in a user agent that tell the browser; the first that is found counts, for nearly all of them also say Chrome
/// and Safari.
const BROWSERS: [(&str, Browser); 17] = [
    ("wxwork", Browser::WeCom),
    ("micromessenger", Browser::WeChat),
    ("dingtalk", Browser::DingTalk),
    ("huaweibrowser", Browser::Huawei),
    ("miuibrowser", Browser::Xiaomi),
    ("samsungbrowser", Browser::Samsung),
    ("qqbrowser", Browser::Qq),
    ("ucbrowser", Browser::Uc),
    ("edg/", Browser::Edge),
    ("edga/", Browser::Edge),
    ("edgios/", Browser::Edge),
    ("firefox/", Browser::Firefox),
    ("fxios/", Browser::Firefox),
    ("opr/", Browser::Other),
    ("crios/", Browser::Chrome),
    ("chrome/", Browser::Chrome),
    ("safari/", Browser::Safari),
];

/// A machine and its browser.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceKind {
    /// The machine.
    #[serde(default)]
    pub machine: Machine,
    /// The browser.
    #[serde(default)]
    pub browser: Browser,
}

impl DeviceKind {
    /// What a browser says of itself. It may say anything, so nothing but a name in a list follows from it.
    #[must_use]
    pub fn of_user_agent(user_agent: &str) -> Self {
        let told = user_agent.to_ascii_lowercase();
        let machine = if told.contains("android") {
            if told.contains("mobile") { Machine::AndroidPhone } else { Machine::AndroidTablet }
        } else {
            first(&MACHINES, &told)
        };
        Self { machine, browser: first(&BROWSERS, &told) }
    }
}

fn first<T: Copy + Default>(words: &[(&str, T)], told: &str) -> T {
    words.iter().find(|(word, _)| told.contains(word)).map(|(_, meant)| *meant).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(user_agent: &str) -> (Machine, Browser) {
        let kind = DeviceKind::of_user_agent(user_agent);
        (kind.machine, kind.browser)
    }

    #[test]
    fn a_device_is_known_by_what_its_browser_says() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let android = "Mozilla/5.0 (Linux; Android 10; K)";
        let phone = format!("{android} {webkit} Chrome/141.0.0.0 Mobile Safari/537.36");
        assert_eq!(kind(&phone), (Machine::AndroidPhone, Browser::Chrome));
        let tablet = format!("{android} {webkit} Chrome/141.0.0.0 Safari/537.36");
        assert_eq!(kind(&tablet), (Machine::AndroidTablet, Browser::Chrome));
        let wechat = format!("{android} {webkit} Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0.50");
        assert_eq!(kind(&wechat), (Machine::AndroidPhone, Browser::WeChat));
        let harmony = format!("Mozilla/5.0 (Phone; OpenHarmony 5.0) {webkit} Chrome/114.0 ArkWeb/4.1 Mobile");
        assert_eq!(kind(&harmony), (Machine::HarmonyPhone, Browser::Chrome));
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile Safari/604.1";
        assert_eq!(kind(iphone), (Machine::IPhone, Browser::Safari));
        let windows =
            format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/141.0 Safari/537.36 Edg/141.0");
        assert_eq!(kind(&windows), (Machine::Windows, Browser::Edge));
        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0";
        assert_eq!(kind(mac), (Machine::Mac, Browser::Firefox));
        assert_eq!(kind("X11; Linux x86_64"), (Machine::Linux, Browser::Other));
        assert_eq!(kind(""), (Machine::Other, Browser::Other));
    }

    #[test]
    fn what_a_newer_server_knows_is_something_else() {
        let read: DeviceKind = serde_json::from_str(r#"{"machine":"watch","browser":"wechat"}"#).unwrap();
        assert_eq!(read, DeviceKind { machine: Machine::Other, browser: Browser::WeChat });
        assert_eq!(serde_json::from_str::<DeviceKind>("{}").unwrap(), DeviceKind::default());
    }
}
