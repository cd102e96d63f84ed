import { logFailureEvidence } from '../../lib/analysis/failure-evidence.js';
import { randomStream } from '../../lib/analysis/simulation/random-stream.js';
import { endsOf } from '../../lib/analysis/simulation/simulate.js';
import { linePlot, type Line } from './line-plot.js';

/** All plots play this: green has a twentieth of the traffic, blue fails once in a hundred requests. */
const SHARE = 0.05;
const BLUE_FAILS = 0.01;
const ALPHA = 0.05;

type Point = readonly [x: number, y: number];
const percent = (value: number): string => `${Math.round(value * 100)}%`;

/** By the name of the file. */
export const PLOTS: Readonly<Record<string, () => string>> = {
  'looking.svg': looking,
  'bet.svg': bet,
  'how-soon.svg': howSoon,
};

/** The next failure: after how many requests, and whether it is green's. */
function failuresOf(times: number, seed: number, stream: number): () => { gap: number; isGreen: boolean } {
  const random = randomStream(seed, stream);
  const green = SHARE * BLUE_FAILS * times;
  const failing = green + (1 - SHARE) * BLUE_FAILS;
  const logPasses = Math.log1p(-failing);
  return () => ({
    gap: 1 + Math.floor(Math.log1p(-random()) / logPasses),
    isGreen: random() * failing < green,
  });
}

/** Healthy rollouts that were ever reverted: by a test that allows one look, and by the gate. */
function looking(): string {
  const requests = 40_000;
  const rollouts = 2_000;
  const usual: number[] = [];
  const gate: number[] = [];
  for (let n = 0; n < rollouts; n++) {
    const next = failuresOf(1, 7, n);
    let [at, green, blue] = [0, 0, 0];
    let [usualAt, gateAt] = [Infinity, Infinity];
    for (;;) {
      const { gap, isGreen } = next();
      at += gap;
      if (at > requests) break;
      if (isGreen) green++;
      else blue++;
      if (usualAt === Infinity && at * SHARE >= 50 && looksWorse(green, blue, at)) usualAt = at;
      const log = logFailureEvidence([{ share: SHARE, canary: green, baseline: blue }], 1);
      if (gateAt === Infinity && log >= Math.log(1 / ALPHA)) gateAt = at;
    }
    usual.push(usualAt);
    gate.push(gateAt);
  }
  const xs = Array.from({ length: 81 }, (_, n) => (n * requests) / 80);
  const share = (ends: readonly number[]): Point[] =>
    xs.map((x) => [x, ends.filter((end) => end <= x).length / rollouts]);
  return linePlot({
    description: 'Healthy rollouts reverted by mistake: a test for one look passes a third, the gate stays under 5%.',
    x: { title: 'requests of both environments', from: 0, to: requests, ticks: [0, 10_000, 20_000, 30_000, 40_000] },
    y: { title: 'healthy rollouts reverted', from: 0, to: 0.5, ticks: [0, 0.1, 0.2, 0.3, 0.4, 0.5], show: percent },
    lines: [
      { name: 'a test for one look', hue: 'red', points: share(usual) },
      { name: 'the gate', hue: 'blue', points: share(gate) },
    ],
    level: { y: ALPHA, name: '5%, as promised' },
  });
}

/** The usual test of two shares, at 5%, as if this were its only look. */
function looksWorse(green: number, blue: number, requests: number): boolean {
  const [nGreen, nBlue] = [requests * SHARE, requests * (1 - SHARE)];
  const pooled = (green + blue) / requests;
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / nGreen + 1 / nBlue));
  return green / nGreen - blue / nBlue > 1.645 * deviation;
}

/** The bet in single rollouts. */
function bet(): string {
  const failures = 60;
  const line = (name: string, hue: Line['hue'], times: number, stream: number): Line => {
    const next = failuresOf(times, 11, stream);
    let [green, blue] = [0, 0];
    const points: Point[] = [[0, 1]];
    for (let n = 1; n <= failures; n++) {
      if (next().isGreen) green++;
      else blue++;
      const coins = Math.exp(logFailureEvidence([{ share: SHARE, canary: green, baseline: blue }], 1));
      points.push([n, coins]);
      if (coins >= 1 / ALPHA) break;
    }
    return { name, hue, points, ...(times === 5 && { nameAt: 6 }) };
  };
  return linePlot({
    description:
      'The bet after each failure: it grows when green fails five times as often, and falls when it is as good.',
    x: { title: 'failures of both environments', from: 0, to: failures, ticks: [0, 10, 20, 30, 40, 50, 60] },
    y: { title: 'coins', from: 0.1, to: 100, ticks: [0.1, 1, 10, 100], isLog: true, show: String },
    lines: [
      line('5× as many failures', 'red', 5, 1),
      line('3× as many', 'red', 3, 2),
      line('as good as blue', 'green', 1, 3),
      line('as good as blue', 'green', 1, 4),
    ],
    level: { y: 1 / ALPHA, name: 'revert' },
  });
}

/** How many requests of green it takes. */
function howSoon(): string {
  const [most, trials] = [10_000, 2_000];
  const xs = Array.from({ length: 121 }, (_, n) => most ** (n / 120));
  const conditions = { requestsPerSecond: 1, baselineRate: BLUE_FAILS, ratio: 1, alpha: ALPHA };
  const lines = ([10, 5, 3, 2, 1] as const).map((times): Line => {
    const ends = endsOf(times, [{ share: SHARE, requests: most / SHARE }], conditions, { trials, seed: times });
    const points = xs.map((x): Point => [x, ends.filter((end) => end * SHARE <= x).length / trials]);
    return times === 1
      ? { name: 'as good as blue', hue: 'green', points }
      : { name: `${times}×`, hue: 'red', points, nameAt: 0.7 };
  });
  return linePlot({
    description: 'Rollouts reverted within so many requests of green, by how much more often it fails than blue.',
    x: { title: 'requests of green', from: 1, to: most, ticks: [1, 10, 100, 1_000, 10_000], isLog: true },
    y: { title: 'rollouts reverted', from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1], show: percent },
    lines,
    level: { y: 0.5, name: 'half' },
  });
}
