import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { JournalEntry } from '../domain/events.js';
import type { Weights } from '../domain/weights.js';
import { withoutTrailingSlashes } from '../upstream/endpoint.js';
import { isObject, objectAt, parseJson, stringAt } from '../upstream/json.js';
import { answered, unreachable } from './cli-error.js';
import { statusesIn, type RouteView } from './route-view.js';

/** Where the control API is, and the key that opens it. */
export interface ControlTarget {
  /** With the version segment: `http://127.0.0.1:8080/v1`. */
  readonly url: string;
  readonly key: string | undefined;
  /** Longest wait for an answer, milliseconds; event streams are exempt. */
  readonly timeout: number;
}

/** Commands on the rollout of a route. */
export type RolloutCommand = 'start' | 'pause' | 'resume' | 'approve' | 'promote' | 'rollback' | 'shift' | 'restore';

/** What every change says about itself. */
export interface CommandBody {
  readonly reason?: string | undefined;
  readonly expected_revision?: number | undefined;
  readonly [parameter: string]: unknown;
}

export interface AuditQuery {
  readonly route?: string | undefined;
  readonly from_revision?: number | undefined;
  readonly limit?: number | undefined;
}

type Query = Readonly<Record<string, string | number | undefined>>;

const USER_AGENT = 'blue-green-cli';

/**
 * The control API over HTTP.
 *
 * Every call throws a {@link CliError}: what the server says, or that nobody answered. The key is in no message.
 */
export class ControlClient {
  constructor(private readonly target: ControlTarget) {}

  async status(): Promise<readonly RouteView[]> {
    return statusesIn(await this.#json('GET', '/status'));
  }

  async rollout(route: string): Promise<RouteView | undefined> {
    return statusesIn(await this.#json('GET', `/rollouts/${encodeURIComponent(route)}`))[0];
  }

  command(route: string, command: RolloutCommand, body: CommandBody): Promise<unknown> {
    return this.#json('POST', `/rollouts/${encodeURIComponent(route)}/${command}`, body);
  }

  /** Whether the environment that would be tried is fit for it. */
  preflight(route: string, environment: string | undefined): Promise<unknown> {
    return this.#json('POST', `/rollouts/${encodeURIComponent(route)}/preflight`, environment ? { environment } : {});
  }

  /** @param weights by environment name or version tag, percent. */
  setWeights(route: string, weights: Weights, body: CommandBody): Promise<unknown> {
    return this.#json('PATCH', '/routing/policy', { model_alias: route, routing: { weights }, ...body });
  }

  /** Has the route's split watched, by the server's default limits. */
  watchSplit(route: string, body: CommandBody): Promise<unknown> {
    return this.#json('PATCH', '/routes/traffic', { model_alias: route, health_check: { enabled: true }, ...body });
  }

  /** Any list or report, as the server has it. */
  read(path: string, query: Query): Promise<unknown> {
    return this.#json('GET', `${path}${queryOf(query)}`);
  }

  async audit(query: AuditQuery): Promise<readonly JournalEntry[]> {
    const answer = await this.read('/audit', { ...query });
    const list = isObject(answer) ? (answer['entries'] ?? answer['events'] ?? answer['data']) : answer;
    return Array.isArray(list) ? list : [];
  }

  /** @param rollout left out: the newest. */
  async report(route: string, format: 'md' | 'html', rollout: string | undefined): Promise<string> {
    const path = `/rollouts/${encodeURIComponent(route)}/report${queryOf({ format, rollout })}`;
    const signal = AbortSignal.timeout(this.target.timeout);
    const response = await this.#call('GET', path, undefined, { headers: {}, signal });
    return response.text().catch((error: unknown) => {
      throw unreachable(this.target.url, error);
    });
  }

  validateKey(testModel: string | undefined, dryRun: boolean): Promise<unknown> {
    return this.#json('POST', '/auth/validate', { testModel, dryRun });
  }

  /** Journal entries as they come about. Ends when the server ends it or `signal` aborts. */
  async *events(lastEventId: string | undefined, signal: AbortSignal): AsyncGenerator<JournalEntry> {
    const headers = { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
    const { body } = await this.#call('GET', '/events', undefined, { headers, signal });
    if (!body) return;
    const reader = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
    // `fetch` holds its signal weakly: once garbage was collected an abort no longer reaches the body, and the connection stays.
    const leave = (): void => void reader.cancel().catch(() => undefined);
    signal.addEventListener('abort', leave, { once: true });
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        // Alerts come by the same way.
        if (next.value.event === 'alert') continue;
        const entry = parseJson(next.value.data);
        if (isObject(entry) && typeof entry['type'] === 'string') yield entry as unknown as JournalEntry;
      }
    } catch (error) {
      if (!signal.aborted) throw unreachable(this.target.url, error);
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
    }
  }

  async #json(method: string, path: string, body?: unknown): Promise<unknown> {
    const signal = AbortSignal.timeout(this.target.timeout);
    const response = await this.#call(method, path, body, { headers: { accept: 'application/json' }, signal });
    const text = await response.text().catch((error: unknown) => {
      throw unreachable(this.target.url, error);
    });
    return text === '' ? {} : parseJson(text);
  }

  async #call(
    method: string,
    path: string,
    body: unknown,
    { headers, signal }: { headers: Record<string, string>; signal: AbortSignal },
  ): Promise<Response> {
    const url = `${withoutTrailingSlashes(this.target.url)}${path}`;
    const { key } = this.target;
    const response = await fetch(url, {
      method,
      signal,
      redirect: 'error',
      headers: {
        ...headers,
        'user-agent': USER_AGENT,
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw unreachable(url, error);
    });
    if (!response.ok) throw await refusalIn(response);
    return response;
  }
}

async function refusalIn(response: Response) {
  const body = parseJson(await response.text().catch(() => ''));
  const error = isObject(body) ? objectAt(body, 'error') : undefined;
  const message = (error && stringAt(error, 'message')) ?? `The server answered ${response.status}.`;
  return answered(response.status, (error && stringAt(error, 'code')) ?? `http_${response.status}`, message);
}

function queryOf(query: object): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given.toString()}`;
}
