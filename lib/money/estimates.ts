import type { PriceOf } from '../domain/usage.js';
import type { JsonObject } from '../kit/json.js';
import type { CallRequest } from '../router/call-request.js';
import type { Target } from '../routing/route-table.js';
import { highestUsage } from '../upstream/estimate-usage.js';
import { preparedBody } from '../upstream/prepared-body.js';
import type { CostCheck } from '../upstream/prepared-call.js';
import { costCheck } from './cost-limit.js';
import { nanoCeil } from './money.js';

/** Models without a price that are named in the log. Calls of further ones are only counted. */
const MAX_NAMED = 100;

/** The most that calls may cost, and the models without a known price. */
export class Estimates {
  readonly #checkCost: CostCheck;
  readonly #named = new Set<string>();
  #unpricedCalls = 0;

  constructor(
    private readonly priceOf: PriceOf,
    private readonly warn: (message: string) => void,
  ) {
    this.#checkCost = costCheck(priceOf);
  }

  get unpricedCalls(): number {
    return this.#unpricedCalls;
  }

  /** Nano-dollars; `undefined` when the price is not known. */
  of({ dialect, body }: CallRequest, { version }: Target): number | undefined {
    const usage = highestUsage(this.#sent(body, dialect, version), dialect);
    const cost = this.priceOf(version.model, usage, version.upstream);
    if (cost === undefined) this.#unpriced(version.model);
    return cost === undefined ? undefined : nanoCeil(cost);
  }

  /** The body as it will be sent: a limit on its cost may lower its output. */
  #sent(asked: JsonObject, dialect: CallRequest['dialect'], version: Target['version']): JsonObject {
    const { body } = preparedBody(dialect, asked, version);
    try {
      return this.#checkCost(version, dialect, body, asked);
    } catch {
      // It is refused before it is sent.
      return body;
    }
  }

  #unpriced(model: string): void {
    this.#unpricedCalls++;
    if (this.#named.has(model) || this.#named.size >= MAX_NAMED) return;
    this.#named.add(model);
    this.warn(`The price of "${model}" is not known: no budget covers its calls. Add it to "prices".`);
  }
}
