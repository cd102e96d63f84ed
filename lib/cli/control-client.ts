import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { JournalEntry } from '../domain/events.js';
import type { Weights } from '../domain/weights.js';
import { withoutTrailingSlashes } from '../upstream/endpoint.js';
import { isObject, objectAt, parseJson, stringAt, type JsonObject } from '../kit/json.js';
import { anything, entries, preflight, reportOn, route, routes, rowsIn, validity } from './answers.js';
import type { Preflight, Report, Shape } from './answers.js';
import { answered, noControlApi, unreachable } from './cli-error.js';
import type { RouteView } from './route-view.js';

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

  status(): Promise<readonly RouteView[]> {
    return this.#json(routes, 'GET', '/status');
  }

  rollout(alias: string): Promise<RouteView> {
    return this.#json(route, 'GET', `/rollouts/${encodeURIComponent(alias)}`);
  }

  command(alias: string, command: RolloutCommand, body: CommandBody): Promise<unknown> {
    return this.#json(anything, 'POST', `/rollouts/${encodeURIComponent(alias)}/${command}`, body);
  }

  /** Whether the environment that would be tried is fit for it. */
  preflight(alias: string, environment: string | undefined): Promise<Preflight> {
    const path = `/rollouts/${encodeURIComponent(alias)}/preflight`;
    return this.#json(preflight, 'POST', path, environment ? { environment } : {});
  }

  /** @param weights by environment name or version tag, percent. */
  setWeights(alias: string, weights: Weights, body: CommandBody): Promise<JsonObject> {
    return this.#json(anything, 'PATCH', '/routing/policy', { model_alias: alias, routing: { weights }, ...body });
  }

  /** Has the route's split watched, by the server's default limits. */
  watchSplit(alias: string, body: CommandBody): Promise<JsonObject> {
    const check = { model_alias: alias, health_check: { enabled: true }, ...body };
    return this.#json(anything, 'PATCH', '/routes/traffic', check);
  }

  /** Any list or report, as the server has it. @param field where its rows stand. */
  read(path: string, query: Query, field = 'data'): Promise<Report> {
    return this.#json(rowsIn(field), 'GET', `${path}${queryOf(query)}`);
  }

  /** A report on one route, as the server has it. */
  reportOn(path: string, alias: string): Promise<JsonObject> {
    return this.#json(reportOn, 'GET', `${path}${queryOf({ model_alias: alias })}`);
  }

  audit(query: AuditQuery): Promise<readonly JournalEntry[]> {
    return this.#json(entries, 'GET', `/audit${queryOf(query)}`);
  }

  /** @param rollout left out: the newest. */
  async report(alias: string, format: 'md' | 'html', rollout: string | undefined): Promise<string> {
    const path = `/rollouts/${encodeURIComponent(alias)}/report${queryOf({ format, rollout })}`;
    const signal = AbortSignal.timeout(this.target.timeout);
    const response = await this.#call('GET', path, undefined, { headers: {}, signal });
    this.#expect(response, format === 'md' ? 'text/markdown' : 'text/html');
    return response.text().catch((error: unknown) => {
      throw unreachable(this.target.url, error);
    });
  }

  validateKey(testModel: string | undefined, dryRun: boolean) {
    return this.#json(validity, 'POST', '/auth/validate', { testModel, dryRun });
  }

  /** Journal entries as they come about. Ends when the server ends it or `signal` aborts. */
  async *events(lastEventId: string | undefined, signal: AbortSignal): AsyncGenerator<JournalEntry> {
    const headers = { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
    const response = await this.#call('GET', '/events', undefined, { headers, signal });
    this.#expect(response, 'text/event-stream');
    const { body } = response;
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

  /** What a verb goes on with is what a control API says: anybody can answer with 200. */
  async #json<T>(shape: Shape<T>, method: string, path: string, body?: unknown): Promise<T> {
    const signal = AbortSignal.timeout(this.target.timeout);
    const response = await this.#call(method, path, body, { headers: { accept: 'application/json' }, signal });
    const text = await response.text().catch((error: unknown) => {
      throw unreachable(this.target.url, error);
    });
    const answer = shape(parseJson(text));
    if (answer === undefined) throw noControlApi(response.url);
    return answer;
  }

  #expect({ headers, url, body }: Response, type: string): void {
    if (headers.get('content-type')?.startsWith(type) === true) return;
    void body?.cancel();
    throw noControlApi(url);
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
