import type { Provider } from '@nestjs/common';
import type { Journal } from '../journal/journal.js';
import { BudgetService } from '../money/budget.service.js';
import { RequestLog } from '../records/request-log.js';
import { StateStore } from '../rollout/state-store.js';
import type { AnswerBook } from '../telemetry/answered.js';
import { ANSWERS, CLOSE, JOURNAL } from '../tokens.js';
import { Upstreams } from '../upstream/upstreams.js';

/** The last work of the module, when all calls have ended. */
export const CLOSING: Provider[] = [
  {
    provide: CLOSE,
    inject: [StateStore, Upstreams, BudgetService, JOURNAL, RequestLog, ANSWERS],
    useFactory:
      (
        store: StateStore,
        upstreams: Upstreams,
        budgets: BudgetService,
        journal: Journal,
        requests: RequestLog,
        answers: AnswerBook | undefined,
      ) =>
      async (): Promise<void> => {
        store.stop();
        await Promise.all([upstreams.destroy(), budgets.finish(), requests.flush(), answers?.flush()]);
        await journal.close();
      },
  },
];
