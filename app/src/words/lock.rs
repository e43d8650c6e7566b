//! The words of the PIN and of what the device keeps closed.

use super::Lang;
use super::replies::Pair;
use crate::desk::{Closed, PinProblem};
use crate::local::vault::{PIN_DIGITS_MAX, PIN_DIGITS_MIN};

pub(crate) const UNLOCK_HINT: Pair = Pair("请输入这台设备的 PIN", "Enter the PIN of this device");
pub(crate) const PIN: Pair = Pair("PIN", "PIN");
pub(crate) const UNLOCK: Pair = Pair("打开", "Open");
pub(crate) const FORGOTTEN: Pair = Pair("忘了 PIN？", "Forgot the PIN?");
pub(crate) const FORGOTTEN_TEXT: Pair = Pair(
    "没有 PIN，本机的内容谁也打不开，包括还没发出去的回复和草稿。可以清空本机，再用工号密码登录；服务器上的会话都在。",
    "Without the PIN nobody can open what is on this device, including replies and drafts that were not sent. You can empty this device and sign in again; the chats on the server are all there.",
);
pub(crate) const EMPTY_DEVICE: Pair = Pair("清空本机，重新登录", "Empty this device and sign in");
pub(crate) const PROTECTION: Pair = Pair("本机保护", "Protection on this device");
pub(crate) const SET_PIN: Pair = Pair("设置 PIN", "Set a PIN");
pub(crate) const CHANGE_PIN: Pair = Pair("修改 PIN", "Change the PIN");
pub(crate) const REMOVE_PIN: Pair = Pair("取消 PIN", "Remove the PIN");
pub(crate) const LOCK_NOW: Pair = Pair("现在锁上", "Lock now");
pub(crate) const FORMER_PIN: Pair = Pair("现在的 PIN", "Present PIN");
pub(crate) const NEW_PIN: Pair = Pair("新 PIN", "New PIN");
pub(crate) const NEW_PIN_AGAIN: Pair = Pair("再输一次", "The new PIN again");
pub(crate) const NOT_THE_SAME: Pair = Pair("两次输入的不一样。", "The two are not the same.");

/// How what is kept of customers is closed, and what that protects against.
pub(crate) fn closed(lang: Lang, closed: Closed) -> &'static str {
    match (closed, lang) {
        (Closed::No, Lang::Zh) => {
            "本机的会话没有加密：用 HTTPS 打开亲答，浏览器才提供密钥。手机丢了，捡到的人可能读到。"
        }
        (Closed::No, Lang::En) => {
            "Chats on this device are not encrypted: browsers offer keys only over HTTPS. Whoever finds a lost phone may read them."
        }
        (Closed::ByDevice, Lang::Zh) => {
            "会话、草稿和图片在本机加密保存，密钥由浏览器保管，拷走文件也读不出来。能解锁这台设备、打开这个浏览器的人仍能看到：再设一个 PIN 更稳妥。"
        }
        (Closed::ByDevice, Lang::En) => {
            "Chats, drafts and pictures are encrypted on this device with a key that the browser keeps: copied files are of no use. Whoever can unlock the device and open this browser still sees them; a PIN helps against that."
        }
        (Closed::ByPin, Lang::Zh) => {
            "会话、草稿和图片在本机加密保存，打开要 PIN。忘了 PIN 只能清空本机。开着的页面里如果混进恶意脚本，加密和 PIN 都挡不住。"
        }
        (Closed::ByPin, Lang::En) => {
            "Chats, drafts and pictures are encrypted on this device and open with your PIN. If you forget it, this device has to be emptied. Neither protects against a hostile script inside the open page."
        }
    }
}

/// Why a PIN was not taken.
pub(crate) fn pin_problem(lang: Lang, problem: PinProblem) -> String {
    match (problem, lang) {
        (PinProblem::Wrong, Lang::Zh) => "PIN 不对，请再试一次。".into(),
        (PinProblem::Wrong, Lang::En) => "That is not the PIN. Try again.".into(),
        (PinProblem::Unfit, Lang::Zh) => format!("PIN 是 {PIN_DIGITS_MIN} 到 {PIN_DIGITS_MAX} 位数字。"),
        (PinProblem::Unfit, Lang::En) => format!("A PIN has {PIN_DIGITS_MIN} to {PIN_DIGITS_MAX} digits."),
        (PinProblem::Failed, Lang::Zh) => "浏览器没能读写密钥。请重新打开页面再试。".into(),
        (PinProblem::Failed, Lang::En) => "The browser could not read or write the key. Open the page again.".into(),
    }
}

/// So many records of the outbox could not be opened any more.
pub(crate) fn unreadable(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Zh => format!("本机有 {count} 条还没发出的内容损坏了，读不出来。请看看最近的会话，缺了哪句就再发一次。"),
        Lang::En => format!(
            "{count} unsent items on this device are damaged and cannot be read. Look through your latest chats and send again what is missing."
        ),
    }
}
