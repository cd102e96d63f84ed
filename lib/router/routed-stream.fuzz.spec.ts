import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect } from '@jest/globals';
import * as fc from 'fast-check';
import { chunk, finish } from '../../test/support/fake-provider.js';
import { cut, fuzz } from '../../test/support/fuzz.js';
import { Gathered } from '../../test/support/gathered.js';
import { seededRandom } from '../../test/support/seeded-random.js';
import { saidBy, StreamedCall } from '../../test/support/streamed-call.js';
import type { RoutedStream } from './routed-stream.js';
import type { StreamEvent } from '../upstream/accepted-events.js';

const ENDINGS = {
  done: `${finish('m')}data: [DONE]\n\n`,
  unmarked: finish('m'),
  cut: '',
  reset: '',
  failed: 'data: {"error":{"message":"x","code":"server_error"}}\n\n',
};

const scenario = fc.record({
  words: fc.array(fc.oneof({ weight: 9, arbitrary: fc.nat(50) }, fc.constant(30_000)), { minLength: 1, maxLength: 20 }),
  ending: fc.constantFrom(...(Object.keys(ENDINGS) as (keyof typeof ENDINGS)[])),
  isPacked: fc.boolean(),
  cuts: fc.array(fc.nat(), { maxLength: 12 }),
  limits: fc.record({ chunks: fc.nat(4), size: fc.constantFrom(1, 60_000), delay: fc.constantFrom(1, 500) }),
  isPulled: fc.boolean(),
  /** After so many steps. */
  leaves: fc.option(fc.nat(30)),
  seed: fc.integer(),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;
type Batch = readonly StreamEvent[];

/** Far more than any of them takes: unpacking is done by other threads, in its own time. */
const STEPS = 50_000;

/** Takes the stream as it is told to, and what comes of it into the sink. */
function taken(stream: RoutedStream, isPulled: boolean, sink: Gathered<Batch>): void {
  if (!isPulled) {
    stream.into(sink);
    return;
  }
  const read = async (): Promise<void> => {
    for await (const batch of stream) sink.write(batch);
  };
  read().then(
    () => sink.end(),
    (error: Error) => sink.end(error),
  );
}

/** The provider, the caller and the clock do something now and then, in an order that nobody has thought of. */
async function played({ words, ending, isPacked, cuts, limits, isPulled, leaves, seed }: Scenario) {
  const random = seededRandom(seed);
  const call = new StreamedCall(isPacked ? { 'content-encoding': 'gzip' } : {});
  const text = words.map((length, n) => `${n}${'x'.repeat(length)} `);
  const plain = text.map((word) => chunk('m', word)).join('') + ENDINGS[ending];
  const packets = cut(isPacked ? gzipSync(plain) : Buffer.from(plain), cuts);
  const sink = new Gathered<Batch>(() => random() < 0.5 && !call.caller.aborted);
  const opened: { stream?: RoutedStream; failure?: Error } = {};
  void call.begun(limits).then(
    (stream) => taken((opened.stream = stream), isPulled, sink),
    (failure: Error) => (opened.failure = failure),
  );
  for (let step = 0; step < STEPS; step++) {
    if (opened.failure || (sink.ends.length > 0 && call.books.length > 0)) break;
    if (step === leaves) call.caller.abort();
    const packet = random() < 0.6 ? packets.shift() : undefined;
    if (packet) call.comes(Buffer.from(packet));
    else if (packets.length === 0 && ending === 'reset') {
      call.body.onResponseError(call.socket.controller, new Error('reset'));
    } else if (packets.length === 0) call.body.onResponseEnd();
    if (random() < 0.1) call.clock.advance(1);
    // A response drains no more once the caller has left; whoever comes only then still hears of the end.
    const drains = call.caller.aborted ? sink.values.length === 0 : random() < 0.3;
    if (drains && !isPulled) opened.stream?.resume();
    await turn();
  }
  return { call, sink, text: text.join(''), failure: opened.failure };
}

describe('A stream, whatever the provider, the caller and the clock do meanwhile,', () => {
  fuzz('ends once, is booked once, and ends cleanly only when all of it was given out', scenario, async (input) => {
    const { call, sink, text, failure } = await played(input);
    const isWhole = input.ending === 'done' || input.ending === 'unmarked';
    if (failure) {
      expect(isWhole && !call.caller.aborted).toBe(false);
      return;
    }
    expect([sink.ends.length, call.books.length]).toEqual([1, 1]);
    const said = saidBy(sink.values);
    expect(text.startsWith(said.text)).toBe(true);
    const isClean = sink.ends[0] === undefined;
    if (isClean) expect(said).toEqual({ text, marks: 1 });
    if (!call.caller.aborted) expect([isClean, call.books[0] === 'ok']).toEqual([isWhole, isWhole]);
  });
});
