import type { Version } from '../domain/version.js';
import type { Clock } from '../kit/clock.js';
import type { JsonObject } from '../kit/json.js';
import type { Dialect } from './dialects/dialect.js';
import { whyUnsupported } from './send.js';
import { skeletonOf } from './skeleton.js';
import type { Upstreams } from './upstreams.js';

const HOUR = 3_600_000;
const HOURS = 24;

/** Different shapes that are kept of an hour of a route. Further ones are counted, and not kept. */
const MAX_SHAPES = 50;

/** A longer shape is one that no environment is asked about. */
const MAX_LENGTH = 8_192;

/** Milliseconds between two requests of a route that are looked at: the others cost nothing. */
const EVERY = 200;

interface Shape {
  readonly dialect: Dialect;
  readonly body: JsonObject;
  count: number;
}

interface Hour {
  readonly at: number;
  readonly shapes: Map<string, Shape>;
  seen: number;
}

/** The requests of the last day that an environment could not take. */
export interface RefusedShapes {
  /** Requests that were looked at. */
  readonly seen: number;
  readonly refused: number;
  /** Their fields, or the reason in words; the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly requests: number }[];
}

/**
 * Features that the callers of a route have used in the last day: shapes of their requests, and how often they came. No
 * text of a request is kept. Each process knows its own callers.
 */
export class RequestShapes {
  readonly #hours = new Map<string, Hour[]>();
  readonly #next = new Map<string, number>();

  constructor(
    private readonly upstreams: Upstreams,
    private readonly clock: Clock,
  ) {}

  /** A request came. Looks at a few of a second. */
  see(route: string, dialect: Dialect, body: JsonObject): void {
    const elapsed = this.clock.elapsed();
    if (elapsed < (this.#next.get(route) ?? 0)) return;
    this.#next.set(route, elapsed + EVERY);
    const hour = this.#hourOf(route);
    hour.seen++;
    const shape = skeletonOf(body);
    const key = `${dialect.name} ${JSON.stringify(shape)}`;
    const known = hour.shapes.get(key);
    if (known) known.count++;
    else if (hour.shapes.size < MAX_SHAPES && key.length <= MAX_LENGTH) {
      hour.shapes.set(key, { dialect, body: shape, count: 1 });
    }
  }

  /** The part that an environment with this version could not take. `undefined` when nobody has called. */
  refusedBy(route: string, version: Version): RefusedShapes | undefined {
    const hours = this.#recent(route);
    const seen = hours.reduce((sum, hour) => sum + hour.seen, 0);
    if (seen === 0 || !this.upstreams.has(version.upstream)) return undefined;
    const client = this.upstreams.get(version.upstream);
    const reasons = new Map<string, number>();
    for (const { dialect, body, count } of hours.flatMap(({ shapes }) => [...shapes.values()])) {
      const reason = whyUnsupported({ client, dialect, version, body });
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
    }
    const counted = [...reasons].map(([reason, requests]) => ({ reason, requests }));
    const refused = counted.reduce((sum, { requests }) => sum + requests, 0);
    return { seen, refused, reasons: counted.toSorted((one, other) => other.requests - one.requests) };
  }

  #recent(route: string): Hour[] {
    const now = Math.floor(this.clock.now() / HOUR);
    return (this.#hours.get(route) ?? []).filter(({ at }) => at > now - HOURS);
  }

  #hourOf(route: string): Hour {
    const at = Math.floor(this.clock.now() / HOUR);
    const hours = this.#recent(route);
    const last = hours.at(-1);
    if (last?.at === at) return last;
    const fresh: Hour = { at, shapes: new Map(), seen: 0 };
    this.#hours.set(route, [...hours, fresh]);
    return fresh;
  }
}
