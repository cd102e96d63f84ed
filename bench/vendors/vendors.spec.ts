import { describe, expect, test } from '@jest/globals';
import { cellsOf } from './cells.js';
import { lostOnTheWay } from './compare.js';
import { costs } from './cost.js';
import type { Ask } from './exercise.js';
import { UPSTREAMS } from './upstreams.js';
import { chat } from './wires/chat.js';

describe('Nothing is lost between five SDKs and', () => {
  test.each(UPSTREAMS)(
    '$name',
    async (upstream) => {
      const cells = await cellsOf(upstream);
      expect(cells.filter(({ outcome }) => outcome === 'lost')).toEqual([]);
      expect(cells.length).toBeGreaterThan(300);
    },
    120_000,
  );
});

test('Every way adds little to a call and to a chunk', async () => {
  // Machines that run tests are busy: the limits of the benchmark are 100 and 30.
  for (const { call, chunk } of await costs(40)) expect([call < 1_000, chunk < 300]).toEqual([true, true]);
});

describe('A request that arrives', () => {
  const asked: Ask = { turns: [{ role: 'user', text: 'Hi' }], temperature: 0.4 };
  const heardAs = (ask: Ask, complaint?: string) => lostOnTheWay({ ask, wire: chat, body: {}, complaint }, asked);

  test('as it was sent has lost nothing', () => {
    expect(heardAs(asked)).toEqual([]);
  });

  test('without a setting, with another text, with more than was asked, or in vain has', () => {
    expect(heardAs({ turns: asked.turns })).toEqual(['temperature: 0.4 became nothing']);
    expect(heardAs({ ...asked, turns: [{ role: 'user', text: 'Ho' }] })).toHaveLength(1);
    expect(heardAs({ ...asked, seed: 7 })).toEqual(['seed: nothing became 7']);
    expect(heardAs(asked, 'unknown field "x"')).toEqual(['the vendor refuses it: unknown field "x"']);
  });
});
