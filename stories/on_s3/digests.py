"""Writes what a trail with log file validation leaves behind, signed with a key of its own.

    python digests.py FOLDER BUCKET

FOLDER then holds the objects below `objects/`, their signatures in `signatures.json` by key, and
`keys.json`, which is what `aws cloudtrail list-public-keys` would print.
"""

import base64
import gzip
import hashlib
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

FOLDER, BUCKET = Path(sys.argv[1]), sys.argv[2]
ACCOUNT, REGION, N_HOURS = "111122223333", "eu-west-1", 4
TOP = f"AWSLogs/{ACCOUNT}"
START = datetime(2026, 3, 2, tzinfo=timezone.utc)

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def write(name, text):
    path = FOLDER / "objects" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()))
    return hashlib.sha256(text.encode()).hexdigest()


def log_of(time, number):
    delivered = time + timedelta(minutes=50)
    name = (
        f"{TOP}/CloudTrail/{REGION}/{time:%Y/%m/%d}/"
        f"{ACCOUNT}_CloudTrail_{REGION}_{delivered:%Y%m%dT%H%MZ}_AbCdEfGh{number:08}.json.gz"
    )
    record = {
        "eventVersion": "1.11",
        "eventID": f"11111111-2222-3333-4444-{number:012}",
        "eventTime": f"{time + timedelta(minutes=40):%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": "s3.amazonaws.com",
        "eventName": "ListBuckets",
        "awsRegion": REGION,
        "recipientAccountId": ACCOUNT,
    }
    hash_value = write(name, json.dumps({"Records": [record]}))
    return {
        "s3Bucket": BUCKET,
        "s3Object": name,
        "hashValue": hash_value,
        "hashAlgorithm": "SHA-256",
    }


signatures, previous = {}, None
for hour in range(N_HOURS):
    start, end = START + timedelta(hours=hour), START + timedelta(hours=hour + 1)
    name = (
        f"{TOP}/CloudTrail-Digest/{REGION}/{end:%Y/%m/%d}/"
        f"{ACCOUNT}_CloudTrail-Digest_{REGION}_audit_{REGION}_{end:%Y%m%dT%H%M%SZ}.json.gz"
    )
    digest = {
        "awsAccountId": ACCOUNT,
        "digestStartTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "digestEndTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "digestS3Bucket": BUCKET,
        "digestS3Object": name,
        "digestPublicKeyFingerprint": "ours",
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": None,
        "oldestEventTime": None,
        "previousDigestS3Bucket": previous and BUCKET,
        "previousDigestS3Object": previous and previous["name"],
        "previousDigestHashValue": previous and previous["hash"],
        "previousDigestHashAlgorithm": previous and "SHA-256",
        "previousDigestSignature": previous and previous["signature"],
        "logFiles": [log_of(start, hour)],
    }
    hash_value = write(name, json.dumps(digest))
    before = previous["signature"] if previous else "null"
    signed = f"{end:%Y-%m-%dT%H:%M:%SZ}\n{BUCKET}/{name}\n{hash_value}\n{before}"
    signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()).hex()
    signatures[name] = signature
    previous = {"name": name, "hash": hash_value, "signature": signature}

public = key.public_key().public_bytes(
    serialization.Encoding.DER, serialization.PublicFormat.PKCS1
)
keys = {
    "PublicKeyList": [
        {
            "Value": base64.b64encode(public).decode(),
            "ValidityStartTime": "2026-02-20T00:00:00+00:00",
            "ValidityEndTime": "2026-03-20T00:00:00+00:00",
            "Fingerprint": "ours",
        }
    ]
}
(FOLDER / "keys.json").write_text(json.dumps(keys))
(FOLDER / "signatures.json").write_text(json.dumps(signatures))
