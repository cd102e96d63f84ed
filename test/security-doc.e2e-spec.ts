import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { DASHBOARD_DATA } from '../lib/dashboard/controllers.js';
import { SCOPES } from '../lib/domain/access-key.js';
import { CONTROL_CONTROLLERS } from '../lib/http/control/controllers.js';
import { GATEWAY_CONTROLLERS } from '../lib/http/gateway.controllers.js';
import { PrometheusController } from '../lib/metrics/prometheus.controller.js';
import { endpointsOf } from '../lib/http/openapi/endpoints.js';

const ROOT = new URL('../../', import.meta.url);
const text = readFileSync(new URL('SECURITY.md', ROOT), 'utf8');

/** The rows below a heading, as the texts of their cells. */
function rowsBelow(heading: string): string[][] {
  const section = text.slice(text.indexOf(`\n## ${heading}\n`)).split('\n## ')[1] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const mounted = [
  ...CONTROL_CONTROLLERS.map((controller) => ({ controller, path: 'v1' })),
  ...GATEWAY_CONTROLLERS.map((controller) => ({ controller, path: '/' })),
  { controller: PrometheusController, path: 'metrics/prometheus' },
  ...DASHBOARD_DATA.map((controller) => ({ controller, path: 'blue-green/api' })),
];

describe('SECURITY.md', () => {
  test('says of every endpoint which scope it needs, as the guard has it', () => {
    const declared = endpointsOf(mounted).map(({ method, path, scope }) => {
      expect([...SCOPES, 'any']).toContain(scope);
      return `\`${method.toUpperCase()} ${path}\` ${scope}`;
    });
    const said = rowsBelow('What a key can do').map(([endpoint, scope]) => `${endpoint} ${scope}`);
    expect(said.toSorted()).toEqual(declared.toSorted());
  });

  test('names tests that are there', () => {
    const files = rowsBelow('What is defended, and where that is tested').flatMap(([, tests = '']) =>
      [...tests.matchAll(/`([^`]+)`/g)].map(([, file]) => file!),
    );
    expect(files.length).toBeGreaterThan(15);
    expect(files.filter((file) => !existsSync(new URL(file, ROOT)))).toEqual([]);
  });
});
