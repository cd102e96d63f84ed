import type { JsonObject } from '../kit/json.js';
import type { Command } from '../domain/command.js';
import { UnknownVersionError } from '../domain/errors.js';
import { splitTraffic, walkTraffic, type TrafficRule } from '../domain/traffic-rules.js';
import type { RouteState } from '../domain/state.js';
import { registerVersion } from '../domain/version-commands.js';
import type { RegisteredVersion, Version, VersionTemplate } from '../domain/version.js';
import type { Walk } from '../domain/walk-commands.js';
import type { Weights } from '../domain/weights.js';
import { assertVersion } from '../schedule/version-schema.js';
import { spelledBy } from '../upstream/providers.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { ValidationError, type Problem } from '../validation/validation-error.js';
import type { CommandBus, CommandInfo } from './command-bus.js';
import type { StateStore } from './state-store.js';

/** Whether the output that a version allows itself fits its cost limit. */
export interface CostSense {
  problem(version: VersionTemplate): Problem | undefined;
  warnings(version: VersionTemplate): string[];
}

/**
 * Versions registered while the app runs, and splits by their tags.
 *
 * @example
 * ```ts
 * await versions.register({ tag: 'prompt-7', model: 'gpt-4.1', systemPrompt: { text: '…', mode: 'replace' } });
 * await versions.split('support-chat', { 'prompt-6': 95, 'prompt-7': 5 }, { actor: 'ada' });
 * ```
 */
export class VersionService {
  constructor(
    private readonly bus: CommandBus,
    private readonly store: StateStore,
    private readonly upstreams: Upstreams,
    private readonly costs: CostSense,
  ) {}

  /** All that were registered, oldest first. */
  get all(): RegisteredVersion[] {
    return [...this.store.state.versions.values()];
  }

  /**
   * Registers a version for good. Registering the same content again returns the existing version.
   *
   * @throws {ValidationError} when the tag, or something else in it, breaks a rule; when less than a quarter of its own
   * `max_tokens` fits its own `costLimitPerRequest`.
   * @throws {VersionExistsError} when the tag stands for another content.
   * @throws {TooManyVersionsError} when there are 10,000.
   */
  async register(version: VersionTemplate, metadata: JsonObject = {}, info?: CommandInfo): Promise<RegisteredVersion> {
    assertVersion(version);
    const problem = this.costs.problem(version);
    if (problem) throw new ValidationError('The version is not valid', [problem]);
    await this.bus.append(registerVersion(version, metadata), { reason: 'register', ...info });
    return this.store.state.versions.get(version.tag)!;
  }

  /** Warnings about a version for its author, as sentences. */
  warnings(version: VersionTemplate): string[] {
    return this.costs.warnings(version);
  }

  /** @throws {UnknownVersionError} */
  get(tag: string): RegisteredVersion {
    const registered = this.store.state.versions.get(tag);
    if (!registered) throw new UnknownVersionError(tag, [...this.store.state.versions.keys()]);
    return registered;
  }

  /**
   * Splits a route's traffic by version tags, in percent. A tag names a registered version or one that the route holds.
   * The name of an environment stands for that slot, whatever it holds.
   *
   * @throws {UnknownRouteError} {@link UnknownVersionError} {@link InvalidWeightsError} {@link RolloutStateError}
   */
  split(alias: string, shares: Weights, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, this.splitting(shares), { reason: 'split', ...info });
  }

  /** The same as a command, to run together with others. */
  splitting(shares: Weights): Command {
    return (route) => splitTraffic(this.#rulesOf(route, shares), (version) => this.#spelled(version))(route);
  }

  /** The same as the target of a walk. */
  walking(shares: Weights, walk: Walk): Command {
    return (route) => walkTraffic(this.#rulesOf(route, shares), walk, (version) => this.#spelled(version))(route);
  }

  #rulesOf(route: RouteState, shares: Weights): TrafficRule[] {
    return Object.entries(shares).map(([name, weight]) => ({ ...this.#named(route, name), weight }));
  }

  #spelled(version: Version): Version {
    // This process does not know the upstream: the name stays as it is.
    if (!this.upstreams.has(version.upstream)) return version;
    const { provider } = this.upstreams.get(version.upstream).config;
    return { ...version, model: spelledBy(provider, version.model) };
  }

  #named({ environments }: RouteState, name: string): Omit<TrafficRule, 'weight'> {
    if (Object.hasOwn(environments, name)) return { environment: name, version: environments[name]!.version };
    const held = Object.values(environments).find(({ version }) => version.tag === name);
    const version = held?.version ?? this.store.state.versions.get(name)?.version;
    if (version) return { version };
    const known = [...Object.values(environments).map((slot) => slot.version.tag), ...this.store.state.versions.keys()];
    throw new UnknownVersionError(name, [...new Set(known)]);
  }
}
