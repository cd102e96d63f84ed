import type { Decision } from '../analysis/decide.js';
import { kindOf } from '../analysis/gates/gates.js';
import type { GateResult } from '../domain/events.js';
import type { Gate } from '../domain/plan.js';
import type { PauseReason, Phase, Rollout, RouteState } from '../domain/state.js';
import type { Labels, MetricSpec, Sample } from './metric.js';
import type { Scrape } from './scrape.js';

const PHASES: readonly Phase['name'][] = [
  'Warming',
  'Shadowing',
  'Progressing',
  'Paused',
  'Baking',
  'Succeeded',
  'Aborting',
  'RolledBack',
];
const VERDICTS: readonly GateResult['verdict'][] = ['pass', 'fail', 'insufficient', 'error'];

export interface RolloutSources {
  readonly store: { readonly routes: readonly RouteState[] };
  readonly rollouts: { evaluate(alias: string): Decision | undefined };
}

/** The newest rollout of every route: its phase and its gates. */
export function rolloutMetrics({ store, rollouts }: RolloutSources, scrape: Scrape): MetricSpec[] {
  const newest = (read: (rollout: Rollout, labels: Labels) => Sample[]) =>
    function* (): Generator<Sample> {
      for (const { alias, rollout } of store.routes) if (rollout) yield* read(rollout, { route: alias });
    };
  const decisions = scrape.once((alias) => rollouts.evaluate(alias));
  const gates = (read: (result: GateResult, gate: Gate | undefined, labels: Labels) => Sample[]) =>
    newest(({ plan }, { route = '' }) =>
      (decisions(route)?.gates ?? []).flatMap((result) => {
        const gate = plan.gates.find(({ name }) => name === result.gate);
        return read(result, gate, { route, gate: result.gate });
      }),
    );
  const OF_GATE = ['route', 'gate'];
  return [
    {
      name: 'blue_green_rollout_phase',
      type: 'gauge',
      help: '1 for the phase of the newest rollout of the route, 0 for the others.',
      labels: ['route', 'phase'],
      read: newest(({ phase: { name } }, labels) => oneOf(PHASES, name, labels, 'phase')),
    },
    {
      name: 'blue_green_rollout_step',
      type: 'gauge',
      help: 'Step of the newest rollout, from 1; 0 outside of the steps.',
      labels: ['route'],
      read: newest(({ phase }, labels) => [{ labels, value: stepOf(phase) }]),
    },
    {
      name: 'blue_green_rollout_steps',
      type: 'gauge',
      help: 'Number of steps in the schedule.',
      labels: ['route'],
      read: newest(({ plan }, labels) => [{ labels, value: plan.steps.length }]),
    },
    {
      name: 'blue_green_rollout_paused',
      type: 'gauge',
      help: '1 for the reason of the pause of the newest rollout; absent when it is not paused.',
      labels: ['route', 'reason'],
      read: newest(({ phase }, labels) =>
        pausedFor(phase).map((reason) => ({ labels: { ...labels, reason }, value: 1 })),
      ),
    },
    {
      name: 'blue_green_gate_verdict',
      type: 'gauge',
      help: '1 for the present verdict of a gate of a running rollout, 0 for the other verdicts.',
      labels: [...OF_GATE, 'verdict'],
      read: gates(({ verdict }, _, labels) => oneOf(VERDICTS, verdict, labels, 'verdict')),
    },
    {
      name: 'blue_green_gate_observed',
      type: 'gauge',
      help: 'The figure that a gate reads: a fraction, seconds, US dollars or a ratio, as its limit. Absent without data.',
      labels: OF_GATE,
      read: gates(({ observed }, gate, labels) =>
        observed === null ? [] : [{ labels, value: inBaseUnits(observed, gate) }],
      ),
    },
    {
      name: 'blue_green_gate_limit',
      type: 'gauge',
      help: 'The limit of that figure.',
      labels: OF_GATE,
      read: gates(({ limit }, gate, labels) => [{ labels, value: inBaseUnits(limit, gate) }]),
    },
    {
      name: 'blue_green_gate_evidence_ratio',
      type: 'gauge',
      help: 'Logarithm of the e-value over the one at which the gate fails: it fails at 1. Of gates that have an alpha.',
      labels: OF_GATE,
      read: gates(({ evidence }, _, labels) => (evidence ? [{ labels, value: evidence.value / evidence.limit }] : [])),
    },
  ];
}

function oneOf(all: readonly string[], is: string, labels: Labels, name: string): Sample[] {
  return all.map((value) => ({ labels: { ...labels, [name]: value }, value: Number(value === is) }));
}

function stepOf(phase: Phase): number {
  const stage = phase.name === 'Paused' ? phase.resumeTo : phase;
  return stage.name === 'Progressing' ? stage.step + 1 : 0;
}

function pausedFor(phase: Phase): PauseReason[] {
  return phase.name === 'Paused' ? [phase.reason] : [];
}

/** Plain limits on times are in milliseconds; all others are in base units or without a unit. */
function inBaseUnits(value: number, gate: Gate | undefined): number {
  return gate && kindOf(gate).inMilliseconds?.(gate) ? value / 1000 : value;
}
