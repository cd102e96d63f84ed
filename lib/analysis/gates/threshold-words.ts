import type { RolloutEvidence } from '../figures.js';
import { counted, figure, percent } from './words.js';

/** A figure of one environment, and the requests that it is of. */
export interface Reading {
  readonly count: number;
  readonly value: number | null;
}

/** The part of a gate with a plain limit that its sentences are about. */
interface Limit {
  readonly kind: 'errorRate' | 'latency' | 'timeToFirstToken' | 'cost';
  readonly quantile?: number | undefined;
  readonly compare: 'absolute' | 'baseline';
  readonly max: number;
}

type Names = RolloutEvidence['names'];

/** The observed figure: of which environment, of how many requests, and compared with what. */
export function limitInWords(gate: Limit, seen: Reading, other: Reading, names: Names): string {
  const difference = (seen.value ?? 0) - (gate.compare === 'baseline' ? (other.value ?? 0) : 0);
  const limit = `${difference <= gate.max ? 'within' : 'over'} the limit of ${show(gate, gate.max)}`;
  const [canary, baseline] = [of(gate, seen, names.canary), of(gate, other, names.baseline)];
  const subject = gate.kind === 'errorRate' ? '' : `${figureOf(gate)} is `;
  if (gate.compare === 'baseline') {
    const more = `${show(gate, Math.abs(difference))} ${difference < 0 ? 'less' : 'more'}`;
    return `${subject}${canary} and ${baseline}: ${more}, ${limit}`;
  }
  return `${subject}${canary}, ${limit}${other.value === null ? '' : `; ${baseline}`}`;
}

/** The change that would turn the verdict. */
export function limitOutlook(gate: Limit, seen: Reading, { baseline }: Names): string {
  const { kind, compare, max } = gate;
  const limit = show(gate, max);
  const than = compare === 'baseline' ? ` more than ${baseline}` : '';
  if ((seen.value ?? 0) > max && compare === 'absolute') return `it passes again at ${limit} or less`;
  if (kind !== 'errorRate' || compare === 'baseline' || max >= 1) return `it fails above ${limit}${than}`;
  const failed = (seen.value ?? 0) * seen.count;
  const more = Math.floor((max * seen.count - failed) / (1 - max)) + 1;
  return `${counted(more, 'more failure')} in a row would fail it`;
}

function of(gate: Limit, { count, value }: Reading, name: string): string {
  const requests = counted(count, 'request');
  return gate.kind === 'errorRate'
    ? `${name} failed ${percent(value ?? 0)} of ${requests}`
    : `${show(gate, value ?? 0)} on ${name} (${requests})`;
}

function figureOf({ kind, quantile }: Limit): string {
  if (kind === 'cost') return 'mean cost';
  const what = kind === 'latency' ? 'latency' : 'time to first token';
  return quantile === undefined ? `mean ${what}` : `p${Number((quantile * 100).toFixed(2))} ${what}`;
}

function show({ kind }: Pick<Limit, 'kind'>, value: number): string {
  if (kind === 'errorRate') return percent(value);
  return kind === 'cost' ? `$${figure(value)}` : `${Math.round(value)} ms`;
}
