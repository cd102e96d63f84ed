import { describe, expect, test } from '@jest/globals';
import { priceOf } from './price-table.js';
import { costReport, type CostFigures } from './cost-report.js';

const prices = priceOf({
  large: { input: 10, output: 20, cachedInput: 5 },
  small: { input: 1, output: 2, cachedInput: 1 },
});

const figures = (environment: string, model: string, answers: number, cost: number): CostFigures => ({
  environment,
  version: `${environment}-1`,
  model,
  answers,
  inputTokens: 1_000 * answers,
  cachedInputTokens: 200 * answers,
  outputTokens: 100 * answers,
  cost,
  unpriced: 0,
  costPer1000Requests: null,
  costPerToken: null,
});

const none = { environment: undefined, compared: 0, belowThreshold: null };

describe('The cost report', () => {
  test('prices each environment’s tokens as the other would bill them', () => {
    // 800 fresh, 200 cached and 100 out: $0.011 on large, $0.0012 on small.
    const blue = figures('blue', 'large', 90, 0.99);
    const green = figures('green', 'small', 10, 0.012);
    const { environments, cheaper } = costReport('chat', 'blue', [blue, green], prices, {
      environment: 'green',
      compared: 40,
      belowThreshold: 0.25,
    });
    const [fromBlue, fromGreen] = environments.map((environment) => environment.elsewhere[0]!);
    expect(fromBlue!.cost).toBeCloseTo(0.108, 10);
    expect(fromBlue!.saving).toBeCloseTo(0.8909, 4);
    expect(fromGreen!.cost).toBeCloseTo(0.11, 10);
    expect(fromGreen!.saving).toBeLessThan(0);
    expect(cheaper).toMatchObject({ environment: 'green', version: 'green-1', answersAsWell: 0.75, compared: 40 });
  });

  test('knows of no share that is answered as well where nothing was compared', () => {
    const both = [figures('blue', 'large', 1, 0.011), figures('green', 'small', 0, 0)];
    expect(costReport('chat', 'blue', both, prices, none).cheaper).toMatchObject({ answersAsWell: null, compared: 0 });
  });

  test('names nobody as cheaper than the cheapest', () => {
    const both = [figures('blue', 'small', 1, 0.0012), figures('green', 'large', 0, 0)];
    expect(costReport('chat', 'blue', both, prices, none).cheaper).toBeUndefined();
  });

  test('says so when a price is not known', () => {
    const both = [figures('blue', 'large', 1, 0.011), figures('green', 'homemade-model', 1, 0)];
    const { environments, cheaper } = costReport('chat', 'blue', both, prices, none);
    expect(environments[0]!.elsewhere).toMatchObject([{ cost: null, saving: null }]);
    expect(cheaper).toBeUndefined();
  });
});
