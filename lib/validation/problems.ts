import type { z } from 'zod';
import { nearest } from '../kit/nearest.js';
import { namesAt } from './names-at.js';
import { pathOf, show } from './shown.js';
import type { Problem } from './validation-error.js';

type Issue = z.core.$ZodIssue;

/** Problems that are told at a time. */
const MOST = 100;

/**
 * The findings of a schema, in words for the person who has to fix them: a hundred of them, and how many more there
 * are.
 *
 * @param schema names what was probably meant by an unknown name.
 */
export function problemsOf(error: z.ZodError | undefined, input: unknown, schema?: z.ZodType): Problem[] {
  const issues = (error?.issues ?? []).flatMap(singly);
  const told = issues.slice(0, MOST).flatMap((issue) => problemsOfIssue(issue, input, schema));
  const more = issues.length + told.length - Math.min(issues.length, MOST) - Math.min(told.length, MOST);
  return more === 0 ? told : [...told.slice(0, MOST), furtherProblems(more)];
}

function furtherProblems(count: number): Problem {
  const message = `has ${count} further problems`;
  return { path: pathOf([]), value: 'not shown', message, remedy: 'Fix the listed ones first.' };
}

/** A finding for each unknown name. */
function singly(issue: Issue): Issue[] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => ({ ...issue, keys: [key] })) : [issue];
}

function problemsOfIssue(issue: Issue, input: unknown, schema: z.ZodType | undefined): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const meant = schema && nearest(key, namesAt(schema, issue.path));
      return {
        path: pathOf(path),
        value: show(path, valueAt(input, path)),
        message: 'is not an option',
        remedy: meant === undefined ? UNKNOWN_NAME : didYouMean(meant),
      };
    });
  }
  const within = issuesWithin(issue);
  if (within.length > 0) return within.flatMap((inner) => problemsOfIssue(inner, input, schema));
  const value = valueAt(input, issue.path);
  // A check between values may point at one that is not there; its own message says what it needs.
  const missing = value === undefined && !issue.message.startsWith('needs ');
  return [
    {
      path: pathOf(issue.path),
      value: show(issue.path, value),
      message: missing ? 'is missing' : messageOf(issue),
      remedy: remedyOf(issue, missing),
    },
  ];
}

/** Of several alternatives, the one that accepts the value's kind knows what is wrong inside it. */
function issuesWithin(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [];
  return issue.errors
    .filter((issues) => issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'))
    .flat()
    .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** The remedy for a name that resembles none that is known here. */
export const UNKNOWN_NAME = 'Check its spelling and its place, or remove it.';

export function didYouMean(name: string): string {
  return `Did you mean ${name}? Otherwise remove it.`;
}

function messageOf(issue: Issue): string {
  // Our own messages are half-sentences in lower case that follow the path.
  if (/^[a-z]/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'too_small':
      return issue.origin === 'string' ? 'is empty' : 'is too small';
    case 'too_big':
      return 'is too big';
    case 'invalid_type':
      return 'has the wrong type';
    case 'invalid_value':
      return 'is not one of the known values';
    case 'invalid_union':
      return 'is not what is expected here';
    case 'invalid_key':
      return issue.issues.find(({ message }) => /^[a-z]/.test(message))?.message ?? 'cannot be a name here';
    default:
      return `is not valid: ${issue.message}`;
  }
}

/** By the name of the option, whatever is wrong with it. */
const REMEDIES = new Map([
  [
    'apiKey',
    "Set it to the provider's key, for example from process.env; or to false for an upstream that takes none.",
  ],
  ['baseUrl', "Write it with the version segment, like 'https://api.openai.com/v1'."],
]);

function remedyOf(issue: Issue, missing: boolean): string {
  if (issue.code === 'custom' && typeof issue.params?.['remedy'] === 'string') return issue.params['remedy'];
  const byName = REMEDIES.get(String(issue.path.at(-1)));
  if (byName !== undefined) return byName;
  if (missing) return 'Set it.';
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string') return 'Set it, or leave it out.';
      return `Use ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}.`;
    case 'too_big':
      return `Use ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}.`;
    case 'invalid_value':
      return `Use one of: ${issue.values.map(String).join(', ')}.`;
    case 'invalid_type':
      return `Use a value of type ${issue.expected}.`;
    case 'invalid_key':
      return 'Use at most 32 lower-case letters, digits and -, starting with a letter; not weighted, sticky or shadow.';
    case 'invalid_union':
      if ('options' in issue && issue.options) return `Use one of: ${issue.options.map(String).join(', ')}.`;
      return `Use ${listed(issue.errors.flat().flatMap(acceptable))}.`;
    default:
      return 'Change it, or leave it out.';
  }
}

const KINDS: Readonly<Partial<Record<string, readonly string[]>>> = {
  array: ['a list'],
  object: ['an object'],
  string: ['a text'],
  number: ['a number'],
  boolean: ['true', 'false'],
};

function acceptable(issue: Issue): readonly string[] {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.map(String);
    case 'invalid_type':
      return KINDS[issue.expected] ?? [`a value of type ${issue.expected}`];
    case 'invalid_format':
      return [issue.format === 'regex' ? `text that matches ${issue.pattern}` : `a valid ${issue.format}`];
    default:
      return ['a documented value'];
  }
}

function listed(words: readonly string[]): string {
  const all = [...new Set(words)];
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}
