import { isObject, objectAt, parseJson, stringAt } from '../kit/json.js';
import type { Target } from '../routing/route-table.js';
import type { JsonAnswer } from '../upstream/attempt.js';
import { openAiResponses } from '../upstream/dialects/openai-responses.js';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import type { StreamEvent } from '../upstream/accepted-events.js';
import type { CallListener, HeardCall, Send } from './call-listener.js';
import type { CallRequest } from './call-request.js';

/** The environment that keeps a response. */
export interface ResponseMaker {
  readonly route: string;
  readonly target: Target;
  /** The name of the model that the caller asked for. */
  readonly asked: string | undefined;
}

/** Responses that are remembered. An older one is forgotten. */
const MOST = 10_000;

/** Remembers which environment made which response: only its maker can show it again, or cancel it. */
export class ResponseMakers implements CallListener {
  readonly #makers = new Map<string, ResponseMaker>();

  begun(request: CallRequest): HeardCall | undefined {
    return request.dialect === openAiResponses ? new HeardResponse(request, this.#remember) : undefined;
  }

  makerOf(id: string): ResponseMaker | undefined {
    return this.#makers.get(id);
  }

  readonly #remember = (id: string, maker: ResponseMaker): void => {
    this.#makers.set(id, maker);
    if (this.#makers.size <= MOST) return;
    for (const oldest of this.#makers.keys()) {
      this.#makers.delete(oldest);
      break;
    }
  };
}

class HeardResponse implements HeardCall {
  #target: Target | undefined;
  #isKnown = false;

  constructor(
    private readonly request: CallRequest,
    private readonly remember: (id: string, maker: ResponseMaker) => void,
  ) {}

  asked<T>(target: Target, request: AttemptRequest, send: Send<T>): Promise<T> {
    this.#target = target;
    this.#isKnown = false;
    return send(request);
  }

  answered({ json }: JsonAnswer): void {
    this.#know(isObject(json) ? stringAt(json, 'id') : undefined);
  }

  /** The first event that names the response comes first of all. */
  streamed(events: readonly StreamEvent[]): void {
    if (this.#isKnown) return;
    for (const { data } of events) {
      const json = parseJson(data);
      this.#know(isObject(json) ? stringAt(objectAt(json, 'response') ?? {}, 'id') : undefined);
      if (this.#isKnown) return;
    }
  }

  ended(): void {}

  #know(id: string | undefined): void {
    if (!id || !this.#target) return;
    this.#isKnown = true;
    const { assignment, body } = this.request;
    this.remember(id, { route: assignment.route, target: this.#target, asked: stringAt(body, 'model') });
  }
}
