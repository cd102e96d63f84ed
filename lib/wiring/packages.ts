import { fetch as undiciFetch, type Dispatcher } from 'undici';
import type { EmbeddingModelObject } from '../translate/embeddings.js';
import type { LanguageModelObject } from '../translate/model.js';
import { OptionsError } from '../validation/validation-error.js';
import { dispatcherFor } from '../upstream/network.js';
import type { UpstreamConfig } from '../upstream/upstream-config.js';

/** The part of a package's settings that the packages have in common. */
interface Settings {
  readonly apiKey?: string;
  readonly baseURL?: string;
  readonly headers: Record<string, string>;
  readonly fetch: typeof globalThis.fetch;
}

/** The objects of one model: its name does not tell whether it makes words or vectors, and calls ask for one of them. */
interface Objects {
  readonly model: LanguageModelObject;
  readonly embedding?: EmbeddingModelObject;
}

type Load = (model: string, settings: Settings) => Promise<Objects>;

/** Vendors with an authentication of their own, which their packages of the AI SDK know. Loaded only when named. */
const PACKAGES: Readonly<Record<string, Load>> = {
  '@ai-sdk/amazon-bedrock': async (model, settings) => {
    const bedrock = (await import('@ai-sdk/amazon-bedrock')).createAmazonBedrock(settings);
    return { model: bedrock(model), embedding: bedrock.embeddingModel(model) };
  },
  '@ai-sdk/google-vertex': async (model, settings) => {
    const projectId = process.env['GOOGLE_VERTEX_PROJECT'];
    // Without it Google's library looks for the project elsewhere, for seconds, before the first call.
    const all = { ...settings, ...(projectId !== undefined && { googleAuthOptions: { projectId } }) };
    if (model.startsWith('claude-')) {
      return { model: (await import('@ai-sdk/google-vertex/anthropic')).createVertexAnthropic(all)(model) };
    }
    const vertex = (await import('@ai-sdk/google-vertex')).createVertex(all);
    return { model: vertex(model), embedding: vertex.embeddingModel(model) };
  },
};

/**
 * The upstreams with the models of their packages in place.
 *
 * @throws {OptionsError} when one is not installed.
 */
export async function withPackages(
  upstreams: readonly UpstreamConfig[],
  packages = PACKAGES,
): Promise<readonly UpstreamConfig[]> {
  return Promise.all(
    upstreams.map(async (config) => (config.packaged ? withPackage(config, config.packaged, packages) : config)),
  );
}

async function withPackage(
  config: UpstreamConfig,
  { name, model, path }: NonNullable<UpstreamConfig['packaged']>,
  packages: typeof PACKAGES,
): Promise<UpstreamConfig> {
  const { apiKey, baseUrl, headers } = config;
  const { fetch, close } = fetchOver(config);
  const settings = {
    ...(apiKey !== false && { apiKey }),
    ...(baseUrl !== '' && { baseURL: baseUrl }),
    headers,
    fetch,
  };
  const objects = await packages[name]!(model, settings).catch((cause: unknown) => {
    if (!isMissing(cause)) throw cause;
    const remedy = `Run: npm install ${name}. Or set baseUrl and apiKey to ask its endpoint for OpenAI's format.`;
    throw new OptionsError(
      [{ path, value: config.provider!, message: `needs ${name}, which signs its calls`, remedy }],
      {
        cause,
      },
    );
  });
  return { ...config, ...objects, close };
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(String(error.code))
  );
}

/** The package's calls go over our connections: proxies, certificates and the limit on connecting hold for them too. */
function fetchOver({ network, timeouts }: UpstreamConfig): {
  fetch: typeof globalThis.fetch;
  close: () => Promise<void>;
} {
  // A package asks one address, or one of each region that it knows.
  const pools = new Map<string, Dispatcher>();
  const poolAt = (origin: string): Dispatcher => {
    const pool = pools.get(origin) ?? dispatcherFor(origin, network, timeouts.connect);
    pools.set(origin, pool);
    return pool;
  };
  const fetch = (input: string | URL | Request, init: RequestInit = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    const dispatcher = poolAt(new URL(url).origin);
    return undiciFetch(url, { ...init, dispatcher } as Parameters<
      typeof undiciFetch
    >[1]) as unknown as Promise<Response>;
  };
  return { fetch, close: async () => void (await Promise.all([...pools.values()].map((pool) => pool.destroy()))) };
}
