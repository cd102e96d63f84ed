import { channelPair } from '../../test/support/channel-pair.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { budgetContract } from './budget-store.contract.js';
import type { BudgetStore } from './budget-store.js';
import { MemoryBudgetStore } from './memory-budget-store.js';

const HOUR = 3_600_000;

budgetContract('memory', () => {
  const clock = new FakeClock(Date.UTC(2026, 0, 31, 22));
  const store = new MemoryBudgetStore(clock);
  return { store, other: store, turnMonth: () => clock.advance(2 * HOUR), expireAll: () => clock.advance(HOUR) };
});

budgetContract('the primary process', () => {
  const clock = new FakeClock(Date.UTC(2026, 0, 31, 22));
  const kept = new MemoryBudgetStore(clock);
  const [store, other] = [workersStore(kept), workersStore(kept)];
  return { store, other, turnMonth: () => clock.advance(2 * HOUR), expireAll: () => clock.advance(HOUR) };
});

function workersStore(kept: MemoryBudgetStore): BudgetStore {
  const { primary, worker } = channelPair();
  primary.offer('budgets', kept);
  return worker.part<BudgetStore>('budgets', ['reserve', 'settle', 'figures']);
}
