"""Files in the three buckets: inbox, write-once archive, and documents that can be made again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.exceptions import ClientError

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
        """Keep bytes under a key; S3 verifies them on arrival against their SHA-256."""
        self._client.put_object(
            Bucket=self._buckets[bucket],
            Key=key,
            Body=content,
            ContentType=mime_type,
            ChecksumAlgorithm="SHA256",
        )

    def get(self, bucket: Bucket, key: str) -> bytes:
        """Return the bytes under a key; raises `NotFoundError`."""
        try:
            return self._client.get_object(Bucket=self._buckets[bucket], Key=key)["Body"].read()
        except ClientError as error:
            raise _translated(error, key) from error

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


def _translated(error: ClientError, key: str) -> Exception:
    return NotFoundError(kind="file", id=key) if error.response["Error"]["Code"] in _MISSING else error
