import { Gateway } from './gateway.js';
import { hanging, healthy, Provider } from './providers.js';

const CALLERS = 16;
const ROUNDS = 9;
const ROUND_MS = 2_500;
const WARM_UP_MS = 2_000;

interface Round {
  readonly without: number;
  readonly with: number;
}

/**
 * The cost of shadow traffic at 100% to callers while the shadow hangs: p99 with it over p99 without, side by side and
 * in turns, the median of all rounds.
 */
export async function shadow(): Promise<number> {
  const [blue, green] = [await Provider.start(healthy), await Provider.start(hanging)];
  const plain = await Gateway.start(blue.baseUrl, green.baseUrl, 0);
  const mirroring = await Gateway.start(blue.baseUrl, green.baseUrl, 100);
  console.error(`${ROUNDS} rounds of ${(2 * ROUND_MS) / 1000} s, ${CALLERS} callers, half JSON, half streams.`);
  await plain.load(CALLERS, WARM_UP_MS);
  await mirroring.load(CALLERS, WARM_UP_MS);

  const heapBefore = heapMb();
  const rounds: Round[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    // In turns, so that neither always has the quieter half of the machine's time.
    const first = n % 2 === 0 ? plain : mirroring;
    const second = first === plain ? mirroring : plain;
    const [a, b] = [p99(await first.load(CALLERS, ROUND_MS)), p99(await second.load(CALLERS, ROUND_MS))];
    const round = first === plain ? { without: a, with: b } : { without: b, with: a };
    rounds.push(round);
    console.log(
      `round ${n + 1}   p99 without ${round.without.toFixed(1)} ms   with ${round.with.toFixed(1)} ms   ratio ${ratio(round).toFixed(3)}`,
    );
  }
  const heapGrowthMb = heapMb() - heapBefore;

  const { shed } = mirroring.report;
  const ratios = rounds.map(ratio).toSorted((x, y) => x - y);
  const result = {
    p99Ratio: Number(ratios[Math.floor(ROUNDS / 2)]!.toFixed(3)),
    spread: [ratios[0]!, ratios.at(-1)!].map((value) => Number(value.toFixed(3))),
    mirrorsOpenMax: green.mostOpen,
    mirrorsShed: Object.values(shed).reduce((sum, count) => sum + count, 0),
    callerErrors: plain.errors + mirroring.errors,
    heapGrowthMb: Number(heapGrowthMb.toFixed(1)),
  };
  await Promise.all([plain.stop(), mirroring.stop()]);
  blue.stop();
  green.stop();
  console.log(`\nshed: ${JSON.stringify(shed)}\n`);
  console.log(JSON.stringify(result));
  return result.callerErrors === 0 ? 0 : 1;
}

function ratio(round: Round): number {
  return round.with / round.without;
}

function p99(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1]!;
}

/** Memory that is really kept, where the process may be told to collect first. */
function heapMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}
