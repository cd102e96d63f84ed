import type { Received } from '../caller/received.js';
import { answeredBy, inDetail } from '../expectation.js';
import { answer } from '../provider/behaviours.js';
import { PRIMARY, streamEvents } from '../provider/speaker.js';
import type { Form, Rig } from '../rig.js';
import { deadlineOf, type Finding, type Row } from '../row.js';

/** Faults that need several calls to show. The primary answers all of them. */
export const MANY_CALLS: readonly Row[] = [
  ...(['json', 'sse'] as const).flatMap((form): Row[] => [
    { fault: 'reset of an idle keep-alive socket on reuse', form, seconds: 1, run: (rig) => resetOnReuse(rig, form) },
    { fault: 'idle keep-alive socket closed by the provider', form, seconds: 1.5, run: (rig) => closedIdle(rig, form) },
  ]),
  { fault: 'an event split at every byte position', form: 'sse', seconds: 1.9, run: everySplit },
];

async function resetOnReuse(rig: Rig, form: Form): Promise<Finding> {
  rig.primary.behave((exchange) => (exchange.earlier > 0 ? exchange.reset() : answer(exchange)));
  const received = [await rig.call(form, deadlineOf(1)), await rig.call(form, deadlineOf(1))];
  const reused = rig.primary.exchanges.filter(({ earlier }) => earlier > 0).length;
  return findingOf(received, rig, reused === 1 ? [] : [`${reused} sockets were used again instead of one`]);
}

async function closedIdle(rig: Rig, form: Form): Promise<Finding> {
  rig.primary.behave((exchange) => {
    answer(exchange);
    // Soon, so that the next call may find it half closed.
    setImmediate(() => exchange.hangUp());
  });
  const received: Received[] = [];
  for (let n = 0; n < 20; n++) received.push(await rig.call(form, deadlineOf(1)));
  return findingOf(received, rig);
}

/** One call for each place where the third word's event can be cut in two. */
async function everySplit(rig: Rig): Promise<Finding> {
  const events = streamEvents(PRIMARY).map((data) => Buffer.from(`data: ${data}\n\n`));
  const [before, split, after] = [events.slice(0, 3), events[3]!, events.slice(4)];
  let position = 0;
  rig.primary.behave(async (exchange) => {
    const at = ++position;
    exchange.openStream();
    exchange.chunk(Buffer.concat([...before, split.subarray(0, at)]));
    await exchange.settle(2);
    exchange.chunk(Buffer.concat([split.subarray(at), ...after]));
    exchange.lastChunk();
  });
  const calls = Array.from({ length: split.length - 1 }, (_, n) => n).values();
  const received: Received[] = [];
  const caller = async (): Promise<void> => {
    for (const _ of calls) received.push(await rig.call('sse', deadlineOf(1)));
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  return findingOf(received, rig);
}

function findingOf(received: readonly Received[], rig: Rig, violations: readonly string[] = []): Finding {
  const wrong = received.filter((one) => answeredBy(one) !== 'primary');
  const rescues = rig.fallback.exchanges.length;
  return {
    outcome: 'rescued',
    caller: `${received.length - wrong.length} of ${received.length} whole (blue)`,
    took: Math.max(...received.map(({ took }) => took)),
    violations: [
      ...new Set(wrong.map((one) => `a caller got ${inDetail(one)}`)),
      ...(rescues === 0 ? [] : [`the fallback was asked ${rescues} times`]),
      ...violations,
    ],
  };
}
