import type { Ask, Behavior, Ending, Random, Reply } from './world.js';

const POINTS = 4_096;
const SPREAD = 0.5;
/** Factors whose logarithm is normal with that spread, from the least to the greatest; their median is 1. */
const FACTORS = Float64Array.from({ length: POINTS }, (_, n) => Math.exp(SPREAD * normalQuantile((n + 0.5) / POINTS)));

function lognormal(random: Random): number {
  return FACTORS[Math.floor(random() * POINTS)]!;
}

/** An environment with nothing wrong. */
export interface Health {
  /** Chances of a request to end like this. */
  readonly own: number;
  readonly refusal: number;
  readonly wrong: number;
  /** Factor on the chances and, as its square root, on times, by time. */
  readonly drift: (at: number) => number;
  /** Chance of failing beside all else, by time: an outage. */
  readonly outage: (at: number) => number;
  /** Factor on a user's cost, and on a user's chance to fail. */
  readonly costOf: (user: number) => number;
  readonly troubleOf: (user: number) => number;
  /** Factor on times and cost of a request that finds no cache. */
  readonly coldFactor: number;
}

export const HEALTHY: Health = {
  own: 0.01,
  refusal: 0.005,
  wrong: 0.005,
  drift: () => 1,
  outage: () => 0,
  costOf: () => 1,
  troubleOf: () => 1,
  coldFactor: 1,
};

/** Medians, milliseconds. */
const LATENCY = 900;
const FIRST_TOKEN = 300;
const COST = 0.002;

/** An environment as it is when nothing is wrong with it alone. */
export function environment(health: Health): Behavior {
  return (ask, reply, random) => {
    const drift = health.drift(ask.at);
    const slowness = Math.sqrt(drift) * (ask.cold ? health.coldFactor : 1);
    reply.latency = LATENCY * slowness * lognormal(random) * (ask.long ? 1.5 : 1);
    if (ask.streamed) reply.firstToken = FIRST_TOKEN * slowness * lognormal(random);
    reply.cost = COST * (ask.cold ? health.coldFactor : 1) * health.costOf(ask.user) * lognormal(random);
    reply.harmed = false;
    reply.ending = endingOf(ask, health, drift * health.troubleOf(ask.user), random);
  };
}

function endingOf(ask: Ask, health: Health, factor: number, random: Random): Ending {
  if (ask.poisoned) return 'own';
  if (ask.mistaken) return 'refusal';
  const outage = health.outage(ask.at);
  if (outage > 0 && random() < outage) return 'own';
  const u = random();
  if (u < health.own * factor) return 'own';
  if (u < (health.own + health.refusal) * factor) return 'refusal';
  return u < (health.own + health.refusal + health.wrong) * factor ? 'wrong' : 'ok';
}

/** Which requests a fault shows in: a chance, or one by the request. */
export type Part = number | ((ask: Ask) => number);

/** An environment that ends badly so often where a healthy one would not. */
export function ends(ending: Exclude<Ending, 'ok'>, part: Part, base: Behavior): Behavior {
  return faulty(part, base, (reply) => {
    if (reply.ending === 'ok') reply.ending = ending;
  });
}

/** An environment that is slower. */
export function slower(factor: number, part: Part, base: Behavior): Behavior {
  return faulty(part, base, (reply) => {
    reply.latency *= factor;
    reply.firstToken *= factor;
  });
}

export function laterFirstToken(factor: number, part: Part, base: Behavior): Behavior {
  return faulty(part, base, (reply) => {
    reply.latency += reply.firstToken * (factor - 1);
    reply.firstToken *= factor;
  });
}

/** Hangs until its time limit is over, and has failed then. */
export function hangs(part: Part, base: Behavior): Behavior {
  return faulty(part, base, (reply) => {
    reply.ending = 'own';
    reply.latency = 30_000;
    reply.firstToken = 30_000;
  });
}

export function dearer(factor: number, base: Behavior): Behavior {
  return faulty(1, base, (reply) => {
    reply.cost *= factor;
  });
}

function faulty(part: Part, base: Behavior, fault: (reply: Reply) => void): Behavior {
  return (ask, reply, random) => {
    base(ask, reply, random);
    const chance = typeof part === 'number' ? part : part(ask);
    if (chance <= 0 || (chance < 1 && random() >= chance)) return;
    fault(reply);
    reply.harmed = true;
  };
}

/** By bisection of the distribution: slow, and done once. */
function normalQuantile(p: number): number {
  let [low, high] = [-6, 6];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (normal(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}

/** Standard normal distribution, by its series around 0. */
function normal(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= (x * x) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + sum * Math.exp((-x * x) / 2) * Math.sqrt(1 / (2 * Math.PI));
}
