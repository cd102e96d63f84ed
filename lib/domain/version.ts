import type { JsonObject } from '../kit/json.js';
import { createHash } from 'node:crypto';

/** Declared capabilities of a model. The model itself is not asked. */
export interface Capabilities {
  /** The provider behind a relay: for traces, and for what is known of its models. */
  readonly provider?: string | undefined;
  /** Context window in tokens, input and output together. */
  readonly maxTokens?: number | undefined;
  readonly supportsStreaming?: boolean | undefined;
  readonly supportsTools?: boolean | undefined;
  /** Continues an answer when the request ends in an assistant message. */
  readonly assistantPrefill?: boolean | undefined;
}

/** Parameters of a model that the version brings along. */
interface VersionParameters {
  readonly values: JsonObject;
  /** `override`: the version's win over the request's. `default`: they fill in what the request leaves out. */
  readonly mode: 'override' | 'default';
}

export interface VersionSystemPrompt {
  readonly text: string;
  /**
   * `replace`: instead of the request's. `prepend`: in front of it. `default`: only when the request has none.
   */
  readonly mode: 'replace' | 'prepend' | 'default';
}

/**
 * Immutable configuration of a model. It names an upstream that the options declared and never carries an
 * address or a key, so that it can be written to the journal and shown to anyone who may read.
 */
export interface Version {
  /** Lower-case letters, digits, `-` and `.`, at most 64 characters. */
  readonly tag: string;
  /** The model's name as its provider spells it. */
  readonly model: string;
  /** Name of the upstream: `<route>/<environment>`. */
  readonly upstream: string;
  readonly capabilities?: Capabilities | undefined;
  readonly parameters?: VersionParameters | undefined;
  readonly systemPrompt?: VersionSystemPrompt | undefined;
  /** US dollars that one request may cost at most, as estimated before it is sent. */
  readonly costLimitPerRequest?: number | undefined;
  /** The exact model name that answers must carry, when the usual comparison is too lenient. */
  readonly pinnedModel?: string | undefined;
}

/** A version before it has a slot. Without an upstream of its own it uses the one of the slot's environment. */
export type VersionTemplate = Omit<Version, 'upstream'> & { readonly upstream?: string | undefined };

/** A version that was registered by its tag, for good. */
export interface RegisteredVersion {
  /** Made from the tag and the content: the same version has the same id everywhere. */
  readonly id: string;
  readonly version: VersionTemplate;
  /** The author's notes, for people only. */
  readonly metadata: JsonObject;
  /** Wall time, milliseconds since the epoch. */
  readonly registeredAt: number;
}

export const VERSION_TAG = /^[a-z0-9.-]{1,64}$/;

const MAX_TAG = 64;
const HASH_LENGTH = 8;

/**
 * A tag made of a model's name, for versions that were not given one: `openai/GPT_4o` → `openai-gpt-4o`. Settings
 * add a short hash of theirs, so that two configurations of one model are two versions.
 */
export function tagOf(model: string, settings: Pick<Version, 'parameters' | 'systemPrompt'> = {}): string {
  const name = model.toLowerCase().replace(/[^a-z0-9.-]/g, '-');
  const { parameters, systemPrompt } = settings;
  if (!parameters && !systemPrompt) return name.slice(0, MAX_TAG) || 'default';
  const hash = createHash('sha256').update(stableJson({ parameters, systemPrompt })).digest('hex');
  return `${name.slice(0, MAX_TAG - HASH_LENGTH - 1)}-${hash.slice(0, HASH_LENGTH)}`;
}

/** The id of a version: a hash of its content. */
export function versionId(version: VersionTemplate, metadata: JsonObject): string {
  const hash = createHash('sha256').update(stableJson({ version, metadata })).digest('hex');
  return `ver_${hash.slice(0, 16)}`;
}

/** JSON with sorted keys: the same content gives the same text. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** The suffix with which providers name a snapshot of a model: `-2024-08-06`, `-001`. */
const SNAPSHOT = /^-\d{3,}/;

/**
 * Whether an answer comes from the model that is configured: from that name or a dated snapshot of it. A provider's
 * prefix (`openai/`, `models/`) does not count, and `-latest` stands for any snapshot.
 */
export function isModel(answered: string, configured: string): boolean {
  if (answered === configured) return true;
  const [name, wanted] = [lastSegment(answered), lastSegment(configured).replace(/-latest$/, '')];
  return name === wanted || (name.startsWith(wanted) && SNAPSHOT.test(name.slice(wanted.length)));
}

/** Whether the version expects this model name in an answer. */
export function isExpectedModel({ model, pinnedModel }: Version, answered: string): boolean {
  return pinnedModel === undefined ? isModel(answered, model) : answered === pinnedModel;
}

function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).toLowerCase();
}
