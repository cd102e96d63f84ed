import type { FakeProvider } from './fake-provider.js';

/** Blue and green at one provider, told apart by their models and their keys; green has `greenWeight` percent. */
export function blueAndGreen(provider: FakeProvider, greenWeight = 0) {
  const { baseUrl } = provider;
  return {
    blue: { model: 'model-blue', version: 'v1', baseUrl, apiKey: 'sk-upstream-blue', weight: 100 - greenWeight },
    green: { model: 'model-green', version: 'v2', baseUrl, apiKey: 'sk-upstream-green', weight: greenWeight },
  };
}
