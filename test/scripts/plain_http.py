"""What these scripts use of requests and httpx, on the standard library, for machines that have neither."""

import json as encoding
import urllib.error
import urllib.parse
import urllib.request

__version__ = "standard library"


class HTTPError(Exception):
    pass


class Response:
    def __init__(self, status, headers, body):
        self.status_code = status
        self.headers = headers
        self.text = body.decode()

    def json(self):
        return encoding.loads(self.text)

    def raise_for_status(self):
        if self.status_code >= 400:
            raise HTTPError(f"{self.status_code}: {self.text}")
        return self


def request(method, url, headers=None, params=None, json=None, timeout=30):
    if params:
        url = f"{url}?{urllib.parse.urlencode(params)}"
    data = None if json is None else encoding.dumps(json).encode()
    asked = urllib.request.Request(url, data, dict(headers or {}), method=method)
    if data is not None:
        asked.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(asked, timeout=timeout) as answer:
            return Response(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as refused:
        return Response(refused.code, refused.headers, refused.read())


def get(url, **more):
    return request("GET", url, **more)


def post(url, **more):
    return request("POST", url, **more)


def patch(url, **more):
    return request("PATCH", url, **more)


class Client:
    """As httpx has it: an address and headers for every call."""

    def __init__(self, base_url, headers, timeout):
        self.base_url, self.own, self.timeout = base_url, headers, timeout

    def request(self, method, path, headers=None, **more):
        merged = {**self.own, **(headers or {})}
        return request(method, self.base_url + path, headers=merged, timeout=self.timeout, **more)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)

    def patch(self, path, **more):
        return self.request("PATCH", path, **more)
