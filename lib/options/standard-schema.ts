import { isObject } from '../kit/json.js';
import { OptionsError } from '../validation/validation-error.js';
import type { BlueGreenOptions } from './blue-green-options.js';
import { parseOptions } from './parse-options.js';

/**
 * Options as a Standard Schema (standardschema.dev), the interface that `@nestjs/config` 12 and others take. A valid
 * value comes back as it was, without defaults.
 */
export interface BlueGreenSchema<Checked> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'nestjs-blue-green';
    readonly types?: { readonly input: Checked; readonly output: Checked } | undefined;
    readonly validate: (value: unknown) => SchemaResult<Checked>;
  };
  /**
   * The value, if it is valid: for whatever takes a function, as `validate` of `@nestjs/config`.
   *
   * @throws {OptionsError}
   */
  readonly parse: (value: unknown) => Checked;
}

type SchemaResult<Checked> =
  { readonly value: Checked; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

interface SchemaIssue {
  readonly message: string;
  readonly path: readonly string[];
}

/**
 * The options as a Standard Schema, checked as `forRoot()` does.
 *
 * @example
 * ```ts
 * const result = blueGreenSchema()['~standard'].validate({ environments: {} });
 * if (result.issues) console.error(result.issues.map(({ message }) => message));
 * ```
 */
export function blueGreenSchema(): BlueGreenSchema<BlueGreenOptions>;
/** The same for an object that has the options under a key, beside whatever else. */
export function blueGreenSchema<Key extends string>(
  key: Key,
): BlueGreenSchema<Record<string, unknown> & Record<Key, BlueGreenOptions>>;
export function blueGreenSchema(key?: string): BlueGreenSchema<unknown> {
  const parse = (value: unknown): unknown => {
    parseOptions((key === undefined ? value : isObject(value) ? value[key] : undefined) as BlueGreenOptions);
    return value;
  };
  const validate = (value: unknown): SchemaResult<unknown> => {
    try {
      return { value: parse(value) };
    } catch (error) {
      if (!(error instanceof OptionsError)) throw error;
      const before = key === undefined ? [] : [key];
      return {
        issues: error.problems.map(({ path, value: found, message, remedy }) => ({
          path: [...before, path],
          message: `${message} (found: ${found}). ${remedy}`,
        })),
      };
    }
  };
  return { '~standard': { version: 1, vendor: 'nestjs-blue-green', validate }, parse };
}
