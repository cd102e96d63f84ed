import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Weights } from '../domain/weights.js';
import type { EntryAnswer, KeyAnswer } from '../http/control/answers/records.js';
import type { PreflightAnswer, StatusAnswer } from '../http/control/answers/status.js';
import { withoutTrailingSlashes } from '../upstream/endpoint.js';
import { isObject, objectAt, parseJson, stringAt, type JsonObject } from '../kit/json.js';
import { anything, entries, entry, preflight, reportOn, route, routes, rowsIn, validity } from './answers.js';
import type { Shape, Table } from './answers.js';
import { answered, noControlApi, unreachable } from './cli-error.js';

/** The address of the control API, and a key for it. */
export interface ControlTarget {
  /** With the version segment: `http://127.0.0.1:8080/v1`. */
  readonly url: string;
  readonly key: string | undefined;
  /** Longest wait for an answer, milliseconds; event streams are exempt. */
  readonly timeout: number;
}

/** Commands for the rollout of a route. */
export type RolloutCommand = 'start' | 'pause' | 'resume' | 'approve' | 'promote' | 'rollback' | 'shift' | 'restore';

/** The fields that every change takes. */
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
 * Every call may throw a {@link CliError}: the server's refusal, or that there was no answer. No message quotes the
 * key.
 */
export class ControlClient {
  constructor(private readonly target: ControlTarget) {}

  status(): Promise<readonly StatusAnswer[]> {
    return this.#json(routes, 'GET', '/status');
  }

  rollout(alias: string): Promise<StatusAnswer> {
    return this.#json(route, 'GET', `/rollouts/${encodeURIComponent(alias)}`);
  }

  command(alias: string, command: RolloutCommand, body: CommandBody): Promise<JsonObject> {
    return this.#json(anything, 'POST', `/rollouts/${encodeURIComponent(alias)}/${command}`, body);
  }

  /** Checks the environment that a rollout would try. */
  preflight(alias: string, environment: string | undefined): Promise<PreflightAnswer> {
    const path = `/rollouts/${encodeURIComponent(alias)}/preflight`;
    return this.#json(preflight, 'POST', path, environment ? { environment } : {});
  }

  /** @param weights by environment name or version tag, percent. */
  setWeights(alias: string, weights: Weights, body: CommandBody): Promise<JsonObject> {
    return this.#json(anything, 'PATCH', '/routing/policy', { model_alias: alias, routing: { weights }, ...body });
  }

  /** Switches on the health check of the route's split, with the server's default limits. */
  watchSplit(alias: string, body: CommandBody): Promise<JsonObject> {
    const check = { model_alias: alias, health_check: { enabled: true }, ...body };
    return this.#json(anything, 'PATCH', '/routes/traffic', check);
  }

  /** Any list or report, as the server sent it. @param field the name of the list of rows. */
  read(path: string, query: Query, field = 'data'): Promise<Table> {
    return this.#json(rowsIn(field), 'GET', `${path}${queryOf(query)}`);
  }

  /** A report on one route, as the server sent it. */
  reportOn(path: string, alias: string): Promise<JsonObject> {
    return this.#json(reportOn, 'GET', `${path}${queryOf({ model_alias: alias })}`);
  }

  audit(query: AuditQuery): Promise<readonly EntryAnswer[]> {
    return this.#json(entries, 'GET', `/audit${queryOf(query)}`);
  }

  /** @param rollout default: the newest. */
  async report(alias: string, format: 'md' | 'html', rollout: string | undefined): Promise<string> {
    const path = `/rollouts/${encodeURIComponent(alias)}/report${queryOf({ format, rollout })}`;
    const signal = AbortSignal.timeout(this.target.timeout);
    const response = await this.#call('GET', path, undefined, { headers: {}, signal });
    this.#expect(response, format === 'md' ? 'text/markdown' : 'text/html');
    return response.text().catch((error: unknown) => {
      throw unreachable(this.target.url, error);
    });
  }

  validateKey(testModel: string | undefined, dryRun: boolean): Promise<KeyAnswer> {
    return this.#json(validity, 'POST', '/auth/validate', { testModel, dryRun });
  }

  /** Journal entries as they are written. Ends when the server ends the stream or `signal` aborts. */
  async *events(lastEventId: string | undefined, signal: AbortSignal): AsyncGenerator<EntryAnswer> {
    const headers = { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
    const response = await this.#call('GET', '/events', undefined, { headers, signal });
    this.#expect(response, 'text/event-stream');
    const { body } = response;
    if (!body) return;
    const reader = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
    // `fetch` holds its signal weakly: after a garbage collection an abort no longer reaches the body.
    const leave = (): void => void reader.cancel().catch(() => undefined);
    signal.addEventListener('abort', leave, { once: true });
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        // Alerts share the stream.
        if (next.value.event === 'alert') continue;
        const news = entry(parseJson(next.value.data));
        if (news) yield news;
      }
    } catch (error) {
      if (!signal.aborted) throw unreachable(this.target.url, error);
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
    }
  }

  /** Only an answer that a control API would give is passed on: any server can answer with 200. */
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
  // Of a key that was to be validated, the error is a text.
  const text = isObject(body) ? stringAt(body, 'error') : undefined;
  const message = (error ? stringAt(error, 'message') : text) ?? `The server answered ${response.status}.`;
  return answered(response.status, (error && stringAt(error, 'code')) ?? `http_${response.status}`, message);
}

function queryOf(query: object): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given.toString()}`;
}
