import { inspect } from 'node:util';

/** Names of options whose values are secret; the address of a webhook has its secret in the path. */
const SECRET = /key|secret|token|password|authorization|cookie|^url$/i;

/** A value as it may be shown: secrets left out, long values cut off. */
export function show(path: readonly PropertyKey[], value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  const isLeaf = typeof value !== 'object' || value === null;
  if (isLeaf && isSecret(path)) return 'a value that is not shown here';
  if (!isLeaf) return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
  const text = typeof value === 'string' ? JSON.stringify(withoutSecrets(value)) : inspect(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** Goes by the option's own name, not by the names around it, which people choose: a route may be called `keynote`. */
function isSecret(path: readonly PropertyKey[]): boolean {
  const at = path.findLastIndex((part) => !/^\d+$/.test(String(part)));
  // A header may carry a key, whatever its name.
  return at >= 0 && (SECRET.test(String(path[at])) || path[at - 1] === 'headers');
}

/**
 * A text without the user and the query of the URL in it. By hand: a pattern that looks for an `@` after every `//`
 * takes minutes for a megabyte of slashes, and callers choose the text.
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
