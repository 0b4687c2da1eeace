"""An object of S3 as a file: read in ranges where it is asked for, so that a gigabyte needs little memory."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from choriste.domain.shared.errors import NotFoundError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from mypy_boto3_s3.client import S3Client

RANGE: Final = 8 * 1024 * 1024
"""Bytes of one request: large enough that its wait is small beside its transfer."""

_REPLACED: Final = "PreconditionFailed"


class RangedObject(io.RawIOBase):
    """The object that had this ETag; another that takes its place meanwhile is not read: `NotFoundError`."""

    def __init__(self, client: S3Client, *, bucket: str, key: str, size: int, etag: str) -> None:
        super().__init__()
        self._client = client
        self.bucket, self.key = bucket, key
        self._size, self.etag = size, etag
        self._at = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be sought."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place, and return it from the beginning."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read as much as the buffer holds in one request; 0 at the end."""
        view = memoryview(buffer).cast("B")
        end = min(self._at + len(view), self._size)
        if self._at >= end:
            return 0
        piece = self._range(self._at, end - 1)
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _range(self, first: int, last: int) -> bytes:
        try:
            answer = self._client.get_object(
                Bucket=self.bucket, Key=self.key, Range=f"bytes={first}-{last}", IfMatch=self.etag
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in {_REPLACED, "412", "NoSuchKey"}:
                raise NotFoundError(kind="file", id=self.key) from error
            raise
        return answer["Body"].read()
