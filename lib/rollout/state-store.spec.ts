import { expect, test } from '@jest/globals';
import { MemoryJournal } from '../journal/memory-journal.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { StateStore } from './state-store.js';

async function started(): Promise<StateStore> {
  const store = new StateStore(new MemoryJournal(), new LiveRouteTable());
  await store.start();
  return store;
}

test('nobody waits for a revision that will never come: not who waits when the store stops', async () => {
  const store = await started();
  const waiting = store.reached(1);
  store.stop();
  await expect(waiting).resolves.toBeUndefined();
});

test('and not who comes after that', async () => {
  const store = await started();
  store.stop();
  await expect(store.reached(1)).resolves.toBeUndefined();
});
