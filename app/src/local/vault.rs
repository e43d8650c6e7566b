//! The key to what is kept of customers. Everything is closed with one key, and that key itself is kept closed with one
//! that the browser holds and gives to no page: whoever copies files or reads the disk of a switched-off device has
//! nothing. With a PIN both are needed. No protection against a script that runs within this very page.

use js_sys::{Array, Object, Reflect, Uint8Array};
use qinda::model::MemberId;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

use super::idb::Database;
use super::random;
use super::seal::{KEY_BYTES, Seal};
use super::storage::{Durability, StorageError, Write};

/// The fewest digits of a PIN.
pub(crate) const PIN_DIGITS_MIN: usize = 6;
/// The most digits of a PIN.
pub(crate) const PIN_DIGITS_MAX: usize = 32;
/// How often a PIN is hashed: what OWASP asks for PBKDF2 with SHA-256 (Password Storage Cheat Sheet, 2023).
const PIN_ROUNDS: u32 = 600_000;

const KEYS: &str = "keys";
/// The browser's own key.
const DEVICE: &str = "device";
/// The key that closes everything, closed.
const CLOSED: &str = "closed";
/// Whether everything is known to be closed that was kept before there was a key.
const ALL_CLOSED: &str = "all-closed";
const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 12;
const CIPHER: &str = "AES-GCM";

/// How the key stands when a desk is opened.
pub(crate) enum Vault {
    /// This browser closes nothing: it keeps no keys, or the page did not come over HTTPS.
    Missing,
    /// Ready.
    Open(Keeper, Seal),
    /// A PIN is asked for.
    Locked(Keeper),
}

/// What holds the key of one member on this device.
pub(crate) struct Keeper {
    database: Database,
    device: CryptoKey,
}

/// Why a PIN was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PinProblem {
    /// It is another one.
    Wrong,
    /// Too short, too long, or something beside digits.
    Unfit,
    /// The device's storage failed.
    Failed,
}

impl From<StorageError> for PinProblem {
    fn from(_: StorageError) -> Self {
        Self::Failed
    }
}

impl From<JsValue> for PinProblem {
    fn from(_: JsValue) -> Self {
        Self::Failed
    }
}

/// The key as it is kept.
struct Closed {
    /// What the PIN is hashed with; none where there is no PIN.
    salt: Option<[u8; SALT_BYTES]>,
    bytes: Vec<u8>,
}

impl Vault {
    /// Opens the vault of a member, making it when it is new.
    pub(crate) async fn open(member: MemberId) -> Self {
        let Some(keeper) = Keeper::open(member).await else { return Self::Missing };
        match keeper.closed().await {
            Some(Closed { salt: Some(_), .. }) => Self::Locked(keeper),
            _ => match keeper.key("").await {
                Ok(key) => Self::Open(keeper, Seal::new(key)),
                Err(_) => Self::Missing,
            },
        }
    }

    /// Deletes the keys of a member: what was closed with them opens never again.
    pub(crate) async fn delete(member: MemberId) -> Result<(), StorageError> {
        Database::delete(&database_name(member)).await
    }
}

fn database_name(member: MemberId) -> String {
    format!("qinda-keys-{member}")
}

impl Keeper {
    async fn open(member: MemberId) -> Option<Self> {
        subtle()?;
        let database = Database::open(&database_name(member), &[KEYS], None).await.ok()?;
        if let Some(device) = device_key(&database).await {
            return Some(Self { database, device });
        }
        let device = new_device_key().await.ok()?;
        let mut key = [0; KEY_BYTES];
        random::fill(&mut key);
        let closed = Closed { salt: None, bytes: encrypt(&device, &key).await.ok()? };
        let bytes = Uint8Array::from(closed.written().as_slice());
        let values = [(DEVICE, JsValue::from(device)), (CLOSED, bytes.into())];
        database.add_values(KEYS, &values).await.ok()?;
        // Another tab may have been first.
        let device = device_key(&database).await?;
        Some(Self { database, device })
    }

    /// Opens with a PIN.
    pub(crate) async fn unlock(&self, pin: &str) -> Result<Seal, PinProblem> {
        self.key(pin).await.map(Seal::new)
    }

    /// Whether a PIN is asked for.
    pub(crate) async fn has_pin(&self) -> bool {
        self.closed().await.is_some_and(|closed| closed.salt.is_some())
    }

    /// Asks for another PIN from now on, or for none. `former` is the one that holds; empty where there is none.
    pub(crate) async fn set_pin(&self, former: &str, pin: Option<&str>) -> Result<(), PinProblem> {
        if pin.is_some_and(|pin| !is_fit(pin)) {
            return Err(PinProblem::Unfit);
        }
        let key = self.key(former).await?;
        let closed = match pin {
            None => Closed { salt: None, bytes: encrypt(&self.device, &key).await? },
            Some(pin) => {
                let mut salt = [0; SALT_BYTES];
                random::fill(&mut salt);
                let inner = encrypt(&key_of_pin(pin, &salt).await?, &key).await?;
                Closed { salt: Some(salt), bytes: encrypt(&self.device, &inner).await? }
            }
        };
        let write = Write::PutBytes { store: KEYS, key: CLOSED.into(), bytes: closed.written() };
        Ok(self.database.write(Durability::Strict, &[write]).await?)
    }

