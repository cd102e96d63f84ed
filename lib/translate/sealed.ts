import { isObject, parseJson } from '../kit/json.js';
import type { PlainJsonObject, VendorFields } from './model.js';

/**
 * The value that a vendor attaches to its thoughts so that it can read them again, where the caller's format has one
 * field for that: the format's own vendor keeps its value unchanged, any other's is packed with its name.
 */
const PREFIX = 'bgm1.';

/** Fields in which vendors keep what only they can read. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  anthropic: ['signature', 'redactedData'],
  openai: ['itemId', 'reasoningEncryptedContent'],
  google: ['thoughtSignature'],
  vertex: ['thoughtSignature'],
  bedrock: ['signature', 'redactedData'],
};

/**
 * All that any vendor could read again, as one value. Thoughts that need nothing to be read again are sealed as well:
 * a vendor that signs its own refuses them, so it must be seen whose they are.
 */
export function sealed(fields: VendorFields | undefined): string {
  const kept = Object.entries(fields ?? {}).flatMap(([vendor, own]) => {
    const names = (OWN[vendor] ?? []).filter((name) => own[name] !== undefined && own[name] !== null);
    return names.length === 0 ? [] : [[vendor, Object.fromEntries(names.map((name) => [name, own[name]]))] as const];
  });
  return PREFIX + Buffer.from(JSON.stringify(Object.fromEntries(kept))).toString('base64url');
}

/** Thoughts of a model that signs none, as they come back from their caller. */
export function isUnsigned({ providerOptions }: { readonly providerOptions?: VendorFields }): boolean {
  return providerOptions !== undefined && Object.keys(providerOptions).length === 0;
}

/** The fields that were packed; `undefined` for a value of the format's own vendor. */
export function unsealed(value: string): VendorFields | undefined {
  if (!value.startsWith(PREFIX)) return undefined;
  const json = parseJson(Buffer.from(value.slice(PREFIX.length), 'base64url').toString('utf8'));
  if (!isObject(json)) return {};
  const entries = Object.entries(json).filter((entry): entry is [string, PlainJsonObject] => isObject(entry[1]));
  return Object.fromEntries(entries);
}
