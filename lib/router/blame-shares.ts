import { fairLength } from '../domain/failure-run.js';
import type { Assignment } from '../routing/assignment.js';
import { ByPlace } from '../telemetry/by-place.js';
import { count } from '../telemetry/count.js';

/**
 * Versions in slots that are counted: at least, and per environment. Beyond that the one that was unused for longest is
 * forgotten.
 */
const LEAST_PLACES = 1_024;
const PER_ENVIRONMENT = 4;
/** Access keys that are told apart, per place. Further ones count as one. */
const MAX_KEYS = 256;
const FURTHER = -1;

/** Rejections by one version that the live environment did not share, since its evidence began. */
interface Blamed {
  epoch: number;
  byKey: Map<number, number>;
  withoutKey: number;
  /** Those that were laid at its door. */
  charged: number;
}

/**
 * Limits the part of one access key in the rejections that are laid at the canary's door: at most half. A key can
 * invent users, and send what only the canary rejects. It has no limit while the route knows no other key.
 */
export class BlameShares {
  readonly #places: ByPlace<Blamed>;
  /** Route → its access keys: the first one, and whether there are others. Bounded by the configuration. */
  readonly #keys = new Map<string, { readonly first: number; others: boolean }>();

  /** @param environments that are configured: the bound follows them. */
  constructor(environments = 0) {
    const room = Math.max(LEAST_PLACES, PER_ENVIRONMENT * environments);
    this.#places = new ByPlace(room, (): Blamed => ({ epoch: 0, byKey: new Map(), withoutKey: 0, charged: 0 }));
  }

  /** A request begins. */
  sees({ route, accessKey }: Pick<Assignment, 'route' | 'accessKey'>): void {
    if (accessKey === undefined) return;
    const known = this.#keys.get(route);
    if (!known) this.#keys.set(route, { first: accessKey, others: false });
    else if (known.first !== accessKey) known.others = true;
  }

  /** The canary has rejected this request and the live environment took it. Whether that may count against it. */
  mayBlame({ route, environment, version, epoch, accessKey }: Assignment): boolean {
    const blamed = this.#places.get(route, environment, version.tag);
    if (blamed.epoch !== epoch) Object.assign(blamed, { epoch, byKey: new Map(), withoutKey: 0, charged: 0 });
    if (accessKey === undefined) blamed.withoutKey++;
    else count(blamed.byKey, blamed.byKey.size < MAX_KEYS || blamed.byKey.has(accessKey) ? accessKey : FURTHER);
    const isLimited = this.#keys.get(route)?.others === true;
    if (isLimited && blamed.charged >= fairLength(blamed.byKey.values(), blamed.withoutKey)) return false;
    blamed.charged++;
    return true;
  }
}
