import { createHmac } from 'node:crypto';
import type { RouteDefinition } from '../domain/route-commands.js';
import type { Journal } from '../journal/journal.js';
import type { UpstreamConfig } from '../upstream/upstream-config.js';

/** Long enough to notice a change; too short to be of use to anybody who guesses. */
const LENGTH = 12;
/** Headers that may carry a key. */
const KEYS = /key|auth|token|secret/;

/**
 * Fingerprints of the addresses and keys in the options of this process. Another one of either is another upstream,
 * though the version is the same. They are made with a secret that is not among the journal's entries.
 */
export class UpstreamPrints {
  private constructor(private readonly prints: ReadonlyMap<string, string>) {}

  /** None where the journal ends with the process: there are no others to compare with. */
  static async of(journal: Journal, upstreams: readonly UpstreamConfig[]): Promise<UpstreamPrints> {
    const secret = await journal.secret?.();
    if (secret === undefined) return new UpstreamPrints(new Map());
    return new UpstreamPrints(new Map(upstreams.map((upstream) => [upstream.id, printOf(upstream, secret)])));
  }

  /** By the id of an upstream. */
  of(id: string): string | undefined {
    return this.prints.get(id);
  }

  /** The definition with those of its environments. */
  named(definition: RouteDefinition): RouteDefinition {
    const { alias, environments } = definition;
    const known = Object.keys(environments).flatMap((name): [string, string][] => {
      const print = this.of(`${alias}/${name}`);
      return print === undefined ? [] : [[name, print]];
    });
    return known.length === 0 ? definition : { ...definition, addresses: Object.fromEntries(known) };
  }
}

function printOf({ baseUrl, apiKey, headers, model, embedding }: UpstreamConfig, secret: string): string {
  const keys = Object.entries(headers).filter(([name]) => KEYS.test(name));
  const object = model ?? embedding;
  const named = object ? [object.provider, object.modelId] : [];
  const content = JSON.stringify([baseUrl, apiKey, keys.toSorted(([a], [b]) => (a < b ? -1 : 1)), ...named]);
  return createHmac('sha256', secret).update(content).digest('base64url').slice(0, LENGTH);
}
