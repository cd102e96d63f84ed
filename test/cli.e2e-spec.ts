import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ended, runCli, startCli } from './support/cli.js';
import { CONTROL_KEY, FakeControl } from './support/fake-control.js';
import { FakeProvider } from './support/fake-provider.js';

const { version: packageVersion } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

describe('the command line', () => {
  let control: FakeControl;

  beforeEach(async () => {
    control = await FakeControl.start();
  });
  afterEach(() => control.stop());

  const env = () => ({ BLUE_GREEN_URL: control.url, BLUE_GREEN_KEY: CONTROL_KEY });
  const run = (...args: string[]) => runCli(args, env());

  describe('status', () => {
    test('shows weights, figures and rollout in columns', async () => {
      control.phase = { name: 'Progressing', step: 1, since: 0, approved: false };
      const { code, stdout, stderr } = await run('status');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toBe(
        [
          'chat: blue 90%, green 10%; step 2 of 4',
          '  environment  version  weight  requests  errors      p99     cost',
          '  blue (live)  blue-1      90%       100    1.5%  1235 ms  $0.5000',
          '  green        green-1     10%       100    1.5%  1235 ms  $0.5000',
          '  blue → green  [######------------------] 1 of 4 steps done',
          '  Progressing since 1970-01-01T00:00:00Z',
          '',
        ].join('\n'),
      );
    });

    test('as JSON is one document', async () => {
      const { stdout } = await run('status', '--json');
      expect(JSON.parse(stdout)).toMatchObject({ routes: [{ route: 'chat', weights: { blue: 90, green: 10 } }] });
    });

    test('ends with 1 after a rollback, when a pipeline asks for it', async () => {
      control.phase = { name: 'RolledBack', since: 0, reason: 'error rate 9 %' };
      expect((await run('status')).code).toBe(0);
      const { code, stdout } = await run('status', '--exit-code');
      expect(code).toBe(1);
      expect(stdout).toContain('because: error rate 9 %');
    });

    test('--watch looks again at every event, and ends with the rollout', async () => {
      control.phase = { name: 'Progressing', step: 0, since: 0, approved: false };
      const cli = startCli(['status', '--watch', '--exit-code'], env());
      const over = ended(cli);
      await control.listened;
      control.phase = { name: 'RolledBack', since: 0, reason: 'error rate 9 %' };
      control.weights = { blue: 100, green: 0 };
      control.emit('RolledBack', 'error rate 9 %');
      const { code, stdout } = await over;
      expect(code).toBe(1);
      const lines = stdout.trim().split('\n');
      expect(lines[0]).toBe('chat: blue 90%, green 10%; step 1 of 4 | blue 1.5% errors | green 1.5% errors');
      expect(lines.at(-1)).toContain('chat: blue 100%, green 0%; RolledBack');
    });
  });

  describe('the verbs on a rollout', () => {
    test.each(['start', 'pause', 'resume', 'approve', 'promote'])(
      '%s says why, and on which revision',
      async (verb) => {
        const { code, stdout } = await run(verb, '--reason', 'because', '--expected-revision', '7');
        expect(code).toBe(0);
        expect(stdout).toContain('chat: blue 90%, green 10%');
        const body = { reason: 'because', expected_revision: 7 };
        expect(control.changes).toEqual([{ call: `POST /rollouts/chat/${verb}`, body }]);
      },
    );

    test('as JSON each is one document', async () => {
      const { stdout } = await run('promote', '--json');
      expect(JSON.parse(stdout)).toMatchObject({ verb: 'promote', route: 'chat', status: { active: 'blue' } });
    });
  });

  test('a reader that leaves early ends the output, not with a stack', async () => {
    const cli = startCli(['status'], env());
    cli.stdout.destroy();
    const { code, stderr } = await ended(cli);
    expect([code, stderr]).toEqual([0, '']);
  });

  test('start goes ahead by force where it is told to', async () => {
    await run('start', '--force', '--reason', 'it comes up at nine');
    expect(control.changes).toMatchObject([{ body: { force: true, reason: 'it comes up at nine' } }]);
  });

  test('preflight shows what was looked at, and ends badly when a rollout would not start', async () => {
    expect(await run('preflight')).toMatchObject({ code: 0, stdout: expect.stringContaining('key           pass') });
    control.isFit = false;
    const { code, stderr } = await run('preflight', '--environment', 'green');
    expect([code, stderr]).toEqual([1, expect.stringContaining('would not start')]);
    expect(control.changes.at(-1)).toEqual({ call: 'POST /rollouts/chat/preflight', body: { environment: 'green' } });
  });

  describe('rollback', () => {
    test.each([
      [[], undefined],
      [['--environment', 'green'], 'green'],
      [['--environment', 'production'], 'production'],
    ])('leaves to the server what it means: %j', async (args, environment) => {
      expect((await run('rollback', ...args)).code).toBe(0);
      expect(control.changes.map(({ call }) => call)).toEqual(['POST /rollouts/chat/rollback']);
      expect(control.changes[0]!.body['environment']).toBe(environment);
    });

    test.each([
      [[], 'all of the traffic is on "blue"'],
      [['--environment', 'green'], '"green" has no traffic. To give it some: blue-green traffic-shift --green 100'],
    ])('says when there was nothing to roll back: %j', async (args, because) => {
      control.weights = { blue: 100, green: 0 };
      control.changesTraffic = false;
      const { code, stdout } = await run('rollback', ...args);
      expect([code, stdout.split('\n')[0]]).toEqual([0, `Nothing to roll back: ${because}`]);
    });

    test('of a name that the server does not know is wrong usage', async () => {
      control.refusal = { status: 422, code: 'unknown_environment', message: 'Route "chat" has no environment "red".' };
      const { code, stderr } = await run('rollback', '--environment', 'red');
      expect([code, stderr]).toEqual([2, expect.stringContaining('no environment "red"')]);
    });
  });

  test('canary gives it its share, and the live one the rest', async () => {
    expect((await run('canary', '--percentage', '12.5')).code).toBe(0);
    const body = { model_alias: 'chat', routing: { weights: { blue: 87.5, green: 12.5 } } };
    expect(control.changes).toMatchObject([{ call: 'PATCH /routing/policy', body }]);
  });

  test('traffic-shift takes any environment as a flag', async () => {
    expect((await run('traffic-shift', '--blue', '100', '--green=0', '--route', 'chat')).code).toBe(0);
    expect(control.changes).toMatchObject([{ body: { routing: { weights: { blue: 100, green: 0 } } } }]);
  });

  test('report prints the newest rollout on one page', async () => {
    const { code, stdout } = await run('report', '--format', 'html');
    expect([code, stdout]).toEqual([0, '# Rollout of chat\n\nGET /rollouts/chat/report?format=html\n']);
    expect(JSON.parse((await run('report', '--json')).stdout)).toMatchObject({ route: 'chat', format: 'md' });
    expect((await run('report', '--format', 'pdf')).code).toBe(2);
  });

  test('audit shows who, what and why', async () => {
    const { stdout } = await run('audit', '--limit', '5');
    expect(stdout).toContain('7  1970-01-01T00:00:00.000Z  chat   WeightsSet  ada  too terse');
    expect(JSON.parse((await run('audit', '--json')).stdout)).toMatchObject({ entries: [{ revision: 7 }] });
  });

  test.each([
    [
      ['alerts', '--limit', '2'],
      'type      at                        route  message\nrollback  1970-01-01T00:00:00.000Z  chat   too [31m slow\n',
    ],
    [['requests', '--route', 'chat'], 'version_tag  latency_ms  outcome\nblue-1             12.5  ok\n'],
    [
      ['cost'],
      [
        'environment  cost\nblue            2\ngreen           0\n',
        'traffic_of  on     cost  saving\nblue        green     1     0.5\n',
        'cheaper than the live environment:\nenvironment  saving\ngreen           0.5\n',
      ].join('\n'),
    ],
    [['budgets'], 'scope  limit  spent  reserved\napp      500   12.5         0\n'],
    [['shadow'], 'figure       value\nmodel_alias  chat\ncompared     40\n'],
  ])('%j is a table, and with --json what the server says', async (args, expected) => {
    const { code, stdout } = await run(...args);
    expect([code, stdout]).toEqual([0, expected]);
    expect(Object.keys(JSON.parse((await run(...args, '--json')).stdout) as object).length).toBeGreaterThan(0);
  });

  test('events --follow shows each event as it comes about, until it is told to end', async () => {
    const cli = startCli(['events', '--follow', '--json'], env());
    const over = ended(cli);
    await control.listened;
    cli.stdout.once('data', () => cli.kill('SIGINT'));
    control.emit('RolloutPaused', 'paused by hand');
    const { code, stdout } = await over;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'RolloutPaused', revision: 8 });
  });

  test('validate asks the server about the key', async () => {
    const { code, stdout } = await run('validate', '--test-model', 'chat');
    expect([code, stdout]).toEqual([0, 'key     ok  valid\n']);
    expect(control.changes).toEqual([{ call: 'POST /auth/validate', body: { testModel: 'chat', dryRun: true } }]);
  });

  describe('verify', () => {
    let provider: FakeProvider;

    beforeEach(async () => {
      provider = await FakeProvider.start();
      provider.models = ['gpt-4o', 'gpt-4.1'];
    });
    afterEach(() => provider.stop());

    test('tells of connectivity, key and models', async () => {
      const { code, stdout } = await run('verify', '--endpoint', provider.baseUrl, '--model', 'gpt-4o');
      expect(code).toBe(0);
      expect(stdout).toContain('models        ok      2: gpt-4o, gpt-4.1');
      // The control API's key is not for strangers.
      expect(provider.seen[0]!.headers.authorization).toBeUndefined();
    });

    test('takes the address of the models as well', async () => {
      const { code, stdout } = await run('verify', '--endpoint', `${provider.baseUrl}/models/`);
      expect([code, stdout]).toEqual([0, expect.stringContaining('models        ok      2: gpt-4o, gpt-4.1')]);
    });

    test('misses a model', async () => {
      const { code, stderr } = await run('verify', '--endpoint', provider.baseUrl, '--model', 'o9');
      expect(code).toBe(1);
      expect(stderr).toContain('has no model "o9"');
    });

    test('hears when the key is refused', async () => {
      expect((await runCli(['verify', '--endpoint', control.url, '--key', 'wrong'])).code).toBe(4);
    });

    test('says when nobody is there, and which address to check', async () => {
      const { code, stderr } = await run('verify', '--endpoint', 'http://127.0.0.1:9/v1');
      expect([code, stderr]).toEqual([3, expect.stringContaining('Check the address (--endpoint)')]);
      expect(stderr).not.toContain('BLUE_GREEN_URL');
    });
  });

  describe('what goes wrong', () => {
    test('a key that is not known ends with 4, and is shown nowhere', async () => {
      const { code, stdout, stderr } = await runCli(['status', '--url', control.url, '--key', 'sk-wrong-secret']);
      expect([code, stdout]).toEqual([4, '']);
      expect(stderr.split('\n')).toHaveLength(3);
      expect(stderr).toContain('error: The key is not known.');
      expect(stderr).not.toContain('sk-wrong-secret');
    });

    test('a conflict ends with 5, with JSON too', async () => {
      control.refusal = { status: 409, code: 'revision_conflict', message: 'The journal is at 9.' };
      const { code, stdout } = await run('promote', '--json');
      expect(code).toBe(5);
      expect(JSON.parse(stdout)).toMatchObject({
        error: { code: 'revision_conflict', message: 'The journal is at 9.' },
      });
    });

    test.each([
      [500, 'internal_error', 1],
      [422, 'invalid_weights', 2],
      [404, 'unknown_version', 2],
    ])('what is refused with %i, %s ends with %i', async (status, code, exitCode) => {
      control.refusal = { status, code, message: 'No.' };
      expect((await run('canary', '--percentage', '5')).code).toBe(exitCode);
    });

    test('a failed pre-flight says what can be done about it', async () => {
      control.refusal = { status: 424, code: 'preflight_failed', message: 'key, the provider refuses the key (401).' };
      const { code, stderr } = await run('start');
      expect([code, stderr]).toEqual([1, expect.stringContaining('--force with a --reason')]);
    });

    test('whoever answers and is not a control API is found out', async () => {
      const { code, stdout, stderr } = await run('validate', '--url', control.url.replace('/v1', '/elsewhere'));
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('is not a control API.');
    });

    test.each([
      [['--blu', '90', '--green', '10'], 'Did you mean blue?'],
      [['--blu', '90'], 'Did you mean --blue?'],
      [['--blu'], 'Did you mean --blue?'],
      [['--blue', '90', '--green', '10', '--resaon', 'x'], 'Did you mean --reason?'],
    ])('traffic-shift %j says what is meant', async (args, hint) => {
      const { code, stderr } = await run('traffic-shift', ...args);
      expect(code).toBe(2);
      expect(stderr).toContain(hint);
      expect(control.changes).toEqual([]);
    });

    test('nobody there ends with 3', async () => {
      expect((await runCli(['status', '--url', 'http://127.0.0.1:9/v1'])).code).toBe(3);
    });

    test.each([
      [['canary']],
      [['canary', '--percentage', '101']],
      [['canary', '--percentage', '5', '--environment', 'red']],
      [['traffic-shift', '--blue', '90', '--green', '5']],
      [['traffic-shift', '--red', '100']],
      [['traffic-shift']],
      [['status', '--route', 'nowhere']],
      [['status', '--url', 'ftp://x']],
      [['audit', '--limit', 'many']],
      [['dance']],
      [['serve']],
      [['serve', '--port', '99999', '--config', 'blue-green.yaml']],
      [['validate', '--config', 'nowhere.yaml']],
      [['start', '--force']],
    ])('%j is wrong usage and changes nothing', async (args) => {
      const { code, stdout, stderr } = await run(...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).not.toBe('');
      expect(control.changes).toEqual([]);
    });
  });

  test('--version is that of the package', async () => {
    expect(await run('--version')).toMatchObject({ code: 0, stdout: `${packageVersion}\n` });
  });

  test('--help has examples and exit codes', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('blue-green traffic-shift --blue 100 --green 0');
    expect(stdout).toContain('3 unreachable');
  });
});
