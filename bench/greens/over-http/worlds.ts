import type { Random } from '../../../lib/kit/clock.js';
import type { Behaviour } from '../../../lib/testing/behaviour.js';
import { answer, cutAfter, fail } from '../../../lib/testing/behaviours.js';
import { begin, event, json } from '../../../lib/testing/server-sent.js';
import type { Act, HttpAsk, HttpWorld } from './world.js';

const MINUTE = 60_000;
const THIRD = 1 / 3;
const USAGE = { prompt_tokens: 100, completion_tokens: 10 };

/** A whole chat or a stream that ends for this reason, with these fields in its message. */
function ended(reason: string, message: object): Behaviour {
  return ({ body }, response) => {
    const common = { id: 'c1', created: 1, model: body['model'], usage: USAGE };
    if (body['stream'] !== true) {
      const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: reason }];
      return json(response, 200, { ...common, object: 'chat.completion', choices });
    }
    const choices = [{ index: 0, delta: { role: 'assistant', ...message }, finish_reason: reason }];
    begin(response);
    response.end(`${event({ ...common, object: 'chat.completion.chunk', choices })}data: [DONE]\n\n`);
  };
}

const unprocessable: Behaviour = (_request, response) =>
  json(response, 422, { detail: [{ loc: ['body', 'tools'], msg: 'Extra inputs are not permitted' }] });

/** The same for every request, or for a part of them. */
function part(share: number, does: Behaviour): (ask: HttpAsk, random: Random) => Act | undefined {
  return (_ask, random) => (random() < share ? { does } : undefined);
}

function where(shows: (ask: HttpAsk) => boolean, act: Act): (ask: HttpAsk) => Act | undefined {
  return (ask) => (shows(ask) ? act : undefined);
}

const bad = (name: string, fault: NonNullable<HttpWorld['fault']>): HttpWorld => ({ name, kind: 'bad', fault });
const good = (name: string, world: Partial<HttpWorld> = {}): HttpWorld => ({ name, kind: 'good', ...world });

const outage =
  (from: number, to: number, share: number): NonNullable<HttpWorld['both']> =>
  (ask, random) =>
    ask.at > from && ask.at < to && random() < share ? { does: fail(503) } : undefined;

export const HTTP_WORLDS: readonly HttpWorld[] = [
  bad('400 unsupported parameter on all', part(1, fail(400, 'unsupported_parameter'))),
  bad('422 on a third', part(THIRD, unprocessable)),
  bad('content filter on a third', part(THIRD, fail(400, 'content_filter'))),
  bad('cut at the token limit on all', part(1, ended('length', { content: 'The parcel is on' }))),
  bad('empty answers on all', part(1, ended('stop', { content: '' }))),
  bad('20% refusals', part(0.2, ended('stop', { content: null, refusal: 'I cannot help with that.' }))),
  bad(
    'prose where JSON is asked',
    where((ask) => ask.structured, { does: answer('Certainly! It is on its way.') }),
  ),
  bad('500 on half', part(0.5, fail(500))),
  bad(
    'streams begin five times later',
    where((ask) => ask.streamed, { later: 5 }),
  ),
  bad(
    'fails always for one tenant of ten',
    where((ask) => ask.tenant === 3, { does: fail(500) }),
  ),
  bad('half of the streams end in the middle', (ask, random) =>
    ask.streamed && random() < 0.5 ? { does: cutAfter('The parcel', ' is') } : undefined,
  ),

  good('calm'),
  good('an outage of both', { both: outage(14 * MINUTE, 18 * MINUTE, 0.8) }),
  good('one user sends prompts that neither survives', {
    heavy: 0.05,
    both: where((ask) => ask.user === 0, { does: fail(500) }),
  }),
  good('a tenth of the requests are mistakes of callers', {
    both: where((ask) => ask.lot < 0.1, { does: fail(400, 'invalid_value') }),
  }),
  good('one heavy user, dear and slow', {
    heavy: 0.1,
    both: where((ask) => ask.user === 0, {
      does: answer({ words: ['It', ' is', ' on', ' its', ' way.'], usage: { inputTokens: 900, outputTokens: 90 } }),
      later: 2,
    }),
  }),
  good('clients resend six times, in bursts of failures', {
    resends: 6,
    both: (ask, random) => (ask.at % (15 * MINUTE) < 3 * MINUTE && random() < 0.3 ? { does: fail(503) } : undefined),
  }),
];
