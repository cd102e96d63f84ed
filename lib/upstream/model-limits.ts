import { isObject, type JsonObject } from '../kit/json.js';
import type { Asked } from '../translate/asked.js';
import { isAddress, isReference } from '../translate/media.js';
import type { FilePart, LanguageModelObject } from '../translate/model.js';
import type { Lacking } from '../translate/translation.js';

type Setting = keyof Asked;

/** Settings that the models of a package leave out, with a warning at best, after they have been asked. */
interface Limits {
  /** Of `LanguageModel.provider`. */
  readonly provider: RegExp;
  readonly model?: RegExp;
  readonly lacks: readonly Setting[];
  /** JSON of any shape is not asked for. */
  readonly needsSchema?: true;
  readonly maxTemperature?: number;
  /** Takes one of temperature and `topP`. */
  readonly oneSampler?: true;
}

const SAMPLING = ['seed', 'presencePenalty', 'frequencyPenalty'] as const;

/** Claude, from Opus 4.1 and Sonnet 4.5 on. */
const ONE_SAMPLER = /claude-(?:opus-4-1|(?:opus|sonnet|haiku)-4-[5-9])/;

/** As the packages `@ai-sdk/*` of AI SDK 6 and 7 have it. */
const LIMITS: readonly Limits[] = [
  { provider: /^(?:(?:vertex|googleVertex)\.)?anthropic\b/, lacks: SAMPLING, needsSchema: true, maxTemperature: 1 },
  { provider: /^amazon-bedrock\b/, lacks: SAMPLING, needsSchema: true, maxTemperature: 1 },
  {
    provider: /^(?:(?:vertex|googleVertex)\.)?anthropic\b|^amazon-bedrock\b/,
    model: ONE_SAMPLER,
    lacks: [],
    oneSampler: true,
  },
  { provider: /^google\b/, lacks: ['parallelToolCalls'] },
  { provider: /^google\.generative-ai\b/, model: /gemini-2\.5/, lacks: ['presencePenalty', 'frequencyPenalty'] },
  { provider: /^(?:openai|azure)[\w-]*\.responses$/, lacks: [...SAMPLING, 'topK', 'stopSequences'] },
  { provider: /^(?:openai|azure)[\w-]*\.chat$/, lacks: ['topK'] },
];

/**
 * The first part of a request that this model object is known not to carry over. Its package would leave it out, and
 * nobody would learn of it before the answer.
 */
export function lackingIn(model: LanguageModelObject): Lacking {
  const limits = LIMITS.filter(
    (known) => known.provider.test(model.provider) && (known.model?.test(model.modelId) ?? true),
  );
  const lacks = limits.flatMap((known) => known.lacks);
  const needsSchema = limits.some((known) => known.needsSchema);
  const oneSampler = limits.some((known) => known.oneSampler);
  const hottest = Math.min(...limits.map(({ maxTemperature = Infinity }) => maxTemperature));
  return (asked) => {
    const lost = lacks.find((name) => isSaid(asked, name));
    if (lost !== undefined) return lost;
    if (needsSchema && asked.responseFormat?.type === 'json' && !asked.responseFormat.schema) return 'responseFormat';
    if ((asked.temperature ?? 0) > hottest) return 'temperature';
    if (oneSampler && asked.temperature !== undefined && asked.topP !== undefined) return 'topP';
    return outOfReach(asked, model);
  };
}

/** Zero is what every vendor has when nothing is said, and several calls at once is what all of them do. */
function isSaid(asked: Asked, name: Setting): boolean {
  const value = asked[name];
  if (name === 'parallelToolCalls') return value === false;
  return value !== undefined && (value !== 0 || name === 'seed');
}

/**
 * A file that is stored where the model does not find it: at an address that its vendor does not fetch from, or at a
 * vendor, in a version of the specification without such files. Packages that name no addresses may take any.
 */
function outOfReach(asked: Asked, model: LanguageModelObject): FilePart | undefined {
  const files = asked.prompt.flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.filter((part) => part.type === 'file'),
  );
  const { supportedUrls: urls } = model;
  const isListed = isObject(urls) && Object.keys(urls).length > 0;
  return files.find(({ data, mediaType }) => {
    if (isReference(data)) return model.specificationVersion !== 'v4';
    return isListed && isAddress(data) && !takes(urls, mediaType, String(data));
  });
}

function takes(urls: JsonObject, mediaType: string, url: string): boolean {
  return Object.entries(urls).some(
    ([kind, patterns]) =>
      isOfKind(mediaType, kind) &&
      Array.isArray(patterns) &&
      patterns.some((pattern) => pattern instanceof RegExp && pattern.test(url)),
  );
}

/** Whether a media type is one of a kind: `image/*`, `*`. Of a file at an address it may be `image/*` itself. */
function isOfKind(mediaType: string, kind: string): boolean {
  if (kind === '*' || kind === '*/*' || kind === mediaType) return true;
  const [family] = kind.split('/');
  return (kind.endsWith('/*') || mediaType.endsWith('/*')) && mediaType.startsWith(`${family}/`);
}
