"""The gateway on the running platform: events, answers, routes, limits."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest

from choriste.local.platform.process import Platform
from choriste.local.platform.shapes import Json
from tests.builders.local_handlers import SEEN

Reply = tuple[int, http.client.HTTPMessage, bytes]


def call(platform: Platform, method: str, path: str, *, body: bytes | None = None, **headers: str) -> Reply:
    """Status, headers and body of one HTTP request."""
    address = urlsplit(platform.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    try:
        connection.request(
            method, path, body, {name.replace("_", "-"): text for name, text in headers.items()}
        )
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def event_of(
    platform: Platform, method: str, path: str, *, body: bytes | None = None, **headers: str
) -> Json:
    """The event that the function got for a request."""
    status, _, text = call(platform, method, path, body=body, **headers)
    assert status == 200
    return json.loads(text)


def test_event_has_the_shape_of_payload_version_2(platform: Platform) -> None:
    event = event_of(platform, "GET", "/items/a%20b?x=1&x=2&y=", Cookie="k=v; l=w", X_Thing="one")

    assert event["version"] == "2.0"
    assert event["routeKey"] == "GET /items/{id}"
    assert event["rawPath"] == "/items/a b"
    assert event["rawQueryString"] == "x=1&x=2&y="
    assert event["queryStringParameters"] == {"x": "1,2", "y": ""}
    assert event["pathParameters"] == {"id": "a b"}
    assert event["cookies"] == ["k=v", "l=w"]
    assert event["headers"]["x-thing"] == "one"
    assert "cookie" not in event["headers"]
    assert event["requestContext"]["http"]["method"] == "GET"
    assert event["isBase64Encoded"] is False


def test_text_body_is_text_and_other_bodies_are_base64(platform: Platform) -> None:
    text = event_of(platform, "POST", "/echo", body='{"é": 1}'.encode(), Content_Type="application/json")
    binary = event_of(platform, "POST", "/echo", body=b"%PDF\xff", Content_Type="application/pdf")
    broken = event_of(platform, "POST", "/echo", body=b"\xff\xfe<\x00", Content_Type="application/xml")

    assert (text["body"], text["isBase64Encoded"]) == ('{"é": 1}', False)
    assert (binary["body"], binary["isBase64Encoded"]) == ("JVBERv8=", True)
    assert (broken["body"], broken["isBase64Encoded"]) == ("//48AA==", True)


def test_greedy_route_takes_the_rest_of_the_path(platform: Platform) -> None:
    event = event_of(platform, "GET", "/files/a/b%2Fc.pdf")

    assert event["pathParameters"] == {"path": "a/b/c.pdf"}


def test_binary_answer_and_cookies_reach_the_client(platform: Platform) -> None:
    status, headers, body = call(platform, "POST", "/answers/binary")

    assert (status, body, headers["content-type"]) == (201, b"%PDF-", "application/pdf")
    assert headers.get_all("set-cookie") == ["a=1; Secure", "b=2"]


def test_answer_without_status_is_the_document(platform: Platform) -> None:
    status, headers, body = call(platform, "POST", "/answers/plain")

    assert (status, json.loads(body), headers["content-type"]) == (
        200,
        {"hello": "world"},
        "application/json",
    )


@pytest.mark.parametrize("kind", ["error", "huge"])
def test_function_that_fails_gives_500(platform: Platform, kind: str) -> None:
    status, _, body = call(platform, "POST", f"/answers/{kind}")

    assert (status, json.loads(body)) == (500, {"message": "Internal Server Error"})


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nothing"), ("POST", "/items/1"), ("GET", "/items/1/2")]
)
def test_request_without_a_route_gives_404(platform: Platform, method: str, path: str) -> None:
    status, _, body = call(platform, method, path)

    assert (status, json.loads(body)) == (404, {"message": "Not Found"})


@pytest.mark.parametrize("size", [10 * 1024 * 1024 + 1, 6_500_000])
def test_body_over_the_limits_of_the_cloud_gives_413(platform: Platform, size: int) -> None:
    status, _, body = call(platform, "POST", "/echo", body=b"x" * size, Content_Type="text/plain")

    assert (status, json.loads(body)) == (413, {"message": "Request Entity Too Large"})
    assert SEEN["echo"] == []


def test_body_in_chunks_is_read_to_its_end(platform: Platform) -> None:
    address = urlsplit(platform.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)

    connection.request(
        "POST", "/echo", iter([b"one ", b"two"]), {"Content-Type": "text/plain"}, encode_chunked=True
    )
    answer = json.loads(connection.getresponse().read())
    connection.close()

    assert answer["body"] == "one two"


def test_length_that_is_none_gives_400(platform: Platform) -> None:
    status, _, body = call(platform, "POST", "/echo", Content_Length="many")

    assert (status, json.loads(body)) == (400, {"message": "Bad Request"})


def test_head_request_has_no_body(platform: Platform) -> None:
    status, headers, body = call(platform, "HEAD", "/echo")

    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0


def test_clock_page_moves_the_clock_and_refuses_nonsense(platform: Platform) -> None:
    before = json.loads(call(platform, "GET", "/local/clock")[2])["offset_seconds"]

    status, _, body = call(platform, "POST", "/local/clock", body=b'{"advance_seconds": 3600}')
    nonsense = [b"", b"[]", b'{"advance_seconds": "1"}', b'{"advance_seconds": NaN}', b"true"]
    refused = [call(platform, "POST", "/local/clock", body=text)[0] for text in nonsense]

    assert (status, json.loads(body)["offset_seconds"]) == (200, before + 3600)
    assert refused == [400] * 5
    moved = b'{"advance_seconds": 1}'
    assert call(platform, "POST", "/local/clock", body=moved, Origin="http://example.org")[0] == 403
    assert call(platform, "POST", "/local/clock", body=moved, Origin=platform.url)[0] == 200


def test_local_pages_tell_health_and_queues(platform: Platform) -> None:
    assert json.loads(call(platform, "GET", "/local/health")[2]) == {"status": "ready"}
    assert "test-deposit-dlq" in json.loads(call(platform, "GET", "/local/queues")[2])["queues"]
    assert call(platform, "GET", "/local/none")[0] == 404
