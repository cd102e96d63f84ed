import type { Exchange } from './exchange.js';
import type { Behaviour } from './raw-provider.js';
import { jsonAnswer, streamEvents, type Speaker } from './speaker.js';

/** A whole answer, in the form that was asked for. */
export function answer(exchange: Exchange): void {
  answerAs(exchange.speaker)(exchange);
}

export function answerAs(speaker: Speaker): (exchange: Exchange) => void {
  return (exchange) => {
    if (!exchange.wantsStream) {
      exchange.whole(200, jsonAnswer(speaker));
      return;
    }
    exchange.openStream();
    for (const data of streamEvents(speaker)) exchange.event(data);
    exchange.lastChunk();
  };
}

/** The first `times` requests go wrong, those behind them do not. */
export function first(times: number, behaviour: Behaviour): Behaviour {
  let seen = 0;
  return (exchange) => (seen++ < times ? behaviour(exchange) : answer(exchange));
}

/** One behaviour for JSON, another for streams. */
export function byForm(forms: { readonly json: Behaviour; readonly sse: Behaviour }): Behaviour {
  return (exchange) => (exchange.wantsStream ? forms.sse : forms.json)(exchange);
}

/** An error with its status, in OpenAI's shape. */
export function refuse(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (exchange) => exchange.whole(status, refusalBody(code), headers);
}

export function refusalBody(code: string): string {
  return JSON.stringify({ error: { message: 'The provider says no.', type: 'provider_error', param: null, code } });
}

export function reset(exchange: Exchange): void {
  exchange.reset();
}

export function silence(): void {
  // Never any answer.
}
