import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { GATEWAYS } from './support/app.js';
import { contentOf, Halfway, WORDS } from './support/halfway.js';
import { REQUEST, Sending } from './support/sending.js';

const STREAMS = 200;
const KEY = 'a-key-of-the-gateway';

describe.each(GATEWAYS)('200 open streams, on %s', (adapter) => {
  let sending: Sending;
  let agent: Agent;
  let halfway: Halfway;

  beforeEach(async () => {
    agent = new Agent({ connections: STREAMS });
    halfway = new Halfway(STREAMS);
    const options = { gateway: true, keys: [{ name: 'web', key: KEY }] };
    sending = await Sending.start({ adapter, options });
    sending.blue.always(halfway.behaviour);
  });
  afterEach(async () => {
    await agent.destroy();
    await sending.stop();
  });

  async function open() {
    const { port } = sending.app.getHttpServer().address() as AddressInfo;
    const { headers, body } = await request(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      dispatcher: agent,
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...REQUEST, model: 'chat', stream: true }),
    });
    const [first] = (await once(body, 'data')) as [Buffer];
    // The answer is read on from here by its own pace.
    const whole = (async () => {
      let text = first.toString();
      for await (const part of body) text += String(part);
      return { text, environment: headers['x-deployment-env'] };
    })();
    return { whole };
  }

  const shifts: Readonly<Record<string, () => Promise<unknown>>> = {
    'weights that are set': () => sending.rollouts.setTrafficWeights('chat', { green: 100 }),
    'a rollout that starts and is promoted': async () => {
      await sending.rollouts.start('chat');
      await sending.rollouts.promote('chat');
    },
    'a rollout that starts and is rolled back': async () => {
      await sending.rollouts.start('chat', { schedule: { steps: [{ setWeight: 100, duration: '1h' }] } });
      await sending.rollouts.rollback('chat');
    },
  };

  test.each(Object.keys(shifts))('are touched by none of: %s', async (shift) => {
    const streams = await Promise.all(Array.from({ length: STREAMS }, open));
    await halfway.allHalfway;
    const before = sending.rollouts.status('chat').revision;
    await shifts[shift]!();
    expect(sending.rollouts.status('chat').revision).toBeGreaterThan(before);

    halfway.finish();
    const answers = await Promise.all(streams.map(({ whole }) => whole));
    for (const { text, environment } of answers) {
      expect(environment).toBe('blue');
      expect(contentOf(text)).toBe(WORDS.join(''));
      expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    }
    expect(sending.calls).toEqual([STREAMS, 0, 0]);
    expect(sending.observed.filter(({ outcome }) => outcome === 'ok')).toHaveLength(STREAMS);
  });
});
