"""Pieces of scripts that several recipes have; $names are filled in."""

PLACE = '''

def place(address):
    """Return bucket and key of s3://bucket/key; a folder gets a file of its own."""
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": f"{key}$file" if not key or key.endswith("/") else key}
'''
TARGET = '''

class Target:
    """An object in S3, written in parts; nothing is left of it when the script fails."""

    PART = 8 * 1024 * 1024  # S3 wants 5 MiB at least

    def __init__(self, address):
        self.place = place(address)
        upload = s3.create_multipart_upload(**self.place, ContentType="$kind")
        self.place["UploadId"] = upload["UploadId"]
        self.parts, self.waiting, self.size = [], [], 0

    def __enter__(self):
        return self

    def write(self, line):
        self.waiting.append(line)
        self.size += len(line)
        if self.size >= self.PART:
            self.send()

    def send(self):
        number, body = len(self.parts) + 1, "".join(self.waiting).encode("utf-8")
        answer = s3.upload_part(**self.place, PartNumber=number, Body=body)
        self.parts.append({"PartNumber": number, "ETag": answer["ETag"]})
        self.waiting, self.size = [], 0

    def __exit__(self, kind, *_):
        if kind is not None:
            s3.abort_multipart_upload(**self.place)
            return
        if self.waiting or not self.parts:
            self.send()
        s3.complete_multipart_upload(**self.place, MultipartUpload={"Parts": self.parts})
'''
