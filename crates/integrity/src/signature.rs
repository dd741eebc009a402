//! The signature over a digest: what is signed, and whether a key agrees.

use rsa::{Pkcs1v15Sign, RsaPublicKey};
use sha2::Sha256;

use crate::{content, digest::Digest, hex, limits::SIGNATURE_BYTES_MAX};

/// Returns the text CloudTrail signs: end, place, hash and previous signature, a line each.
pub(crate) fn signed_text(digest: &Digest) -> String {
    let bucket = &digest.location.bucket;
    let object = &digest.location.object;
    let hash = hex::encode(&digest.hash);
    // The first digest of a chain has no previous signature and signs the word instead.
    let previous = digest.previous_signature.as_deref().unwrap_or("null");
    format!("{}\n{bucket}/{object}\n{hash}\n{previous}", digest.end_text)
}

/// Returns whether the signature (hexadecimal) over the digest was made with the key's twin.
pub(crate) fn agrees(key: &RsaPublicKey, digest: &Digest, signature: &str) -> bool {
    if SIGNATURE_BYTES_MAX * 2 < signature.len() {
        return false;
    }
    let Some(signature) = hex::decode(signature.trim()) else { return false };
    let hash = content::hash(signed_text(digest).as_bytes());
    key.verify(Pkcs1v15Sign::new::<Sha256>(), &hash, &signature).is_ok()
}
