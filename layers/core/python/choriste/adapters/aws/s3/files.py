"""Files in the three buckets: inbox, write-once archive, and documents that can be made again."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, TypedDict
from urllib.parse import quote

from botocore.exceptions import ClientError

from choriste.adapters.aws.s3.ranged import RANGE, RangedObject
from choriste.application.shared.ports import Bucket
from choriste.domain.shared.errors import NotFoundError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_MISSING = frozenset({"NoSuchKey", "404", "NoSuchBucket"})


class S3Files:
    """Implements `choriste.application.shared.ports.Files`; `buckets` names the bucket of each bucket."""

    def __init__(self, client: S3Client, buckets: Mapping[Bucket, str]) -> None:
        self._client = client
        self._buckets = buckets

    def put(self, bucket: Bucket, key: str, content: bytes, *, mime_type: str) -> None:
        """Keep bytes under a key; S3 verifies them on arrival against their SHA-256.

        What the archive keeps under a key is never put again: a retry, too, would be locked for ten years.
        """
        condition: _Condition = {"IfNoneMatch": "*"} if bucket is Bucket.ARCHIVE else {}
        try:
            self._client.put_object(
                Bucket=self._buckets[bucket],
                Key=key,
                Body=content,
                ContentType=mime_type,
                ChecksumAlgorithm="SHA256",
                **condition,
            )
        except ClientError as error:
            if not _is_kept(error):
                raise

    def get(self, bucket: Bucket, key: str) -> bytes:
        """Return the bytes under a key; raises `NotFoundError`."""
        try:
            return self._client.get_object(Bucket=self._buckets[bucket], Key=key)["Body"].read()
        except ClientError as error:
            raise _translated(error, key) from error

    def open(self, bucket: Bucket, key: str) -> BinaryIO:
        """Return what is under a key as a file, read in ranges of 8 MB; raises `NotFoundError`."""
        name = self._buckets[bucket]
        try:
            found = self._client.head_object(Bucket=name, Key=key)
        except ClientError as error:
            raise _translated(error, key) from error
        ranged = RangedObject(
            self._client, bucket=name, key=key, size=found["ContentLength"], etag=found["ETag"]
        )
        return io.BufferedReader(ranged, buffer_size=RANGE)

    def keep_dropped(self, dropped: BinaryIO, key: str, *, mime_type: str) -> None:
        """Copy an inbox object that was opened into the archive, within S3, with its SHA-256."""
        source = getattr(dropped, "raw", None)
        if not isinstance(source, RangedObject):
            raise TypeError("only what `open` returned can be copied")
        try:
            self._client.copy_object(
                Bucket=self._buckets[Bucket.ARCHIVE],
                Key=key,
                CopySource={"Bucket": source.bucket, "Key": source.key},
                CopySourceIfMatch=source.etag,
                ContentType=mime_type,
                MetadataDirective="REPLACE",
                ChecksumAlgorithm="SHA256",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if not _is_kept(error):
                raise _translated(error, source.key) from error
            if not self._has(key):
                raise NotFoundError(kind="file", id=source.key) from error

    def _has(self, key: str) -> bool:
        """Say whether the archive has a key: one condition of a copy was refused, this tells which."""
        with suppress(NotFoundError):
            return self.size(Bucket.ARCHIVE, key) >= 0
        return False

    def size(self, bucket: Bucket, key: str) -> int:
        """Return the size in bytes of what is under a key; raises `NotFoundError`."""
        try:
            return self._client.head_object(Bucket=self._buckets[bucket], Key=key)["ContentLength"]
        except ClientError as error:
            raise _translated(error, key) from error

    def metadata(self, bucket: Bucket, key: str) -> Mapping[str, str]:
        """Return the metadata that came with an object, names in lower case; raises `NotFoundError`."""
        try:
            found = self._client.head_object(Bucket=self._buckets[bucket], Key=key)["Metadata"]
        except ClientError as error:
            raise _translated(error, key) from error
        return {name.lower(): value for name, value in found.items()}

    def upload_address(self, key: str, *, seconds: int) -> str:
        """Return an address to PUT an inbox object to, valid for that long."""
        return self._client.generate_presigned_url(
            "put_object", Params={"Bucket": self._buckets[Bucket.INBOX], "Key": key}, ExpiresIn=seconds
        )

    def download_address(self, bucket: Bucket, key: str, *, filename: str, seconds: int) -> str:
        """Return an address to GET an object from, saved under that file name."""
        disposition = f"attachment; filename*=UTF-8''{quote(filename)}"
        return self._client.generate_presigned_url(
            "get_object",
            Params={"Bucket": self._buckets[bucket], "Key": key, "ResponseContentDisposition": disposition},
            ExpiresIn=seconds,
        )


class _Condition(TypedDict, total=False):
    IfNoneMatch: str


def _is_kept(error: ClientError) -> bool:
    """Say whether the key has bytes already; the ones of another write under way (409) come to the same."""
    return error.response["Error"]["Code"] in {"PreconditionFailed", "ConditionalRequestConflict"}


def _translated(error: ClientError, key: str) -> Exception:
    return NotFoundError(kind="file", id=key) if error.response["Error"]["Code"] in _MISSING else error
