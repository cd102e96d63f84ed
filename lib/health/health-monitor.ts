import type { Clock, Random } from '../kit/clock.js';
import type { FailureClass } from '../domain/outcome.js';
import type { Version } from '../domain/version.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import { slotOf } from '../routing/route-table.js';
import type { Summary } from '../telemetry/summary.js';
import type { Pulse } from '../telemetry/pulse.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { Probes } from '../upstream/probes.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { asksObject } from '../upstream/upstream-config.js';
import { askForToken, healthBy, type EnvironmentHealth } from './probe.js';

/** Parsed `health` options, milliseconds. */
export interface HealthOptions {
  /** How long an answer is valid before an environment is probed again. */
  readonly interval: number;
  /** Longest wait for a probe. */
  readonly timeout: number;
}

/** The health of an environment, and the wall time it was seen at. */
export interface KnownHealth {
  readonly at: number;
  readonly health: EnvironmentHealth;
}

/** Consecutive failures after which an environment counts as down. */
const DOWN_AFTER = 3;

const TIERS: Readonly<Partial<Record<FailureClass, EnvironmentHealth['tier']>>> = { auth: 'key', not_found: 'model' };

/**
 * Tracks the health of every environment. Live traffic serves as the probe; without traffic the environment is
 * probed, at most once per interval.
 */
export class HealthMonitor {
  /** By upstream id and model: bounded by the configuration. */
  readonly #probed = new Map<string, KnownHealth>();
  readonly #probes: Probes;
  readonly #tokens = new Map<string, { readonly at: number; readonly result: Promise<EnvironmentHealth> }>();

  constructor(
    private readonly table: LiveRouteTable,
    private readonly telemetry: Telemetry,
    private readonly upstreams: Upstreams,
    private readonly options: HealthOptions,
    private readonly clock: Clock,
    random: Random,
  ) {
    this.#probes = new Probes(options.interval, options.timeout, clock, random);
  }

  /** The configured aliases and their environments. */
  get environments(): { route: string; environment: string }[] {
    const { current } = this.table;
    return current.aliases.flatMap((route) =>
      current.get(route).slots.map(({ environment }) => ({ route, environment })),
    );
  }

  /** @throws {UnknownRouteError} {@link UnknownEnvironmentError} */
  async check(route: string, environment: string): Promise<EnvironmentHealth> {
    const { version, servable } = slotOf(this.table.current.get(route), environment);
    if (!servable) return notFromHere(version.upstream);
    const pulse = this.telemetry.pulse(route, environment, version.tag);
    const now = this.clock.now();
    const isKnown = pulse !== undefined && now - pulse.at < this.options.interval;
    const health = isKnown ? fromTraffic(pulse) : await this.#probe(version);
    if (health.status === 'down') return health;
    return unlessRefused(health, this.telemetry.recent(route, environment, version.tag, now));
  }

  /**
   * The newest that traffic or a probe has shown, however old. Asks nobody.
   *
   * @throws {UnknownRouteError} {@link UnknownEnvironmentError}
   */
  known(route: string, environment: string): KnownHealth | undefined {
    const { version, servable } = slotOf(this.table.current.get(route), environment);
    if (!servable) return { at: this.clock.now(), health: notFromHere(version.upstream) };
    const pulse = this.telemetry.pulse(route, environment, version.tag);
    const probed = this.#probed.get(keyOf(version));
    if (!pulse || (probed && probed.at > pulse.at)) return probed;
    return { at: pulse.at, health: fromTraffic(pulse) };
  }

  /** Asks the provider now, whatever is known. @throws {UnknownRouteError} {@link UnknownEnvironmentError} */
  async ask(route: string, environment: string): Promise<KnownHealth> {
    const { version, servable } = slotOf(this.table.current.get(route), environment);
    const health = servable ? await this.#probe(version, true) : notFromHere(version.upstream);
    return { at: this.clock.now(), health };
  }

  /** Whether some environment of the route can serve a request. */
  async canServe(route: string): Promise<boolean> {
    const { slots, fallback } = this.table.current.get(route);
    const candidates = [...slots.filter(({ weight }) => weight > 0), ...fallback];
    const healths = await Promise.all(candidates.map(({ environment }) => this.check(route, environment)));
    return healths.some(({ status }) => status !== 'down');
  }

  async #probe(version: Version, now = false): Promise<EnvironmentHealth> {
    const client = this.upstreams.get(version.upstream);
    const health = asksObject(client.config)
      ? await this.#token(version, now)
      : healthBy(await (now ? this.#probes.ask(client) : this.#probes.recent(client)), version.model);
    this.#probed.set(keyOf(version), { at: this.clock.now(), health });
    return health;
  }

  /** A model object has no list to share. */
  #token(version: Version, now: boolean): Promise<EnvironmentHealth> {
    const known = this.#tokens.get(keyOf(version));
    if (!now && known && this.clock.elapsed() - known.at < this.options.interval) return known.result;
    const result = askForToken(version, this.upstreams, this.options.timeout, this.clock);
    this.#tokens.set(keyOf(version), { at: this.clock.elapsed(), result });
    return result;
  }
}

function keyOf({ upstream, model }: Version): string {
  return `${upstream} ${model}`;
}

/** No fault is known, but this process cannot use the environment. */
function notFromHere(upstream: string): EnvironmentHealth {
  const message = `the options of this process declare no upstream "${upstream}": other replicas have others`;
  return { status: 'down', message, source: 'probe' };
}

/** It is fine, but we do not ask it: most requests may cost more than a limit or a budget allows. */
function unlessRefused(
  health: EnvironmentHealth,
  { requests, errorsByClass }: Pick<Summary, 'requests' | 'errorsByClass'>,
): EnvironmentHealth {
  const refused = errorsByClass.budget ?? 0;
  if (refused === 0 || refused * 2 < requests) return health;
  const message = `${refused} of ${requests} recent requests were not sent: a cost limit or a budget did not allow them`;
  return { status: 'degraded', message, source: 'traffic' };
}

function fromTraffic({ consecutiveFailures, failure }: Pulse): EnvironmentHealth {
  if (failure === undefined) return { status: 'up', message: 'answers', source: 'traffic' };
  return {
    status: consecutiveFailures >= DOWN_AFTER ? 'down' : 'degraded',
    tier: TIERS[failure] ?? 'connectivity',
    message: `${consecutiveFailures} consecutive failures, the last one ${failure}`,
    source: 'traffic',
  };
}
