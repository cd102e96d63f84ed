import type { z } from 'zod';
import { tagOf, type Capabilities, type Version } from '../domain/version.js';
import { providerOf } from '../upstream/providers.js';
import type { UpstreamConfig } from '../upstream/upstream-config.js';
import { chosenModel } from './provider.js';
import type { environment } from './schema.js';

type EnvironmentInput = z.output<typeof environment>;

/** The version that an environment's options describe. */
export function versionOf(input: EnvironmentInput, upstream: string): Version {
  const { model } = chosenModel(input);
  const { parameters, parametersMode: mode, systemPrompt, costLimitPerRequest, pinnedModel } = input;
  const settings = {
    ...(parameters && Object.keys(parameters).length > 0 ? { parameters: { values: parameters, mode } } : {}),
    ...(systemPrompt ? { systemPrompt } : {}),
  };
  return {
    tag: input.version ?? tagOf(model, settings),
    model,
    upstream,
    capabilities: capabilitiesOf(input),
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
    baseUrl: (input.baseUrl ?? providerOf(provider).baseUrl ?? '').replace(/\/+$/, ''),
    apiKey: input.apiKey ?? false,
    headers: Object.fromEntries(headers),
    timeouts,
  };
}

function capabilitiesOf(input: EnvironmentInput): Capabilities {
  const { provider, model } = chosenModel(input);
  const { maxTokens, supportsStreaming, supportsTools, assistantPrefill } = input.capabilities ?? {};
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    supportsStreaming: supportsStreaming ?? true,
    supportsTools: supportsTools ?? true,
    assistantPrefill: assistantPrefill ?? providerOf(provider).prefill?.test(model) ?? false,
  };
}
