import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { fuzz } from './benchmark.js';

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  jest.spyOn(console, 'log').mockImplementation((line: unknown) => void lines.push(String(line)));
});
afterEach(() => void jest.restoreAllMocks());

test.each(['express', 'fastify'])(
  'hostile calls of the control API break nothing, hold nobody and fill nothing, on %s',
  async (adapter) => {
    const code = await fuzz(['--calls', '400', '--seed', '7', '--adapter', adapter]);
    expect(lines.slice(0, -1)).toEqual([]);
    expect(code).toBe(0);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ calls: 400, 200: expect.any(Number), 422: expect.any(Number) });
  },
  120_000,
);
