"""S3: word of every changed object before the answer leaves, and objects put back as they were.

An object's state is the list of its versions, oldest first, as plain values; contents are kept apart.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import quote_plus

from moto.s3 import notifications
from moto.s3.models import FakeDeleteMarker, FakeKey, S3Backend, s3_backends
from moto.s3.responses import S3Response
from werkzeug.datastructures import Headers

from choriste.local.moto_patches.replacing import Uninstall, replace
from choriste.local.platform.settings import ACCOUNT, PARTITION, REGION
from choriste.local.platform.shapes import Json, MotoObject

OBJECT_LOCK: Final = threading.RLock()

Keep = Callable[[bytes], str]
Read = Callable[[str], bytes]

_CHANGERS: Final = (
    "put_object",
    "delete_object",
    "put_object_retention",
    "put_object_legal_hold",
)
_CONTENT_NAME: Final = "_choriste_content_name"
_PLAIN_FIELDS: Final = (
    "lock_mode",
    "lock_until",
    "lock_legal_status",
    "encryption",
    "kms_key_id",
    "bucket_key_enabled",
    "checksum_algorithm",
    "checksum_value",
    "checksum_type",
    "website_redirect_location",
)


@dataclass(frozen=True, slots=True)
class ObjectName:
    """The bucket and the key of an object."""

    bucket: str
    key: str


OnChange = Callable[[ObjectName], None]


def install_objects(on_change: OnChange) -> Sequence[Uninstall]:
    """Report every object that a request changed, after the request and before its answer.

    An error that `on_change` raises becomes the request's error. Changes of one object are made one by one.
    """
    touched = threading.local()
    return (
        *(_install_changer(name, touched) for name in _CHANGERS),
        _install_tagger(touched),
        _install_telling("key_response", touched, on_change),
        _install_telling("bucket_response", touched, on_change),
        *_install_true_notifications(),
        _install_true_copies(),
    )


def _install_true_copies() -> Uninstall:
    """Copies into a locked bucket: moto asks them for the checksum that S3 asks of uploads alone."""
    put = S3Response._key_response_put  # noqa: SLF001 - moto has no other place for it

    def copied(response: MotoObject, query: Json, key_name: str) -> MotoObject:
        if "x-amz-copy-source" in response.headers:
            algorithm = response.headers.get("x-amz-checksum-algorithm", "SHA256")
            response.headers = Headers(response.headers.items())
            response.headers["x-amz-sdk-checksum-algorithm"] = algorithm
        return put(response, query, key_name)

    return replace(S3Response, "_key_response_put", copied)


def _install_true_notifications() -> Sequence[Uninstall]:
    """Notifications as AWS writes them: slashes of a key as they are, and a sequencer of each change.

    The sequencer is the time of the change, so an object announced again has the one it had.
    """
    describe = notifications._get_s3_event  # noqa: SLF001 - moto has no other place for it

    def described(event_name: str, bucket: MotoObject, key: MotoObject, notification_id: str) -> Json:
        event: Json = describe(event_name, bucket, key, notification_id)
        changed = event["Records"][0]["s3"]["object"]
        changed["sequencer"] = f"{int(key.last_modified.timestamp() * 1_000_000):018X}"
        if bucket.is_versioned:
            changed["versionId"] = key.version_id
        return event

    return (
        replace(notifications, "quote_plus", partial(quote_plus, safe="/")),
        replace(notifications, "_get_s3_event", described),
    )


def _note(touched: MotoObject, name: ObjectName) -> None:
    if hasattr(touched, "names"):
        touched.names[name] = None


def _install_changer(method: str, touched: MotoObject) -> Uninstall:
    change = getattr(S3Backend, method)

    def noted(backend: MotoObject, bucket_name: str, key_name: str, *rest: Json, **named: Json) -> Json:
        with OBJECT_LOCK:
            _note(touched, ObjectName(bucket_name, key_name))
            return change(backend, bucket_name, key_name, *rest, **named)

    return replace(S3Backend, method, noted)


def _install_tagger(touched: MotoObject) -> Uninstall:
    change = S3Backend.put_object_tagging

    def noted(backend: MotoObject, key: MotoObject, tags: Json) -> Json:
        if key is not None:
            _note(touched, ObjectName(key.bucket_name, key.name))
        return change(backend, key, tags)

    return replace(S3Backend, "put_object_tagging", noted)


def _install_telling(method: str, touched: MotoObject, on_change: OnChange) -> Uninstall:
    respond = getattr(S3Response, method)

    def told(response: MotoObject, *arguments: Json) -> Json:
        if hasattr(touched, "names"):
            return respond(response, *arguments)
        touched.names = {}
        try:
            answer = respond(response, *arguments)
            for name in touched.names:
                on_change(name)
            return answer
        finally:
            del touched.names

    return replace(S3Response, method, told)


def object_names() -> Iterator[ObjectName]:
    """Every object of every bucket."""
    for bucket in list(_backend().buckets.values()):
        for key in list(dict.keys(bucket.keys)):
            yield ObjectName(bucket.name, key)


def object_state(name: ObjectName, keep: Keep) -> list[Json]:
    """The versions of an object, oldest first; `keep` keeps a content and names it. Empty if it is gone."""
    with OBJECT_LOCK:
        bucket = _backend().get_bucket(name.bucket)
        return [_version_state(version, keep) for version in bucket.keys.getlist(name.key, [])]


def restore_object(name: ObjectName, versions: Sequence[Mapping[str, Json]], read: Read) -> None:
    """Put an object back, or without versions remove it; a bucket that is no more is passed over."""
    bucket = _backend().buckets.get(name.bucket)
    if bucket is None:
        return
    restored: list[MotoObject] = []
    for state in versions:
        version = _restored_version(bucket, name, state, read)
        if version is None and restored:
            version = _restored_marker(state, restored[-1])
        if version is not None:
            restored.append(version)
    if restored:
        bucket.keys.setlist(name.key, restored)
    elif name.key in bucket.keys:
        bucket.keys.pop(name.key)


def announce_again(bucket_name: str) -> int:
    """Send the bucket's notifications again for every object in it, and give their number."""
    bucket = _backend().get_bucket(bucket_name)
    created = notifications.S3NotificationEvent.OBJECT_CREATED_PUT_EVENT
    keys = [key for key in bucket.keys.values() if isinstance(key, FakeKey)]
    for key in keys:
        notifications.send_event(ACCOUNT, created, bucket, key)
    return len(keys)


