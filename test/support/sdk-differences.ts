import { isDeepStrictEqual } from 'node:util';
import type { FailureClass } from '../../lib/domain/outcome.js';
import { isObject, parseJson } from '../../lib/kit/json.js';
import type { Fixture } from '../../lib/upstream/providers/fixtures/fixture.js';
import type { SdkOutcome } from './sdk-outcomes.js';

/** The caller's request is at fault: the provider's answer arrives as it left. */
const CALLERS_OWN = new Set<FailureClass>(['context_length', 'content_filter', 'rejected']);

/** Our account at the provider: a caller must not take it for their own, and asking again is of no use. */
const OURS_ALONE = new Set<FailureClass>(['auth', 'quota', 'not_found']);

type Counted = SdkOutcome & { readonly calls: number };

/** Where an SDK at the gateway does other than it does at the provider, but for what the gateway mends. */
export function differences(fixture: Fixture, direct: Counted, through: Counted): string[] {
  const { class: failure } = fixture.expect;
  if (!failure) return answersDiffer(direct, through) ? [`${shown(direct)} became ${shown(through)}`] : [];
  if (!through.raised) return [`nothing is raised, of ${failure}`];
  return [...unlikeErrors(fixture, failure, direct, through), ...unlikeRetries(fixture, failure, direct, through)];
}

/** An answer that the SDK cannot read at the provider may be mended. The usage that we ask for is hidden. */
function answersDiffer(direct: Counted, through: Counted): boolean {
  if (through.raised) return !isDeepStrictEqual(direct.raised, through.raised);
  if (direct.raised || isEmpty(direct.answer)) return false;
  return !isDeepStrictEqual(withoutUsage(direct.answer), withoutUsage(through.answer));
}

function isEmpty(answer: unknown): boolean {
  return answer === '' || (Array.isArray(answer) && answer.length === 0);
}

function withoutUsage(answer: unknown): unknown {
  if (!Array.isArray(answer)) return answer;
  return answer.filter(
    (chunk) => !(isObject(chunk) && Array.isArray(chunk['choices']) && chunk['choices'].length === 0),
  );
}

function wants(field: string, wanted: unknown, got: unknown): string[] {
  return isDeepStrictEqual(wanted, got) ? [] : [`${field} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`];
}

function unlikeErrors({ status }: Fixture, failure: FailureClass, direct: Counted, { raised }: Counted): string[] {
  if (OURS_ALONE.has(failure)) return status < 400 ? [] : wants('status', 502, raised!.status);
  const isSame = CALLERS_OWN.has(failure);
  if (status >= 400 && isSame) return wants('error', direct.raised, raised);
  if (status >= 400 && failure === 'rate_limited') return wants('status', 429, raised!.status);
  if (status >= 500) return wants('name', direct.raised!.name, raised!.name);
  if (status >= 400 || !direct.raised || !(direct.raised.code ?? direct.raised.type)) return [];
  // In a stream: before the first token as an answer with a status, after it as the same event.
  return [
    ...wants('words', spoken(direct.raised.message), spoken(raised!.message)),
    ...wants('code', direct.raised.code ?? raised!.code, raised!.code),
    ...wants('type', direct.raised.type, raised!.type),
  ];
}

/** The sentence that the provider said, without what SDKs put around it. */
function spoken(message: string): string {
  const bare = message.replace(/^\d{3} /, '').split('\n\nTroubleshooting')[0]!;
  const json = parseJson(bare);
  if (typeof json === 'string') return json;
  if (!isObject(json)) return bare;
  return isObject(json['error']) ? String(json['error']['message']) : bare;
}

/** Longer than any wait of the gateway's here. */
const MOST_CALLS = 3;

function unlikeRetries(fixture: Fixture, failure: FailureClass, direct: Counted, through: Counted): string[] {
  const { retry, retryAfterMs, refusedAddition } = fixture.expect;
  const mayWait = direct.again || (failure === 'rate_limited' && (retryAfterMs ?? 0) > 0);
  const isFinal = retry === false || CALLERS_OWN.has(failure) || OURS_ALONE.has(failure);
  const most = isFinal ? 1 + (refusedAddition ? 1 : 0) : MOST_CALLS;
  return [
    ...(through.again && (!mayWait || retry === false) ? ['the SDK would ask again'] : []),
    ...(through.calls > most ? [`the provider is asked ${through.calls} times, not ${most}`] : []),
  ];
}

function shown({ answer, raised }: Counted): string {
  return JSON.stringify(raised ?? answer).slice(0, 300);
}
