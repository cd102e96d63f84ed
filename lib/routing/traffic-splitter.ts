import type { Random } from '../kit/clock.js';
import type { Assignment, AssignmentReason } from './assignment.js';
import type { ConversationPins } from './conversation-pins.js';
import { groupOf, murmur3 } from './hash.js';
import type { LiveRouteTable } from './live-route-table.js';
import { slotOf, type CompiledRoute, type Slot } from './route-table.js';

/** Facts about a request when its environment is chosen. */
export interface AssignmentHints {
  /** User, session, conversation or request id: the same key goes to the same environment. */
  readonly key?: string | undefined;
  /** The conversation that the request belongs to, for routes that pin conversations. */
  readonly conversation?: string | undefined;
  /** Use this environment, whatever the weights say. Permission was checked before. */
  readonly environment?: string | undefined;
  /** Hash of the name of the access key that the caller used, if it used one. */
  readonly accessKey?: number | undefined;
  /** The agent's run that the request belongs to. */
  readonly episode?: string | undefined;
  /** The value of what a rollout may group requests by, such as a tenant. */
  readonly group?: string | undefined;
}

const TWO_POW_32 = 2 ** 32;

/**
 * Chooses an environment by the current weights. No I/O, no lock, and no memory of earlier requests except for pinned
 * conversations.
 */
export class TrafficSplitter {
  constructor(
    private readonly table: LiveRouteTable,
    private readonly random: Random,
    private readonly pinsOf: (alias: string) => ConversationPins | undefined = () => undefined,
  ) {}

  /** The alias of the route that goes by this name. @throws {UnknownRouteError} */
  aliasOf(name: string): string {
    return this.table.current.get(name).alias;
  }

  /**
   * @param alias or the own name of a model that one route alone has.
   * @throws {UnknownRouteError} when no such route is configured.
   * @throws {UnknownEnvironmentError} when the forced environment is not one of the route's.
   */
  assign(alias: string, hints: AssignmentHints = {}): Assignment {
    const route = this.table.current.get(alias);
    const { conversation } = hints;
    if (hints.environment !== undefined) {
      return assignment(route, slotOf(route, hints.environment), 'forced', hints, unitOf(route, hints.key));
    }
    const pins = conversation ? this.pinsOf(alias) : undefined;
    const unit = unitOf(route, hints.key ?? (pins && conversation));
    const choose = (): Slot => slotAt(route, unit === undefined ? this.random() : unit / TWO_POW_32);
    const reason = unit === undefined ? 'weighted' : 'sticky';
    if (!conversation || !pins) return assignment(route, choose(), reason, hints, unit);
    const slot = pins.slotFor(conversation, route, choose);
    const placed = assignment(route, slot, reason, hints, unit);
    return slot === choose() ? placed : { ...placed, pinned: true };
  }
}

/** The slot that `u` in [0, 1) falls into. */
export function slotAt(route: CompiledRoute, u: number): Slot {
  const { bounds, slots } = route;
  for (let i = 0; i < bounds.length; i++) {
    if (u < bounds[i]!) return slots[i]!;
  }
  return route.active;
}

function unitOf(route: CompiledRoute, key: string | undefined): number | undefined {
  return key === undefined || key === '' ? undefined : murmur3(key, route.seed);
}

function assignment(
  { alias, epoch, segment, onTrial }: CompiledRoute,
  { environment, version }: Slot,
  reason: AssignmentReason,
  { accessKey, conversation, episode, group }: AssignmentHints,
  unit?: number,
): Assignment {
  // Written out twice: a spread takes longer than the rest of the assignment.
  const placed: { -readonly [Field in keyof Assignment]: Assignment[Field] } =
    unit === undefined
      ? { route: alias, environment, version, reason, epoch, segment, onTrial }
      : { route: alias, environment, version, reason, unit, epoch, segment, onTrial };
  if (accessKey !== undefined) placed.accessKey = accessKey;
  if (conversation !== undefined) placed.conversation = conversation;
  if (episode !== undefined) placed.episode = episode;
  if (group !== undefined && onTrial?.groupBy !== undefined) placed.group = groupOf(group);
  return placed;
}
