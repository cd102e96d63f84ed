"""Version tags, traffic rules, metrics, a progressive rollout, and a rollback to {tag: 100}."""

import os
import time
from collections import Counter
from datetime import datetime, timezone

try:
    import requests
except ImportError:
    import plain_http as requests

BASE_URL = os.environ["BASE_URL"]
HEADERS = {"Authorization": f"Bearer {os.environ['API_KEY']}"}
ROUTE, V1, V2 = "code-review-production", "claude-sonnet-4.5-v1", "claude-sonnet-4.5-v2"


def call(method, path, **more):
    return requests.request(method, BASE_URL + path, headers={**HEADERS, **more.pop("headers", {})}, timeout=30, **more)


def register(tag, system_prompt, **parameters):
    response = call(
        "POST",
        "/models/versions",
        json={
            "version_tag": tag,
            "model": "anthropic/claude-sonnet-4-20250514",
            "parameters": {"temperature": 0.7, "max_tokens": 1024, "top_p": 0.9, **parameters},
            "system_prompt": system_prompt,
            "upstream_endpoint": "anthropic",
            "cost_limit_per_request": 0.05,
            "capabilities": {
                "provider": "anthropic",
                "max_tokens": 200000,
                "supports_streaming": True,
                "supports_tools": True,
            },
            "metadata": {"owner": "platform"},
        },
    )
    return response


def set_traffic(method="PATCH", more=None, **rules):
    route_rules = [{"version_tag": tag, "weight": weight} for tag, weight in rules.items()]
    name = {"model_alias": ROUTE} if method == "POST" else {"route_id": ROUTE}
    response = call(method, "/routes/traffic", json={**name, "route_rules": route_rules, **(more or {})})
    response.raise_for_status()
    return response.json()


def review(cookie=None):
    headers = {"Cookie": cookie} if cookie else {}
    body = {"model": ROUTE, "messages": [{"role": "user", "content": "Review: x = 1"}]}
    response = call("POST", "/chat/completions", headers=headers, json=body)
    if response.status_code >= 500:
        return "failed", None
    response.raise_for_status()
    tag = response.json()["choices"][0]["message"]["content"].split()[0]
    assert response.headers["X-Model-Version"] == tag, response.headers["X-Model-Version"]
    return tag, response.headers.get("Set-Cookie")


def distribution(calls):
    counts = Counter(review()[0] for _ in range(calls))
    return f"v1 {counts[V1]} v2 {counts[V2]} failed {counts['failed']}"


def metrics(tag, since):
    names = "request_count,error_rate,latency_p50,latency_p99,cost_per_token"
    query = {"version_tag": tag, "start_time": since, "end_time": now(), "metrics": names}
    figures = call("GET", "/metrics/versions", params=query).json()
    print(
        f"{tag}: {figures['request_count']} requests, {figures['error_rate']:.2%} errors, "
        f"p50 {figures['latency_p50_ms']:.0f} ms, p99 {figures['latency_p99_ms']:.0f} ms, "
        f"${figures['cost_per_token'] * 1000:.4f} per 1,000 tokens",
        flush=True,
    )
    return figures


def status():
    answer = call("GET", "/status").json()
    return answer["data"][0] if "data" in answer else answer


def now():
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def wait_for(what, is_so):
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not come about"
        time.sleep(0.2)


refused = register("Claude V2", "You review code.")
assert refused.status_code == 422 and "lower-case" in refused.text, refused.text
for tag, prompt in ((V1, "You review code."), (V2, "You review code. Be brief.")):
    response = register(tag, prompt)
    assert response.status_code == 201, f"{response.status_code} {response.text}"
    print(f"registered {tag}: {response.json()['version_id']}")

begun = now()
print(f"no data yet: {metrics(V2, begun)['request_count']} requests")
answer = set_traffic(
    "POST",
    **{V1: 95, V2: 5},
    more={
        "sticky_sessions": {"enabled": True, "cookie_name": "hs_model_version", "ttl_seconds": 3600},
        "health_check": {
            "enabled": True,
            "error_rate_threshold": 0.05,
            "latency_p99_threshold_ms": 3000,
            "auto_rollback": True,
        },
    },
)
print(f"status {answer['status']}, active {answer['active_version']}")
print(f"at 5%: {distribution(200)}")
figures = metrics(V2, begun)
assert figures["error_rate"] == 0, figures

first, cookie = review()
assert cookie and cookie.startswith("hs_model_version="), cookie
assert {review(cookie.split(";")[0])[0] for _ in range(10)} == {first}, "a session has changed its version"

for weight in (25, 50, 100):
    stage = now()
    set_traffic(**{V1: 100 - weight, V2: weight})
    print(f"at {weight}%: {distribution(100)}")
    figures = metrics(V2, stage)
    assert figures["error_rate"] <= 0.05 and figures["latency_p99_ms"] < 3000, figures

stage = now()
print("green is everything", flush=True)


def is_failing():
    print(f"watching: {distribution(10)}", flush=True)
    return metrics(V2, stage)["error_rate"] > 0.05 or status()["active"] == "blue"


def is_taken_back():
    print(f"watching: {distribution(10)}", flush=True)
    return status()["weights"] == {"blue": 100, "green": 0}


wait_for("an error rate", is_failing)
answer = set_traffic(**{V1: 100})
print(f"rolled back to {answer['active_version']}: {distribution(50)}", flush=True)

set_traffic(**{V1: 75, V2: 25})
wait_for("the automatic rollback", is_taken_back)
alerts = call("GET", "/alerts", params={"type": "rollback"}).json()["data"]
print(f"alerts: {len(alerts)}, the last: {alerts[0]['message']}")
print(f"taken back: {distribution(50)}")
