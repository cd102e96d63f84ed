import { BlueGreenError } from '../../domain/errors.js';
import type { JsonObject } from '../../kit/json.js';
import type { LiveRouteTable } from '../../routing/live-route-table.js';
import type { CompiledRoute, Slot, Target } from '../../routing/route-table.js';
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
      `Version "${version}" on "${environment}" of route "${route}" made what this request refers to, and no longer continues it.`,
      'Send the whole conversation, without previous_response_id, item_reference or container.',
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

/** Facts about environments. */
export interface KnownOfTargets {
  /** Whether it is not asked now, because it fails. */
  readonly isFailing: (route: string, target: Target) => boolean;
  /** The account that it is asked with. Files belong to one. */
  readonly accountOf: (target: Target) => string | undefined;
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
    private readonly known: KnownOfTargets = { isFailing: () => false, accountOf: () => undefined },
  ) {}

  /**
   * The request without stamps, assigned to the maker of what it brings along while that one is there.
   *
   * @throws {ConversationStateError}
   */
  bound<T extends CallRequest>(request: T): T {
    const { dialect, assignment } = request;
    const { state } = dialect;
    const values = state?.inRequest(request.body) ?? [];
    if (!state || values.length === 0) return this.#withFiles(request);
    const opened = new Map(values.map((text) => [text, this.stamps.opened(assignment.route, text)]));
    if (![...opened].some(([text, { value }]) => value !== text)) return this.#withFiles(request);
    const body = state.opened(request.body, (text) => opened.get(text)?.value ?? text);
    const signed = [...opened.values()].flatMap(({ value, maker }) => (maker ? [[value, maker] as const] : []));
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
    return this.stamps.opened('', text).value;
  }

  /** Marks a value that the answer of this call holds. */
  stamped(call: Pick<Call, 'request' | 'answeredBy'>, value: string): string {
    const { assignment, held } = call.request;
    const { environment, version } = call.answeredBy ?? assignment;
    const segment = held?.latest.segment ?? assignment.segment;
    return this.stamps.stamped(assignment.route, { environment, version: version.tag, segment }, value);
  }

  /**
   * The request, assigned to the live environment while a part of the traffic goes to another account and it refers to
   * files: those that came before are at the live one's. In both environments alike it is off the split then.
   */
  #withFiles<T extends CallRequest>(request: T): T {
    const files = this.isOn ? (request.dialect.state?.filesIn(request.body) ?? []) : [];
    if (files.length === 0) return request;
    const { assignment } = request;
    const route = assignment.reason === 'forced' ? undefined : this.table.current.find(assignment.route);
    if (!route) return { ...request, files };
    const { accountOf } = this.known;
    const account = accountOf(route.active);
    if (!route.slots.some((slot) => slot.weight > 0 && accountOf(slot) !== account)) return { ...request, files };
    const { environment, version } = accountOf(assignment) === account ? assignment : route.active;
    const isMoved = environment !== assignment.environment;
    const bound = isMoved && { environment, version, bound: true as const };
    return { ...request, files, assignment: { ...assignment, ...bound, pinned: true } };
  }

  #assignment({ assignment }: CallRequest, body: JsonObject, held: HeldState): CallRequest['assignment'] {
    if (assignment.reason === 'forced') return assignment;
    const route = this.table.current.get(assignment.route);
    const { latest } = held;
    const slot = slotOfMaker(route, latest);
    const canStrip = held.canStrip(body);
    // After a rollback nobody stays on the bad one by habit.
    const isOver = (left: Slot) =>
      isLeft(route, left) && (canStrip || route.refusesBound || this.known.isFailing(route.alias, left));
    if (!slot || isOver(slot)) {
      if (canStrip) return assignment;
      throw new ConversationStateError(route.alias, latest);
    }
    const { environment, version } = slot;
    const isMoved = environment !== assignment.environment || version.tag !== assignment.version.tag;
    const bound = { ...assignment, environment, version, ...(isMoved && { bound: true as const }) };
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
