//! Pictures in a real browser's storage.

use wasm_bindgen_test::wasm_bindgen_test;

use super::*;

const DAY: u64 = 24 * 60 * 60 * 1_000;

/// A member nobody else in these tests is, so that no test meets another's data.
fn somebody() -> MemberId {
    MemberId::new(random::unix_ms(), random::bits())
}

/// Bytes that look like a picture; the number makes them another one.
fn picture(number: u8, bytes: usize) -> Vec<u8> {
    let mut picture = vec![number; bytes];
    picture[..4].copy_from_slice(&[0x89, b'P', b'N', b'G']);
    picture
}

#[wasm_bindgen_test]
async fn a_picture_is_there_after_a_reload_and_known_by_its_bytes() {
    let member = somebody();
    let bytes = picture(1, 2_000);
    let id = Pictures::open(member, None).await.add(bytes.clone()).await.unwrap();
    assert_eq!(id, PictureId::of_bytes(&bytes));

    let again = Pictures::open(member, None).await;
    assert_eq!(again.get(id).await, Some(bytes.clone()));
    assert!(again.is_unsent(id).await);
    assert_eq!(again.add(bytes).await, Ok(id));
    again.sent(id).await.unwrap();
    assert!(!again.is_unsent(id).await);
    assert_eq!(again.get(PictureId::of_bytes(b"another")).await, None);
}

#[wasm_bindgen_test]
async fn what_is_unsent_never_makes_way() {
    let pictures = Pictures::open_with(somebody(), None, 3_000).await;
    let unsent = pictures.add(picture(1, 1_000)).await.unwrap();
    let old = pictures.add_fetched(picture(2, 1_000)).await.unwrap();
    let new = pictures.add_fetched(picture(3, 1_000)).await.unwrap();
    pictures.age(unsent, 3 * DAY).await;
    pictures.age(old, 2 * DAY).await;
    pictures.age(new, DAY).await;

    let next = pictures.add_fetched(picture(4, 500)).await.unwrap();
    assert_eq!(pictures.kept().await.0, BTreeSet::from([unsent, new, next]));
    assert_eq!(pictures.get(old).await, None);

    let large = pictures.add(picture(5, 2_000)).await.unwrap();
    assert_eq!(pictures.kept().await.0, BTreeSet::from([unsent, large]));
    for number in [6, 7] {
        assert_eq!(pictures.add(picture(number, 8)).await, Err(PictureFault::NoRoom));
    }
    assert_eq!(pictures.kept().await.0, BTreeSet::from([unsent, large]));

    pictures.sent(large).await.unwrap();
    assert!(pictures.add(picture(6, 8)).await.is_ok());
    assert!(pictures.is_unsent(unsent).await);
}

#[wasm_bindgen_test]
async fn a_look_at_an_old_picture_keeps_it() {
    let pictures = Pictures::open_with(somebody(), None, 2_000).await;
    let looked_at = pictures.add_fetched(picture(1, 1_000)).await.unwrap();
    let other = pictures.add_fetched(picture(2, 1_000)).await.unwrap();
    pictures.age(looked_at, 2 * DAY).await;
    pictures.age(other, DAY).await;
    assert!(pictures.get(looked_at).await.is_some());
    let new = pictures.add_fetched(picture(3, 1_000)).await.unwrap();
    assert_eq!(pictures.kept().await, (BTreeSet::from([looked_at, new]), false));
}

#[wasm_bindgen_test]
async fn what_is_too_large_or_no_picture_is_refused() {
    let pictures = Pictures::open(somebody(), None).await;
    assert_eq!(pictures.add(picture(1, PICTURE_BYTES_MAX + 1)).await, Err(PictureFault::TooLarge));
    assert_eq!(pictures.add(b"<svg onload='x'/>".to_vec()).await, Err(PictureFault::NotAPicture));
    assert_eq!(pictures.add(Vec::new()).await, Err(PictureFault::NotAPicture));
    assert!(pictures.add(picture(1, PICTURE_BYTES_MAX)).await.is_ok());
}

#[wasm_bindgen_test]
async fn a_picture_that_the_server_refused_stays_with_the_reason() {
    let pictures = Pictures::open(somebody(), None).await;
    let unsent = pictures.add(picture(1, 100)).await.unwrap();
    let refused = pictures.add(picture(2, 100)).await.unwrap();
    pictures.was_refused(refused, 507).await.unwrap();
    assert_eq!(pictures.refused().await, BTreeMap::from([(refused, 507)]));
    assert_eq!(pictures.kept().await.0, BTreeSet::from([unsent, refused]));
}

#[wasm_bindgen_test]
async fn what_was_chosen_and_used_in_nothing_goes_after_a_day() {
    let pictures = Pictures::open(somebody(), None).await;
    let used = pictures.add(picture(1, 100)).await.unwrap();
    let unused = pictures.add(picture(2, 100)).await.unwrap();
    let just_chosen = pictures.add(picture(3, 100)).await.unwrap();
    pictures.age(used, 2 * DAY).await;
    pictures.age(unused, 2 * DAY).await;
    pictures.drop_unused(&BTreeSet::from([used])).await.unwrap();
    assert_eq!(pictures.kept().await.0, BTreeSet::from([used, just_chosen]));
}
