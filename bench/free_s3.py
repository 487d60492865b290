"""An S3 that costs next to nothing: it accepts and forgets, and gives zeros back; the application's own cost shows.

Run as `python -m bench.free_s3 PORT`. A GET or HEAD of `/<bucket>/<n>-mib` gives n MiB.
"""

import re
import socketserver
import sys
from typing import Any
from urllib.parse import urlsplit

MIB = 1024 * 1024
ETAG = '"0123456789abcdef0123456789abcdef"'
ZEROS = memoryview(bytes(4 * MIB))
BEGUN = (
    "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId>"
    "</InitiateMultipartUploadResult>"
)
DONE = (
    f"<CompleteMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><ETag>{ETAG}</ETag></CompleteMultipartUploadResult>"
)
WHO = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::000000000000:root</Arn>"
    "<UserId>x</UserId><Account>000000000000</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
BUCKETS = "<ListAllMyBucketsResult><Owner><ID>x</ID></Owner><Buckets></Buckets></ListAllMyBucketsResult>"


class Handler(socketserver.StreamRequestHandler):
    """One connection, kept alive."""

    rbufsize = 256 * 1024
    disable_nagle_algorithm = True

    def handle(self) -> None:
        scratch = memoryview(bytearray(MIB))
        while line := self.rfile.readline():
            method, target, _ = line.decode("latin-1").split()
            headers = self._headers()
            if headers.get("expect"):
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._swallow(int(headers.get("content-length", 0)), scratch)
            self._answer(method, target, headers)

    def _headers(self) -> dict[str, str]:
        found = {}
        while line := self.rfile.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            found[name.lower()] = value.strip()
        return found

    def _swallow(self, length: int, scratch: memoryview) -> None:
        stream: Any = self.rfile
        while length:
            count = stream.readinto1(scratch[: min(length, MIB)])
            if not count:
                raise ConnectionError("the client left")
            length -= count

    def _answer(self, method: str, target: str, headers: dict[str, str]) -> None:
        url = urlsplit(target)
        size = re.search(r"(\d+)-mib$", url.path)
        if method in ("GET", "HEAD") and size:
            self._object(method, int(size[1]) * MIB, headers.get("range", ""))
            return
        body = BUCKETS if method == "GET" else ""
        if method == "POST":
            body = BEGUN if url.query.startswith("uploads") else DONE if "uploadId" in url.query else WHO
        head = (
            f"HTTP/1.1 200 OK\r\nETag: {ETAG}\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.wfile.write((head + body).encode())

    def _object(self, method: str, total: int, wanted: str) -> None:
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
        start, end = (int(found[1]), int(found[2] or total - 1)) if found else (0, total - 1)
        status = f"206 Partial Content\r\nContent-Range: bytes {start}-{end}/{total}" if found else "200 OK"
        left = end - start + 1
        dated = f"ETag: {ETAG}\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT"
        self.wfile.write(f"HTTP/1.1 {status}\r\n{dated}\r\nContent-Length: {left}\r\n\r\n".encode())
        while method == "GET" and left:
            piece = ZEROS[: min(left, len(ZEROS))]
            self.wfile.write(piece)
            left -= len(piece)


class Server(socketserver.ThreadingTCPServer):
    """A thread per connection."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
        server.serve_forever()
