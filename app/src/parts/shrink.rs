//! A picture made small enough to travel: no edge longer than a screen needs, no more bytes than the shop takes.

use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ImageBitmap, ImageEncodeOptions, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use crate::local::pictures::{GIF, PICTURE_BYTES_MAX, PictureFault, kind};

/// The longest edge of a picture, in pixels.
const EDGE_MAX: u32 = 1_600;
/// Larger files are not even opened.
const FILE_BYTES_MAX: f64 = 40.0 * 1024.0 * 1024.0;
/// What is tried in turn until the bytes fit: the longest edge, and the quality.
const STEPS: [(u32, f64); 5] = [(EDGE_MAX, 0.85), (EDGE_MAX, 0.7), (1_200, 0.7), (900, 0.6), (640, 0.5)];
/// The kinds that are written, the better first; a browser that cannot write one gives another kind.
const WRITTEN: [&str; 2] = ["image/webp", "image/jpeg"];

/// The bytes of a picture that a member chose, small enough to keep and to send.
pub(crate) async fn shrunk(file: &Blob) -> Result<Vec<u8>, PictureFault> {
    if file.size() > FILE_BYTES_MAX {
        return Err(PictureFault::TooLarge);
    }
    let bytes = bytes_of(file).await.ok_or(PictureFault::Failed)?;
    let small = bytes.len() <= PICTURE_BYTES_MAX;
    let kind = kind(&bytes);
    if kind == Some(GIF) {
        return if small { Ok(bytes) } else { Err(PictureFault::MovingTooLarge) };
    }
    let bitmap = opened(file).await.ok_or(PictureFault::NotAPicture)?;
    let fits = small && bitmap.width().max(bitmap.height()) <= EDGE_MAX;
    // A photograph may tell where it was taken; drawn anew it does not.
    if fits && matches!(kind, Some("image/png" | "image/webp")) {
        return Ok(bytes);
    }
    for (edge, quality) in STEPS {
        let drawn = drawn(&bitmap, edge).ok_or(PictureFault::Failed)?;
        let bytes = written(&drawn, quality).await.ok_or(PictureFault::Failed)?;
        if bytes.len() <= PICTURE_BYTES_MAX {
            return Ok(bytes);
        }
    }
    Err(PictureFault::TooLarge)
}

/// The bytes of a file.
pub(crate) async fn bytes_of(file: &Blob) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(file.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

async fn opened(file: &Blob) -> Option<ImageBitmap> {
    let opening = web_sys::window()?.create_image_bitmap_with_blob(file).ok()?;
    JsFuture::from(opening).await.ok()?.dyn_into().ok()
}

fn drawn(bitmap: &ImageBitmap, edge: u32) -> Option<OffscreenCanvas> {
    let (width, height) = within(bitmap.width(), bitmap.height(), edge);
    let canvas = OffscreenCanvas::new(width, height).ok()?;
    let context: OffscreenCanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    let (width, height) = (f64::from(width), f64::from(height));
    // What was transparent would turn black.
    context.set_fill_style_str("#ffffff");
    context.fill_rect(0.0, 0.0, width, height);
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, width, height).ok()?;
    Some(canvas)
}

async fn written(canvas: &OffscreenCanvas, quality: f64) -> Option<Vec<u8>> {
    for wanted in WRITTEN {
        let options = ImageEncodeOptions::new();
        options.set_type(wanted);
        options.set_quality(quality);
        let blob = JsFuture::from(canvas.convert_to_blob_with_options(&options).ok()?).await.ok();
        let blob: Option<Blob> = blob.map(JsValue::unchecked_into);
        if let Some(blob) = blob.filter(|blob| blob.type_() == wanted) {
            return bytes_of(&blob).await;
        }
    }
    None
}

/// The size with no edge longer than this, in the same proportion.
fn within(width: u32, height: u32, edge: u32) -> (u32, u32) {
    let longest = width.max(height).max(1);
    if longest <= edge {
        return (width.max(1), height.max(1));
    }
    let scaled = |side: u32| (u64::from(side) * u64::from(edge) / u64::from(longest)).max(1) as u32;
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_proportion_stays_and_no_edge_vanishes() {
        assert_eq!(within(4_000, 3_000, 1_600), (1_600, 1_200));
        assert_eq!(within(800, 600, 1_600), (800, 600));
        assert_eq!(within(1, 40_000, 1_600), (1, 1_600));
    }

    #[wasm_bindgen_test]
    async fn a_large_picture_becomes_small_and_a_text_is_none() {
        let canvas = OffscreenCanvas::new(3_000, 1_500).unwrap();
        let context = canvas.get_context("2d").unwrap().unwrap();
        let context: OffscreenCanvasRenderingContext2d = context.dyn_into().unwrap();
        context.fill_rect(0.0, 0.0, 3_000.0, 750.0);
        let png = JsFuture::from(canvas.convert_to_blob().unwrap()).await.unwrap();
        let bytes = shrunk(png.unchecked_ref()).await.unwrap();
        assert!(bytes.len() <= PICTURE_BYTES_MAX && kind(&bytes) == Some("image/webp"));

        let parts = js_sys::Array::of1(&Uint8Array::from(bytes.as_slice()));
        let again = Blob::new_with_u8_array_sequence(&parts).unwrap();
        let bitmap = opened(&again).await.unwrap();
        assert_eq!((bitmap.width(), bitmap.height()), (1_600, 800));
        assert_eq!(shrunk(&again).await, Ok(bytes));

        let text = Blob::new_with_str_sequence(&js_sys::Array::of1(&"<svg/>".into())).unwrap();
        assert_eq!(shrunk(&text).await, Err(PictureFault::NotAPicture));
    }
}
