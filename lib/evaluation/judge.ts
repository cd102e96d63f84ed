import { ValidationError, type Problem } from '../validation/validation-error.js';
import type { Evaluate, Exchange } from './evaluator.js';
import { judgeQuestion } from './judge-question.js';

/** How a model is asked to judge an answer. */
export interface JudgeOptions {
  /** Alias of the route that is asked. It must not be one whose answers are judged. Its budget is the judge's. */
  route: string;
  /** Your definition of a good answer. Either this or `prompt`. */
  criteria?: string | undefined;
  /** Writes the whole question instead. The answer has to contain a `"score"` or be a number. */
  prompt?: ((exchange: Exchange) => string) | undefined;
  /** The worst and the best score that the model may give. Default `[1, 5]`. */
  scale?: readonly [number, number] | undefined;
  /** Characters shown of the end of the conversation and of the beginning of the answer. Default 24,000 each. */
  maxLength?: number | undefined;
}

/** An evaluator that asks a route. */
export interface Judge extends Evaluate {
  /** Alias of the route that it asks. */
  readonly route: string;
}

/**
 * An evaluator that asks a model of another route to score answers. It never scores answers of the route that it asks.
 * When that route gives no answer or no score, gates on the judge hold and no environment is blamed.
 *
 * @throws {ValidationError} when the options make no sense.
 * @example
 * ```ts
 * const liked = { name: 'judge', evaluate: judge({ route: 'judge', criteria: 'Correct, and polite.' }), sample: 0.1 };
 * const gate = { kind: 'quality', evaluator: 'judge', tolerance: 0.05 };
 * ```
 */
export function judge(options: JudgeOptions): Judge {
  const { route, criteria = '', prompt, scale = [1, 5], maxLength = 24_000 } = options;
  check(options, scale, maxLength);
  const question = prompt ?? ((exchange: Exchange) => judgeQuestion(exchange, { criteria, scale, maxLength }));
  const evaluate: Evaluate = async (exchange, { ask }) => {
    if (exchange.route === route) return undefined;
    const { content } = await ask(route, { messages: [{ role: 'user', content: question(exchange) }] });
    return scoreIn(content, scale);
  };
  return Object.assign(evaluate, { route });
}

const SCORE = /"score"\s*:\s*"?(-?\d+(?:\.\d+)?)/g;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** The last score in the text: the model may think aloud before it. @throws {RangeError} when there is none. */
function scoreIn(text: string, [worst, best]: readonly [number, number]): number {
  const named = [...text.matchAll(SCORE)].at(-1)?.[1] ?? NUMBER.exec(text.trim())?.[0];
  const score = (Number(named) - worst) / (best - worst);
  // Without the text: it may quote the answer.
  if (named === undefined || score < 0 || score > 1) throw new RangeError(`no score from ${worst} to ${best}`);
  return score;
}

function check({ route, criteria, prompt }: JudgeOptions, scale: readonly [number, number], maxLength: number): void {
  const problems: Problem[] = [];
  const problem = (path: string, value: unknown, message: string, remedy: string): void => {
    problems.push({ path, value: String(value), message, remedy });
  };
  if (!route) problem('route', route, 'is missing', 'Name the route that is asked.');
  if (!criteria === !prompt) {
    problem('criteria', criteria ? 'both' : 'none', 'has to stand alone', 'Give either "criteria" or "prompt".');
  }
  if (!scale.every(Number.isFinite) || scale[0] === scale[1]) {
    problem('scale', `[${scale.join(', ')}]`, 'is not a scale', 'Use two different numbers, the worst score first.');
  }
  if (!(maxLength >= 1)) problem('maxLength', maxLength, 'is too small', 'Use at least 1.');
  if (problems.length > 0) throw new ValidationError('The judge cannot be asked', problems);
}
