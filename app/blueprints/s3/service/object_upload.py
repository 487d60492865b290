"""One object on its way into S3: one PutObject, or parts and their completion; on failure nothing is left behind."""

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, HTTPClientError

from app.blueprints.s3.service import media, names

MOST_NUMBERED = 100  # names tried before “rename” gives up
# After one of these every further file of the form would fail the same way.
_HOPELESS = ("NoSuchBucket", "PermanentRedirect", "InvalidAccessKeyId", "ExpiredToken", "AllAccessDisabled")


class UploadRefused(Exception):
    """A file was not stored for a reason of our own: a code, a title, what happened and what to do."""

    def __init__(self, code: str, title: str, happened: str, remedy: str):
        super().__init__(happened)
        self.code, self.title, self.happened, self.remedy = code, title, happened, remedy


@dataclass(frozen=True)
class Destination:
    """Where files go, what happens where one is there already, and how large one may be (bytes)."""

    bucket: str
    prefix: str
    collision: str
    max_bytes: int

    def key(self, path: str) -> str:
        """Return the key of a relative path."""
        folder = self.prefix if not self.prefix or self.prefix.endswith("/") else f"{self.prefix}/"
        return folder + path


@dataclass
class Outcome:
    """What became of one file; `state` is stored, skipped or failed, and `failure` says why it failed."""

    name: str
    key: str
    size: int = 0
    type: str = ""
    named_type: str = ""
    width: int | None = None
    height: int | None = None
    notes: list[str] = field(default_factory=list)
    state: str = "stored"
    failure: Exception | None = None

    @property
    def open(self) -> bool:
        """Whether the file is still to be stored."""
        return self.state == "stored"

    def fail(self, failure: Exception) -> None:
        """Note the first failure; later ones only follow from it."""
        if self.failure is None:
            self.state, self.failure = "failed", failure


@dataclass
class Batch:
    """The files of one form: where they go, and a failure that the rest of them would only repeat."""

    client: Any
    where: Destination
    hopeless: Exception | None = None

    def note(self, error: Exception) -> None:
        """Remember a failure that does not depend on the file."""
        code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
        if code in _HOPELESS or isinstance(error, HTTPClientError):
            self.hopeless = self.hopeless or error


class ObjectUpload:
    """Sends one file; its methods run in the sender's thread, in order, and put every failure into the outcome."""

    def __init__(self, batch: Batch, outcome: Outcome):
        self._batch, self._client, self._where = batch, batch.client, batch.where
        self._outcome = outcome
        self._id: str | None = None
        self._parts: list[dict[str, Any]] = []

    def send_part(self, data: bytearray) -> None:
        """Send one full part, starting the multipart upload with the first."""
        if not self._outcome.open:
            return
        try:
            if self._id is not None or self._begin():
                self._part(data)
        except Exception as error:  # any failure is this file's outcome, shown to the person
            self._fail(error)

    def finish(self, data: bytes | bytearray) -> None:
        """Send what is left and make the object appear, or leave nothing behind."""
        if not self._outcome.open:
            return
        if (self._id is None or len(data) >= media.TAIL) and media.ends_early(self._outcome.type, data):
            self._outcome.notes.append("its end is missing: the file is damaged or was cut off")
        try:
            if self._batch.hopeless:
                raise self._batch.hopeless
            if self._id is None:
                self._put(data)
            else:
                self._complete(data)
        except Exception as error:  # as above
            self._fail(error)

    def give_up(self, reason: Exception) -> None:
        """Leave nothing of this object behind."""
        if self._outcome.open:
            self._fail(reason)

    def _begin(self) -> bool:
        """Start the parts, asking first whether the name is free: to find out after gigabytes helps nobody."""
        wanted, number = self._outcome.key, 2
        while self._where.collision != "replace" and self._exists():
            if self._where.collision != "rename" or number > MOST_NUMBERED:
                self._taken()
                return False
            self._outcome.key, number = names.numbered(wanted, number), number + 1
        self._id = self._client.create_multipart_upload(**self._named(), ContentType=self._outcome.type)["UploadId"]
        return True

    def _named(self) -> dict[str, str]:
        return {"Bucket": self._where.bucket, "Key": self._outcome.key}

    def _exists(self) -> bool:
        try:
            self._client.head_object(**self._named())
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
                return False  # 403: may write, not read; the condition on completion still protects what is there
            raise
        return True

    def _part(self, data: bytes | bytearray) -> None:
        number = len(self._parts) + 1
        answer = self._client.upload_part(**self._named(), UploadId=self._id, PartNumber=number, Body=data)
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})

    def _put(self, data: bytes | bytearray) -> None:
        wanted = self._outcome.key
        for number in range(2, MOST_NUMBERED + 2):
            try:
                self._client.put_object(**self._named(), Body=data, ContentType=self._outcome.type, **self._condition())
            except ClientError as error:
                if not _is_taken(error) or self._where.collision != "rename":
                    raise
                self._outcome.key = names.numbered(wanted, number)
            else:
                return
        self._taken()

    def _complete(self, data: bytes | bytearray) -> None:
        if data:
            self._part(data)
        self._client.complete_multipart_upload(
            **self._named(), UploadId=self._id, MultipartUpload={"Parts": self._parts}, **self._condition()
        )
        self._id = None

    def _condition(self) -> dict[str, str]:
        return {} if self._where.collision == "replace" else {"IfNoneMatch": "*"}

    def _fail(self, error: Exception) -> None:
        self._batch.note(error)
        if _is_taken(error):
            self._taken()
        else:
            self._outcome.fail(error)
        self._abort()

    def _taken(self) -> None:
        if self._where.collision == "skip":
            self._outcome.state = "skipped"
            self._outcome.notes.append("is there already, left as it is")
        else:
            self._outcome.fail(exists(self._outcome.key))

    def _abort(self) -> None:
        if self._id is None:
            return
        upload, self._id = self._id, None
        try:
            self._client.abort_multipart_upload(**self._named(), UploadId=upload)
        except Exception as error:  # the file has failed already; that parts of it may remain is one more thing to say
            self._outcome.notes.append(f"parts of it may remain in the bucket (upload {upload}): {error}")


def exists(key: str) -> UploadRefused:
    """Return the refusal of a key that is taken."""
    return UploadRefused(
        "Exists",
        "It exists already",
        f"There is an object “{key}” already. It was left as it is.",
        "Send the file again and choose to replace it, to keep both, or to skip it.",
    )


def _is_taken(error: Exception) -> bool:
    codes = ("PreconditionFailed", "412")
    return isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in codes
