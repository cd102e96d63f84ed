import { isProvider, PROVIDER_NAMES, providerOf, type ProviderName } from '../upstream/providers.js';
import { pathOf, show } from '../validation/shown.js';
import type { Problem } from '../validation/validation-error.js';

/** The part of an environment that names its provider and model. */
interface ModelChoice {
  readonly provider?: ProviderName | undefined;
  readonly model: string;
  readonly baseUrl?: string | undefined;
}

/** A provider, when one is named, and the model as that provider spells it. */
export interface ChosenModel {
  readonly provider: ProviderName | undefined;
  readonly model: string;
}

/**
 * `anthropic/claude-…` names the provider too, unless the environment names it elsewhere: models of relays have slashes
 * in their own names.
 */
export function chosenModel({ provider, model, baseUrl }: ModelChoice): ChosenModel {
  if (provider !== undefined || baseUrl !== undefined) return { provider, model };
  const prefix = prefixOf(model);
  if (prefix === undefined || !isProvider(prefix)) return { provider, model };
  return { provider: prefix, model: model.slice(prefix.length + 1) };
}

/**
 * Checks that there is an address to call and a key to call it with. Reads raw input; skips values of the wrong shape.
 */
export function providerProblems(path: readonly string[], environment: Readonly<Record<string, unknown>>): Problem[] {
  const { provider, model, baseUrl, apiKey, languageModel, embeddingModel } = environment;
  if (languageModel !== undefined) return addressedTwice(path, environment, 'languageModel');
  if (embeddingModel !== undefined) return addressedTwice(path, environment, 'embeddingModel');
  if (model === undefined) return [modelMissing(path)];
  if (provider !== undefined && (typeof provider !== 'string' || !isProvider(provider))) return [];
  if (typeof model !== 'string' || model === '') return [];
  const chosen = chosenModel({ provider, model, baseUrl: baseUrl === undefined ? undefined : 'given' });
  if (packageOf(chosen.provider, environment) !== undefined) return [];
  return [
    ...(baseUrl === undefined ? addressProblems(path, chosen) : []),
    ...(apiKey === undefined ? keyProblems(path, chosen) : []),
  ];
}

/**
 * The package of the AI SDK through which an environment is asked: where its provider has one and there is nothing to
 * call its endpoint of another format with.
 */
export function packageOf(
  provider: ProviderName | undefined,
  { baseUrl, apiKey, format }: Readonly<Record<string, unknown>>,
): string | undefined {
  const isAddressed = baseUrl !== undefined && apiKey !== undefined;
  return isAddressed || apiKey === false || format !== undefined ? undefined : providerOf(provider).package;
}

function modelMissing(path: readonly string[]): Problem {
  return {
    path: pathOf([...path, 'model']),
    value: 'nothing',
    message: 'is missing',
    remedy:
      'Name the model as its provider spells it, or set languageModel or embeddingModel to a model object of the AI SDK.',
  };
}

/** A model object brings its own address and key. */
function addressedTwice(
  path: readonly string[],
  environment: Readonly<Record<string, unknown>>,
  object: 'languageModel' | 'embeddingModel',
): Problem[] {
  const others = object === 'languageModel' ? ['embeddingModel'] : [];
  return [...others, 'baseUrl', 'apiKey', 'format', 'headers']
    .filter((name) => environment[name] !== undefined)
    .map((name) => ({
      path: pathOf([...path, name]),
      value: name === 'apiKey' ? 'a key' : show([name], environment[name]),
      message: `cannot stand beside ${object}`,
      remedy:
        name === 'embeddingModel'
          ? 'Give vectors a route of their own: they are compared with vectors.'
          : 'Give it to the model object: createAnthropic({ apiKey, baseURL, headers }).',
    }));
}

function addressProblems(path: readonly string[], { provider, model }: ChosenModel): Problem[] {
  if (providerOf(provider).baseUrl !== undefined) return [];
  const prefix = prefixOf(model);
  if (provider === undefined && prefix !== undefined) {
    return [
      {
        path: pathOf([...path, 'model']),
        value: show(['model'], model),
        message: `names the unknown provider "${prefix}", and there is no baseUrl`,
        remedy: `Use one of: ${PROVIDER_NAMES.join(', ')}; or set baseUrl.`,
      },
    ];
  }
  return [
    {
      path: pathOf([...path, 'baseUrl']),
      value: 'nothing',
      message: 'is missing',
      remedy:
        provider === undefined
          ? "Write it with the version segment, like 'https://api.openai.com/v1'; or name a provider."
          : `Every customer of ${provider} has their own, like 'https://my-resource.openai.azure.com/openai/v1'.`,
    },
  ];
}

function keyProblems(path: readonly string[], { provider }: ChosenModel): Problem[] {
  if (providerOf(provider).keyless === true) return [];
  return [
    {
      path: pathOf([...path, 'apiKey']),
      value: 'nothing',
      message: 'is missing',
      remedy:
        "Set it to the provider's key, for example from process.env; or to false for an upstream that takes none.",
    },
  ];
}

function prefixOf(model: string): string | undefined {
  const slash = model.indexOf('/');
  return slash > 0 ? model.slice(0, slash) : undefined;
}
