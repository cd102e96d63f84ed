import { isSaid, type Wording } from './wording.js';

/** Wordings of errors that have no code, or whose code says something else. */

const MODERATED: readonly Wording[] = [
  [['flagged', 'requires moderation', 'the moderation', 'moderation system', 'moderation endpoint', 'guardrail']],
  [['safety system', 'safety check', 'safety_check', 'sensitive words', 'content exists risk']],
  [['content filter', 'content polic', 'content management polic', 'contentpolicyviolation']],
  [['usage guidelines', 'usage polic', 'machine outputted is blocked']],
];

const USED_UP: readonly Wording[] = [
  [['exceeded your current quota', 'quota is not enough', 'key limit exceeded', 'calls / month']],
  [['insufficient'], ['balance', 'credits', 'funds', 'quota']],
  [['credit balance', 'credit limit', 'more credits', 'available credits', 'have any credits']],
  [
    ['monthly', 'weekly', 'session', 'spend', 'spending', 'specified api'],
    [' limit', ' limits'],
  ],
  [['billing hard limit', 'billing details', 'payment required', 'payment method', 'paid plan']],
  [['budget has been exceeded', 'budget exceeded', 'exceeded budget']],
];

const KEY_REFUSED: readonly Wording[] = [
  [
    ['incorrect', 'invalid', 'wrong', 'not valid', 'not found', 'expired'],
    ['api key', 'api-key', 'apikey'],
  ],
  [['organization has been disabled', 'organization has been restricted', 'location is not supported']],
];

const MODEL_UNKNOWN: readonly Wording[] = [
  [
    ['model '],
    ['does not exist', 'not exist', ' not found', 'decommissioned', 'has been deprecated', 'is not supported with'],
  ],
  [['model not exist', 'model not found', 'invalid model', 'is not a valid model id', 'model identifier is invalid']],
  [['malformed publisher model', 'no healthy deployments', 'does not support chat', 'inference profile']],
  [['unexpected endpoint or method', 'does not work with the specified model']],
  [['endpoint '], [' of account '], ['not found']],
];

const TOO_OFTEN: readonly Wording[] = [[['rate limit', 'rate_limit', 'too many requests']]];

const BROKEN: readonly Wording[] = [[['failed to load model', 'insufficient system resources']]];

/** Longer than a minute can ever allow: waiting does not help. */
const NEVER_FITS: readonly Wording[] = [[['request too large for'], ['per min']]];

const says = (wordings: readonly Wording[]) => (text: string) => isSaid(text, wordings);

export const saysModerated = says(MODERATED);
export const saysUsedUp = says(USED_UP);
export const saysKeyRefused = says(KEY_REFUSED);
export const saysModelUnknown = says(MODEL_UNKNOWN);
export const saysTooOften = says(TOO_OFTEN);
export const saysBroken = says(BROKEN);
export const saysNeverFits = says(NEVER_FITS);
