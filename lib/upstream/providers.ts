import { DIALECTS } from './dialects/dialects.js';
import { PROVIDERS } from './known-providers.js';
import type { Provider } from './provider.js';

export type ProviderName = keyof typeof PROVIDERS;

export const PROVIDER_NAMES = Object.keys(PROVIDERS) as readonly ProviderName[];

/** A base URL of unknown origin: it speaks everything, each format with that format's own kind of key. */
const ANYBODY: Provider = { speaks: DIALECTS.map(({ name }) => name) };

export function isProvider(name: string): name is ProviderName {
  return Object.hasOwn(PROVIDERS, name);
}

export function providerOf(name: ProviderName | undefined): Provider {
  return name === undefined ? ANYBODY : PROVIDERS[name];
}

/** The model as this provider spells it: `anthropic/claude-…` is `claude-…` there. Other prefixes stay. */
export function spelledBy(provider: ProviderName | undefined, model: string): string {
  const isPrefixed = provider !== undefined && model.startsWith(`${provider}/`);
  return isPrefixed && providerOf(provider).slashes !== true ? model.slice(provider.length + 1) : model;
}

/** Whether this provider's model continues an answer that was begun; `undefined` of a provider that nobody here knows. */
export function takesPrefill(provider: string | undefined, model: string): boolean | undefined {
  if (provider === undefined || !isProvider(provider)) return undefined;
  return providerOf(provider).prefill?.test(spelledBy(provider, model)) ?? false;
}
