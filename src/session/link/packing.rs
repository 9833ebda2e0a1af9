//! Long links are packed: `v1z;`, then the parts, deflated and in the alphabet that addresses can carry.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The most bytes that a packed link may unpack to: a few characters can stand for a gigabyte.
pub(super) const MOST_BYTES: usize = 1 << 20;

pub(super) fn pack(plain: &str) -> String {
    // Level 6 is where more effort hardly makes texts like these shorter.
    format!(
        "v1z;{}",
        URL_SAFE_NO_PAD.encode(miniz_oxide::deflate::compress_to_vec(plain.as_bytes(), 6))
    )
}

pub(super) fn unpack(packed: &str) -> Result<String, String> {
    let bytes = URL_SAFE_NO_PAD
        .decode(packed.trim_end_matches('='))
        .map_err(|_| DAMAGED)?;
    let plain = miniz_oxide::inflate::decompress_to_vec_with_limit(&bytes, MOST_BYTES).map_err(|error| {
        if error.status == miniz_oxide::inflate::TINFLStatus::HasMoreOutput {
            format!("the packed link would unpack to more than {MOST_BYTES} bytes")
        } else {
            DAMAGED.to_owned()
        }
    })?;
    String::from_utf8(plain).map_err(|_| DAMAGED.to_owned())
}

const DAMAGED: &str = "the packed link is damaged: a character is missing or wrong, so nothing of it can be read";
