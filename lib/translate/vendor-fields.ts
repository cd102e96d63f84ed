import { isObject, type JsonObject } from '../kit/json.js';
import type { Fields } from './fields.js';
import type { PlainJsonObject, VendorFields } from './model.js';

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

/** Where a mark for the cache stays behind. */
export function hasCacheMark(part: { providerOptions?: VendorFields }): boolean {
  return vendorField(part.providerOptions, 'anthropic', 'cacheControl') !== undefined;
}
