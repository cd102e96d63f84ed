import { isObject, numberAt, objectAt, stringAt, type JsonObject } from '../kit/json.js';

/** What the CLI reads of a route's status; what it does not know it leaves alone. */
export interface RouteView {
  readonly route: string;
  readonly revision: number | undefined;
  readonly active: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly environments: readonly EnvironmentView[];
  readonly rollout: RolloutView | undefined;
  /** The status as the server sent it. */
  readonly raw: JsonObject;
}

interface EnvironmentView {
  readonly name: string;
  readonly version: string;
  readonly weight: number;
  readonly requests: number;
  /** A fraction; `undefined` without data. */
  readonly errorRate: number | undefined;
  /** Milliseconds. */
  readonly latencyP99: number | undefined;
  /** US dollars. */
  readonly cost: number | undefined;
}

export interface RolloutView {
  readonly from: string;
  readonly to: string;
  readonly phase: string;
  /** Counted from 0; `undefined` outside of the schedule. */
  readonly step: number | undefined;
  readonly steps: number;
  readonly ended: boolean;
  /** What it waits for, or how it ended. */
  readonly waitsFor: string;
  /** Wall times, milliseconds: of the phase's beginning, and of the end of what it waits for. */
  readonly since: number | undefined;
  readonly until: number | undefined;
}

/** Every status in an answer: a list, a list in an object, or one by itself. */
export function statusesIn(answer: unknown): RouteView[] {
  if (Array.isArray(answer)) return answer.flatMap((one: unknown) => (isObject(one) ? viewOf(one) : []));
  if (!isObject(answer)) return [];
  const list = answer['routes'] ?? answer['data'];
  if (Array.isArray(list)) return statusesIn(list);
  if (isObject(list)) return statusesIn(Object.values(list));
  return viewOf(answer);
}

function viewOf(raw: JsonObject): RouteView[] {
  const route = stringAt(raw, 'route') ?? stringAt(raw, 'model_alias');
  if (route === undefined) return [];
  const weights = Object.entries(objectAt(raw, 'weights') ?? {}).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  const rollout = objectAt(raw, 'rollout');
  return [
    {
      route,
      revision: numberAt(raw, 'revision'),
      active: stringAt(raw, 'active') ?? stringAt(raw, 'active_environment') ?? '',
      weights: Object.fromEntries(weights),
      environments: Object.entries(objectAt(raw, 'environments') ?? {}).flatMap(([name, environment]) =>
        isObject(environment) ? environmentOf(name, environment) : [],
      ),
      rollout: rollout && rolloutOf(rollout),
      raw,
    },
  ];
}

function environmentOf(name: string, environment: JsonObject): EnvironmentView {
  const total = objectAt(environment, 'total') ?? {};
  const recent = objectAt(environment, 'recent') ?? {};
  return {
    name,
    version: stringAt(environment, 'version') ?? stringAt(environment, 'version_tag') ?? '',
    weight: numberAt(environment, 'weight') ?? 0,
    requests: either(total, 'requestCount', 'request_count') ?? 0,
    errorRate: either(recent, 'errorRate', 'error_rate') ?? either(total, 'errorRate', 'error_rate'),
    latencyP99: either(recent, 'latencyP99', 'latency_p99_ms') ?? either(total, 'latencyP99', 'latency_p99_ms'),
    cost: numberAt(total, 'cost'),
  };
}

function rolloutOf(rollout: JsonObject): RolloutView {
  const phase = objectAt(rollout, 'phase') ?? {};
  const name = stringAt(phase, 'name') ?? stringAt(rollout, 'phase') ?? '';
  const walking = objectAt(phase, 'resumeTo') ?? objectAt(phase, 'resume_to') ?? phase;
  const decision = objectAt(rollout, 'decision');
  const phaseReason = stringAt(phase, 'reason');
  return {
    from: stringAt(rollout, 'from') ?? '',
    to: stringAt(rollout, 'to') ?? '',
    phase: name,
    step: numberAt(walking, 'step'),
    steps: numberAt(rollout, 'steps') ?? 0,
    ended: name === 'RolledBack' || name === 'Succeeded',
    waitsFor:
      WAITING[phaseReason ?? ''] ??
      either(rollout, 'waitsFor', 'waits_for', stringAt) ??
      phaseReason ??
      (decision && stringAt(decision, 'reason')) ??
      '',
    since: numberAt(rollout, 'since') ?? numberAt(phase, 'since'),
    until: numberAt(rollout, 'until'),
  };
}

const WAITING: Readonly<Record<string, string>> = {
  Manual: 'paused by hand: blue-green resume',
  AwaitingApproval: 'an approval: blue-green approve',
};

function either(json: JsonObject, first: string, second: string): number | undefined;
function either<T>(json: JsonObject, first: string, second: string, at: (json: JsonObject, key: string) => T): T;
function either(
  json: JsonObject,
  first: string,
  second: string,
  at: (json: JsonObject, key: string) => unknown = numberAt,
) {
  return at(json, first) ?? at(json, second);
}
