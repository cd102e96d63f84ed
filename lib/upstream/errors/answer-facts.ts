import type { IncomingHttpHeaders } from 'node:http';
import { parseJson } from '../../kit/json.js';
import { errorFacts, type ErrorFacts } from './error-facts.js';

/** Some relays call a success 201. */
export function isSuccess(status: number): boolean {
  return status === 200 || status === 201;
}

/** The text of a body, without the mark of its byte order. */
export function textIn(body: Buffer): string {
  const text = body.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** The facts in an error answer: as JSON, or in prose. */
export function factsIn(body: Buffer, headers: IncomingHttpHeaders): ErrorFacts {
  const text = textIn(body);
  const type = headers['x-amzn-errortype'];
  return errorFacts(parseJson(text) ?? text, typeof type === 'string' ? type : undefined);
}
