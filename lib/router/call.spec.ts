import { beforeEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import type { CallEnd, CallFailure, HeardCall } from './call-listener.js';
import { Call } from './call.js';

const at = (environment: string, model: string) => ({ environment, version: { tag: 'v1', model, upstream: 'chat/x' } });
const blue = at('blue', 'dear');
const green = at('green', 'cheap');
const PRICES: Readonly<Record<string, number>> = { dear: 100, cheap: 1 };
const tokens = (outputTokens: number) => ({ inputTokens: 1, outputTokens, cachedInputTokens: 0 });
const request = {
  assignment: { route: 'chat', ...green, reason: 'weighted', epoch: 1, segment: 1 },
  dialect: openAiChat,
  body: {},
  requestId: 'r1',
} as const;

const priceOf = (model: string, { outputTokens }: { outputTokens: number }) => PRICES[model]! * outputTokens;

let clock: FakeClock;
let failures: CallFailure[];
let ends: CallEnd[];

beforeEach(() => {
  [clock, failures, ends] = [new FakeClock(), [], []];
});

function callHeardBy(...more: readonly (HeardCall | undefined)[]): Call {
  const books: HeardCall = { failed: (failure) => failures.push(failure), ended: (end) => ends.push(end) };
  const listeners = [books, ...more].map((heard) => ({ begun: () => heard }));
  return new Call(request, { clock, priceOf, listeners }, true);
}

describe('A listener', () => {
  test('hears once how the call ended, with the whole cost and that of the last part', () => {
    const call = callHeardBy();
    call.asks(green);
    call.answers(green);
    clock.advance(10);
    call.firstToken();
    call.brokeWith(new UpstreamFailure('truncated', 'cut'), tokens(5));
    call.asks(blue);
    call.answers(blue);
    clock.advance(5);
    call.close('ok', tokens(2), { model: 'dear', finishReason: 'stop' });
    call.close('client_abort');
    expect(failures).toEqual([{ environment: 'green', failure: 'truncated', begun: true, cost: 5 }]);
    expect(ends).toMatchObject([
      { outcome: 'ok', answeredBy: blue, latency: 15, timeToFirstToken: 10, cost: 205, lastCost: 200 },
    ]);
  });

  test('hears of no failure that comes after the end', () => {
    const call = callHeardBy();
    call.asks(green);
    call.close('client_abort');
    call.refuses(new UpstreamFailure('network', 'reset'));
    expect([failures, ends.length]).toEqual([[], 1]);
    expect(call.attempts).toMatchObject([{ environment: 'green', failure: 'network' }]);
  });

  test.each([
    ['its own first token', [green], true],
    ['a first token before it was asked', [green, blue], false],
  ] as const)('learns whether an attempt that is refused had begun: %s', (_what, targets, begun) => {
    const call = callHeardBy();
    targets.forEach((target, n) => {
      call.asks(target);
      if (n === 0) call.firstToken();
    });
    call.refuses(new UpstreamFailure('timeout', 'silence'));
    expect(failures).toMatchObject([{ failure: 'timeout', begun }]);
  });

  test('may send an attempt itself, the first one innermost', async () => {
    const order: string[] = [];
    const wrapping = (name: string): HeardCall => ({
      asked: (_target, asked, send) => {
        order.push(name);
        return send(asked);
      },
      ended: () => undefined,
    });
    const call = callHeardBy(wrapping('inner'), undefined, wrapping('outer'));
    const asked = {} as AttemptRequest;
    expect(await call.send(green, asked, (sent) => Promise.resolve(sent))).toBe(asked);
    expect(order).toEqual(['outer', 'inner']);
  });
});
