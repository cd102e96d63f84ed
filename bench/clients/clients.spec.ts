import { describe, expect, test } from '@jest/globals';
import { AiSdk } from './ai-sdk.js';
import { NotInstalled, type Client } from './client.js';
import { differencesIn } from './compare.js';
import { compared } from './compared.js';
import { LangChain } from './langchain.js';

const ABSENT: Client = {
  name: 'c',
  version: '1',
  prepare: () => Promise.reject(new NotInstalled('no Python')),
  run: () => Promise.resolve({}),
};

describe('A client gets through the gateway what it gets from the provider:', () => {
  test.each([new AiSdk(), new LangChain()])(
    '$name',
    async (client) => {
      const { checks, differences, moves } = await compared(client);
      expect(differences).toEqual([]);
      expect(checks).toBeGreaterThan(5);
      expect(moves).toBeGreaterThan(0);
    },
    60_000,
  );

  test('unless it cannot be had here', async () => {
    await expect(compared(ABSENT)).rejects.toThrow(NotInstalled);
  });
});

describe('Two runs', () => {
  test('are the same whatever the order of fields, the stamps and the name of the model', () => {
    const direct = { a: { id: 'resp_1', model: 'chat' }, b: [1] };
    const gateway = { b: [1], a: { model: 'green-model', id: 'bg1.Z3JlZW4.djI.resp_1' } };
    expect(differencesIn(direct, gateway)).toEqual([]);
  });

  test('differ in a value, in what one of them lacks, and in an answer that became an error', () => {
    const direct = { a: 1, b: { text: 'x' }, c: 'same' };
    const gateway = { b: { raised: 'Error: 502' }, c: 'same', d: undefined };
    expect(differencesIn(direct, gateway).map(({ exercise }) => exercise)).toEqual(['a', 'b']);
  });
});
