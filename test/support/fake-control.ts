import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from './fake-provider.js';

export const CONTROL_KEY = 'a-key-that-may-operate';

/** A request as the control API saw it. */
export interface ControlCall {
  readonly call: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Phase = { readonly name: string } & Readonly<Record<string, unknown>>;

/** What it says of what was measured. */
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

/** Stands in for the control API: one route, `chat`, that does as it is told and sends events. */
export class FakeControl {
  readonly changes: ControlCall[] = [];
  weights: Record<string, number> = { blue: 90, green: 10 };
  active = 'blue';
  phase: Phase | undefined;
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
    const entry = { revision: 8, at: 0, route: 'chat', type, actor: 'system', reason, evidence: [] };
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
      const entry = { revision: 7, at: 0, route: 'chat', type: 'WeightsSet', actor: 'ada', reason: 'too terse' };
      json(response, 200, { entries: [entry], asked: call });
    } else if (Object.hasOwn(REPORTS, call)) {
      json(response, 200, REPORTS[call]);
    } else {
      json(response, 200, call === 'GET /status' ? { routes: [this.#status()] } : this.#status());
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
      const key = { tier: 'key', status: this.isFit ? 'pass' : 'fail', message: 'as it should be' };
      json(response, 200, { status: this.isFit ? 'healthy' : 'unhealthy', can_deploy: this.isFit, checks: [key] });
    } else if (change.call === 'POST /auth/validate') json(response, 200, { valid: true, quota: null });
    else json(response, 200, { status: 'updated' });
  }

  #status() {
    const figures = { requestCount: 100, errorRate: 0.015, latencyP99: 1234.5, cost: 0.5 };
    const environments = Object.entries(this.weights).map(([name, weight]) => [
      name,
      { displayName: name, version: `${name}-1`, model: 'm', weight, total: figures, recent: figures },
    ]);
    const rollout = this.phase && { id: 'r', from: 'blue', to: 'green', phase: this.phase, steps: 4, startedAt: 0 };
    return {
      route: 'chat',
      revision: 7,
      active: this.active,
      weights: this.weights,
      environments: Object.fromEntries(environments) as Record<string, unknown>,
      rollout,
    };
  }
}
