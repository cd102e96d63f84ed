import type { Observation, Telemetry } from 'nestjs-blue-green';
import type { UnitEvent } from '../../lib/telemetry/trial.js';

/** A rollout that began at the time of {@link observation}, and that plans for an hour. */
export const ON_TRIAL = { since: 1_000_000, timetable: { planned: 3_600_000, segments: 4 }, segment: 0 };

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
    onTrial: ON_TRIAL,
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

/** Users of an environment that had an event of this kind, by their first one. */
export function unitsCounted(
  telemetry: Telemetry,
  event: UnitEvent | 'exposure',
  { environment = 'green', segment = 1, epoch = 1 } = {},
): number {
  const first = telemetry
    .trial('chat', epoch)
    .events(event, environment, segment)
    .filter(({ previous }) => previous < 0);
  return first.reduce((sum, { events }) => sum + events, 0);
}
