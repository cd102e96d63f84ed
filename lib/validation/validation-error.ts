import { BlueGreenError } from '../domain/errors.js';

/** One thing wrong in an input. */
export interface Problem {
  /** Where, e.g. `routes.support-chat.environments.green.weight`. */
  readonly path: string;
  /** The value found there, without secrets. */
  readonly value: string;
  readonly message: string;
  readonly remedy: string;
}

/** An input that cannot be used. Lists every problem, not just the first. `code`: `invalid_input`. */
export class ValidationError extends BlueGreenError {
  readonly #problems: readonly Problem[];

  constructor(subject: string, problems: readonly Problem[], code = 'invalid_input', options?: ErrorOptions) {
    const lines = problems.map(
      ({ path, value, message, remedy }, index) => `  ${index + 1}. ${path} ${message} (found: ${value}). ${remedy}`,
    );
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super(code, `${subject}: ${count}.\n${lines.join('\n')}`, 'Fix the listed problems.', 422, options);
    this.#problems = problems;
  }

  /** Not a plain property: the message lists them, and a logged error would show both. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }
}

/** `BlueGreenModule` cannot start with these options. `code`: `invalid_options`. */
export class OptionsError extends ValidationError {
  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super('BlueGreenModule cannot start, its options are wrong', problems, 'invalid_options', options);
  }
}
