import type { Observation } from '../../lib/telemetry/observation.js';
import type { Telemetry } from '../../lib/telemetry/telemetry.js';
import type { Random } from '../../lib/kit/clock.js';
import { TrafficSplitter } from '../../lib/routing/traffic-splitter.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { Member } from '../../test/support/fleet.js';
import { Replica } from '../../test/support/rollouts.js';
import { seededRandom } from '../../test/support/seeded-random.js';
import type { FigureStore } from '../../lib/telemetry/figure-store.js';

const FAILS = 0.01;
const TICK = 30_000;
const STEPS = [5, 25, 50];
/** Ticks of a step, and of the final bake. */
const TICKS = 40;

/** The end of a healthy rollout. */
export interface Played {
  readonly phase: string;
  readonly pauses: number;
  /** One user of so many counted in the end. */
  readonly thinning: number;
}

/**
 * Plays a rollout of a canary that is as good as the live environment: so many sticky users, each with so many requests
 * on average, through the real splitter, telemetry, gates and scheduled job. The clock is a fake one.
 *
 * @param store in which the figures of a fleet are added up; without one the process is alone.
 */
export async function playUsers(users: number, each: number, seed: number, store?: FigureStore): Promise<Played> {
  const clock = new FakeClock();
  const random = seededRandom(seed);
  const member = store && new Member(store, clock);
  const steps = STEPS.map((setWeight) => ({ setWeight, duration: TICKS * TICK }));
  const schedule = { steps, finalBakeTime: TICKS * TICK };
  const replica = await Replica.start({
    clock,
    schedule,
    ...(member && { telemetry: member.telemetry, fleet: member.fleet }),
  });
  const { telemetry, table } = replica;
  const splitter = new TrafficSplitter(table, random);
  await replica.rollouts.start('chat', { seed: String(seed) });
  const ticks = TICKS * (STEPS.length + 1);
  let thinning = 1;
  for (let tick = 0; tick <= ticks + 2 && replica.phase !== 'Succeeded'; tick++) {
    for (let n = 0; n < (users * each) / ticks; n++) request(telemetry, splitter, clock.now(), users, random);
    clock.advance(TICK);
    await member?.fleet.exchange();
    const { epoch, segment } = replica.rollouts.route('chat');
    thinning = Math.max(thinning, telemetry.trial('chat', epoch).thinning(['blue', 'green'], segment));
    await replica.scheduler.tick();
  }
  const phase = replica.phase ?? 'none';
  replica.stop();
  return { phase, pauses: replica.history.filter((type) => type === 'RolloutPaused').length, thinning };
}

function request(telemetry: Telemetry, splitter: TrafficSplitter, at: number, users: number, random: Random): void {
  const assignment = splitter.assign('chat', { key: `user-${Math.floor(random() * users)}` });
  const { route, environment, version, unit, epoch, segment, onTrial } = assignment;
  const other = environment === 'blue' ? 'green' : 'blue';
  const outcome = random() < FAILS ? 'server_error' : 'ok';
  const answeredBy = outcome === 'ok' ? { environment, version: version.tag } : { environment: other, version: 'v1' };
  const seen: Observation = {
    route,
    environment,
    version: version.tag,
    unit,
    epoch,
    segment,
    onTrial,
    requestId: '',
    at,
    outcome,
    callerOutcome: 'ok',
    answeredBy,
    attempts: outcome === 'ok' ? 1 : 2,
    latency: 50 + 100 * random(),
  };
  const placed = telemetry.arrives(seen);
  telemetry.begin(placed, false)?.ended();
  telemetry.charge(placed);
  telemetry.observe(placed);
}
