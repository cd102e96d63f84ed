import type { Command } from 'commander';
import { plain } from '../../kit/plain.js';
import { isModel } from '../../domain/version.js';
import { authHeaders, withoutTrailingSlashes } from '../../upstream/endpoint.js';
import { isObject, parseJson, stringAt } from '../../kit/json.js';
import { modelsOf } from '../../upstream/provider.js';
import { isProvider, providerOf, PROVIDER_NAMES } from '../../upstream/providers.js';
import { CliError, EXIT, refused, unreachable, usage, withoutSecrets } from '../cli-error.js';
import { outputTo } from '../output.js';
import { keyInEnvironment, seconds } from '../session.js';

interface VerifyOptions {
  readonly endpoint: string;
  readonly key?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly timeout: string;
  readonly json?: boolean;
}

/** `verify`: connectivity, key and models of an endpoint. */
export function addVerify(program: Command): void {
  program
    .command('verify')
    .description('ask an endpoint for its models: connectivity, key, models; costs no tokens')
    .requiredOption('--endpoint <url>', 'base URL with its version segment (https://api.openai.com/v1), or its /models')
    .option('--key <key>', "the endpoint's key (better: BLUE_GREEN_ENDPOINT_KEY, which no process list shows)")
    .option('--model <name>', 'a model that it must have')
    .option(
      '--provider <name>',
      'the provider whose header carries the key, e.g. anthropic (default: Authorization: Bearer)',
    )
    .option('--timeout <seconds>', 'longest wait for an answer', '10')
    .option('--json', 'one JSON document on stdout, nothing else')
    .action(verify);
}

async function verify({ endpoint, key, model, provider, timeout, json }: VerifyOptions): Promise<void> {
  const output = outputTo(process.stdout, json === true);
  const { status, text } = await ask(endpoint, key ?? endpointKey(endpoint), provider, seconds(timeout));
  const shown = withoutSecrets(endpoint);
  output.line(`connectivity  ok      ${shown} answers`);
  if (status === 401 || status === 403) {
    output.line(`key           failed  refused (${status})`);
    throw new CliError(
      EXIT.unauthorized,
      'key_refused',
      `${shown} refuses the key (${status}).`,
      'Pass the key of this endpoint with --key or BLUE_GREEN_ENDPOINT_KEY.',
      status,
    );
  }
  if (status >= 400) {
    throw refused(
      `${shown} answered the request for its models with ${status}.`,
      'Write the address with its version segment, like https://api.openai.com/v1; or try again later.',
    );
  }
  const models = modelsIn(parseJson(text));
  if (!models) throw refused(`The answer of ${shown} is not a list of models.`, 'Check the address.');
  output.line('key           ok      accepted');
  if (model !== undefined && !models.some((name) => isModel(name, model))) {
    output.line(`models        failed  ${models.length}, none of them ${model}`);
    throw refused(`${shown} has no model "${model}".`, `It has ${namesOf(models) || 'none'}.`);
  }
  output.line(`models        ok      ${models.length}: ${namesOf(models)}${models.length > 8 ? ', …' : ''}`);
  output.document({ endpoint: shown, connectivity: true, key: true, models });
}

async function ask(endpoint: string, key: string | undefined, provider: string | undefined, timeout: number) {
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw usage('The endpoint is not an http(s) URL.', 'Write it like https://api.openai.com/v1.');
  }
  if (provider !== undefined && !isProvider(provider)) {
    throw usage(`There is no provider "${provider}".`, `Use one of: ${PROVIDER_NAMES.join(', ')}.`);
  }
  const { path, auth, headers } = modelsOf(providerOf(provider));
  try {
    const response = await fetch(modelsUrl(endpoint, path), {
      headers: { accept: 'application/json', ...headers, ...authHeaders(auth, key ?? false) },
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw unreachable(endpoint, error, 'Check the address (--endpoint) and that the endpoint listens there.');
  }
}

/** The endpoint is a base URL, or already that of its models. */
function modelsUrl(endpoint: string, path: string): string {
  const base = withoutTrailingSlashes(endpoint);
  return base.endsWith(path) ? base : `${base}${path}`;
}

/** The key of the control API goes to its own server only. */
function endpointKey(endpoint: string): string | undefined {
  const own = process.env['BLUE_GREEN_ENDPOINT_KEY'];
  if (own) return own;
  const control = process.env['BLUE_GREEN_URL'] ?? '';
  const isOurs =
    URL.canParse(control) && URL.canParse(endpoint) && new URL(control).origin === new URL(endpoint).origin;
  return isOurs ? keyInEnvironment() : undefined;
}

/** The first names, safe for a terminal. */
function namesOf(models: readonly string[]): string {
  return plain(models.slice(0, 8).join(', '));
}

function modelsIn(json: unknown): string[] | undefined {
  if (!isObject(json) || !Array.isArray(json['data'])) return undefined;
  return json['data'].flatMap((entry: unknown) => (isObject(entry) ? (stringAt(entry, 'id') ?? []) : []));
}
