//! Keys that play CloudTrail's part. They were made for these tests and guard nothing.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rsa::{
    Pkcs1v15Sign, RsaPrivateKey,
    pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPublicKey as _},
};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{content, hex};

pub(super) const FINGERPRINT: &str = "67b9fa73676d86966b449dd677850753";

/// An RSA key of 2,048 bits, PKCS#1 DER, for the tests alone.
const OURS: &str = "\
    MIIEpAIBAAKCAQEAz7o/YJPCSXhIn6w60EP4KLL/osaJv8DplVIO+WyThNrH2xHk/OS1R+uZRfdnbFHvgWlacRcD\
    OK4t8NrcOka/uNrdHqtyNzuDRz2wVPGI70vRAhyUQTKelL2prpREPe/KrPxpEnrNL3ZlHapqYQIBpLmpUzsJReIW\
    ZJf/oaCRXgXVN3dixU+L1gf2VeDhFwgOG6a04DL62lKID/DHQyAwTvM8zbvRaTL4r0ZCaJz+0OTN2badRTyrd98+\
    nvtBMIl8CQOUGNNLJhVXyHd+V7fyaxxW7fWedDhv3AdUlCO2u3i3RjReq4HlCmhxBAZsM1YmW2oVlI98lC/Xzz5R\
    lk3ndQIDAQABAoIBABHHHGPYWw+NBJbsJB+gcYoqJ5URIMdEbB+kMjV7UVshZ9FPESXp/PAp/aghqe94469TpBkU\
    1LW/hZ1pxBQVhS4w4C1SLVtrJt6sYBbxxO8vfrSLjzSbotUsyWs9Gf08mtl+XXYZ0TQREeS3Q2HVMu01TOroNoom\
    9OIPECJ10RSwWD6i2G92OiyARfqf1F8ragMSDTXAQtuAa9RajktM7LmwKb/nq3Ks/WeWpTkLx/VCc/Mw86WSjIrg\
    xbBBIeekpICArkPigS/jpMmAa9alcfoXDF6iOUbOCpNaUFpnLWDDaitNFqoJnQis79mOko7MlorEpnp4T98C4YPP\
    q+f3jlECgYEA/lOhpQ58SINu80s37HeypijJL0U3kr9NsePBudAZVVUcZxO+PkTekw70/1K7yePXBrGCiAGkOqQV\
    8kdU5wmbvbhJSveDIDPoynLnE6Fb4ys9W1zqD1Sead70WNg8mD4U0LHsXnh09WQC2tZsoi8RU8d18PyNhTEf9sSQ\
    d2iZDQcCgYEA0RggyIbMGsbt50Sr2XcRgk7XX+6Rj6k8zoF7NaO8VDq4exh16wihzZeD6BHtSJiYqKEYyX3hl2Te\
    ohEokn6OQKedGBo7FjTPjnNN78aMvalsQLhvWydM/SADlnv89ulKIk1CQFukOD63bVnkKbr81CQTMi4+w9LQwj89\
    4GcFhKMCgYEA3p4qAibZ10dlGQWgYBauhA9zezMlYAigY7QvYQytACrN/9QiVLNH+IXBIrUyt5f+IlfDIHX/YW07\
    4KVbxhh9AOaNEVfyqX+Gp59IccBuhDzXKl/8aYryV03XqOUutTyyT7NOaasbBamTbib/VD/K9QDFVjpbTlkf14tb\
    wYoHXoUCgYBxOhCepigmo+y2XMB2jXzExK7qewUF944/AWzX+ieEsRuvROqt8Mm1zEOYywRkWIXqYvpKOkmMMwpA\
    VuxSkAe2SU3PfHzcpJJ0wEnG+wzBs9o0HevnP5v4QnrO5atxhZkohA/JTBbcglHP/GqKkoBQ3Iwsk1BXuHRli9uV\
    BhS94wKBgQDXyuDbNeY1cj9atGGZgdHOqsF06yARoghXzc2kfeieWdOJXcOzD3ZQZAGK0cY9uD+UCID44LEFkEQp\
    fhT2CePjS4ZNTEhTxDXsSTfVC/dJsK9q1RqhC4a5ZqqB+aL3br1wi4WrD3rs3QW4imKsNse6hNBSrSDqkiKv9U8h\
    ElkzuQ==";

