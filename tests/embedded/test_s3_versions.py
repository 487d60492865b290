"""Versions of keys that XML cannot hold: from the real process."""

from tests.embedded.process import Embedded

KEYS = ["a/bell\x07.txt", "a/line\nfeed", "a/re\rturn", "a/x&y<z>'\" %20+ü🌿", "b"]


def test_versions_of_any_key_are_listed_page_by_page(embedded_aws: Embedded, bucket: str) -> None:
    s3 = embedded_aws.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for key in KEYS:
        s3.put_object(Bucket=bucket, Key=key, Body=b"1")
        s3.delete_object(Bucket=bucket, Key=key)
    pages = list(s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 3}))
    assert len(pages) == 4
    for kind in ("Versions", "DeleteMarkers"):
        assert [one["Key"] for page in pages for one in page.get(kind, [])] == sorted(KEYS)
    one = s3.list_object_versions(Bucket=bucket, Prefix=KEYS[0])
    assert (one["Prefix"], [found["Key"] for found in one["Versions"]]) == (KEYS[0], [KEYS[0]])
    folded = s3.list_object_versions(Bucket=bucket, Delimiter="\x07")
    assert [prefix["Prefix"] for prefix in folded["CommonPrefixes"]] == ["a/bell\x07"]
