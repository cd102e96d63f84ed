import type { CallerSignal } from '../kit/caller-signal.js';
import type { Assignment } from '../routing/assignment.js';
import { strataOfRequest } from './request-strata.js';
import type { Placement } from '../telemetry/observation.js';
import type { JsonObject } from '../kit/json.js';
import type { HeldState } from './state/held-state.js';
import type { KnownDialect } from '../upstream/dialects/dialects.js';
import type { WrittenBody } from '../upstream/written-body.js';

/** A request to a route whose environment is decided. */
export interface CallRequest {
  readonly assignment: Assignment;
  readonly dialect: KnownDialect;
  readonly body: JsonObject;
  /** The text of the body as it came, where it is known. */
  readonly written?: WrittenBody | undefined;
  /** The parts of the body that only some environments can read. */
  readonly held?: HeldState | undefined;
  /** Ids of files that the body refers to, where another environment may have them. */
  readonly files?: readonly string[] | undefined;
  readonly requestId: string;
  /** Headers of the caller that are part of the dialect: `Dialect.callerHeaders`, names in lower case. */
  readonly callerHeaders?: Readonly<Record<string, string>> | undefined;
  /** The caller's W3C trace context, passed on unchanged. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  readonly signal?: CallerSignal | undefined;
  /** Called when a provider has accepted a stream: it answers, and may think for a while before its first content. */
  readonly accepted?: (() => void) | undefined;
  /** Asked by an evaluator about another request: it is neither scored nor mirrored, and its content is not kept. */
  readonly byEvaluator?: true | undefined;
}

/** Where the assignment of a request places it. */
export function placementOf(request: Pick<CallRequest, 'assignment' | 'dialect' | 'body'>): Placement {
  const { route, environment, version, unit, epoch, segment, onTrial, reason, pinned, bound, accessKey, group } =
    request.assignment;
  const offSplit = reason === 'forced' || pinned ? true : undefined;
  const strata = onTrial && strataOfRequest(request, group);
  const { tag } = version;
  return { route, environment, version: tag, unit, epoch, segment, onTrial, strata, offSplit, accessKey, bound };
}
