import type { Version } from '../domain/version.js';
import type { Dialect } from './dialects/dialect.js';
import type { JsonObject } from '../kit/json.js';
import { UpstreamFailure } from './upstream-failure.js';

/**
 * Refuses a request for something that the version is declared unable to do. Undeclared abilities are assumed.
 *
 * @throws {UpstreamFailure} `unsupported`.
 */
export function assertAble({ capabilities }: Version, dialect: Dialect, body: JsonObject): void {
  if (!capabilities) return;
  if (capabilities.supportsStreaming === false && dialect.isStream(body)) {
    throw unable('supportsStreaming', 'asks for a stream');
  }
  if (capabilities.supportsTools === false && dialect.toolFields.some((field) => offersAny(body[field]))) {
    throw unable('supportsTools', 'offers tools');
  }
}

function offersAny(tools: unknown): boolean {
  return Array.isArray(tools) && tools.length > 0;
}

function unable(ability: 'supportsStreaming' | 'supportsTools', wants: string): UpstreamFailure {
  const message = `the request ${wants}, and its version declares "${ability}": false`;
  return new UpstreamFailure('unsupported', message, { asked: false });
}
