import { FakeClock } from '../../test/support/fake-clock.js';
import { budgetContract } from './budget-store.contract.js';
import { MemoryBudgetStore } from './memory-budget-store.js';

const HOUR = 3_600_000;

budgetContract('memory', () => {
  const clock = new FakeClock(Date.UTC(2026, 0, 31, 22));
  const store = new MemoryBudgetStore(clock);
  return { store, other: store, turnMonth: () => clock.advance(2 * HOUR), expireAll: () => clock.advance(HOUR) };
});
