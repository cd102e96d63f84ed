import { dearer, ends, environment, hangs, HEALTHY, laterFirstToken, slower, type Part } from './behavior.js';
import { alike } from './good-worlds.js';
import type { BadGreen, Behavior, Ending, World } from './world.js';

const MINUTE = 60_000;
const BLUE = environment(HEALTHY);
const THIRD = 1 / 3;

function bad(name: string, green: Behavior, traffic: Partial<World> = {}, isHeld = false): BadGreen {
  return { world: { ...alike(name), blue: BLUE, green, ...traffic }, isGross: false, isHeld };
}

/** One that goes wrong for so many. */
function fails(name: string, ending: Exclude<Ending, 'ok'>, part: Part, traffic: Partial<World> = {}): BadGreen {
  return bad(name, ends(ending, part, BLUE), traffic);
}

/** One that goes wrong for a third of the requests or more. */
function gross(name: string, ending: Exclude<Ending, 'ok'>, part: Part): BadGreen {
  return { ...fails(name, ending, part), isGross: true };
}

const outage = environment({ ...HEALTHY, outage: (at) => (at > 3 * MINUTE && at < 7 * MINUTE ? 0.9 : 0) });

/** Canaries that are worse: whoever promotes one has missed it. */
export const BAD_GREENS: readonly BadGreen[] = [
  gross('dead: nothing connects', 'own', 1),
  gross('400 unsupported parameter on all', 'refusal', 1),
  gross('400 unsupported value on a third', 'refusal', THIRD),
  gross('422 on a third', 'refusal', THIRD),
  gross('a key that is not valid', 'own', 1),
  gross('content filter on a third', 'refusal', THIRD),
  gross('context length on a third', 'refusal', THIRD),
  gross('429 on half', 'refusal', 0.5),
  gross('quota used up', 'own', 1),
  gross('500 on half', 'own', 0.5),
  gross('streams end in the middle on a third', 'own', THIRD),
  gross('empty answers on all', 'wrong', 1),
  gross('cut at the token limit on all', 'wrong', 1),
  gross('stopped by a filter on a third', 'wrong', THIRD),
  gross('prose where JSON is asked', 'wrong', ({ structured }) => (structured ? 1 : 0)),
  gross('broken tool calls on a third', 'wrong', THIRD),
  fails('500 on a fifth', 'own', 0.2),
  fails('20% refusals', 'refusal', 0.2),
  fails('wrong answers on a tenth', 'wrong', 0.1),
  fails('fails 10%', 'own', 0.1),
  fails('five times as many failures', 'own', 0.04),
  fails('three times as many failures', 'own', 0.02),
  fails('five times as many refusals', 'refusal', 0.02),
  fails('five times as many wrong answers', 'wrong', 0.02),
  bad(
    'fails 10% after an outage of both',
    ends('own', ({ at }) => (at > 8 * MINUTE ? 0.1 : 0), outage),
    { blue: outage },
  ),
  fails('fails 20% for one tenant of ten', 'own', ({ tenant }) => (tenant === 3 ? 0.2 : 0), { attribute: 'tenant' }),
  fails('fails always for one tenant of ten, not configured', 'own', ({ tenant }) => (tenant === 3 ? 1 : 0)),
  fails('fails 15% of the streams', 'own', ({ streamed }) => (streamed ? 0.15 : 0)),
  fails('a fifth of the tool calls broken', 'wrong', ({ tools }) => (tools ? 0.2 : 0)),
  fails('refuses long prompts', 'refusal', ({ long }) => (long ? 1 : 0)),
  fails('wrong answers in one language of ten', 'wrong', ({ language }) => (language === 2 ? 0.3 : 0), {
    attribute: 'language',
  }),
  bad('20 times slower', slower(20, 1, BLUE)),
  bad('10 times slower', slower(10, 1, BLUE)),
  bad('3 times slower', slower(3, 1, BLUE)),
  bad('2.5 times slower', slower(2.5, 1, BLUE)),
  bad('twice as slow', slower(2, 1, BLUE)),
  bad('slow tail: a seventh takes 8 times as long', slower(8, 1 / 7, BLUE)),
  bad('hangs in 2%', hangs(0.02, BLUE)),
  bad('first token 5 times later', laterFirstToken(5, 1, BLUE)),
  bad('twice as dear', dearer(2, BLUE), {}, true),
  bad('half more expensive', dearer(1.5, BLUE), {}, true),
  fails('429 from 25% of the traffic on', 'refusal', ({ share }) => (share >= 0.25 ? 0.2 : 0)),
  fails('fails 10% from 50% of the traffic on', 'own', ({ share }) => (share >= 0.5 ? 0.1 : 0)),
  fails(
    'good for 20,000 requests, then fails 10%',
    'own',
    ({ canaryRequests }) => (canaryRequests > 20_000 ? 0.1 : 0),
    { rate: () => 60, users: 30_000 },
  ),
  fails('bad at night: fails 10% in some hours', 'own', ({ at }) => (at % (3 * 60 * MINUTE) > 90 * MINUTE ? 0.1 : 0), {
    stepMinutes: 120,
    rate: () => 1,
  }),
  fails('fails 30%, to clients that resend', 'own', 0.3, { resends: 6 }),
  fails('fails 20%, at one request in ten seconds', 'own', 0.2, { rate: () => 0.1, stepMinutes: 120 }),
];
