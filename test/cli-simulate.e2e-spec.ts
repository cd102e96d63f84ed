import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from './support/cli.js';

const simulate = (...args: string[]) => runCli(['simulate', '--trials', '200', ...args]);
/** The chance to find a green five times worse. */
const caught = ({ stdout }: { stdout: string }): number => JSON.parse(stdout).caught[2].chance;

describe('simulate', () => {
  test('says what a schedule would see, and warns of a step that sees nothing; no server is asked', async () => {
    const { code, stdout, stderr } = await simulate('--steps', '5:1m,25:2h,50:2h,100', '--rps', '1');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('5:1m,25:2h,50:2h,100, 1 requests/s, 200 rollouts for each question');
    expect(stdout).toMatch(/A green as good as blue is reverted by mistake: [\d.]+%/);
    expect(stdout).toMatch(/ 2 +25% +2h +7200 +\d+ requests, [\d.]+ (min|h) \(\d+%\)/);
    expect(stdout).toContain('warning: Step 1 (5%) is too short to find even a 5× worse green');
  });

  test('as JSON is one document, the same for the same seed', async () => {
    const args = ['--rps', '5', '--baseline', '2%', '--gates', '2', '--seed', '7', '--json'];
    const [first, second] = await Promise.all([simulate(...args), simulate(...args)]);
    expect(first.stdout).toBe(second.stdout);
    expect(JSON.parse(first.stdout)).toMatchObject({
      schedule: [{ weight: 5 }, { weight: 25 }, { weight: 50 }, { weight: 100 }],
      conditions: { requestsPerSecond: 5, baselineRate: 0.02, ratio: 1, alpha: 0.025 },
      trials: 200,
      seed: 7,
      falseRollback: expect.any(Number),
      caught: [{ times: 2 }, { times: 3 }, { times: 5 }],
    });
  });

  test.each([
    [[], 0.025],
    [['--gates', '1'], 0.025],
    [['--gates', '4'], 0.025],
    [['--alpha', '0.02'], 0.01],
  ])('gives the comparison the half that the job gives it: %j', async (args, alpha) => {
    const { stdout } = await simulate('--rps', '5', '--json', ...args);
    expect(JSON.parse(stdout)).toMatchObject({ conditions: { alpha, mixture: 0.125 } });
  });

  test('knows users who come back, and clients that ask again', async () => {
    const steps = ['--steps', '25:4h,100', '--rps', '5'];
    const [all, few, patient] = await Promise.all([
      simulate(...steps, '--json'),
      simulate(...steps, '--users', '40', '--json'),
      simulate(...steps, '--retries', '6', '--json'),
    ]);
    expect(caught(all)).toBe(1);
    expect(caught(few)).toBeLessThan(0.2);
    expect(JSON.parse(patient.stdout)).toMatchObject({ conditions: { retries: 6 } });
  });

  test('proposes a schedule that can be passed back to it', async () => {
    const { stdout } = await simulate('--rps', '20', '--detect', '2', '--within', '4h');
    const [, steps] = /^--steps (\S+)\n/.exec(stdout) ?? [];
    expect(stdout).toMatch(/detects a green 2× worse with a chance of (> )?\d+%/);
    expect((await simulate('--rps', '20', '--steps', steps!)).code).toBe(0);
  });

  test('refuses to promise what cannot be seen in time, and says how long it takes', async () => {
    const { code, stderr } = await simulate('--rps', '0.1', '--detect', '2', '--within', '1h');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /A green 2× worse cannot be detected within 1h\.\n +With half of the traffic it takes [\d.]+ h/,
    );
  });

  test.each([
    [['--rps', '0']],
    [['--rps', '5', '--baseline', '0%']],
    [['--rps', '5', '--alpha', '0']],
    [['--rps', '5', '--gates', '0']],
    [['--rps', '5', '--users', '0']],
    [['--rps', '5', '--detect', '2']],
    [['--rps', '5', '--detect', '1', '--within', '1h']],
    [['--rps', '5', '--detect', '2', '--within', '1h', '--steps', '5:1h,100']],
    [['--rps', '5', '--steps', '5,100']],
    [['--rps', '5', '--route', 'chat']],
    [['--rps', '5', '--trials', '5']],
    [[]],
  ])('%j is wrong usage', async (args) => {
    const { code, stdout, stderr } = await simulate(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('error: ');
  });
});

describe('simulate --config', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'blue-green-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (gates = ''): string => {
    const path = join(folder, 'blue-green.yaml');
    const text = `relay: { base_url: http://127.0.0.1:9/v1, api_key: k }
models: { chat: gpt-4o, search: gpt-4o-mini }
rollout: { steps: [{ setWeight: 10, duration: 30m }, { setWeight: 100, duration: 5m }]${gates} }
keys: [{ name: web, key: a-key-of-the-gateway }]
`;
    writeFileSync(path, text);
    return path;
  };

  test('tries the schedule of a route', async () => {
    const { stdout } = await simulate('--rps', '5', '--config', file(), '--route', 'chat', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      schedule: [
        { weight: 10, duration: 1_800_000 },
        { weight: 100, duration: 300_000 },
      ],
    });
  });

  test('has the tolerance and the part of alpha of its gate', async () => {
    const gates = ', alphaTotal: 0.04, gates: [{ kind: errorRate, tolerance: 0.5 }, { kind: latency, tolerance: 1 }]';
    const args = ['--rps', '5', '--route', 'chat', '--json'];
    const { stdout } = await simulate(...args, '--config', file(gates));
    expect(JSON.parse(stdout)).toMatchObject({ conditions: { ratio: 1.5, alpha: 0.02 } });
    const { code, stderr } = await simulate(...args, '--config', file(', gates: []'));
    expect(code).toBe(2);
    expect(stderr).toContain('compares no error rates');
  });

  test('asks which route, and names those there are', async () => {
    const [unnamed, unknown] = await Promise.all([
      simulate('--rps', '5', '--config', file()),
      simulate('--rps', '5', '--config', file(), '--route', 'nobody'),
    ]);
    expect([unnamed.code, unknown.code]).toEqual([2, 2]);
    expect(unnamed.stderr).toContain('Name one with --route: chat, search.');
    expect(unknown.stderr).toContain('Use one of: chat, search.');
  });
});
