import type { CallerSignal } from '../kit/caller-signal.js';
import { BlueGreenError } from '../domain/errors.js';
import { isObject, parseJson } from '../kit/json.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import { repeatsSecret } from '../upstream/quoted-secret.js';
import { openAiResponses } from '../upstream/dialects/openai-responses.js';
import { factsIn } from '../upstream/errors/answer-facts.js';
import { classifyError } from '../upstream/errors/classify-error.js';
import { passedHeaders } from '../upstream/passed-headers.js';
import { failureFrom, UpstreamFailure } from '../upstream/upstream-failure.js';
import { AnswerName } from './answer-name.js';
import { reportHeaders } from './report-headers.js';
import { Outgoing } from './outgoing.js';
import type { Conversations, StateKeeper } from './state/conversations.js';
import { sideCall, type SideAnswer, type SideCallDeps } from './side-call.js';
import { UpstreamError } from './upstream-error.js';

/** Nobody here knows who keeps this response. `code`: `response_not_found`. */
class UnknownResponseError extends BlueGreenError {
  constructor() {
    const remedy =
      'Send the id as the gateway gave it, to a gateway with the same secret and the environment that made it.';
    super('response_not_found', 'Nobody here knows which environment made this response.', remedy, 404);
  }
}

/** A request for a response that a provider keeps. */
export interface StoredRequest {
  readonly id: string;
  readonly method: 'GET' | 'POST';
  /** After the id, query included. */
  readonly suffix: string;
  readonly requestId: string;
  readonly callerHeaders: Readonly<Record<string, string>> | undefined;
  readonly signal: CallerSignal;
}

/** An answer about a response that a provider keeps. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const MAX_BYTES = 64 * 1024 * 1024;
const ID = /^[\w.~-]{1,2048}$/;

/** Errors that are about the response, and not about our account. */
const CALLERS_OWN = new Set([400, 404, 409, 422]);

/** Shows responses that providers keep, and cancels them. Asks the environment that made the response, and no other. */
export class StoredResponses {
  constructor(
    private readonly conversations: Pick<Conversations, 'keeperOf' | 'plain'>,
    private readonly table: LiveRouteTable,
    private readonly deps: SideCallDeps & {
      /** Settings of a route. */
      readonly policyOf: (route: string) => { readonly answerModel: 'alias' | 'upstream' };
    },
  ) {}

  /** @throws {UnknownResponseError} {@link UpstreamError} */
  async ask({ id, method, suffix, requestId, callerHeaders, signal }: StoredRequest): Promise<StoredAnswer> {
    const maker = ID.test(id)
      ? (this.conversations.keeperOf(id) ?? this.#onlyOne(this.conversations.plain(id), id))
      : undefined;
    if (!maker) throw new UnknownResponseError();
    const { route, target } = maker;
    const call = { dialect: openAiResponses, method, suffix: `/${maker.value}${suffix}`, callerHeaders, signal };
    try {
      const answer = await sideCall(target, { ...call, maxBytes: MAX_BYTES }, this.deps);
      this.#assertFit(answer, maker);
      const { environment, version } = target;
      const report = { requestId, route, environment, version: version.tag, fallback: false, attempts: [] };
      const headers = {
        'content-type': 'application/json',
        ...passedHeaders(answer.headers),
        ...reportHeaders(report),
      };
      return { status: answer.status, headers, body: this.#outgoing(answer.body, maker) };
    } catch (error) {
      const failure = failureFrom(error);
      const attempts = [
        { environment: target.environment, version: target.version.tag, failure: failure.failure, duration: 0 },
      ];
      throw new UpstreamError(route, target.environment, failure.failure, attempts, requestId, failure);
    }
  }

  /** @throws {UpstreamFailure} for an error that says nothing about the response. */
  #assertFit({ status, headers, body }: SideAnswer, { target }: StateKeeper): void {
    const isFit = (status >= 200 && status < 300) || CALLERS_OWN.has(status);
    if (isFit && !repeatsSecret(body, this.deps.upstreams.get(target.version.upstream).config)) return;
    const failure = classifyError(status, factsIn(body, headers));
    throw new UpstreamFailure(failure, `the provider answered ${status}`, { status });
  }

  #outgoing(body: Buffer, { route, stamp }: StateKeeper): Buffer {
    const isAlias = this.deps.policyOf(route).answerModel === 'alias';
    const name = isAlias ? new AnswerName(route, undefined) : undefined;
    const json = parseJson(body.toString('utf8'));
    return new Outgoing(name, openAiResponses.state, stamp).body({ body, json: isObject(json) ? json : {} });
  }

  /** The environment of an unknown response, where there is but one upstream. */
  #onlyOne(value: string, asked: string): StateKeeper | undefined {
    const { current } = this.table;
    const slots = current.aliases.flatMap((route) =>
      current
        .get(route)
        .slots.map((target) => ({ route, target, value, stamp: (id: string) => (id === value ? asked : id) })),
    );
    const upstreams = new Set(slots.map(({ target }) => target.version.upstream));
    return upstreams.size === 1 ? slots[0] : undefined;
  }
}
