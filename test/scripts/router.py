"""A router with a schedule of shifts, and a thread that watches green and takes it back."""

import os
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timezone

try:
    import httpx
except ImportError:
    import plain_http as httpx

# Share of green, and how long it stays: ten minutes each, were this not a rehearsal.
SCHEDULE = [(10, 1.0), (30, 1.0), (50, 1.0), (70, 1.0), (100, 1.0)]
USERS = [f"user-{number}" for number in range(60)]
GREEN = "gpt-4.1"


class BlueGreenRouter:
    def __init__(self, base_url, api_key):
        self.client = httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {api_key}"}, timeout=30)
        self.watching = httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {api_key}"}, timeout=30)
        self.started = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
        self.finished, self.failed, self.lock = threading.Event(), threading.Event(), threading.Lock()

    def note(self, message):
        self.client.post("/audit", json={"message": message}).raise_for_status()

    def set_green(self, green, client):
        routing = {"strategy": "sticky", "weights": {"blue": 100 - green, "green": green}}
        client.patch("/routing/policy", json={"routing": routing}).raise_for_status()

    def complete(self, user):
        body = {"model": "chat", "messages": [{"role": "user", "content": "Hi"}]}
        response = self.client.post("/chat/completions", json=body, headers={"X-User-ID": user})
        response.raise_for_status()
        return response.json()["choices"][0]["message"]["content"].split()[0]

    def round(self):
        """Who is answered by whom."""
        return {user: self.complete(user) for user in USERS}

    def monitor(self):
        names = "request_count,error_rate,latency_p99"
        query = {"version_tag": GREEN, "metrics": names, "start_time": self.started}
        while not self.finished.wait(0.3):
            green = self.watching.get("/metrics/versions", params=query).json()
            count, rate, p99 = green["request_count"], green["error_rate"], green["latency_p99_ms"]
            print(f"monitor: {count} requests, error rate {rate:.2%}, p99 {p99:.0f} ms", flush=True)
            if count >= 5 and (rate > 0.01 or p99 > 3000):
                with self.lock:
                    self.failed.set()
                    self.set_green(0, self.watching)
                return

    def walk(self):
        on_green = set()
        for green, seconds in SCHEDULE:
            with self.lock:
                if self.failed.is_set():
                    return
                self.set_green(green, self.client)
            print(f"green at {green}%", flush=True)
            until = time.monotonic() + seconds
            while time.monotonic() < until and not self.failed.is_set():
                answered = self.round()
                share = {user for user, environment in answered.items() if environment == "green"}
                gone_back = on_green - share
                if gone_back and not self.failed.wait(1):
                    raise SystemExit(f"went back to blue while green grew: {sorted(gone_back)}")
                on_green = share


def main():
    router = BlueGreenRouter(os.environ["BASE_URL"], os.environ["API_KEY"])
    router.note("router.py begins its schedule")
    watch = threading.Thread(target=router.monitor, daemon=True)
    watch.start()
    router.walk()
    router.finished.set()
    watch.join(5)
    counts = Counter(router.round().values())
    print(f"distribution: blue {counts['blue']} green {counts['green']}")
    print("rolled back" if router.failed.is_set() else "complete")
    return 1 if router.failed.is_set() else 0


if __name__ == "__main__":
    sys.exit(main())
