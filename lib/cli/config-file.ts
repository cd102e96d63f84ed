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
  const source = ConfigSource.parse(text, env);
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
    ...source.problems.map((problem) => located(problem, source)),
    ...onePerPlace(found)
      .filter(({ path }) => !told.has(path))
      .map((problem) => located(problem, source)),
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

function located(problem: Problem, source: ConfigSource): Problem {
  const line = source.lineOf(problem.path);
  return line === undefined ? problem : { ...problem, path: `${problem.path} (line ${line})` };
}
