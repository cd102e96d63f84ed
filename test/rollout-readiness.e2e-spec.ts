import { afterEach, describe, expect, test } from '@jest/globals';
import { PreflightError } from 'nestjs-blue-green';
import { answer, fail } from './support/fake-provider.js';
import { Staged } from './support/staged.js';

let staged: Staged;
afterEach(() => staged.sending.stop());

describe('pre-flight', () => {
  test('costs nothing when the provider lists the model, and is kept with the rollout', async () => {
    staged = await Staged.start({});
    await staged.rollouts.start('chat');
    expect(staged.sending.calls).toEqual([0, 0, 0]);
    expect(staged.status.preflight).toMatchObject({ status: 'healthy', canDeploy: true });
  });

  test('asks a provider that lists nothing for one token', async () => {
    staged = await Staged.start({});
    staged.sending.green.models = [];
    expect(await staged.rollouts.preflight('chat')).toMatchObject({ status: 'healthy', canDeploy: true });
    expect(staged.sending.green.calls).toMatchObject([{ body: { model: 'green-model', max_completion_tokens: 1 } }]);
    expect(staged.sending.observed).toEqual([]);
  });

  test('finds a model that is not listed and answers all the same degraded', async () => {
    staged = await Staged.start({});
    staged.sending.green.models = ['another'];
    expect(await staged.rollouts.preflight('chat')).toMatchObject({ status: 'degraded', canDeploy: true });
  });

  test.each([
    [401, 'invalid_api_key', 'key', ['pass', 'fail', 'skipped']],
    [404, 'model_not_found', 'model', ['pass', 'pass', 'fail']],
    [500, 'server_error', 'model', ['pass', 'pass', 'fail']],
  ])('refuses a green that answers %d', async (code, error, tier, checks) => {
    staged = await Staged.start({});
    staged.sending.green.models = [];
    staged.sending.green.always(fail(code, error));
    const refused = await staged.rollouts.start('chat').catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(PreflightError);
    const { message, report } = refused as PreflightError;
    expect(message).toContain(`"green" of route "chat" did not pass pre-flight: ${tier}`);
    expect(report.checks.map((check) => check.status)).toEqual(checks);
    expect(staged.rollouts.status('chat').rollout).toBeUndefined();
  });

  test('refuses a green that cannot be reached, unless somebody says why it must be', async () => {
    staged = await Staged.start({});
    await staged.sending.green.stop();
    await expect(staged.rollouts.start('chat')).rejects.toThrow('connectivity, cannot be reached');
    await expect(staged.rollouts.start('chat', { force: true })).rejects.toThrow(
      /reason is missing .* Say why: it is recorded/,
    );
    await staged.rollouts.start('chat', { force: true, reason: 'it comes up at nine' });
    expect(staged.status.preflight).toMatchObject({ status: 'unhealthy', forced: true });
  });

  test('looks at nobody where it is switched off', async () => {
    staged = await Staged.start({ preflight: { enabled: false } });
    staged.sending.green.always(fail(500));
    await staged.rollouts.start('chat');
    expect([staged.status.preflight, staged.sending.green.seen]).toEqual([undefined, []]);
  });
});

describe('a warm-up', () => {
  test('reaches green at 0%, counts nowhere, and then the canary begins', async () => {
    staged = await Staged.start({ warmUp: { requests: 4, prompts: ['one', 'two'] } });
    const entered = staged.event('StepEntered');
    await staged.rollouts.start('chat');
    expect([staged.status.phase.name, staged.weight]).toEqual(['Warming', 0]);
    await entered;
    expect([staged.status.phase.name, staged.weight]).toEqual(['Progressing', 50]);
    const prompts = staged.sending.green.calls.map(({ body }) => body['messages']);
    expect(prompts).toMatchObject(['one', 'two', 'one', 'two'].map((content) => [{ role: 'user', content }]));
    expect(staged.status.warmUp).toMatchObject({ requests: 4, failed: 0 });
    expect(staged.sending.observed).toEqual([]);
    expect(staged.rollouts.status('chat').environments['green']!.total.requestCount).toBe(0);
  });

  test('that fails ends the rollout before any user was touched, and says why', async () => {
    staged = await Staged.start({ warmUp: {} });
    staged.sending.green.next(answer(), fail(500));
    const ended = staged.event('RolledBack');
    await staged.rollouts.start('chat');
    await ended;
    expect(staged.status).toMatchObject({
      phase: { name: 'RolledBack' },
      waitsFor: expect.stringContaining('server_error'),
    });
    expect(staged.sending.green.calls).toHaveLength(2);
    expect(staged.weight).toBe(0);
  });

  test('that is too slow ends it, too', async () => {
    staged = await Staged.start({ warmUp: { requests: 1, maxLatency: 500 } });
    staged.sending.green.next((request, response) => {
      staged.sending.clock.advance(900);
      return answer()(request, response);
    });
    const ended = staged.event('RolledBack');
    await staged.rollouts.start('chat');
    await ended;
    expect(staged.status.waitsFor).toBe('the median latency of the warm-up was 900 ms, and 500 ms are allowed');
  });

  test('is given up when the rollout is taken back meanwhile', async () => {
    staged = await Staged.start({ warmUp: { requests: 3 } });
    let reached: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => (reached = resolve));
    let go: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    staged.sending.green.always(async (request, response) => {
      reached!();
      await held;
      await answer()(request, response);
    });
    await staged.rollouts.start('chat');
    await asked;
    await staged.rollouts.rollback('chat');
    go!();
    await staged.tick();
    expect([staged.status.phase.name, staged.sending.green.calls.length]).toEqual(['RolledBack', 1]);
  });
});
