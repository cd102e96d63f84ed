import type { Observation, Telemetry } from 'nestjs-blue-green';

/** A request to `chat` that `green@v2` answered in 100 ms, but for what is said. */
export function observation(different: Partial<Observation> = {}): Observation {
  const { environment = 'green', version = 'v2', outcome = 'ok' } = different;
  return {
    at: 1_000_000,
    requestId: 'r1',
    route: 'chat',
    environment,
    version,
    epoch: 1,
    segment: 1,
    outcome,
    callerOutcome: outcome,
    answeredBy: outcome === 'ok' ? { environment, version } : undefined,
    attempts: 1,
    latency: 100,
    ...different,
  };
}

/** A request from its arrival to its end. */
export function happened(telemetry: Telemetry, arriving: Observation): void {
  const seen = telemetry.arrives(arriving);
  telemetry.charge(seen);
  telemetry.observe(seen);
}
