import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { EntryAnswer } from '../../lib/http/control/answers/records.js';
import type { RolloutAnswer, StatusAnswer } from '../../lib/http/control/answers/status.js';
import { json } from './fake-provider.js';

export const CONTROL_KEY = 'a-key-that-may-operate';

/** A request as the control API saw it. */
export interface ControlCall {
  readonly call: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Its reports. */
const REPORTS: Readonly<Record<string, object>> = {
  'GET /alerts?limit=2': { data: [{ type: 'rollback', at: 0, route: 'chat', message: 'too\u001b[31m slow' }] },
  'GET /requests?route=chat': { data: [{ version_tag: 'blue-1', latency_ms: 12.5, outcome: 'ok' }] },
  'GET /cost/report?model_alias=chat': {
    model_alias: 'chat',
    environments: [
      { environment: 'blue', cost: 2, elsewhere: [{ environment: 'green', cost: 1, saving: 0.5 }] },
      { environment: 'green', cost: 0, elsewhere: [] },
    ],
    cheaper: { environment: 'green', saving: 0.5 },
  },
  'GET /budgets': { data: [{ scope: 'app', limit: 500, spent: 12.5, reserved: 0 }] },
  'GET /shadow/report?model_alias=chat': { model_alias: 'chat', compared: 40 },
};

const WEIGHTS_SET: EntryAnswer = {
  revision: 7,
  at: 0,
  route: 'chat',
  type: 'WeightsSet',
  actor: 'ada',
  reason: 'too terse',
  evidence: [],
};

const FIGURES: StatusAnswer['environments'][string]['total'] = {
  request_count: 100,
  bound_count: 0,
  error_count: 2,
  errors_by_class: {},
  error_rate: 0.015,
  latency_mean_ms: 800,
  latency_p50_ms: 700,
  latency_p95_ms: 1000,
  latency_p99_ms: 1234.5,
  time_to_first_token_p50_ms: null,
  time_to_first_token_p99_ms: null,
  input_tokens: 0,
  output_tokens: 0,
  cost: 0.5,
  cost_per_token: null,
  cost_per_1000_requests: 5,
  unpriced: 0,
};

/** Stands in for the control API: one route, `chat`, that does as it is told and sends events. */
export class FakeControl {
  readonly changes: ControlCall[] = [];
  weights: Record<string, number> = { blue: 90, green: 10 };
  active = 'blue';
  phase: RolloutAnswer['phase'] | undefined;
  /** What a rollback says of itself. */
  changesTraffic = true;
  /** What pre-flight finds. */
  isFit = true;
  /** Answers the next change with this error instead. */
  refusal: { readonly status: number; readonly code: string; readonly message: string } | undefined;
  #streams = new Set<ServerResponse>();
  #open: () => void = () => undefined;
  readonly #opened = new Promise<void>((resolve) => (this.#open = resolve));

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeControl> {
    const server = createServer();
    const control = new FakeControl(server);
    server.on('request', (request, response) => void control.#serve(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return control;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Resolves once somebody listens to the events. */
  get listened(): Promise<void> {
    return this.#opened;
  }

  emit(type: string, reason: string): void {
    const entry: EntryAnswer = { revision: 8, at: 0, route: 'chat', type, actor: 'system', reason, evidence: [] };
    for (const stream of this.#streams) stream.write(`id: 8\ndata: ${JSON.stringify(entry)}\n\n`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const part of request) chunks.push(part as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const call = `${request.method} ${(request.url ?? '').replace('/v1', '')}`;
    if (request.headers.authorization !== `Bearer ${CONTROL_KEY}`) {
      json(response, 401, { error: { code: 'invalid_key', message: 'The key is not known.', type: 'x' } });
    } else if (call === 'GET /events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      this.#streams.add(response);
      this.#open();
    } else if (call.startsWith('GET /rollouts/chat/report')) {
      const type = call.endsWith('format=html') ? 'text/html' : 'text/markdown';
      response.writeHead(200, { 'content-type': type }).end(`# Rollout of chat\n\n${call}\n`);
    } else if (request.method !== 'GET') {
      this.#change({ call, body: text === '' ? {} : (JSON.parse(text) as ControlCall['body']) }, response);
    } else if (call.startsWith('GET /audit')) {
      json(response, 200, { object: 'list', data: [WEIGHTS_SET], next_revision: 8 });
    } else if (Object.hasOwn(REPORTS, call)) {
      json(response, 200, REPORTS[call]);
    } else {
      json(response, 200, call === 'GET /status' ? { object: 'list', data: [this.#status()] } : this.#status());
    }
  }

  #change(change: ControlCall, response: ServerResponse): void {
    this.changes.push(change);
    if (this.refusal) {
      const { status, ...error } = this.refusal;
      json(response, status, { error: { ...error, type: 'invalid_request_error' } });
      return;
    }
    if (change.call.endsWith('/preflight')) {
      const key = { tier: 'key', status: this.isFit ? 'pass' : 'fail', message: 'the provider accepts the key' };
      json(response, 200, { status: this.isFit ? 'healthy' : 'unhealthy', can_deploy: this.isFit, checks: [key] });
    } else if (change.call === 'POST /auth/validate') json(response, 200, { valid: true, quota: null });
    else if (change.call.endsWith('/rollback'))
      json(response, 200, { ...this.#status(), changed: this.changesTraffic });
    else json(response, 200, { status: 'updated' });
  }

  #status(): StatusAnswer {
    const environments = Object.entries(this.weights).map(([name, weight]) => [
      name,
      { display_name: name, version: `${name}-1`, model: 'm', weight, share: 0, total: FIGURES, recent: FIGURES },
    ]);
    return {
      route: 'chat',
      revision: 7,
      active: this.active,
      weights: this.weights,
      canary_active: this.phase !== undefined,
      canary_percentage: this.weights['green'] ?? 0,
      environments: Object.fromEntries(environments) as StatusAnswer['environments'],
      started_at: 0,
      warnings: [],
      ...(this.phase && { rollout: rolloutIn(this.phase) }),
    };
  }
}

function rolloutIn(phase: RolloutAnswer['phase']): RolloutAnswer {
  const waits_for = 'reason' in phase && phase.name !== 'Paused' ? phase.reason : '';
  return { id: 'r', from: 'blue', to: 'green', phase, steps: 4, started_at: 0, waits_for, since: phase.since };
}
