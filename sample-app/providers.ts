import { MockProvider } from './mock-provider.js';

/** Where one environment's model is. */
interface ProviderSettings {
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey: string;
}

type EnvironmentName = 'blue' | 'green' | 'fallback';
export type Providers = Readonly<Record<EnvironmentName, ProviderSettings>>;

const MODELS: Readonly<Record<EnvironmentName, string>> = {
  blue: 'gpt-4o',
  green: 'gpt-4.1',
  fallback: 'gpt-4o-mini',
};

/**
 * The real provider, when the environment has a key for it: `OPENAI_API_KEY`, with `OPENAI_BASE_URL` for another one
 * that speaks the same format, and `BLUE_MODEL`, `GREEN_MODEL`, `FALLBACK_MODEL`.
 */
export function providersFromEnvironment(env: NodeJS.ProcessEnv): Providers | undefined {
  const apiKey = env['OPENAI_API_KEY'];
  if (!apiKey) return undefined;
  const baseUrl = env['OPENAI_BASE_URL'] ?? 'https://api.openai.com/v1';
  const settings = (name: EnvironmentName): ProviderSettings => ({
    model: env[`${name.toUpperCase()}_MODEL`] ?? MODELS[name],
    baseUrl,
    apiKey,
  });
  return { blue: settings('blue'), green: settings('green'), fallback: settings('fallback') };
}

export type MockProviders = Readonly<Record<EnvironmentName, MockProvider>>;

/** Three providers on this machine, one per environment, so that each can have troubles of its own. */
export async function startMockProviders(): Promise<MockProviders> {
  const [blue, green, fallback] = await Promise.all([
    MockProvider.start(MODELS.blue, 5),
    MockProvider.start(MODELS.green, 4),
    MockProvider.start(MODELS.fallback, 5),
  ]);
  return { blue, green, fallback };
}

export function settingsOf(mocks: MockProviders): Providers {
  const settings = (name: EnvironmentName): ProviderSettings => ({
    model: MODELS[name],
    baseUrl: mocks[name].baseUrl,
    apiKey: 'mock',
  });
  return { blue: settings('blue'), green: settings('green'), fallback: settings('fallback') };
}
