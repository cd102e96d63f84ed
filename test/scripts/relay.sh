#!/usr/bin/env bash
# A relay with shadow traffic, a routing policy, and the command line.
set -euo pipefail
: "${BASE_URL:?}" "${API_KEY:?}" "${CONFIG:?}"
export BLUE_GREEN_URL=$BASE_URL BLUE_GREEN_KEY=$API_KEY

policy() {
  curl -sS --fail-with-body -X PATCH "$BASE_URL/routing/policy" \
    -H "Authorization: Bearer $API_KEY" -H 'Content-Type: application/json' -d "$1"
  echo
}

# To green in steps of 25 points, each for so many seconds.
walk() {
  policy '{
    "routing": { "strategy": "weighted", "weights": { "blue": 0, "green": 100 } },
    "traffic_shift": {
      "increment": 25,
      "interval_seconds": '"$1"',
      "validation_threshold": { "error_rate": 0.05, "latency_p99_ms": 3000, "p99_difference_ms": 2000 }
    }
  }'
}

# How often each environment answered: answers say who it was.
ask() {
  for _ in $(seq "$2"); do
    curl -sS --fail-with-body "$BASE_URL/chat/completions" -H "Authorization: Bearer $API_KEY" \
      -H 'Content-Type: application/json' -d '{"model":"'"$1"'","messages":[{"role":"user","content":"Hi"}]}'
    echo
  done | grep -oE '"content": ?"(blue|green)' | grep -oE 'blue|green' | sort | uniq -c | xargs
}

# The weights of every route, or of one.
weights() {
  blue-green status --json "$@" | grep -oE '"weights": ?\{[^}]*\}'
}

# The weight of green on a route.
green() {
  weights --route "$1" | grep -oE '"green": ?[0-9.]+' | grep -oE '[0-9.]+$'
}

until_green() {
  for _ in $(seq 120); do
    [ "$(green "$1")" = "$2" ] && return
    sleep 0.2
  done
  echo "green has $(green "$1") of $1, not $2" >&2
  blue-green status --route "$1" >&2
  return 1
}

blue-green validate --config "$CONFIG"
BLUE_GREEN_ENDPOINT_KEY=$API_KEY blue-green verify --endpoint "$BASE_URL/models"
echo "by its own name: $(ask gpt-4.1 3)"

policy '{"routing":{"strategy":"shadow"}}'
echo "with shadow: $(ask gpt_4 20)"
for _ in $(seq 20); do
  report=$(curl -sS --fail-with-body "$BASE_URL/shadow/report?model_alias=gpt_4" -H "Authorization: Bearer $API_KEY")
  compared=$(grep -oE '"compared": ?[0-9]+' <<<"$report" | grep -oE '[0-9]+$')
  [ "$compared" -ge 15 ] && break
  sleep 0.2
done
echo "pairs compared: $compared"

walk 3
until_green gpt_4 25
echo 'first step'
until_green gpt_4 0
echo "taken back: $(ask gpt_4 20)"
echo "without traffic: claude has $(green claude) on green"
blue-green status --route claude

sleep 0.5
walk 1
until_green gpt_4 100
echo "walked: $(ask gpt_4 20)"

blue-green rollback --environment production
echo "rolled back: $(ask gpt_4 20)"
echo "again: $(blue-green rollback --environment production | xargs -0)"

blue-green traffic-shift --blue 90 --green 10
blue-green status | head -1
echo "green has 10% of $(weights | grep -cE '"green": ?10\b') routes"
blue-green rollback --environment green
echo "green taken out: $(ask claude 20)"

blue-green canary --percentage 10
blue-green promote
echo "promoted: $(ask claude 20)"
blue-green rollback
echo "back: $(ask claude 20)"
