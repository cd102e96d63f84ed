import { isObject, type JsonObject } from '../kit/json.js';
import type { Fields } from './fields.js';
import type { ModelCall, PlainJsonObject, VendorFields } from './model.js';

/** The mark that ends a part to be cached, as Anthropic and the relays of its models have it. */
export function cacheMark(part: Fields): { providerOptions?: VendorFields } {
  const mark = part.plain('cache_control');
  return mark ? { providerOptions: { anthropic: { cacheControl: mark as PlainJsonObject } } } : {};
}

/** The same mark for the wire. */
export function cacheControl(part: { providerOptions?: VendorFields }): { cache_control?: JsonObject } {
  const mark = vendorField(part.providerOptions, 'anthropic', 'cacheControl');
  return isObject(mark) ? { cache_control: mark } : {};
}

export function vendorField(fields: VendorFields | undefined, vendor: string, name: string): unknown {
  return fields?.[vendor]?.[name];
}

/** The marks for the cache that a format without them leaves behind, by their paths. */
export function cacheMarksIn({ prompt, tools = [] }: ModelCall): string[] {
  const parts = prompt.flatMap((message) => [message, ...(typeof message.content === 'string' ? [] : message.content)]);
  return [
    ...(parts.some(hasCacheMark) ? ['cache_control'] : []),
    ...(tools.some((tool) => tool.type === 'function' && hasCacheMark(tool)) ? ['tools.cache_control'] : []),
  ];
}

function hasCacheMark(part: { providerOptions?: VendorFields }): boolean {
  return vendorField(part.providerOptions, 'anthropic', 'cacheControl') !== undefined;
}
