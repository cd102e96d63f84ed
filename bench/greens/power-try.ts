import { randomStream } from '../../lib/analysis/simulation/random-stream.js';
import { EvidenceWatch } from '../../lib/analysis/simulation/trial.js';
import { StratifiedComparison, Comparison } from './comparison.js';
import { TRAIT_STRATA } from '../../lib/analysis/evidence/strata.js';
import { logErrorEvidence } from '../../lib/analysis/evidence/classes.js';

const N = Number(process.argv[2] ?? 1001),
  alpha = 0.025,
  share = 0.05,
  rate = 0.01;
const med = (xs: number[]) => xs.toSorted((a, b) => a - b)[xs.length >> 1];
function run(rule: { fails(c: boolean, bits: number): boolean }, times: number, rnd: () => number): number {
  let canary = 0;
  while (canary < 20000) {
    const c = rnd() < share;
    if (c) canary++;
    if (rnd() < (c ? rate * times : rate) && rule.fails(c, Math.floor(rnd() * 2 ** 24))) return canary;
  }
  return Infinity;
}
const strata = (bits: number) => {
  const s: string[] = [];
  if ((bits & 0xff) < 102) s.push('streamed');
  if (((bits >> 8) & 0xff) < 77) s.push('tools');
  if (bits >> 16 < 102) s.push('structured');
  if ((bits & 0xff) > 224) s.push('long');
  return s;
};
const today = () => {
  const w = new EvidenceWatch({ ratio: 1, alpha });
  w.begin(share);
  return { fails: (c: boolean) => w.fails(c) };
};
const starts = () => {
  const k = new Comparison();
  return {
    fails: (c: boolean) => {
      k.count({ unit: -1, isCanary: c, start: 0, share });
      return c && k.log >= Math.log(1 / alpha);
    },
  };
};
const classes = () => {
  const k = new Comparison();
  return {
    fails: (c: boolean) => {
      k.count({ unit: -1, isCanary: c, start: 0, share });
      return c && logErrorEvidence(k.log, 0) >= Math.log(1 / alpha);
    },
  };
};
const full = () => {
  const k = new StratifiedComparison(TRAIT_STRATA);
  return {
    fails: (c: boolean, bits: number) => {
      k.count({ unit: -1, isCanary: c, start: 0, share }, strata(bits));
      return c && logErrorEvidence(k.read().log, 0) >= Math.log(1 / alpha);
    },
  };
};
for (const times of [2, 3, 5, 10, 100]) {
  const of = (make: () => { fails(c: boolean, bits: number): boolean }) =>
    med(Array.from({ length: N }, (_, i) => run(make(), times, randomStream(times, i))))!;
  const [a, b, c, d] = [of(today), of(starts), of(classes), of(full)];
  console.log(times, a, b, c, d, (d / a).toFixed(2));
}
import { startAt } from '../../lib/analysis/evidence/timetable.js';
function after(good: number, rps: number, times: number, users: number, rnd: () => number): number {
  const k = new StratifiedComparison(TRAIT_STRATA);
  const units = Array.from({ length: users }, () => Math.floor(rnd() * 2 ** 32));
  const plan = { planned: 50 * 60_000, segments: 4 };
  let canary = 0;
  for (let n = 0; ; n++) {
    const u = rnd() < 0.3 ? -1 : units[Math.floor(rnd() ** 2 * users)]!;
    const c = (u < 0 ? rnd() : u / 2 ** 32) < share;
    if (n > good && c && ++canary > 20000) return Infinity;
    const p = c && n > good ? rate * times : rate;
    if (rnd() >= p) continue;
    k.count(
      { unit: u, isCanary: c, start: startAt(plan, (n / rps) * 1000, 0), share },
      strata(Math.floor(rnd() * 2 ** 24)),
    );
    if (c && logErrorEvidence(k.read().log, 0) >= Math.log(1 / alpha)) return n > good ? canary : -1;
  }
}
for (const [good, rps, users] of [
  [0, 10, 1500],
  [60_000, 10, 1500],
  [60_000, 2, 1500],
  [60_000, 50, 1500],
  [0, 10, 30000],
  [60_000, 10, 30000],
  [300_000, 10, 30000],
] as const) {
  const rs = (t: number) => {
    const x = Array.from({ length: 101 }, (_, i) => after(good, rps, t, users, randomStream(t, i)));
    return `${med(x)} (false ${x.filter((y) => y < 0).length})`;
  };
  console.log(good, rps, users, '3x', rs(3), '5x', rs(5), '10x', rs(10));
}
