"""A health checker and a traffic manager: deploy.py --phase validate|canary|promote|rollback|status"""

import argparse
import os
import sys
import time
from collections import Counter
from datetime import datetime, timezone

try:
    import requests
except ImportError:
    import plain_http as requests

BASE_URL = os.environ["BASE_URL"]
API_KEY = os.environ["API_KEY"]
ROUTE, MODELS = "code-assistant", {"blue": "gpt-4", "green": "gpt-4.1"}
ERROR_RATE, LATENCY_P99_MS = 0.05, 3000


def call(method, path, **more):
    headers = {"Authorization": f"Bearer {API_KEY}", **more.pop("headers", {})}
    return requests.request(method, BASE_URL + path, headers=headers, timeout=30, **more)


def complete(environment=None):
    """The environment that answered; None when nobody did."""
    headers = {"X-Deployment-Env": environment} if environment else {}
    body = {"model": ROUTE, "messages": [{"role": "user", "content": "ping"}], "max_tokens": 5}
    response = call("POST", "/chat/completions", headers=headers, json=body)
    if response.status_code >= 500:
        return None
    response.raise_for_status()
    answered_by = response.json()["choices"][0]["message"]["content"].split()[0]
    assert response.headers["X-Deployment-Env"] == answered_by, response.headers["X-Deployment-Env"]
    return answered_by


class HealthChecker:
    """Three tiers, each only when the one before it has passed."""

    def connectivity(self, environment):
        return call("GET", "/models").status_code == 200

    def key(self, environment):
        answer = call("POST", "/auth/validate", json={"testModel": MODELS[environment], "dryRun": False}).json()
        if not answer["valid"]:
            print(f"  {answer['error']}")
        return answer["valid"]

    def model(self, environment):
        return all(complete(environment) == environment for _ in range(3))

    def check(self, environment):
        for tier in ("connectivity", "key", "model"):
            if not getattr(self, tier)(environment):
                return "unhealthy", tier
        return "healthy", None

    def can_deploy(self):
        for environment in ("blue", "green"):
            status, tier = self.check(environment)
            print(f"{environment}: {status}" + (f" at {tier}" if tier else ""))
            if status != "healthy":
                return False
        return True


class TrafficManager:
    def set_weights(self, blue, green):
        policy = {"routing": {"strategy": "weighted", "weights": {"blue": blue, "green": green}}}
        response = call("PATCH", "/routing/policy", json=policy)
        response.raise_for_status()
        return response.json()

    def distribution(self, calls):
        return dict(Counter(complete() for _ in range(calls)))

    def metrics(self, environment, since):
        names = "request_count,error_rate,latency_p50,latency_p99,cost_per_token"
        query = {"version_tag": MODELS[environment], "metrics": names, "start_time": since}
        return call("GET", "/metrics/versions", params=query).json()

    def status(self):
        answer = call("GET", "/status").json()
        return answer["data"][0] if "data" in answer else answer


def now():
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def validate(_manager):
    can_deploy = HealthChecker().can_deploy()
    print(f"can_deploy: {can_deploy}")
    return can_deploy


def canary(manager):
    if not HealthChecker().can_deploy():
        print("not deployed")
        return False
    since = now()
    manager.set_weights(blue=90, green=10)
    counts = Counter()
    for second in range(2):
        started = time.monotonic()
        counts.update(manager.distribution(100))
        green = manager.metrics("green", since)
        print(
            f"canary: {green['request_count']} requests, {green['error_rate']:.2%} errors, "
            f"p50 {green['latency_p50_ms']:.0f} ms, p99 {green['latency_p99_ms']:.0f} ms"
        )
        if green["error_rate"] > ERROR_RATE or green["latency_p99_ms"] > LATENCY_P99_MS:
            manager.set_weights(blue=100, green=0)
            print("canary failed")
            return False
        time.sleep(max(0, 1 - (time.monotonic() - started)))
    print(f"distribution: blue {counts['blue']} green {counts['green']}")
    return True


def promote(manager):
    manager.set_weights(blue=0, green=100)
    counts = manager.distribution(50)
    print(f"distribution: blue {counts.get('blue', 0)} green {counts.get('green', 0)}")
    return counts.get("green") == 50


def rollback(manager):
    before = manager.status()["weights"]["green"]
    if before == 0:
        print("nothing to roll back")
        return True
    manager.set_weights(blue=100, green=0)
    counts = manager.distribution(50)
    print(f"distribution: blue {counts.get('blue', 0)} green {counts.get('green', 0)}")
    return counts.get("blue") == 50


def status(manager):
    route = manager.status()
    print(f"active: {route['active']}")
    print(f"canary_active: {route['canary_active']}, canary_percentage: {route['canary_percentage']:g}")
    for name, environment in route["environments"].items():
        total = environment["total"]
        counts = f"{total['request_count']} requests, {total['error_count']} errors"
        print(f"{name}: weight {environment['weight']:g}, {counts}")
    return True


PHASES = {"validate": validate, "canary": canary, "promote": promote, "rollback": rollback, "status": status}

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--phase", choices=PHASES, required=True)
    phase = PHASES[parser.parse_args().phase]
    sys.exit(0 if phase(TrafficManager()) else 1)
