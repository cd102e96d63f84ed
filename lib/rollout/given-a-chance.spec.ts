import { expect, test } from '@jest/globals';
import { History, planWith, routeWith } from '../../test/support/history.js';
import type { Command } from '../domain/command.js';
import { rollbackRoute } from '../domain/rollback-commands.js';
import { setTrafficWeights } from '../domain/route-commands.js';
import { promoteRollout, startRollout } from '../domain/rollout-commands.js';
import { assignVersions } from '../domain/version-commands.js';
import { givenAChance } from './given-a-chance.js';

const start = startRollout({ rolloutId: 'r', plan: planWith([5]), seed: 's' });

test.each<[string, readonly Command[], readonly string[]]>([
  ['a start', [start], ['green']],
  ['a promotion', [start, promoteRollout], ['green']],
  ['another version', [assignVersions({ green: { tag: 'v2', model: 'm' } })], ['green']],
  ['weights by hand', [setTrafficWeights({ green: 100 })], ['green']],
  ['a rollback', [start, rollbackRoute], []],
  ['a split that was taken back', [setTrafficWeights({ blue: 90, green: 10 }), rollbackRoute], []],
])('%s', (_what, commands, expected) => {
  const history = new History(routeWith({ blue: 100, green: 0 }));
  for (const command of commands) history.run(command);
  expect(givenAChance(history.entries.at(-1)!, history.route)).toEqual(expected);
});
