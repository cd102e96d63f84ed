import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GATEWAYS } from './support/app.js';
import { KEY } from './support/gateway.js';
import { REQUEST, Sending } from './support/sending.js';
import { Shadowing } from './support/shadowing.js';

describe.each(GATEWAYS)('A pinned conversation, through the gateway on %s', (adapter) => {
  let shadowing: Shadowing;
  let sending: Sending;
  beforeEach(async () => {
    shadowing = await Shadowing.start({ percentage: 0 }, { adapter, conversationPins: { header: 'X-Thread' } });
    ({ sending } = shadowing);
  });
  afterEach(() => shadowing.stop());

  const answeredBy = async (thread: string) => {
    const { headers } = await shadowing.post({}, { 'x-thread': thread, authorization: `Bearer ${KEY}` });
    return headers.get('x-environment');
  };

  test('stays with its version while the weights move everybody else', async () => {
    expect(await answeredBy('t1')).toBe('blue');
    await sending.rollouts.setTrafficWeights('chat', { green: 100 });
    expect([await answeredBy('t1'), await answeredBy('t2')]).toEqual(['blue', 'green']);
  });

  test('leaves the environment that a rollback leaves', async () => {
    await sending.rollouts.start('chat', {
      schedule: { steps: [{ setWeight: 100, duration: '1h', holdConditions: {} }] },
    });
    expect(await answeredBy('t1')).toBe('green');
    await sending.rollouts.rollback('chat');
    expect(await answeredBy('t1')).toBe('blue');
  });

  test('stays with its version in the app’s own calls too', async () => {
    const ask = () => sending.router.complete('chat', REQUEST, { conversation: 't1' });
    expect((await ask()).environment).toBe('blue');
    await sending.rollouts.setTrafficWeights('chat', { green: 100 });
    expect((await ask()).environment).toBe('blue');
  });
});
