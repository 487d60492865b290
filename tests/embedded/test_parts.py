"""Multipart uploads: AWS's answers, from the real process; nobody waits while one is put together."""

import asyncio
import base64
import hashlib
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psutil
import pytest

from embedded import assembly, crc
from embedded.host_parts import Parts
from embedded.host_ranges import send_file
from embedded.host_sums import Sums
from tests.embedded.process import Embedded
from tests.embedded.test_s3 import code

MIB = 1024 * 1024
LARGE, LAST = b"0123456789abcdef" * (5 * MIB // 16), b"the end"
Start = Callable[..., Embedded]


class Upload:
    """One upload by boto3."""

    def __init__(self, aws: Embedded, bucket: str, key: str = "k", **options: Any) -> None:
        self.s3, self.home = aws.client("s3"), aws.home
        self.where = {"Bucket": bucket, "Key": key}
        self.where["UploadId"] = self.s3.create_multipart_upload(**self.where, **options)["UploadId"]
        self.parts: list[dict[str, Any]] = []

    def put(self, number: int, body: bytes, **options: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.s3.upload_part(**self.where, PartNumber=number, Body=body, **options)
        sums = {name: value for name, value in answer.items() if name.startswith("Checksum")}
        self.parts = [part for part in self.parts if part["PartNumber"] != number]
        self.parts.append({"PartNumber": number, "ETag": answer["ETag"], **sums})
        self.parts.sort(key=lambda part: int(part["PartNumber"]))
        return answer

    def complete(self, parts: list[dict[str, Any]] | None = None, **options: Any) -> dict[str, Any]:
        named = {"Parts": self.parts if parts is None else parts}
        answer: dict[str, Any] = self.s3.complete_multipart_upload(**self.where, MultipartUpload=named, **options)
        return answer

    def read(self) -> bytes:
        body: bytes = self.s3.get_object(Bucket=self.where["Bucket"], Key=self.where["Key"])["Body"].read()
        return body

    def files(self) -> int:
        return len(list((self.home / "s3-parts").iterdir()))


def etag_of(*parts: bytes) -> str:
    return f'"{hashlib.md5(b"".join(hashlib.md5(part).digest() for part in parts)).hexdigest()}-{len(parts)}"'


def test_the_object_is_its_parts_and_says_so(embedded_aws: Embedded, bucket: str) -> None:
    upload = Upload(embedded_aws, bucket, Metadata={"a": "b"}, ContentType="text/x")
    before = upload.files()
    for number, body in ((7, LAST), (2, LARGE), (5, LARGE[::-1])):
        assert upload.put(number, body)["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    listed = upload.s3.list_parts(**upload.where)["Parts"]
    assert [(part["PartNumber"], part["Size"]) for part in listed] == [(2, 5 * MIB), (5, 5 * MIB), (7, len(LAST))]
    assert upload.files() == before + 3
    wanted = etag_of(LARGE, LARGE[::-1], LAST)
    assert upload.complete()["ETag"] == wanted
    assert upload.read() == LARGE + LARGE[::-1] + LAST
    head = upload.s3.head_object(Bucket=bucket, Key="k")
    assert (head["ContentLength"], head["ETag"], head["Metadata"]) == (10 * MIB + len(LAST), wanted, {"a": "b"})
    part = upload.s3.get_object(Bucket=bucket, Key="k", PartNumber=7)
    assert (part["Body"].read(), part["PartsCount"]) == (LAST, 3)
    assert upload.files() == before


@pytest.mark.parametrize(("name", "digest"), [("SHA256", "sha256"), ("CRC32", "")])
def test_sums_are_those_of_the_parts(embedded_aws: Embedded, bucket: str, name: str, digest: str) -> None:
    def raw(data: bytes) -> bytes:
        return hashlib.new(digest, data).digest() if digest else zlib.crc32(data).to_bytes(4, "big")

    upload = Upload(embedded_aws, bucket, ChecksumAlgorithm=name)
    for number, body in ((1, LARGE), (2, LAST)):
        stored = upload.put(number, body, ChecksumAlgorithm=name)
        assert base64.b64decode(stored[f"Checksum{name}"]) == raw(body)
    of_all = base64.b64encode(raw(raw(LARGE) + raw(LAST))).decode() + "-2"
    assert upload.complete()[f"Checksum{name}"] == of_all
    read = upload.s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (read[f"Checksum{name}"], read["ChecksumType"]) == (of_all, "COMPOSITE")
    assert read["Body"].read() == LARGE + LAST
    wrong = {"ContentMD5": base64.b64encode(hashlib.md5(b"other").digest()).decode()}
    another = Upload(embedded_aws, bucket, "other")
    assert code(another.put, number=1, body=LAST, **wrong) == "BadDigest"
    assert "Parts" not in another.s3.list_parts(**another.where)


def slowly(polynomial: int, bits: int, data: bytes) -> int:
    """Reckon a CRC byte by byte, as its definition has it."""
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ polynomial if value & 1 else value >> 1
        table.append(value)
    found = ones = (1 << bits) - 1
    for byte in data:
        found = table[(found ^ byte) & 255] ^ found >> 8
    return found ^ ones


@pytest.mark.parametrize(
    ("name", "bits", "polynomial", "check"),
    [("CRC32", 32, 0xEDB88320, 0xCBF43926), ("CRC32C", 32, 0x82F63B78, 0xE3069283),
     ("CRC64NVME", 64, 0x9A6C9329AC4BC9B5, 0xAE8B14860A799888)],
)  # fmt: skip
def test_a_crc_of_the_whole_is_made_of_its_parts(name: str, bits: int, polynomial: int, check: int) -> None:
    def told(data: bytes) -> str:
        return base64.b64encode(slowly(polynomial, bits, data).to_bytes(bits // 8, "big")).decode()

    assert slowly(polynomial, bits, b"123456789") == check  # the published check value
    parts = (b"1", b"", b"23456", b"789")
    assert crc.of_whole(name, [(told(part), len(part)) for part in parts]) == told(b"123456789")
    long = (LARGE[:70_001], LARGE[:3])
    assert crc.of_whole(name, [(told(part), len(part)) for part in long]) == told(b"".join(long))
    assert crc.of_whole(name, [(told(b""), 0)]) == told(b"")


@pytest.mark.parametrize(
    ("name", "bits", "polynomial"), [("CRC32C", 32, 0x82F63B78), ("CRC64NVME", 64, 0x9A6C9329AC4BC9B5)]
)
def test_a_crc_of_more_than_one_piece_is_judged(
    embedded_aws: Embedded, bucket: str, name: str, bits: int, polynomial: int
) -> None:
    s3, body = embedded_aws.client("s3"), LARGE[: 2 * MIB + 7]
    right = base64.b64encode(slowly(polynomial, bits, body).to_bytes(bits // 8, "big")).decode()
    s3.put_object(Bucket=bucket, Key="k", Body=body, **{f"Checksum{name}": right})
    assert code(s3.put_object, Bucket=bucket, Key="k", Body=body[1:], **{f"Checksum{name}": right}) == "BadDigest"
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == body


@pytest.mark.parametrize(("name", "asked"), [("CRC32", "FULL_OBJECT"), ("CRC64NVME", "")])
def test_sums_of_the_whole_object(embedded_aws: Embedded, bucket: str, name: str, asked: str) -> None:
    more = {"ChecksumType": asked} if asked else {}
    upload = Upload(embedded_aws, bucket, ChecksumAlgorithm=name, **more)
    for number, body in ((1, LARGE), (2, LAST)):
        upload.put(number, body)
    upload.parts = [{"PartNumber": one["PartNumber"], "ETag": one["ETag"]} for one in upload.parts]
    data = LARGE + LAST
    crc64 = slowly(0x9A6C9329AC4BC9B5, 64, data).to_bytes(8, "big") if name != "CRC32" else b""
    wanted = base64.b64encode(crc64 or zlib.crc32(data).to_bytes(4, "big")).decode()
    assert code(upload.complete, **{f"Checksum{name}": "AAAAAAAAAAA=" if crc64 else "AAAAAA=="}) == "BadDigest"
    for _ in range(2):
        made = upload.complete()
        assert (made[f"Checksum{name}"], made["ChecksumType"]) == (wanted, "FULL_OBJECT")
    head = upload.s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (head[f"Checksum{name}"], head["ChecksumType"]) == (wanted, "FULL_OBJECT")
    facts = upload.s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["Checksum"])["Checksum"]
    assert (facts[f"Checksum{name}"], facts["ChecksumType"]) == (wanted, "FULL_OBJECT")


@pytest.mark.parametrize(
    "given",
    [{"ChecksumAlgorithm": "SHA256", "ChecksumType": "FULL_OBJECT"},
     {"ChecksumAlgorithm": "CRC64NVME", "ChecksumType": "COMPOSITE"}],
)  # fmt: skip
def test_types_of_sums_that_there_are_not(embedded_aws: Embedded, bucket: str, given: dict[str, str]) -> None:
    s3 = embedded_aws.client("s3")
    assert code(s3.create_multipart_upload, Bucket=bucket, Key="k", **given) == "InvalidRequest"


def test_what_aws_would_not_put_together_is_refused_and_can_be_mended(embedded_aws: Embedded, bucket: str) -> None:
    upload = Upload(embedded_aws, bucket)
    before = upload.files()
    assert code(upload.complete, parts=[]) == "MalformedXML"
    assert code(upload.complete, parts=[{"PartNumber": 1, "ETag": '"0"'}]) == "InvalidPart"
    upload.put(1, LAST)
    upload.put(2, LAST)
    assert code(upload.complete) == "EntityTooSmall"
    upload.put(1, LARGE)
    first, second = upload.parts
    assert code(upload.complete, parts=[second, first]) == "InvalidPartOrder"
    assert code(upload.complete, parts=[first, first]) == "InvalidPartOrder"
    assert code(upload.complete, parts=[first, {**second, "ETag": '"0"'}]) == "InvalidPart"
    assert code(upload.complete, parts=[first, second, {"PartNumber": 3, "ETag": '"0"'}]) == "InvalidPart"
    assert code(upload.complete, MpuObjectSize=3) == "InvalidRequest"
    upload.s3.put_object(Bucket=bucket, Key="k", Body=b"there")
    assert code(upload.complete, IfNoneMatch="*") == "PreconditionFailed"
    assert upload.read() == b"there"
    assert upload.files() == before + 2  # the parts, and nothing of what was refused
    upload.complete(MpuObjectSize=len(LARGE + LAST))
    assert upload.read() == LARGE + LAST
    assert upload.files() == before


def test_only_the_named_parts_go_in_and_the_last_of_a_number(embedded_aws: Embedded, bucket: str) -> None:
    upload = Upload(embedded_aws, bucket)
    before = upload.files()
    old = upload.put(1, LARGE)["ETag"]
    upload.put(1, LARGE[::-1])
    upload.put(2, LARGE)
    upload.put(3, LAST)
    assert code(upload.complete, parts=[{"PartNumber": 1, "ETag": old}]) == "InvalidPart"
    first, _, third = upload.parts
    assert upload.complete([first, third])["ETag"] == etag_of(LARGE[::-1], LAST)
    assert upload.read() == LARGE[::-1] + LAST
    assert upload.files() == before


def test_of_uploads_of_one_part_at_once_one_stays(embedded_aws: Embedded, bucket: str) -> None:
    upload = Upload(embedded_aws, bucket)
    before = upload.files()
    bodies = [bytes([number]) * MIB for number in range(8)]
    with ThreadPoolExecutor(len(bodies)) as pool:
        list(pool.map(lambda body: upload.s3.upload_part(**upload.where, PartNumber=1, Body=body), bodies))
    assert upload.files() == before + 1
    (part,) = upload.s3.list_parts(**upload.where)["Parts"]
    upload.complete([{"PartNumber": 1, "ETag": part["ETag"]}])
    (kept,) = [body for body in bodies if f'"{hashlib.md5(body).hexdigest()}"' == part["ETag"]]
    assert upload.read() == kept


def test_who_asks_again_gets_the_same_answer(embedded_aws: Embedded, bucket: str) -> None:
    upload = Upload(embedded_aws, bucket)
    upload.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    upload.put(1, LARGE)
    upload.put(2, LAST)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: upload.complete()["VersionId"], range(4)))
    assert len({*answers, upload.complete()["VersionId"]}) == 1
    assert len(upload.s3.list_object_versions(Bucket=bucket)["Versions"]) == 1
    assert code(upload.s3.abort_multipart_upload, **upload.where) == "NoSuchUpload"
    assert code(upload.put, number=3, body=b"late") == "NoSuchUpload"


def test_parts_copied_from_ranges_and_an_abort_leave_no_files(embedded_aws: Embedded, bucket: str) -> None:
    s3 = embedded_aws.client("s3")
    s3.put_object(Bucket=bucket, Key="source", Body=LARGE + LAST)
    source = {"CopySource": {"Bucket": bucket, "Key": "source"}}
    copied, given_up = Upload(embedded_aws, bucket), Upload(embedded_aws, bucket, "other")
    before = copied.files()
    spans = ("bytes=0-5242879", f"bytes=5242880-{len(LARGE + LAST) - 1}")
    for number, span in enumerate(spans, start=1):
        made = s3.upload_part_copy(**copied.where, **source, PartNumber=number, CopySourceRange=span)
        copied.parts.append({"PartNumber": number, "ETag": made["CopyPartResult"]["ETag"]})
    s3.upload_part_copy(**given_up.where, **source, PartNumber=1)
    given_up.put(2, LAST)
    assert copied.files() == before + 4
    assert copied.complete()["ETag"] == etag_of(LARGE, LAST)
    assert copied.read() == LARGE + LAST
    s3.abort_multipart_upload(**given_up.where)
    assert copied.files() == before


def test_a_restart_leaves_no_parts_and_every_object(fresh: Start) -> None:
    running = fresh()
    running.client("s3").create_bucket(Bucket="box")
    whole, begun = Upload(running, "box", "whole", ChecksumAlgorithm="SHA256"), Upload(running, "box", "begun")
    for upload in (whole, begun):
        upload.put(1, LARGE)
        upload.put(2, LAST)
    whole.complete()
    assert begun.files() == 2
    running.kill()
    again = fresh()
    part = again.client("s3").get_object(Bucket="box", Key="whole", PartNumber=2)
    assert (part["Body"].read(), part["PartsCount"]) == (LAST, 2)
    head = again.client("s3").head_object(Bucket="box", Key="whole", ChecksumMode="ENABLED")
    assert (head["ChecksumType"], head["ChecksumSHA256"][-2:]) == ("COMPOSITE", "-2")
    again.client("s3").put_object_tagging(Bucket="box", Key="whole", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    again.kill()
    again = fresh()
    assert again.client("s3").get_object(Bucket="box", Key="whole", PartNumber=1)["Body"].read() == LARGE
    read = again.client("s3").get_object(Bucket="box", Key="whole")
    assert (read["Body"].read(), read["ETag"]) == (LARGE + LAST, etag_of(LARGE, LAST))
    assert list((again.home / "s3-parts").iterdir()) == []


def test_parts_are_not_kept_in_memory(fresh: Start) -> None:
    running = fresh()
    running.client("s3").create_bucket(Bucket="box")
    memory = psutil.Process(running.process.pid).memory_info
    upload = Upload(running, "box")
    upload.put(1, LARGE * 2)
    before = memory().rss
    for number in range(2, 26):
        upload.put(number, LARGE * 2)
    upload.complete()
    digest = hashlib.sha256(upload.read()).hexdigest()
    assert digest == hashlib.sha256(LARGE * 2 * 25).hexdigest()
    assert memory().rss - before < 100 * MIB  # of 250


def test_large_objects_and_ranges_of_versions_are_read_as_they_are(embedded_aws: Embedded, bucket: str) -> None:
    s3 = embedded_aws.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old, new = LARGE * 2 + LAST, LARGE[::-1] * 2
    of_old = s3.put_object(Bucket=bucket, Key="k", Body=old)["VersionId"]
    of_new = s3.put_object(Bucket=bucket, Key="k", Body=new)["VersionId"]
    for version, body in ((of_old, old), (of_new, new)):
        read = s3.get_object(Bucket=bucket, Key="k", VersionId=version)
        assert (read["ContentLength"], read["Body"].read()) == (len(body), body)
        part = s3.get_object(Bucket=bucket, Key="k", VersionId=version, Range="bytes=5-6000004")
        assert part["ResponseMetadata"]["HTTPStatusCode"] == 206
        assert (part["ContentRange"], part["Body"].read()) == (f"bytes 5-6000004/{len(body)}", body[5:6_000_005])
        far = {"Bucket": bucket, "Key": "k", "VersionId": version, "Range": "bytes=20000000-"}
        assert code(s3.get_object, **far) == "InvalidRange"
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == new
    assert s3.head_object(Bucket=bucket, Key="k")["ContentLength"] == len(new)


class Emulated:
    """As much of the emulator's S3 as an upload needs."""

    ParseError = ValueError
    _compute_s3_checksum = _create_multipart_upload = _composite_checksum = _get_object_attributes = None

    def __init__(self) -> None:
        self.md5_hash: Callable[[bytes], str] = lambda data: hashlib.md5(data).hexdigest()
        self._multipart_uploads: dict[str, dict[str, Any]] = {"u": {"bucket": "b", "key": "k", "parts": {}}}
        self._completed_multipart_uploads: dict[str, Any] = {}
        self.made: list[Any] = []

    async def handle_request(self, method: str, _path: str, _headers: Any, body: bytes, parameters: Any) -> Any:
        if method == "PUT":
            part = {"body": body, "size": len(body), "etag": f'"{self.md5_hash(body)}"'}
            self._multipart_uploads["u"]["parts"][int(parameters["partNumber"][0])] = part
            return 200, {}, b""
        if method == "POST":
            return self._complete_multipart_upload("b", "k", body, parameters, {})
        return 200, {}, b"something else"

    def fromstring(self, body: bytes) -> Any:
        return ElementTree.fromstring(body)

    def _complete_multipart_upload(self, _b: str, _k: str, _body: bytes, _parameters: Any, _headers: Any) -> Any:
        record: dict[str, Any] = {"checksums": {}}
        self._maybe_replicate("b", "k", record, b"")
        self._completed_multipart_uploads["u"] = {}
        self.made.append(Path(record["body"].path).read_bytes())
        return 200, {}, b""

    def _maybe_replicate(self, *_: Any) -> None:
        """Nothing is replicated."""

    def _replication_rule_for(self, *_: Any) -> tuple[None, str]:
        return None, ""


def test_others_are_answered_while_parts_are_put_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(answered_meanwhile(tmp_path / "parts", monkeypatch))


async def answered_meanwhile(parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    s3, begun, go_on, join = Emulated(), threading.Event(), threading.Event(), assembly.join

    def waiting(directory: str, named: Any) -> Any:
        begun.set()
        assert go_on.wait(30)
        return join(directory, named)

    monkeypatch.setattr(assembly, "join", waiting)
    sums = Sums(s3)
    sums.install()
    Parts(s3, sums, parts).install()
    ask: Any = s3.handle_request
    named = {"uploadId": ["u"], "partNumber": ["1"]}
    await ask("PUT", "/b/k", {}, LAST, named)
    body = b"<C><Part><PartNumber>1</PartNumber></Part></C>"
    completing = asyncio.create_task(ask("POST", "/b/k", {}, body, named))
    assert await asyncio.to_thread(begun.wait, 30)
    assert await ask("GET", "/b/other", {}, b"", {}) == (200, {}, b"something else")
    await ask("PUT", "/b/k", {}, LAST[::-1], named)  # the part again, while the old one is being read
    assert not completing.done()
    go_on.set()
    assert (await completing)[0] == 200
    assert s3.made == [LAST[::-1]]
    assert list(parts.iterdir()) == []


@pytest.mark.parametrize("leaves", [True, False])
def test_a_file_is_sent_to_whoever_is_there(tmp_path: Path, leaves: bool) -> None:
    (tmp_path / "large").write_bytes(LARGE * 4)
    sent, ends = asyncio.run(sending((tmp_path / "large").open("rb"), leaves))
    if leaves:
        assert len(sent) < len(LARGE) * 4 and not ends  # cut off, and not said to be whole
    else:
        assert sent == LARGE * 4 and ends


async def sending(file: Any, leaves: bool) -> tuple[bytes, bool]:
    """Return what is sent of a file to a client, which leaves at the second piece, and whether it was told the end."""
    sent: list[dict[str, Any]] = []
    gone = asyncio.Event()

    async def send(message: Any) -> None:
        sent.append(message)
        if leaves and len(sent) == 2:
            gone.set()
            await asyncio.sleep(0)

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    await send_file(file, send, receive)
    assert file.closed
    return b"".join(message["body"] for message in sent), not sent[-1]["more_body"]
