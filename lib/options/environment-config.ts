import type { z } from 'zod';
import { tagOf, type Capabilities, type Version } from '../domain/version.js';
import { withoutTrailingSlashes } from '../upstream/endpoint.js';
import { providerOf } from '../upstream/providers.js';
import type { UpstreamConfig } from '../upstream/upstream-config.js';
import { chosenModel } from './provider.js';
import type { environment } from './schema.js';

type EnvironmentInput = z.output<typeof environment>;

/** The version that an environment's options describe. */
export function versionOf(input: EnvironmentInput, upstream: string): Version {
  const { model } = chosenModel(input);
  const { parameters, parametersMode: mode, systemPrompt, costLimitPerRequest, pinnedModel } = input;
  const capabilities = capabilitiesOf(input);
  const settings = {
    ...(parameters && Object.keys(parameters).length > 0 ? { parameters: { values: parameters, mode } } : {}),
    ...(systemPrompt ? { systemPrompt } : {}),
  };
  return {
    tag: input.version ?? tagOf(model, settings),
    model,
    upstream,
    ...(capabilities ? { capabilities } : {}),
    ...settings,
    ...(costLimitPerRequest === undefined ? {} : { costLimitPerRequest }),
    ...(pinnedModel === undefined ? {} : { pinnedModel }),
  };
}

/** Where an environment's calls go. */
export function upstreamOf(input: EnvironmentInput, id: string, timeouts: UpstreamConfig['timeouts']): UpstreamConfig {
  const { provider } = chosenModel(input);
  const headers = Object.entries(input.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    id,
    provider,
    baseUrl: withoutTrailingSlashes(input.baseUrl ?? providerOf(provider).baseUrl ?? ''),
    apiKey: input.apiKey ?? false,
    headers: Object.fromEntries(headers),
    timeouts,
  };
}

/** What is declared, over what is known of the provider; nothing is known of a base URL alone. */
function capabilitiesOf(input: EnvironmentInput): Capabilities | undefined {
  const { provider, model } = chosenModel(input);
  const declared = Object.entries(input.capabilities ?? {}).filter(([, value]) => value !== undefined);
  if (provider === undefined && declared.length === 0) return undefined;
  const assistantPrefill = providerOf(provider).prefill?.test(model) ?? false;
  const known = provider && { supportsStreaming: true, supportsTools: true, assistantPrefill };
  return { ...known, ...Object.fromEntries(declared) };
}
