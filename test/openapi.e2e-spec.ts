import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { compileErrors, validate } from '@readme/openapi-parser';
import { CONTROL_CONTROLLERS } from '../lib/http/control/controllers.js';
import { GATEWAY_CONTROLLERS } from '../lib/http/gateway.controllers.js';
import { buildOpenApi, undescribed } from '../lib/http/openapi/document.js';
import { endpointsOf } from '../lib/http/openapi/endpoints.js';
import { ADAPTERS } from './support/app.js';
import { controlOptions, OPERATOR, OPERATOR_ONLY } from './support/control.js';
import { KEY, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const FILE = new URL('../../docs/openapi.json', import.meta.url);

/** Everything at its usual place. */
const MOUNTED = [
  ...CONTROL_CONTROLLERS.map((controller) => ({ controller, path: 'v1' })),
  ...GATEWAY_CONTROLLERS.map((controller) => ({ controller, path: '/' })),
];

interface Operation {
  readonly security?: readonly Record<string, readonly string[]>[];
  readonly responses: Readonly<Record<string, { readonly $ref?: string }>>;
}
interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const document = buildOpenApi(MOUNTED) as unknown as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
);

/** Names of fields and parameters in a part of the document, and in what it refers to. */
function namesIn(part: unknown, seen = new Set<unknown>()): string[] {
  if (typeof part !== 'object' || part === null || seen.has(part)) return [];
  seen.add(part);
  return Object.entries(part).flatMap(([key, value]: [string, unknown]) => {
    if (key === '$ref') return namesIn(at(String(value)), seen);
    const own = key === 'properties' ? Object.keys(value as object) : [];
    const parameters = Array.isArray(value) && key === 'parameters' ? value.map(({ name }) => String(name)) : [];
    return [...own, ...parameters, ...namesIn(value, seen)];
  });
}

function at(reference: string): unknown {
  const steps = reference.split('/').slice(1);
  return steps.reduce<unknown>((found, step) => (found as Record<string, unknown>)[step], document);
}

describe('the OpenAPI document', () => {
  test('describes every endpoint of the gateway and the control API', () => {
    // A new one needs @Operation({ summary, query, body, answer }) beside its @Get or @Post.
    expect(undescribed(MOUNTED)).toEqual([]);
    expect(operations).toHaveLength(endpointsOf(MOUNTED).length);
  });

  test('is valid OpenAPI 3.1', async () => {
    const result = await validate(structuredClone(document) as never);
    expect(result.valid ? '' : compileErrors(result)).toBe('');
    expect(document.openapi).toBe('3.1.0');
  });

  test('is the one in docs/openapi.json', () => {
    const now = `${JSON.stringify(document, null, 2)}\n`;
    // To renew it: npm run -s build && RENEW=1 npm run -s test:jest -- openapi && npm run -s format
    if (process.env['RENEW'] === '1') writeFileSync(FILE, now);
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(JSON.parse(now));
  });

  test('has names in snake case, but for those that scripts know otherwise', () => {
    const odd = Object.entries(document.paths).flatMap(([path, methods]) =>
      namesIn(methods)
        .filter((name) => !/^[a-z0-9_.-]+$/.test(name))
        .map((name) => `${path}: ${name}`),
    );
    const known = ['testModel', 'dryRun', 'rateLimit', 'expiresAt'].map((name) => `/v1/auth/validate: ${name}`);
    expect(new Set(odd)).toEqual(new Set(known));
  });

  test.each(operations)('$name says which scope it needs, and how it refuses', ({ operation }) => {
    const scopes = operation.security?.flatMap((requirement) => Object.values(requirement).flat());
    expect(['any', 'inference', 'read', 'operate']).toContain(scopes?.[0]);
    expect(new Set(scopes).size).toBe(1);
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403', '429']));
  });
});

describe.each(ADAPTERS)('GET /openapi.json, on %s', (adapter) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage.close());

  test('is the document of what is mounted, where it is mounted, for keys that may read', async () => {
    const app = await startGateway(stage, adapter, {
      options: { ...controlOptions, gateway: false, controlApi: { path: 'ops' } },
      configure: (other) => void other.setGlobalPrefix('api'),
    });
    const ask = (key: string) =>
      fetch(`${urlOf(app)}/api/ops/openapi.json`, { headers: { authorization: `Bearer ${key}` } });
    const served = (await (await ask(OPERATOR)).json()) as Document;
    expect(served.servers).toEqual([{ url: '/api' }]);
    expect(Object.keys(served.paths)).toContain('/ops/models/versions');
    expect(Object.keys(served.paths).filter((path) => path.includes('chat/completions'))).toEqual([]);
    expect((await ask(KEY)).status).toBe(403);
  });

  test('is what the guard does: a key without the scope that stands there gets 403, and a stranger 401', async () => {
    const app = await startGateway(stage, adapter, { options: controlOptions });
    const without = { inference: OPERATOR_ONLY, read: KEY, operate: KEY, any: 'nobody' };
    for (const { name, operation } of operations) {
      const [method = '', path = ''] = name.split(' ');
      const scope = operation.security![0]!['bearer']![0] as keyof typeof without;
      const init = { method, headers: { authorization: `Bearer ${without[scope]}` } };
      const response = await fetch(`${urlOf(app)}${path.replaceAll(/[{}]/g, '')}`, init);
      await response.text();
      expect([name, response.status]).toEqual([name, scope === 'any' ? 401 : 403]);
    }
  });
});
