import type { BlueGreenExtras } from '../blue-green.module-definition.js';
import type { ManyRoutesOptions } from '../options/blue-green-options.js';
import { OPTION_NAMES, suggested } from '../options/misplaced.js';
import { parseOptions } from '../options/parse-options.js';
import { isObject } from '../kit/json.js';
import { problemsOf } from '../validation/problems.js';
import { OptionsError, ValidationError, type Problem } from '../validation/validation-error.js';
import { overridden, type ConfigOverrides } from './config-overrides.js';
import { asWritten } from './config-capabilities.js';
import { fileSchema } from './config-schema.js';
import { optionsOf, placeInFile } from './config-options.js';
import { ConfigSource } from './config-source.js';

/** The content of a configuration file. */
export interface FileConfig {
  readonly options: ManyRoutesOptions;
  /** Port to listen on; `undefined` if the file has none. */
  readonly port: number | undefined;
  /** Whether and where to serve the dashboard; `undefined` if the file does not say. */
  readonly dashboard: BlueGreenExtras['dashboard'];
}

/**
 * A configuration file that cannot be used. Lists every problem with its path and its line. `code`: `invalid_config`.
 */
export class ConfigFileError extends ValidationError {
  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super('The configuration cannot be used', problems, 'invalid_config', options);
  }
}

/**
 * Reads a configuration file: YAML with `${NAME}` and `${NAME:-default}` in its values.
 *
 * @param env where the names are looked up.
 * @param overrides values from the command line that win over the file.
 * @throws {ConfigFileError} listing every problem at once; secrets are left out.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 *
 * const { options, port } = readConfig(readFileSync('blue-green.yaml', 'utf8'), process.env);
 * ```
 */
export function readConfig(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  overrides: ConfigOverrides = {},
): FileConfig {
  return configIn(ConfigSource.parse(text, env), overrides, located);
}

/**
 * Reads what the environment alone configures, without a file: problems name its variables.
 *
 * @throws {ConfigFileError}
 */
export function readEnvironment(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  overrides: ConfigOverrides = {},
): FileConfig {
  return configIn(ConfigSource.parse(text, env), overrides, byVariable);
}

function configIn(source: ConfigSource, overrides: ConfigOverrides, placed: typeof located): FileConfig {
  if (source.problems.length > 0 && source.isBroken) throw new ConfigFileError(source.problems);
  const raw = overridden(source.value, overrides);
  if (!isObject(raw)) {
    const remedy = 'Start with relay and models, as docs/cli.md shows.';
    throw new ConfigFileError([{ path: '(the whole)', value: 'no settings', message: 'has no settings', remedy }]);
  }
  const shape = fileSchema.safeParse(raw);
  const options = optionsOf(raw);
  const found = [...problemsOf(shape.error, raw, fileSchema).map(suggest), ...problemsIn(options, raw)];
  const told = new Set(source.problems.map(({ path }) => path));
  const problems = [
    ...source.problems.map((problem) => placed(problem, source)),
    ...onePerPlace(found)
      .filter(({ path }) => !told.has(path))
      .map((problem) => placed(problem, source)),
  ];
  if (problems.length > 0) throw new ConfigFileError(problems);
  const { port, dashboard } = shape.data!;
  return { options: options as unknown as ManyRoutesOptions, port, dashboard };
}

/** Problems that the module itself would find, with places in the file. */
function problemsIn(options: unknown, raw: Readonly<Record<string, unknown>>): Problem[] {
  try {
    parseOptions(options as ManyRoutesOptions);
    return [];
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    return error.problems.map((problem) => suggest({ ...problem, path: asWritten(placeInFile(problem.path, raw)) }));
  }
}

const INNER = [
  'base_url',
  'api_key',
  'timeout',
  'max_retries',
  'blue',
  'green',
  'enabled',
  'strategy',
  'health_check_interval',
  'path',
  'secret',
];

function suggest(problem: Problem): Problem {
  return suggested(problem, [...Object.keys(fileSchema.shape), ...OPTION_NAMES, ...INNER]);
}

/** All aliases share one relay: report its problems once. */
function onePerPlace(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.toReversed().map((problem) => [problem.path, problem])).values()].toReversed();
}

/** In a file, by its line, and by the variable that has the value. */
function located(problem: Problem, source: ConfigSource): Problem {
  const line = source.lineOf(problem.path);
  const from = source.variablesAt(problem.path);
  const places = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(from.length > 0 ? [`from ${from.join(', ')}`] : []),
  ];
  return places.length === 0 ? problem : { ...problem, path: `${problem.path} (${places.join(', ')})` };
}

/** Without a file, an option is known to people by the variable that it comes from. */
function byVariable(problem: Problem, source: ConfigSource): Problem {
  const from = source.variablesAt(problem.path);
  return from.length === 0 ? problem : { ...problem, path: from.join(', ') };
}
