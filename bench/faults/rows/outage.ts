import { setTimeout as sleep } from 'node:timers/promises';
import type { Received } from '../caller/received.js';
import { answeredBy, inDetail } from '../expectation.js';
import { refuse, reset } from '../provider/behaviours.js';
import type { Behaviour } from '../provider/raw-provider.js';
import type { Form, Rig } from '../rig.js';
import { deadlineOf, type Finding, type Row } from '../row.js';

const DOWN_FOR = 60_000;
const BACK_WITHIN = 30_000;
const CALL_EVERY = 200;
/** As long the breaker may take to see that it is an outage. */
const NOTICED_WITHIN = 5_000;
/** Calls to a provider that is known to be down; each is one attempt, and one in two seconds is few. */
const FEW = Math.floor((DOWN_FOR - NOTICED_WITHIN) / 2_000);
/** Traffic is back when the provider has answered this many calls in a row. */
const BACK_AFTER = 10;

/** An outage of a minute under steady traffic. */
export const OUTAGES: readonly Row[] = [
  row('down 60 s (503), then healthy', 'json', refuse(503, 'server_error')),
  row('down 60 s (503), then healthy', 'sse', refuse(503, 'server_error')),
  row('down 60 s (reset), then healthy', 'sse', reset),
];

function row(fault: string, form: Form, down: Behaviour): Row {
  return { fault, form, seconds: (DOWN_FOR + BACK_WITHIN) / 1000, run: (rig) => outage(rig, form, down) };
}

async function outage(rig: Rig, form: Form, down: Behaviour): Promise<Finding> {
  const traffic = new Traffic(rig, form);
  rig.primary.behave(down);
  const downAt = performance.now();
  await traffic.flowUntil(() => performance.now() - downAt >= DOWN_FOR);
  rig.primary.heal();
  const upAt = performance.now();
  await traffic.flowUntil(() => traffic.backSince !== undefined || performance.now() - upAt > BACK_WITHIN + 5_000);
  const calls = await traffic.ended();

  const asked = rig.primary.exchanges.filter(({ arrivedAt }) => arrivedAt < upAt);
  const probes = asked.filter(({ arrivedAt }) => arrivedAt > downAt + NOTICED_WITHIN).length;
  const back = (traffic.backSince ?? Infinity) - upAt;
  // Either of the two may answer, but one of them, and wholly.
  const wrong = calls.filter((received) => !answeredBy(received));
  const when = Number.isFinite(back) ? `back after ${(Math.max(0, back) / 1000).toFixed(1)} s` : 'not back';
  return {
    outcome: 'rescued',
    caller: `${calls.length - wrong.length} of ${calls.length} whole`,
    took: Math.max(...calls.map(({ took }) => took)),
    provider: `${asked.length}× while down (${probes} once that was known), ${when}`,
    violations: [
      ...new Set(wrong.map((received) => `a caller got ${inDetail(received)}`)),
      ...(probes > FEW ? [`the provider was asked ${probes} times while it was known to be down; ${FEW} are few`] : []),
      ...(back > BACK_WITHIN ? [`traffic was not back ${BACK_WITHIN / 1000} s after the recovery`] : []),
    ],
  };
}

/** A call every so often, whatever has become of those before. */
class Traffic {
  readonly #calls: Promise<Received>[] = [];
  #byPrimary: number[] = [];

  constructor(
    private readonly rig: Rig,
    private readonly form: Form,
  ) {}

  /** When the first of enough calls in a row was sent that the primary has answered. */
  get backSince(): number | undefined {
    return this.#byPrimary.length >= BACK_AFTER ? this.#byPrimary[0] : undefined;
  }

  async flowUntil(enough: () => boolean): Promise<void> {
    while (!enough()) {
      this.#calls.push(this.#call());
      await sleep(CALL_EVERY);
    }
  }

  ended(): Promise<Received[]> {
    return Promise.all(this.#calls);
  }

  async #call(): Promise<Received> {
    const sentAt = performance.now();
    const received = await this.rig.call(this.form, deadlineOf(1));
    if (answeredBy(received) === 'primary') this.#byPrimary.push(sentAt);
    else this.#byPrimary = [];
    return received;
  }
}
