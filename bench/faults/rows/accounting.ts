import { describe } from '../caller/received.js';
import { answeredBy, inDetail } from '../expectation.js';
import { byForm, refuse } from '../provider/behaviours.js';
import type { Behaviour } from '../provider/raw-provider.js';
import { FALLBACK, jsonAnswer, PRIMARY, streamAnswer } from '../provider/speaker.js';
import type { Form, Rig } from '../rig.js';
import { deadlineOf, type Finding, type Row } from '../row.js';

/** Dollars per million tokens: a price that makes each token of a failed attempt show. */
const PRICES = { [PRIMARY.model]: { input: 1000, output: 1000 }, [FALLBACK.model]: { input: 1, output: 2 } };
const RIGHT_COST = (FALLBACK.usage.prompt_tokens * 1 + FALLBACK.usage.completion_tokens * 2) / 1_000_000;

/** The fallback answers: its model and its usage are what the caller sees, and what is paid. */
export const ACCOUNTING: readonly Row[] = (['json', 'sse'] as const).flatMap((form): Row[] => [
  row('fallback accounting', form, refuse(503, 'server_error')),
  row('fallback accounting, failed attempts that report tokens', form, brokenBehindUsage()),
]);

function row(fault: string, form: Form, failing: Behaviour): Row {
  return { fault, form, seconds: 1.5, extras: { prices: PRICES }, run: (rig) => run(rig, form, failing) };
}

async function run(rig: Rig, form: Form, failing: Behaviour): Promise<Finding> {
  rig.primary.behave(failing);
  const received = await rig.call(form, deadlineOf(1));
  const { blue, fallback } = rig.status().environments;
  const violations: string[] = [];
  if (answeredBy(received) !== 'fallback') violations.push(`the caller got ${inDetail(received)}`);
  const usage = received.kind === 'answer' ? received.usage : undefined;
  const tokens = usage && [usage.prompt_tokens, usage.completion_tokens];
  if (String(tokens) !== String(Object.values(FALLBACK.usage))) {
    violations.push(`the caller got a count of ${String(tokens)} tokens, which is not the usage of the fallback`);
  }
  if (received.environment !== 'fallback') violations.push('the headers do not say that the fallback answered');
  if (!blue || !fallback) return { ...seen(), violations: [...violations, 'the status lacks an environment'] };
  if (blue.total.cost !== 0 || blue.total.inputTokens + blue.total.outputTokens !== 0) {
    violations.push(`failed attempts were billed: $${blue.total.cost}`);
  }
  if (Math.abs((fallback.total.cost ?? 0) - RIGHT_COST) > 1e-9) {
    violations.push(`the fallback's answer was billed at $${fallback.total.cost} instead of $${RIGHT_COST}`);
  }
  if (blue.total.errorCount !== 1) violations.push('the failure is not charged to the environment that was assigned');
  return { ...seen(), violations };

  function seen(): Omit<Finding, 'violations'> {
    return { outcome: 'rescued', caller: describe(received), took: received.took };
  }
}

/** Says how many tokens it took, and then breaks. */
function brokenBehindUsage(): Behaviour {
  return byForm({
    json: (exchange) => {
      const body = jsonAnswer(exchange.speaker);
      exchange.openStream({ 'content-type': 'application/json' });
      exchange.chunk(body.slice(0, -1));
      exchange.lastChunk();
    },
    sse: (exchange) => {
      const { role, usage } = streamAnswer(exchange.speaker);
      exchange.openStream();
      exchange.event(role);
      exchange.event(usage);
      exchange.lastChunk();
    },
  });
}
