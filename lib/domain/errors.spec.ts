import { expect, test } from '@jest/globals';
import * as errors from './errors.js';

test.each<[errors.BlueGreenError, string, number, string]>([
  [new errors.UnknownRouteError('x', ['chat', 'code']), 'unknown_route', 404, 'chat, code;'],
  [new errors.UnknownRouteError('x', []), 'unknown_route', 404, '(none configured)'],
  [new errors.UnknownEnvironmentError('chat', 'x', ['blue', 'green']), 'unknown_environment', 422, 'blue, green'],
  [new errors.InvalidWeightsError('They sum to 90.', 90), 'invalid_weights', 422, 'sum to 100'],
  [new errors.RolloutStateError('It runs.', 'Wait.'), 'rollout_state', 409, 'Wait.'],
  [
    new errors.RevertedVersionError('chat', 'green', { tag: 'v2', at: 0, reason: 'too slow' }),
    'reverted_version',
    409,
    'actor',
  ],
  [new errors.VersionExistsError('v1', 'ver_1'), 'version_exists', 409, 'register this one under another tag'],
  [new errors.TooManyVersionsError(10), 'too_many_versions', 409, 'Use an existing version'],
  [new errors.UnknownVersionError('v1', ['v2', 'v3']), 'unknown_version', 404, 'v2, v3.'],
  [new errors.UnknownVersionError('v1', []), 'unknown_version', 404, '(none)'],
  [new errors.JournalUnavailableError('gone'), 'journal_unavailable', 503, 'Read the status'],
  [new errors.RevisionConflictError(3, 4), 'revision_conflict', 409, 'Read the status'],
])('%s has a code and a status that stay, a name, and says what to do', (error, code, status, remedy) => {
  expect(error).toMatchObject({ code, status, name: error.constructor.name });
  expect(error.remedy).toContain(remedy);
});

test('of many names a message has those that are meant most likely, and counts the others', () => {
  const known = Array.from({ length: 5_000 }, (_, n) => `route-${n}`);
  const { remedy } = new errors.UnknownRouteError('supp-chat', [...known, 'support-chat']);
  expect(remedy).toContain('Use one of: support-chat, route-0, ');
  expect(remedy).toContain(' and 4981 more; or add it');
  expect(remedy.length).toBeLessThan(500);
});

test('a journal that cannot be reached names what was in the way', () => {
  const cause = new Error('refused');
  expect(new errors.JournalUnavailableError('no connection', { cause }).cause).toBe(cause);
});