def announcing_buckets() -> list[str]:
    """The buckets that notify a queue of new objects."""
    buckets: list[MotoObject] = list(_backend().buckets.values())
    announcing = [one for one in buckets if one.notification_configuration is not None]
    return [one.name for one in announcing if one.notification_configuration.queue]


def _backend() -> MotoObject:
    return s3_backends[ACCOUNT][PARTITION]


def _version_state(version: MotoObject, keep: Keep) -> Json:
    state: dict[str, Json] = {"version": version.version_id, "modified": version.last_modified.isoformat()}
    if isinstance(version, FakeDeleteMarker):
        return {**state, "deleted": True}
    if not hasattr(version, _CONTENT_NAME):
        setattr(version, _CONTENT_NAME, keep(version.value))
    tags = _backend().tagger.get_tag_dict_for_resource(version.arn)
    plain = {name: getattr(version, name) for name in _PLAIN_FIELDS if getattr(version, name) is not None}
    return {
        **state,
        **plain,
        "content": getattr(version, _CONTENT_NAME),
        "etag": version.etag.strip('"'),
        "metadata": dict(version.metadata),
        "storage": version.storage_class,
        **({"tags": tags} if tags else {}),
    }


def _restored_marker(state: Mapping[str, Json], hidden: MotoObject) -> MotoObject:
    marker: MotoObject = FakeDeleteMarker(key=hidden)
    marker._version_id, marker.last_modified = state["version"], _modified(state)  # noqa: SLF001 - no setter
    return marker


def _restored_version(
    bucket: MotoObject, name: ObjectName, state: Mapping[str, Json], read: Read
) -> MotoObject | None:
    if state.get("deleted"):
        return None
    key: MotoObject = FakeKey(
        name=name.key,
        value=read(state["content"]),
        account_id=ACCOUNT,
        region_name=REGION,
        storage=state["storage"],
        etag=state["etag"],
        is_versioned=bucket.is_versioned,
        version_id=state["version"],
        bucket_name=name.bucket,
    )
    key.last_modified = _modified(state)
    key.set_metadata(dict(state["metadata"]))
    for field in _PLAIN_FIELDS:
        setattr(key, field, state.get(field))
    setattr(key, _CONTENT_NAME, state["content"])
    tags = state.get("tags", {})
    if tags:
        _backend().tagger.tag_resource(key.arn, [{"Key": tag, "Value": tags[tag]} for tag in tags])
    return key


def _modified(state: Mapping[str, Json]) -> dt.datetime:
    return dt.datetime.fromisoformat(state["modified"])
