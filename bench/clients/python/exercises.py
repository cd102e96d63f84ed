"""Runs exercises and prints what came of each as JSON."""

import asyncio
import inspect
import json
import os

ORIGIN = os.environ["BENCH_ORIGIN"]
KEY = os.environ["BENCH_KEY"]
PLACE = os.environ["BENCH_PLACE"]

results = {}


def plain(value):
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return str(value)


def exercise(name):
    def run(function):
        try:
            value = asyncio.run(function()) if inspect.iscoroutinefunction(function) else function()
            results[name] = json.loads(json.dumps(value, default=plain))
        except Exception as error:
            status = getattr(error, "status_code", None)
            results[name] = {"raised": type(error).__name__, "status": status, "said": str(error)}
        return function

    return run


def finish():
    print(json.dumps(results))