    /// Whether something may lie open from before there was a key.
    pub(crate) async fn may_lie_open(&self) -> bool {
        !matches!(self.database.bytes(KEYS, ALL_CLOSED).await, Ok(Some(_)))
    }

    /// Notes that everything is closed.
    pub(crate) async fn all_is_closed(&self) {
        let write = Write::PutBytes { store: KEYS, key: ALL_CLOSED.into(), bytes: vec![1] };
        // Not noted, it is only looked through once more.
        let _ = self.database.write(Durability::Relaxed, &[write]).await;
    }

    async fn closed(&self) -> Option<Closed> {
        Closed::read(&self.database.bytes(KEYS, CLOSED).await.ok()??)
    }

    async fn key(&self, pin: &str) -> Result<[u8; KEY_BYTES], PinProblem> {
        let closed = self.closed().await.ok_or(PinProblem::Failed)?;
        let mut opened = decrypt(&self.device, &closed.bytes).await.map_err(|_| PinProblem::Failed)?;
        if let Some(salt) = closed.salt {
            let key = key_of_pin(pin, &salt).await?;
            opened = decrypt(&key, &opened).await.map_err(|_| PinProblem::Wrong)?;
        }
        opened.try_into().map_err(|_| PinProblem::Failed)
    }
}

/// Whether a PIN can be one.
pub(crate) fn is_fit(pin: &str) -> bool {
    (PIN_DIGITS_MIN..=PIN_DIGITS_MAX).contains(&pin.len()) && pin.bytes().all(|byte| byte.is_ascii_digit())
}

impl Closed {
    fn written(&self) -> Vec<u8> {
        let salt = self.salt.as_ref().map_or(&[][..], |salt| salt);
        [&[u8::from(self.salt.is_some())][..], salt, &self.bytes].concat()
    }

    fn read(written: &[u8]) -> Option<Self> {
        let (has_pin, rest) = written.split_first()?;
        if *has_pin == 0 {
            return Some(Self { salt: None, bytes: rest.to_vec() });
        }
        let (salt, bytes) = rest.split_first_chunk()?;
        Some(Self { salt: Some(*salt), bytes: bytes.to_vec() })
    }
}

async fn device_key(database: &Database) -> Option<CryptoKey> {
    database.value(KEYS, DEVICE).await.ok()??.dyn_into().ok()
}

/// The browser's cryptography; none where the page did not come over HTTPS.
fn subtle() -> Option<SubtleCrypto> {
    let crypto = web_sys::window()?.crypto().ok()?;
    Reflect::get(&crypto, &"subtle".into()).ok()?.dyn_into().ok()
}

/// As [`subtle`], where it was there before.
fn cryptography() -> Result<SubtleCrypto, JsValue> {
    subtle().ok_or(JsValue::UNDEFINED)
}

fn object(fields: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object)
}

fn uses(names: &[&str]) -> Array {
    names.iter().map(|name| JsValue::from(*name)).collect()
}

fn key_kind() -> Result<Object, JsValue> {
    object(&[("name", CIPHER.into()), ("length", 256.into())])
}

/// A key that no page can read.
async fn new_device_key() -> Result<CryptoKey, JsValue> {
    let uses = uses(&["encrypt", "decrypt"]);
    let made = cryptography()?.generate_key_with_object(&key_kind()?, false, &uses)?;
    JsFuture::from(made).await?.dyn_into()
}

async fn key_of_pin(pin: &str, salt: &[u8]) -> Result<CryptoKey, JsValue> {
    let subtle = cryptography()?;
    let bytes = Uint8Array::from(pin.as_bytes());
    let read = subtle.import_key_with_str("raw", &bytes, "PBKDF2", false, &uses(&["deriveKey"]))?;
    let base: CryptoKey = JsFuture::from(read).await?.dyn_into()?;
    let way = object(&[
        ("name", "PBKDF2".into()),
        ("hash", "SHA-256".into()),
        ("salt", Uint8Array::from(salt).into()),
        ("iterations", PIN_ROUNDS.into()),
    ])?;
    let uses = uses(&["encrypt", "decrypt"]);
    let derived = subtle.derive_key_with_object_and_object(&way, &base, &key_kind()?, false, &uses)?;
    JsFuture::from(derived).await?.dyn_into()
}

fn way(nonce: &[u8]) -> Result<Object, JsValue> {
    object(&[("name", CIPHER.into()), ("iv", Uint8Array::from(nonce).into())])
}

/// The nonce and what was closed with it.
async fn encrypt(key: &CryptoKey, plain: &[u8]) -> Result<Vec<u8>, JsValue> {
    let mut nonce = [0; NONCE_BYTES];
    random::fill(&mut nonce);
    let plain = Uint8Array::from(plain);
    let closed = cryptography()?.encrypt_with_object_and_buffer_source(&way(&nonce)?, key, &plain)?;
    let closed = Uint8Array::new(&JsFuture::from(closed).await?);
    Ok([&nonce[..], &closed.to_vec()].concat())
}

async fn decrypt(key: &CryptoKey, closed: &[u8]) -> Result<Vec<u8>, JsValue> {
    let (nonce, closed) = closed.split_first_chunk::<NONCE_BYTES>().ok_or(JsValue::UNDEFINED)?;
    let closed = Uint8Array::from(closed);
    let opened = cryptography()?.decrypt_with_object_and_buffer_source(&way(nonce)?, key, &closed)?;
    Ok(Uint8Array::new(&JsFuture::from(opened).await?).to_vec())
}
