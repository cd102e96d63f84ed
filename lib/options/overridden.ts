import type { RouteState } from '../domain/state.js';
import { weightOf } from '../domain/weights.js';
import { pathOf } from '../validation/shown.js';
import type { BlueGreenConfig, RouteConfig } from './config.js';

/** An option that does not hold, because the journal knows of a later change. */
interface Overridden {
  readonly path: readonly string[];
  readonly option: unknown;
  readonly journal: unknown;
}

/**
 * One sentence for a route with options that do not hold, with both values and a remedy; `undefined` without any. A
 * rollout under way moves the weights: its line says so.
 *
 * @param path where the route stands in the options.
 */
export function overriddenOptions(
  config: RouteConfig,
  path: readonly string[],
  { splitCheck }: Pick<BlueGreenConfig, 'splitCheck'>,
  route: RouteState,
): string | undefined {
  const groups = [
    { found: weights(config, route), remedy: 'Move traffic with blue-green shift, POST /routes/traffic or a rollout' },
    { found: versions(config, route), remedy: 'Assign the version with POST /routes/traffic' },
    {
      found: settings(config, splitCheck, route),
      remedy: 'Change them with PATCH /routing/policy and /routes/traffic',
    },
  ].filter(({ found }) => found.length > 0);
  if (groups.length === 0) return undefined;
  const all = groups.flatMap(({ found }) => found);
  const shown = all.map(({ path: below, option, journal }) => {
    return `${pathOf([...path, ...below])} is ${JSON.stringify(option)}, in force is ${JSON.stringify(journal)}`;
  });
  const remedies = groups.map(({ remedy }) => remedy).join('. ');
  return (
    `Options of route "${route.alias}" do not hold, the journal knows of later changes: ${shown.join('; ')}. ` +
    `${remedies}, or write into the options what is in force.`
  );
}

function weights({ definition }: RouteConfig, route: RouteState): Overridden[] {
  return Object.keys(route.environments).flatMap((name) => {
    const [option, journal] = [weightOf(definition.weights, name), weightOf(route.weights, name)];
    return option === journal ? [] : [{ path: ['environments', name, 'weight'], option, journal }];
  });
}

function versions({ definition }: RouteConfig, route: RouteState): Overridden[] {
  return Object.entries(definition.environments).flatMap(([name, { version: option }]) => {
    const journal = route.environments[name]?.version;
    if (!journal || JSON.stringify(journal) === JSON.stringify(option)) return [];
    const key = journal.model === option.model ? 'version' : 'model';
    const [ours, theirs] = key === 'model' ? [option.model, journal.model] : [option.tag, journal.tag];
    return [{ path: ['environments', name, key], option: ours, journal: theirs }];
  });
}

/** Settings that the control API has changed. */
function settings(config: RouteConfig, splitCheck: BlueGreenConfig['splitCheck'], route: RouteState): Overridden[] {
  const { strategy, healthCheck, shadowPercentage, comparisonMode, similarityThreshold } = route.settings;
  const { maxTemporalDriftMs, bufferThreshold, stickySessions } = route.settings;
  const { stickiness, shadow, sending } = config;
  const pairs: readonly Overridden[] = [
    { path: ['stickiness', 'strategy'], option: stickiness.strategy, journal: strategy },
    { path: ['stickiness', 'cookie', 'name'], option: stickiness.cookie?.name, journal: stickySessions?.cookieName },
    { path: ['stickiness', 'cookie', 'ttl'], option: stickiness.cookie?.ttl, journal: stickySessions?.ttl },
    { path: ['splitCheck'], option: splitCheck, journal: healthCheck },
    { path: ['shadow', 'percentage'], option: shadow.percentage, journal: shadowPercentage },
    { path: ['shadow', 'comparisonMode'], option: shadow.comparisonMode, journal: comparisonMode },
    { path: ['shadow', 'similarityThreshold'], option: shadow.similarityThreshold, journal: similarityThreshold },
    { path: ['shadow', 'maxTemporalDriftMs'], option: shadow.maxTemporalDriftMs, journal: maxTemporalDriftMs },
    { path: ['bufferThreshold'], option: sending.buffer.chunks, journal: bufferThreshold },
  ];
  // An option that was never written is not overridden, but completed.
  return pairs.filter(
    ({ option, journal }) =>
      option !== undefined && journal !== undefined && JSON.stringify(option) !== JSON.stringify(journal),
  );
}
