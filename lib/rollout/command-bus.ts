import type { JsonObject } from '../kit/json.js';
import type { Clock } from '../kit/clock.js';
import type { Command } from '../domain/command.js';
import { RevisionConflictError, RolloutStateError } from '../domain/errors.js';
import type { BlueGreenEvent, GateResult } from '../domain/events.js';
import { reduce } from '../domain/reduce.js';
import type { RouteState, State } from '../domain/state.js';
import type { Journal } from '../journal/journal.js';
import type { StateStore } from './state-store.js';

/** Actor and reason of a command. Goes into the journal. */
export interface CommandInfo {
  /** Default `api`. */
  readonly actor?: string | undefined;
  /** Default: none given. */
  readonly reason?: string | undefined;
  readonly evidence?: readonly GateResult[] | undefined;
  /** The figures of the scheduled job: its decision can be replayed on them. */
  readonly basis?: JsonObject | undefined;
  /** Refuse when the journal has moved past this revision. Left out: decide again on the new state. */
  readonly expectedRevision?: number | undefined;
}

/** How often a command is decided again because another one came first. */
export const MAX_CONFLICTS = 8;

/** From a command to the journal: decide on the state, append with the revision it was decided on, wait for it. */
export class CommandBus {
  /** @param shared how far the clock that replicas share is ahead of this one: entries have the time of that clock. */
  constructor(
    private readonly journal: Journal,
    private readonly store: StateStore,
    private readonly clock: Clock,
    private readonly shared: { readonly clockOffset: number; readonly era?: string | undefined } = { clockOffset: 0 },
  ) {}

  /**
   * @returns the route as it is afterwards.
   * @throws {UnknownRouteError} {@link RevisionConflictError} and what the command throws.
   */
  async execute(alias: string, command: Command, info?: CommandInfo): Promise<RouteState> {
    await this.append(() => command(this.store.route(alias)), info);
    return this.store.route(alias);
  }

  /**
   * Appends the events that `decide` makes of the state. Decides again when another command came first.
   *
   * @returns the revision of the last of them; `undefined` when there were none.
   */
  async append(
    decide: (state: State) => readonly BlueGreenEvent[],
    info: CommandInfo = {},
  ): Promise<number | undefined> {
    for (let conflicts = 0; ; conflicts++) {
      const { state } = this.store;
      const { revision } = state;
      if (info.expectedRevision !== undefined && info.expectedRevision !== revision) {
        throw new RevisionConflictError(info.expectedRevision, revision);
      }
      const events = decide(state);
      const provenance = {
        at: this.clock.now() + this.shared.clockOffset,
        actor: info.actor ?? 'api',
        reason: info.reason ?? 'no reason given',
        evidence: info.evidence ?? [],
        ...(info.basis && { basis: info.basis }),
      };
      try {
        const entries = await this.journal.append(
          events.map((event) => ({ ...this.#withEra(event), ...provenance })),
          revision,
        );
        // Nothing to do is a decision, too: a replica that is out of touch may only believe so.
        const last = entries.at(-1)?.revision;
        if (last !== undefined) await this.store.reached(last);
        return last;
      } catch (error) {
        const again = error instanceof RevisionConflictError && info.expectedRevision === undefined;
        if (!again || conflicts >= MAX_CONFLICTS) throw error;
        await this.store.reached(error.actualRevision);
      }
    }
  }

  /** A rollout knows which figures its evidence is in. */
  #withEra(event: BlueGreenEvent): BlueGreenEvent {
    const { era } = this.shared;
    return event.type === 'RolloutStarted' && era !== undefined ? { ...event, era } : event;
  }

  /** The route as it was after that revision. @throws {RolloutStateError} when the journal no longer has it. */
  async past(alias: string, revision: number): Promise<RouteState> {
    let state = await this.journal.snapshot();
    const oldest = state.revision;
    if (revision >= oldest) {
      for await (const entry of this.journal.read(oldest + 1)) {
        if (entry.revision > revision) break;
        state = reduce(state, entry);
      }
      const route = state.revision === revision ? state.routes.get(alias) : undefined;
      if (route) return route;
    }
    throw new RolloutStateError(
      `The journal has no route "${alias}" at revision ${revision}.`,
      `Use a revision from ${Math.max(1, oldest)} to ${this.store.state.revision}; GET /audit lists them.`,
    );
  }
}
