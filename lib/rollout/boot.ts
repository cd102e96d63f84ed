import type { Subscription } from 'rxjs';
import { changedOptions } from '../domain/changed-options.js';
import type { JournalEntry } from '../domain/events.js';
import { configureRoute, type RouteDefinition } from '../domain/route-commands.js';
import { runningRollout } from '../domain/state.js';
import type { CommandBus } from './command-bus.js';
import type { StateStore } from './state-store.js';

/** Entries that are kept for those who are built later. Beyond that the oldest is forgotten. */
const MOST = 10_000;

/** Brings the journal in line with the options, and keeps what became of that until everything is built. */
export class Boot {
  readonly #entries: JournalEntry[] = [];
  readonly #changed: string[] = [];
  #following: Subscription | undefined;

  /** A sentence for each route whose options have changed since they were last configured. */
  get changed(): readonly string[] {
    return this.#changed;
  }

  /** The entries that the journal has got from {@link configure} until now. */
  take(): readonly JournalEntry[] {
    this.#following?.unsubscribe();
    return this.#entries.splice(0);
  }

  /** One batch for all routes, but one for each rollout that may end: the audit trail says why. */
  async configure(bus: CommandBus, store: StateStore, definitions: readonly RouteDefinition[]): Promise<void> {
    this.#following = store.entries$.subscribe((entry) => {
      if (this.#entries.push(entry) > MOST) this.#entries.shift();
    });
    const changes = new Map<string, string>();
    for (const definition of definitions) {
      const known = store.state.routes.get(definition.alias);
      const change = known && changedOptions(known, definition);
      if (!change) continue;
      changes.set(definition.alias, change);
      this.#changed.push(`The options of route "${definition.alias}" have changed: ${change}.`);
    }
    const isWalking = ({ alias }: RouteDefinition): boolean => {
      const known = store.state.routes.get(alias);
      return known !== undefined && runningRollout(known) !== undefined;
    };
    for (const definition of definitions.filter(isWalking)) {
      const change = changes.get(definition.alias);
      await append(bus, [definition], change === undefined ? 'configuration' : `new options, ${change}`);
    }
    await append(bus, definitions, 'configuration');
  }
}

async function append(bus: CommandBus, definitions: readonly RouteDefinition[], reason: string): Promise<void> {
  await bus.append(
    (state) => definitions.flatMap((definition) => configureRoute(definition, state.routes.get(definition.alias))),
    { actor: 'system', reason },
  );
}
