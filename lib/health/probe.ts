import type { Clock } from '../kit/clock.js';
import { isModel, type Version } from '../domain/version.js';
import { askBriefly } from '../upstream/ask-briefly.js';
import type { ModelList } from '../upstream/list-models.js';
import { failureFrom, type UpstreamFailure } from '../upstream/upstream-failure.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { Watchdog } from '../upstream/watchdog.js';

/** The known health of an environment. */
export interface EnvironmentHealth {
  /** `degraded`: serves, but with a problem. */
  readonly status: 'up' | 'degraded' | 'down';
  /** The first tier with a problem: the connection, the key or the model. */
  readonly tier?: 'connectivity' | 'key' | 'model' | undefined;
  readonly message: string;
  /** Learned from live traffic, or from a probe. */
  readonly source: 'traffic' | 'probe';
}

/** Health by an upstream's list of models, which answers all three tiers. */
export function healthBy(list: ModelList, model: string): EnvironmentHealth {
  if (list.kind === 'silent') return health('down', 'connectivity', list.message);
  if (list.kind === 'answered') return fromStatus(list.status);
  return list.models.some((name) => isModel(name, model))
    ? health('up', undefined, 'answers')
    : health('degraded', 'model', 'the provider does not list the model');
}

/** A model object lists no models: it is asked for one token. Never rejects. */
export async function askForToken(
  version: Version,
  upstreams: Upstreams,
  timeout: number,
  clock: Clock,
): Promise<EnvironmentHealth> {
  const watchdog = new Watchdog(clock, undefined, upstreams.end);
  watchdog.limit('answer to the probe', timeout);
  try {
    const question = { version, prompt: 'ping', maxTokens: 1, headers: {}, signal: watchdog.signal };
    await askBriefly(question, { upstreams, clock, checkCost: (_version, _dialect, body) => body });
    return health('up', undefined, 'answers');
  } catch (error) {
    return fromFailure(failureFrom(watchdog.reasonOr(error)));
  } finally {
    watchdog.release();
  }
}

function fromFailure({ failure, message, status }: UpstreamFailure): EnvironmentHealth {
  switch (failure) {
    case 'auth':
    case 'quota':
      return health('down', 'key', message);
    case 'not_found':
      return health('down', 'model', message);
    case 'rate_limited':
      return health('degraded', 'key', message);
    case 'network':
    case 'timeout':
    case 'server_error':
    case 'truncated':
    case 'malformed':
      return health('down', 'connectivity', message);
    default:
      return health('up', undefined, `answers, but refuses the probe (${status ?? failure})`);
  }
}

function fromStatus(status: number): EnvironmentHealth {
  if (status === 200) return health('up', undefined, 'answers');
  if (status === 401 || status === 403) return health('down', 'key', `the provider refuses the key (${status})`);
  if (status === 429) return health('degraded', 'key', 'the provider limits our rate (429)');
  if (status >= 500) return health('down', 'connectivity', `the provider is in trouble (${status})`);
  // Not every provider lists its models: an answer of any kind proves the connection.
  return health('up', undefined, `answers, but lists no models (${status})`);
}

function health(
  status: EnvironmentHealth['status'],
  tier: EnvironmentHealth['tier'],
  message: string,
): EnvironmentHealth {
  return { status, tier, message, source: 'probe' };
}
