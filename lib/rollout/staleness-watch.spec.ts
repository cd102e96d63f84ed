import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MINUTE, Replica } from '../../test/support/rollouts.js';
import type { Journal } from '../journal/journal.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import { StalenessWatch } from './staleness-watch.js';

let away = 0;
let journal: Journal;
let replica: Replica;
let watch: StalenessWatch;

const routed = () => replica.table.current.get('chat').slots.map(({ environment, weight }) => [environment, weight]);

beforeEach(async () => {
  away = 0;
  const connection = { awayFor: () => away, problem: () => undefined };
  journal = Object.assign(new MemoryJournal(), { connection });
  replica = await Replica.start({ journal });
  watch = new StalenessWatch(journal, replica.store, 5 * MINUTE);
  await replica.rollouts.start('chat');
});
afterEach(() => replica.stop());

test('a short absence of the journal changes nothing', () => {
  away = 5 * MINUTE;
  watch.look();
  expect(routed()).toEqual([
    ['green', 5],
    ['blue', 95],
  ]);
});

test('a long one sends the share of the trial to the live environment, and what the journal says stays', () => {
  away = 5 * MINUTE + 1;
  watch.look();
  expect(routed()).toEqual([
    ['green', 0],
    ['blue', 100],
  ]);
  expect(replica.rollouts.route('chat').weights).toEqual({ blue: 95, green: 5 });
});

test('news that come in meanwhile do not bring the trial back; the return of the journal does', async () => {
  away = 6 * MINUTE;
  watch.look();
  await replica.rollouts.pause('chat');
  expect(routed()[0]).toEqual(['green', 0]);
  away = 0;
  watch.look();
  expect(routed()[0]).toEqual(['green', 5]);
});
