"""Conditions on copies: AWS's answers, from the real process."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.process import Embedded


@pytest.mark.parametrize(
    ("target", "condition", "refusal"),
    [
        ("taken", {"IfNoneMatch": "*"}, "PreconditionFailed"),
        ("free", {"IfNoneMatch": "*"}, ""),
        ("taken", {"IfMatch": '"wrong"'}, "PreconditionFailed"),
        ("taken", {"IfMatch": "its own"}, ""),
        ("free", {"IfMatch": '"any"'}, "NoSuchKey"),
        ("taken", {"CopySourceIfMatch": '"wrong"'}, "PreconditionFailed"),
        ("taken", {}, ""),
    ],
)
def test_a_copy_depends_on_what_is_there(
    embedded_aws: Embedded, bucket: str, target: str, condition: dict[str, Any], refusal: str
) -> None:
    s3 = embedded_aws.client("s3")
    s3.delete_object(Bucket=bucket, Key="free")
    s3.put_object(Bucket=bucket, Key="source", Body=b"new")
    etag = s3.put_object(Bucket=bucket, Key="taken", Body=b"old")["ETag"]
    given = {name: etag if value == "its own" else value for name, value in condition.items()}
    source = {"Bucket": bucket, "Key": "source"}
    if refusal:
        with pytest.raises(ClientError, match=refusal):
            s3.copy_object(Bucket=bucket, Key=target, CopySource=source, **given)
        assert s3.get_object(Bucket=bucket, Key="taken")["Body"].read() == b"old"
    else:
        s3.copy_object(Bucket=bucket, Key=target, CopySource=source, **given)
        assert s3.get_object(Bucket=bucket, Key=target)["Body"].read() == b"new"
