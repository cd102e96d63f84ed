import type { Command } from '../../lib/domain/command.js';
import { configureRoute, type RouteDefinition } from '../../lib/domain/route-commands.js';
import { startRollout } from '../../lib/domain/rollout-commands.js';
import type { BlueGreenEvent, JournalEntry } from '../../lib/domain/events.js';
import type { RolloutPlan } from '../../lib/domain/plan.js';
import { reduce } from '../../lib/domain/reduce.js';
import { emptyState, type EnvironmentState, type RouteState, type State } from '../../lib/domain/state.js';
import type { Weights } from '../../lib/domain/weights.js';

const environment = (name: string): EnvironmentState => ({
  displayName: name,
  version: { tag: `${name}-1`, model: `model-${name}`, upstream: `chat/${name}` },
});

/** A route `chat` with one environment per weight. The heaviest is active, as in the options. */
export function routeWith(weights: Weights, rest: Partial<RouteDefinition> = {}): RouteDefinition {
  const names = Object.keys(weights);
  return {
    alias: 'chat',
    environments: Object.fromEntries(names.map((name) => [name, environment(name)])),
    weights,
    active: names.reduce((best, name) => (weights[name]! > weights[best]! ? name : best)),
    fallback: names.filter((name) => name !== 'blue' && name !== 'green'),
    ...rest,
  };
}

/** A schedule of one-minute steps with these weights, without gates. */
export function planWith(weights: readonly number[], rest: Partial<RolloutPlan> = {}): RolloutPlan {
  return {
    steps: weights.map((setWeight) => ({
      setWeight,
      duration: 60_000,
      holdConditions: { minSampleSize: { canary: 0, baseline: 0 }, requiresApproval: false },
    })),
    gates: [],
    alphaTotal: 0.05,
    consecutiveErrorLimit: 4,
    fastTrip: { consecutiveFailures: 5 },
    finalBakeTime: 60_000,
    ...rest,
  };
}

/** A journal of one route and its fold: commands go in, the state comes out. */
export class History {
  readonly entries: JournalEntry[] = [];
  #state: State = emptyState;

  constructor(definition: RouteDefinition) {
    this.#append(configureRoute(definition, undefined), 0);
  }

  /** A history whose rollout has just begun. */
  static rolling(definition: RouteDefinition, plan = planWith([5, 25, 50]), seed = 'seed'): History {
    const history = new History(definition);
    history.run(startRollout({ rolloutId: 'r1', plan, seed }));
    return history;
  }

  /** The state that these entries fold into. */
  static replay(entries: readonly JournalEntry[]): State {
    return entries.reduce(reduce, emptyState);
  }

  get state(): State {
    return this.#state;
  }

  get route(): RouteState {
    return this.#state.routes.get('chat')!;
  }

  get phase(): string | undefined {
    return this.route.rollout?.phase.name;
  }

  /** Decides and folds; returns the types of the events that the command led to. */
  run(command: Command, at = 0): string[] {
    const events = command(this.route);
    this.#append(events, at);
    return events.map(({ type }) => type);
  }

  #append(events: readonly BlueGreenEvent[], at: number): void {
    for (const event of events) {
      const revision = this.#state.revision + 1;
      const entry: JournalEntry = { ...event, at, actor: 'ada', reason: 'test', evidence: [], revision };
      this.entries.push(entry);
      this.#state = reduce(this.#state, entry);
    }
  }
}
