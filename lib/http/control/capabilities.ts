import type { z } from 'zod';
import type { Capabilities } from '../../domain/version.js';
import { takesPrefill } from '../../upstream/providers.js';
import { declared, type versionBody } from './versions.schema.js';

/** Capabilities that a version's author declares: in `capabilities`, or in the metadata. */
export function capabilitiesOf({
  model,
  capabilities,
  metadata,
}: Pick<z.output<typeof versionBody>, 'model' | 'capabilities' | 'metadata'>): Capabilities | undefined {
  const said = { ...declared.safeParse(metadata).data, ...capabilities };
  const known = {
    provider: said.provider,
    maxTokens: said.max_tokens,
    supportsStreaming: said.supports_streaming,
    supportsTools: said.supports_tools,
    assistantPrefill: said.assistant_prefill ?? takesPrefill(said.provider, model),
  };
  const given = Object.entries(known).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

export function onWireCapabilities(capabilities: Capabilities) {
  const { provider, maxTokens, supportsStreaming, supportsTools, assistantPrefill } = capabilities;
  return {
    ...(provider !== undefined && { provider }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(supportsStreaming !== undefined && { supports_streaming: supportsStreaming }),
    ...(supportsTools !== undefined && { supports_tools: supportsTools }),
    ...(assistantPrefill !== undefined && { assistant_prefill: assistantPrefill }),
  };
}
