import { environment, HEALTHY, type Health } from './behavior.js';
import type { World } from './world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A world with two environments that are alike. */
export function alike(name: string, health: Partial<Health> = {}, traffic: Partial<World> = {}): World {
  const behavior = environment({ ...HEALTHY, ...health });
  return {
    name,
    rate: () => 5,
    users: 3_000,
    keyless: 0.3,
    skew: 1.5,
    stepMinutes: 10,
    blue: behavior,
    green: behavior,
    ...traffic,
  };
}

/** A number in [0, 1) that belongs to a user. */
function lot(user: number): number {
  return ((user + 1) * 0.618_033_988_75) % 1;
}

const between = (from: number, to: number, chance: number) => (at: number) =>
  at >= from * MINUTE && at < to * MINUTE ? chance : 0;
const wave = (depth: number, period: number) => (at: number) => 1 + depth * Math.sin((2 * Math.PI * at) / period);
/** Three minutes in every quarter of an hour. */
const bursts = (chance: number) => (at: number) => (at % (15 * MINUTE) < 3 * MINUTE ? chance : 0);

/** Canaries as good as the live environment: whoever reverts one is wrong. */
export const GOOD_WORLDS: readonly World[] = [
  alike('calm'),
  alike('calm, one failure in a thousand', { own: 0.001, refusal: 0.001, wrong: 0.001 }),
  alike('3% failures, users of very different weight', { own: 0.03 }, { skew: 3 }),
  alike('drifting through the day', { drift: wave(0.9, 40 * MINUTE) }),
  alike('times drift by half', { drift: (at) => wave(0.5, 25 * MINUTE)(at) ** 2 }),
  alike('bursts of failures in both', { outage: bursts(0.3) }),
  alike('one user with a tenth of the traffic', {}, { users: 400, skew: 4 }),
  alike(
    'users differ in cost, one is heavy',
    { costOf: (user) => (user === 0 ? 5 : 0.5 + lot(user)) },
    { users: 300, skew: 3 },
  ),
  alike('few users', {}, { users: 30, keyless: 0, skew: 1 }),
  alike(
    'a dozen users, some prone to fail',
    { troubleOf: (user) => (user % 4 === 1 ? 10 : 1) },
    { users: 12, keyless: 0, skew: 1 },
  ),
  alike('2% of the users are prone to fail', { troubleOf: (user) => (user >= 0 && lot(user) < 0.02 ? 50 : 0.5) }),
  alike('clients resend six times', { own: 0.02 }, { resends: 6 }),
  alike('clients resend six times, in an outage', { outage: between(12, 16, 0.6) }, { resends: 6 }),
  alike('one user sends prompts that nobody survives', {}, { users: 300, poisoned: (user) => user === 7 }),
  alike(
    'one user sends twenty such prompts at once',
    {},
    { users: 300, poisoned: (user, at) => user < 6 && at > 13 * MINUTE && at < 14 * MINUTE },
  ),
  alike('a tenth of the requests are mistakes of callers', {}, { mistaken: 0.1 }),
  alike('mistakes of callers, of few users', {}, { mistaken: 0.02, users: 200, skew: 3 }),
  alike('cold caches', { coldFactor: 3 }, { users: 1_500, keyless: 0.1 }),
  alike('an outage of both', { outage: between(14, 18, 0.8) }),
  alike('an outage of both just after the start', { outage: between(1, 5, 1) }),
  alike('both over the ceiling: 6%', { own: 0.06 }),
  alike('both fail 20%', { own: 0.2 }, { rate: () => 2 }),
  alike(
    'half an hour of failures at 40 a minute, then none',
    { own: 0, outage: between(0, 20, 0.04) },
    { rate: () => 40 / 60 },
  ),
  alike(
    'paused for a night',
    { drift: wave(0.5, 8 * HOUR) },
    { pause: [25 * MINUTE, 5 * HOUR], rate: (at) => (at > 30 * MINUTE && at < 4 * HOUR ? 0.3 : 5) },
  ),
  alike('redeployed twice, and evidence is lost', {}, { losses: [12 * MINUTE, 27 * MINUTE] }),
  alike(
    'replicas whose clocks differ by three minutes',
    { own: 0.02 },
    { clockError: (_, replica) => (replica === 0 ? -3 * MINUTE : 0) },
  ),
  alike(
    'a clock that jumps an hour back and two ahead',
    { own: 0.02 },
    { clockError: (at) => (at < 15 * MINUTE ? 0 : at < 28 * MINUTE ? -HOUR : 2 * HOUR) },
  ),
  alike('a request a minute', {}, { rate: () => 1 / 60, stepMinutes: 240, users: 100 }),
];
