import type { JsonObject } from '../kit/json.js';
import { assertEnvironment, type Command } from './command.js';
import { TooManyVersionsError, VersionExistsError } from './errors.js';
import type { BlueGreenEvent } from './events.js';
import { firstStage } from './stage-commands.js';
import { runningRollout, type RouteState, type State } from './state.js';
import { versionId, type Version, type VersionTemplate } from './version.js';

/** Every process holds all versions, and they are never deleted. */
export const MAX_VERSIONS = 10_000;

/**
 * Registers a version for good. Registering the same content again changes nothing.
 *
 * @throws {VersionExistsError} when the tag stands for something else.
 * @throws {TooManyVersionsError} beyond {@link MAX_VERSIONS}.
 */
export function registerVersion(version: VersionTemplate, metadata: JsonObject = {}) {
  return ({ versions }: State): readonly BlueGreenEvent[] => {
    const id = versionId(version, metadata);
    const known = versions.get(version.tag);
    if (known?.id === id) return [];
    if (known) throw new VersionExistsError(version.tag, known.id);
    if (versions.size >= MAX_VERSIONS) throw new TooManyVersionsError(MAX_VERSIONS);
    return [{ type: 'VersionRegistered', versionId: id, version, metadata }];
  };
}

/** Rewrites the model's name the way the upstream spells it. */
export type Spelling = (version: Version) => Version;

/** Puts versions into slots, by environment. A slot that holds its version already is left alone. */
export function assignVersions(
  versions: Readonly<Record<string, VersionTemplate>>,
  spelled: Spelling = (version) => version,
): Command {
  return (route) => {
    const changed = Object.entries(versions).flatMap(([environment, template]): [string, Version][] => {
      assertEnvironment(route, environment);
      const known = JSON.stringify(route.environments[environment]!.version);
      const bound = { ...template, upstream: template.upstream ?? `${route.alias}/${environment}` };
      // The version in the slot is spelled correctly already.
      if (JSON.stringify(bound) === known) return [];
      const version = spelled(bound);
      return JSON.stringify(version) === known ? [] : [[environment, version]];
    });
    const events = changed.map(([environment, version]): BlueGreenEvent => {
      return { type: 'VersionAssigned', route: route.alias, environment, version };
    });
    return [
      ...events,
      ...begunAnew(
        route,
        changed.map(([environment]) => environment),
      ),
    ];
  };
}

/** A rollout restarts its schedule when one of its two versions changes. */
export function begunAnew(route: RouteState, changed: readonly string[]): BlueGreenEvent[] {
  const rollout = runningRollout(route);
  if (!rollout || rollout.phase.name === 'Aborting') return [];
  if (!changed.some((environment) => environment === rollout.from || environment === rollout.to)) return [];
  const ids = { route: route.alias, rolloutId: rollout.id };
  const entered = firstStage(route, rollout);
  const { phase } = rollout;
  return phase.name === 'Paused' && phase.reason === 'Manual'
    ? [entered, { type: 'RolloutPaused', ...ids, cause: 'Manual' }]
    : [entered];
}
