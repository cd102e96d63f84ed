import { isObject, objectAt } from '../kit/json.js';
import { pathOf } from '../validation/shown.js';
import type { RawOptions } from './raw-options.js';
import { relayNotes } from './relay-words.js';

/** Options that are accepted but do nothing, or not what their name promises, in sentences for people. */
export function notesOn(raw: RawOptions): string[] {
  return [...relayNotes(raw), ...unsignedCookies(raw), ...lonelyFallbacks(raw)];
}

/** `sticky` promises a cookie to callers without a key; nothing is there to sign it with. */
function unsignedCookies({ app, layers }: RawOptions): string[] {
  if (app['keys'] !== undefined || objectAt(objectAt(app, 'stickiness') ?? {}, 'cookie')) return [];
  return layers.flatMap(({ path, settings }) => {
    const stickiness = objectAt(settings, 'stickiness');
    if (stickiness?.['strategy'] !== 'sticky' || stickiness['cookie'] !== undefined) return [];
    const at = pathOf([...path, 'stickiness', 'strategy']);
    return [
      `${at} is sticky, and there is no secret to sign a cookie with: callers without a key are drawn again each time. ` +
        'Set stickiness.cookie.secret, or keys.',
    ];
  });
}

/** A budget that hands calls to a cheaper environment, in a route that has one environment. */
function lonelyFallbacks({ app, routes }: RawOptions): string[] {
  const shared = objectAt(app, 'budget');
  return routes.flatMap(({ path, alias, settings }) => {
    const budget = objectAt(settings, 'budget') ?? shared;
    const environments = objectAt(settings, 'environments');
    if (budget?.['action'] !== 'fallback' || !environments || Object.keys(environments).length > 1) return [];
    const at = pathOf([...(isObject(settings['budget']) ? path : []), 'budget', 'action']);
    return [
      `${at} is fallback, and route "${String(alias)}" has no second environment that could be cheaper: calls beyond ` +
        'the budget are rejected. Add one, or use action: reject.',
    ];
  });
}
