import { isObject, objectAt, type JsonObject } from '../kit/json.js';
import { CAPABILITY_NAMES } from '../schedule/version-schema.js';
import { mapped } from './config-overrides.js';

const WRITTEN: ReadonlyMap<string, string> = new Map(Object.entries(CAPABILITY_NAMES));
const OPTIONS = new Map([...WRITTEN].map(([option, written]) => [written, option]));

/** A route or an environment of the file: its `capabilities`, written as on the wire, get the names of options. */
export function withCapabilities(settings: JsonObject): JsonObject {
  const environments = objectAt(settings, 'environments');
  if (environments) return { ...settings, environments: mapped(environments, withCapabilities) };
  const { capabilities } = settings;
  if (!isObject(capabilities)) return settings;
  const named = Object.entries(capabilities).map(([name, value]) => [OPTIONS.get(name) ?? name, value]);
  return { ...settings, capabilities: Object.fromEntries(named) };
}

/** The path of a problem, with the names that {@link withCapabilities} took. */
export function asWritten(path: string): string {
  return path.replace(/(?<=\.capabilities\.)\w+$/, (option) => WRITTEN.get(option) ?? option);
}
