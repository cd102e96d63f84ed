import { BlueGreenError } from '../../domain/errors.js';
import type { JsonObject } from '../../kit/json.js';
import type { LiveRouteTable } from '../../routing/live-route-table.js';
import type { CompiledRoute, Slot } from '../../routing/route-table.js';
import type { Call } from '../call.js';
import type { CallRequest } from '../call-request.js';
import { HeldState } from './held-state.js';
import type { StateMaker, Stamps } from './stamp.js';

/** A request continues what only an environment that is gone can read. `code`: `previous_response_not_found`. */
class ConversationStateError extends BlueGreenError {
  constructor(
    readonly route: string,
    { environment, version }: StateMaker,
  ) {
    super(
      'previous_response_not_found',
      `Version "${version}" on "${environment}" of route "${route}" made the response that this request continues, and no longer continues it.`,
      'Send the whole conversation as input, without previous_response_id.',
      400,
    );
  }
}

/** An environment that keeps a value of its own. */
export interface StateKeeper {
  readonly route: string;
  readonly target: Slot;
  /** As it knows the value. */
  readonly value: string;
  /** Marks other values of the same conversation. */
  readonly stamp: (value: string) => string;
}

/**
 * Keeps conversations with the environment that can read what it made. A value that only its maker can read is stamped
 * on its way out; the stamp is read and removed on the way in.
 */
export class Conversations {
  constructor(
    private readonly stamps: Stamps,
    private readonly table: LiveRouteTable,
    /** Whether answers are stamped. Stamps of earlier answers are removed all the same. */
    readonly isOn: boolean,
  ) {}

  /**
   * The request without stamps, assigned to the maker of what it brings along while that one is there.
   *
   * @throws {ConversationStateError}
   */
  bound<T extends CallRequest>(request: T): T {
    const { dialect, assignment } = request;
    const { state } = dialect;
    if (!state) return request;
    const values = state.inRequest(request.body);
    const names = state.namesIn?.(request.body) ?? [];
    if (values.length + names.length === 0) return request;
    const plain = new Map(names.map((text) => [text, this.plain(text)]));
    const signed: (readonly [string, StateMaker])[] = [];
    for (const text of values) {
      const { value, maker } = this.stamps.opened(assignment.route, text);
      plain.set(text, value);
      if (maker) signed.push([value, maker]);
    }
    if (![...plain].some(([text, value]) => value !== text)) return request;
    const body = state.opened(request.body, (text) => plain.get(text) ?? text);
    const latest = signed.at(-1)?.[1];
    if (!latest || !this.isOn) return { ...request, body };
    const makers = new Map(signed);
    const held = new HeldState(state, makers, latest);
    return { ...request, body, held, assignment: this.#assignment(request, body, held) };
  }

  /** The one that keeps a value, of all routes. */
  keeperOf(text: string): StateKeeper | undefined {
    const { current } = this.table;
    for (const route of current.aliases) {
      const { value, maker } = this.stamps.opened(route, text);
      const target = maker && slotOfMaker(current.get(route), maker);
      if (target) return { route, target, value, stamp: (other) => this.stamps.stamped(route, maker, other) };
    }
    return undefined;
  }

  /** A value without its stamp, whoever made it. */
  plain(text: string): string {
    return this.stamps.without(text);
  }

  /** Marks a value that the answer of this call holds. */
  stamped(call: Pick<Call, 'request' | 'answeredBy'>, value: string): string {
    const { assignment, held } = call.request;
    const { environment, version } = call.answeredBy ?? assignment;
    const segment = held?.latest.segment ?? assignment.segment;
    return this.stamps.stamped(assignment.route, { environment, version: version.tag, segment }, value);
  }

  #assignment({ assignment }: CallRequest, body: JsonObject, held: HeldState): CallRequest['assignment'] {
    if (assignment.reason === 'forced') return assignment;
    const route = this.table.current.get(assignment.route);
    const { latest } = held;
    const slot = slotOfMaker(route, latest);
    const canStrip = held.canStrip(body);
    // After a rollback nobody stays on the bad one by habit.
    if (!slot || (isLeft(route, slot) && (canStrip || route.refusesBound))) {
      if (canStrip) return assignment;
      throw new ConversationStateError(route.alias, latest);
    }
    const { environment, version } = slot;
    const bound = { ...assignment, environment, version };
    // One that began under other weights is off the split, in both environments alike.
    return latest.segment === route.segment ? bound : { ...bound, pinned: true };
  }
}

function slotOfMaker({ slots }: CompiledRoute, { environment, version }: StateMaker): Slot | undefined {
  return slots.find((slot) => slot.environment === environment && slot.version.tag === version && slot.servable);
}

/** A rollback took its traffic away. Weight that it got since means that it is trusted again. */
function isLeft({ rolledBackFrom }: CompiledRoute, { environment, weight }: Slot): boolean {
  return environment === rolledBackFrom && weight === 0;
}
