import { inspect } from 'node:util';
import type { z } from 'zod';
import type { Problem } from './validation-error.js';

/** Whatever has one of these in its name; and the addresses of webhooks, which have their secrets in the path. */
const SECRET = /key|secret|token|password|authorization|cookie|^url$/i;

type Issue = z.core.$ZodIssue;

/** What a schema found, in the words of someone who wants to mend it. */
export function problemsOf(error: z.ZodError | undefined, input: unknown): Problem[] {
  return (error?.issues ?? []).flatMap((issue) => problemsOfIssue(issue, input));
}

/** A value as it may be shown: secrets are left out, long ones cut off. */
export function show(path: readonly PropertyKey[], value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  const isLeaf = typeof value !== 'object' || value === null;
  if (isLeaf && isSecret(path)) return 'a value that is not shown here';
  if (!isLeaf) return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
  const text = typeof value === 'string' ? JSON.stringify(withoutSecrets(value)) : inspect(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** Goes by the option's own name, not by the names around it that people chose: a route may be `keynote`. */
function isSecret(path: readonly PropertyKey[]): boolean {
  const at = path.findLastIndex((part) => !/^\d+$/.test(String(part)));
  // What is sent in a header may be a key whatever the header is called.
  return at >= 0 && (SECRET.test(String(path[at])) || path[at - 1] === 'headers');
}

/**
 * A text without the user and the query of the URL in it. By hand: a pattern that looks for an `@` behind every `//` takes
 * minutes for a megabyte of slashes, and callers send what is shown here.
 */
function withoutSecrets(text: string): string {
  const start = text.indexOf('//');
  if (start < 0) return text;
  const query = text.indexOf('?', start);
  const url = query < 0 ? text : `${text.slice(0, query)}?…`;
  const user = url.lastIndexOf('@');
  return user < start ? url : `${url.slice(0, start)}//…${url.slice(user)}`;
}

export function pathOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.') || '(the whole)';
}

function problemsOfIssue(issue: Issue, input: unknown): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return {
        path: pathOf(path),
        value: show(path, valueAt(input, path)),
        message: 'is not an option',
        remedy: 'Check its spelling and its place, or remove it.',
      };
    });
  }
  const within = issuesWithin(issue);
  if (within.length > 0) return within.flatMap((inner) => problemsOfIssue(inner, input));
  const value = valueAt(input, issue.path);
  // A check between values may name one that is not there, and says itself what it needs.
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

/** Of alternatives, the one that takes what was given, but for something inside of it, says what that is. */
function issuesWithin(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [];
  return issue.errors
    .filter((issues) => issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'))
    .flat()
    .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function messageOf(issue: Issue): string {
  // Messages of our own are lower-case half-sentences that follow the path.
  if (/^[a-z]/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'too_small':
      return issue.origin === 'string' ? 'is empty' : 'is too small';
    case 'too_big':
      return 'is too big';
    case 'invalid_type':
      return 'has the wrong type';
    case 'invalid_value':
      return 'is none of the known values';
    case 'invalid_union':
      return 'is not what is expected here';
    case 'invalid_key':
      return issue.issues.find(({ message }) => /^[a-z]/.test(message))?.message ?? 'cannot be a name here';
    default:
      return `is not valid: ${issue.message}`;
  }
}

function remedyOf(issue: Issue, missing: boolean): string {
  if (issue.code === 'custom' && typeof issue.params?.['remedy'] === 'string') return issue.params['remedy'];
  const last = issue.path.at(-1);
  if (last === 'apiKey') {
    return "Set it to the provider's key, for example from process.env; or to false for an upstream that takes none.";
  }
  if (last === 'baseUrl') return "Write it with the version segment, like 'https://api.openai.com/v1'.";
  if (last === 'version') return 'Use lower-case letters, digits, - and . only, at most 64.';
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
      return 'Use lower-case letters, digits and -, beginning with a letter, at most 32; and not weighted, sticky or shadow.';
    case 'invalid_union':
      if ('options' in issue && issue.options) return `Use one of: ${issue.options.map(String).join(', ')}.`;
      return `Use ${listed(issue.errors.flat().flatMap(acceptable))}.`;
    default:
      return 'Change it, or leave it out.';
  }
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
};

function acceptable(issue: Issue): string[] {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.map(String);
    case 'invalid_type':
      return [KINDS[issue.expected] ?? `a value of type ${issue.expected}`];
    case 'invalid_format':
      return [issue.format === 'regex' ? `what fits ${issue.pattern}` : `a valid ${issue.format}`];
    default:
      return ['what is documented'];
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