/// Another one.
const THEIRS: &str = "\
    MIIEogIBAAKCAQEAm3bPibdy0C6mx00hAH6KKuNaHT25jXwBrq5FA397x71tdRfgp6wkU0g8V/xkrBgoCl16aUmo\
    WyizFOzTpYthOmjHAqvtU3NK5qCoupRLxcBASoDfIhIscfXRWcY8d6ij+DMwt9oxveEIvd0pgAVEsVZM3JZ4+z5p\
    hAgBBFlAWdksPHJNxQb9tN1Qae7Ry3pUzj1itA0y0ABTmYoqDFOA4lAj3vSdwvJOTr7erHNIb3r5d48Udw51R8XE\
    zFGPkO96PuXH+64xd09eQegTXy1rxnv6IW1mRr0SqhnxKuYgXIh1D/fM9EaLHZ1sRvEWgzDAxVz7JONfsAKHRs2S\
    LRW42wIDAQABAoIBABBk3Afax4m6ka3MrWE+9tUE+pjAzJNl80t3ZyGyTNxIVoWVigREe+QoZuykWf1n4rkNGH6H\
    3PAX/6KCQuNfKlade/cFKFa3fruJT6G1R7RHzL/OjTkrj3JJCNWduPypVPk0dLu+j6ZFV8Wlz92HMLI+toZAe+uK\
    rlfU/D54JvgSa6s0lhiuWDvgJfVTJruzLrtZ4p0IFDLLJ2vA6/jESVW+pegTGQWpDhhU7p/619dK2MCIuNaYU+Yw\
    1Wc7iyv0/052/tGpU7q4OZIIB8uNrggkzmf45F+WsMmqlkUery/j3tlOXcKFxez73VWIQTpgjJ+Q++5yvPtsgh93\
    DKNXlIECgYEAyRBJFzKB43pdyers+7W56onkWJ0yD2zcbQ4nqAk6SAJidhQ7OR9MG2tkyshv/t60/FIYY4qNZjgq\
    nHUPdihPgOFD375I30AMFTqW63XWODjtPGAaCAKjKbXyL1eGiT41qeQ/jgj+w4ZLlgH2ib3GlL+gW+zGcEUdtD2h\
    qSv7rMECgYEAxfD+rWT6fjKhiVSzYNnuZ+BicxINSP1yIEwHlDYiJUc0CQmfPNPgJGPjUkX4/wf8xd1vhzPN+kLO\
    /rPnOCKlQuoyeSAW/8H9AU4VMNEr4Iwn7Z9FzEOeBrj8FiUgrlKgCWU9E85LIkemNTHE2OgrMyrUrlqAJ+a1WlDO\
    HXEcIJsCgYAJOz8v2njOOfMOb0PcNrbHhvc9/lGrFaN1Ol4lv+62Ga3tn/YsJDy5UY/6I4PI3u7OWvKVt2nQlKmY\
    L2O7WBR2ZWFZZ4IvBeDIJL2DKBDi2fJCgGMRlRVqt9jbxZf+uyV5nGoymkUgMw1LYOGx502zzKyPK+rcgr/fY6kF\
    fGh8wQKBgC/RQDTzJ/BEmvFqHMtQ2l8Nvbq+qabwUxmqREpxqV4IDXIBeQ5gwM0JtGizrqstassB62dmBGRor0io\
    fTr6Y6H+oaLRNb0jR9OA4W2hmk/si9jDmUD3NL27Amr3HSX/n9mlM1QNiekGFgjTtRIRRB5gQnC8PClnengO/Tvv\
    jzPxAoGAC1RP7FCUKursdZQHpTw2P34KjE9cmbDA/J3wG6dH8otMnWWANWfQ4+xdaeB6M3zVJZJY56F0/FFlq7s4\
    8alvxU0it2lpgB7a6nEmi8RKQvr48FFZyInhfy6znAcewY8wWX+Eb7TozIEa8xQ8GuX8AeLvXCT2wq2YKxsg+GpK\
    G54=";

pub(super) struct Signer {
    key: RsaPrivateKey,
}

impl Signer {
    pub(super) fn ours() -> Self {
        Self::of(OURS)
    }

    pub(super) fn theirs() -> Self {
        Self::of(THEIRS)
    }

    fn of(text: &str) -> Self {
        let der = STANDARD.decode(text).unwrap();
        Self { key: RsaPrivateKey::from_pkcs1_der(&der).unwrap() }
    }

    pub(super) fn sign(&self, text: &str) -> String {
        let hash = content::hash(text.as_bytes());
        hex::encode(&self.key.sign(Pkcs1v15Sign::new::<Sha256>(), &hash).unwrap())
    }

    /// What `aws cloudtrail list-public-keys` prints.
    pub(super) fn snapshot(&self, fingerprint: &str) -> Value {
        let der = self.key.to_public_key().to_pkcs1_der().unwrap();
        json!({ "PublicKeyList": [{
            "Value": STANDARD.encode(der.as_bytes()),
            "ValidityStartTime": "2026-02-20T00:00:00+00:00",
            "ValidityEndTime": "2026-03-20T00:00:00+00:00",
            "Fingerprint": fingerprint,
        }] })
    }
}
