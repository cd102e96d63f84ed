import { setTimeout as sleep } from 'node:timers/promises';
import { refuse, silence } from '../provider/behaviours.js';
import type { Behaviour } from '../provider/raw-provider.js';
import { jsonAnswer, streamAnswer } from '../provider/speaker.js';
import type { Rig } from '../rig.js';
import { deadlineOf, type Finding, type Row } from '../row.js';

type Wire = 'json' | 'sse';

/** Milliseconds from the caller's leaving to the close of the provider's socket. */
const CLOSED_WITHIN = 100;
/** Seconds. Long enough for the caller to leave meanwhile, on a machine that holds him up as well. */
const BACKOFF = '1';
/** Longer than the backoff: whoever wants to ask again has done so by then. */
const NOBODY_ASKS_WITHIN = 1_500;

/** Callers that do not wait for their answer. */
export const LEAVING: readonly Row[] = [
  ...(['json', 'sse'] as const).flatMap((form): Row[] => [
    row('caller leaves before the first byte', form, silence),
    row('caller leaves during the backoff', form, refuse(503, 'server_error', { 'retry-after': BACKOFF })),
  ]),
  row('caller leaves in mid-answer', 'json', (exchange) => {
    exchange.openStream({ 'content-type': 'application/json' });
    exchange.chunk(jsonAnswer(exchange.speaker).slice(0, 100));
  }),
  row(
    'caller leaves in mid-stream',
    'sse',
    (exchange) => {
      const { role, words } = streamAnswer(exchange.speaker);
      exchange.openStream();
      for (const event of [role, ...words.slice(0, 3)]) exchange.event(event);
    },
    true,
  ),
];

function row(fault: string, form: Wire, behaviour: Behaviour, hasBegun = false): Row {
  return { fault, form, seconds: 1.8, run: (rig) => leave(rig, form, behaviour, hasBegun) };
}

async function leave(rig: Rig, form: Wire, behaviour: Behaviour, hasBegun: boolean): Promise<Finding> {
  const busy = new Promise<void>((resolve) => {
    rig.primary.behave(async (exchange) => {
      await behaviour(exchange);
      // Until it has arrived at the gateway, and a failure has led to the wait for the next attempt.
      await exchange.settle(50);
      resolve();
    });
  });
  const call = rig.open(form, deadlineOf(1));
  await busy;
  if (hasBegun) await call.begun;
  const [exchange] = rig.primary.exchanges;
  const waiting = exchange?.endedAt === undefined;
  const leftAt = performance.now();
  call.leave();
  const closing = exchange?.closed.then((at) => at - leftAt);
  const took = waiting ? await Promise.race([closing, inTurns(CLOSED_WITHIN)]) : undefined;
  await sleep(NOBODY_ASKS_WITHIN);

  const violations: string[] = [];
  if (waiting && took === undefined) {
    violations.push(`the provider's socket was not closed within ${CLOSED_WITHIN} ms`);
  }
  const asked = rig.primary.exchanges.length + rig.fallback.exchanges.length;
  if (asked !== 1) violations.push(`providers were asked ${asked} times for a caller who had left`);
  const errors = rig.status().environments['blue']?.total.errorCount;
  if (waiting && errors !== 0) violations.push('the leaving was charged to the environment as an error');
  const seen = took === undefined ? 'asked once, not again' : `its socket closed after ${Math.round(took)} ms`;
  return { outcome: 'let go', caller: 'nothing: it left', took: 0, provider: seen, violations };
}

/**
 * So many milliseconds, a few at a time: when the machine holds up this process, it holds up both who waits and who is
 * waited for.
 */
async function inTurns(ms: number): Promise<undefined> {
  for (let turn = 0; turn < 10; turn++) await sleep(ms / 10);
}
