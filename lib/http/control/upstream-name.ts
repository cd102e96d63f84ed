import { withoutTrailingSlashes } from '../../upstream/endpoint.js';
import type { UpstreamConfig } from '../../upstream/upstream-config.js';
import { ValidationError } from '../../validation/validation-error.js';

/**
 * The declared upstream that a version's `upstream_endpoint` names. The base URL of several declared ones means the
 * slot's own upstream, `undefined`. A version never brings an address of its own.
 *
 * @throws {ValidationError}
 */
export function upstreamNamed(upstreams: readonly UpstreamConfig[], endpoint: string | undefined): string | undefined {
  if (endpoint === undefined) return undefined;
  if (upstreams.some(({ id }) => id === endpoint)) return endpoint;
  const url = withoutTrailingSlashes(endpoint);
  const there = upstreams.filter(({ baseUrl }) => baseUrl === url);
  if (there.length > 0) return there.length === 1 ? there[0]!.id : undefined;
  throw new ValidationError('The request is not valid', [
    {
      path: 'upstream_endpoint',
      value: 'something else',
      message: 'is not an upstream of the options',
      remedy: `Use one of: ${upstreams.map(({ id }) => id).join(', ')}; or leave it out for the slot's own.`,
    },
  ]);
}
