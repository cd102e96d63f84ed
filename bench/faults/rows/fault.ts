import { describe } from '../caller/received.js';
import { broken, outcomeOf, type Expectation } from '../expectation.js';
import type { Behaviour } from '../provider/raw-provider.js';
import type { Extras, Form, Rig } from '../rig.js';
import { deadlineOf, type Finding, type Row } from '../row.js';

type Wire = 'json' | 'sse';

/** A value for both wire forms, or one for each. */
type ByWire<T> = T | Readonly<Record<Wire, T>>;

/** A fault that one call runs into: how the providers behave, and what is promised all the same. */
export interface Fault {
  readonly name: string;
  /** Default: `json` and `sse`. */
  readonly forms?: readonly Form[];
  /** How long a call takes. Default: a second and a half, the backoff of three attempts and some air. */
  readonly seconds?: ByWire<number>;
  /** Made for each row: behaviours may count. */
  readonly primary: () => Behaviour;
  /** Default: healthy. */
  readonly fallback?: () => Behaviour;
  readonly promise: ByWire<Expectation>;
  readonly extras?: Extras;
}

const SECONDS = 1.5;

export function rowsOf(fault: Fault): Row[] {
  return (fault.forms ?? ['json', 'sse']).map((form) => {
    const seconds = forWire(fault.seconds ?? SECONDS, form);
    return { fault: fault.name, form, seconds, extras: fault.extras, run: (rig) => run(fault, form, seconds, rig) };
  });
}

async function run(fault: Fault, form: Form, seconds: number, rig: Rig): Promise<Finding> {
  rig.primary.behave(fault.primary());
  if (fault.fallback) rig.fallback.behave(fault.fallback());
  const promise = forWire(fault.promise, form);
  const received = await rig.call(form, deadlineOf(seconds));
  return {
    outcome: outcomeOf(promise),
    caller: describe(received),
    took: received.took,
    violations: broken(promise, received, rig),
  };
}

function forWire<T extends number | Expectation>(value: ByWire<T>, form: Form): T {
  if (typeof value !== 'object' || !('json' in value)) return value;
  return form.endsWith('json') ? value.json : value.sse;
}
