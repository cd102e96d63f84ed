import { quantile } from '../measured/figures.js';
import type { JsonFigures, Seen } from './rounds.js';
import type { TargetName } from './targets.js';

/** Requests of each in-process caller a second, round by round. */
export type Calls = ReadonlyMap<string, readonly number[]>;

const perSecond = ({ json }: Seen): number[] => json.map((round) => round.perSecond);
const cpu = ({ json }: Seen): number[] => json.map((round) => round.cpu);
const p99 = ({ json }: Seen): number[] => json.map(({ times }: JsonFigures) => quantile(times, 0.99));
const streams = ({ streams: all }: Seen): number[] => all.map((round) => round.perSecond);

/** Every figure is a ratio within one round. Absent where one of the two is missing. */
export function ratiosOf(seen: ReadonlyMap<TargetName, Seen>, calls: Calls): Record<string, readonly number[]> {
  const over = (a: TargetName, b: TargetName, figure: (of: Seen) => number[]): number[] | undefined => {
    const [ours, others] = [seen.get(a), seen.get(b)];
    return ours && others && divided(figure(ours), figure(others));
  };
  const added = ({ streams: all }: Seen): number[] =>
    all.map(({ firstByte }, n) => firstByte - seen.get('upstream')!.streams[n]!.firstByte);
  const callsOver = (other: string): number[] | undefined => {
    const [ours, others] = [calls.get('ours'), calls.get(other)];
    return ours && others && divided(ours, others);
  };
  const all = {
    serveVsFloor: over('serve', 'floor', perSecond),
    fastifyVsBare: over('gateway', 'nest-fastify', perSecond),
    expressVsBare: over('gateway-express', 'nest-express', perSecond),
    cpuVsFloor: over('serve', 'floor', cpu),
    fastifyCpuVsBare: over('gateway', 'nest-fastify', cpu),
    expressCpuVsBare: over('gateway-express', 'nest-express', cpu),
    p99VsFloor: over('serve', 'floor', p99),
    jsonVsPortkey: over('serve', 'portkey', perSecond),
    jsonVsLitellm: over('serve', 'litellm', perSecond),
    jsonVsNginx: over('serve', 'nginx', perSecond),
    sseVsFloor: over('serve', 'floor', streams),
    firstByteVsFloor: over('serve', 'floor', added),
    firstByteVsPortkey: over('serve', 'portkey', added),
    inProcessVsUndici: callsOver('undici'),
    inProcessVsOpenaiSdk: callsOver('openai'),
  };
  return Object.fromEntries(Object.entries(all).filter(([, values]) => values && values.length > 0)) as Record<
    string,
    readonly number[]
  >;
}

function divided(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, n) => value / b[n]!);
}
