import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LlmRouterService } from 'nestjs-blue-green';
import { FakeClock, RolloutDriver } from 'nestjs-blue-green/testing';
import type { Place } from '../bench/vendors/callers/caller.js';
import { CALLERS } from '../bench/vendors/callers/callers.js';
import type { Exercise, Fault } from '../bench/vendors/exercise.js';
import { EXERCISES } from '../bench/vendors/exercises.js';
import { UPSTREAMS } from '../bench/vendors/upstreams.js';
import { Vendor } from '../bench/vendors/vendor.js';
import { blueGreen, startApp } from './support/app.js';

const KEY = 'vendor-canary-gateway-key';
const VENDORS = { gpt: 'OpenAI', claude: 'Anthropic', gemini: 'Gemini' } as const;
type Environment = keyof typeof VENDORS;

/** What every vendor can do. */
const TRIED = new Set(['text', 'text, streamed', 'tool call', 'tool result, streamed', 'structured output', 'image']);

describe('A canary from vendor to vendor, under live calls of five SDKs,', () => {
  let vendors: Record<Environment, Vendor>;
  let app: INestApplication;
  let rollout: RolloutDriver;
  let place: Place;

  beforeEach(async () => {
    const upstreams = Object.entries(VENDORS).map(
      ([name, vendor]) => [name as Environment, UPSTREAMS.find((known) => known.name === vendor)!] as const,
    );
    const started = await Promise.all(upstreams.map(async ([name, { wires }]) => [name, await Vendor.start(wires)]));
    vendors = Object.fromEntries(started) as Record<Environment, Vendor>;
    const environments = Object.fromEntries(
      upstreams.map(([name, upstream]) => [
        name,
        { ...upstream.environment(vendors[name].origin), weight: name === 'gpt' ? 100 : 0 },
      ]),
    );
    const module = blueGreen({
      alias: 'chat',
      environments,
      keys: [{ name: 'tests', key: KEY }],
      gateway: true,
      // Times are those of this machine, and say nothing about vendors.
      rollout: {
        steps: [
          { setWeight: 50, duration: '10m' },
          { setWeight: 100, duration: '1m' },
        ],
        gates: [
          { kind: 'errorRate', tolerance: 0 },
          { kind: 'wrongAnswers', tolerance: 0 },
        ],
        finalBakeTime: '10m',
      },
    });
    app = await startApp({ module, clock: FakeClock.running() });
    rollout = new RolloutDriver(app, 'chat');
    place = { origin: await app.getUrl(), apiKey: KEY, router: app.get(LlmRouterService) };
  });
  afterEach(async () => {
    await app.close();
    await Promise.all(Object.values(vendors).map((vendor) => vendor.stop()));
  });

  /** Each SDK does all of it once. Returns what went wrong. */
  async function calls(): Promise<readonly string[]> {
    const errors: string[] = [];
    for (const exercise of EXERCISES.filter(({ name }) => TRIED.has(name))) {
      for (const vendor of Object.values(vendors)) vendor.next = { ...vendor.next, said: exercise.said };
      await Promise.all(
        CALLERS.filter((caller) => caller.can(exercise.ask)).map((caller) => oneCall(caller, exercise, errors)),
      );
    }
    return errors;
  }

  async function oneCall(caller: (typeof CALLERS)[number], exercise: Exercise, errors: string[]): Promise<void> {
    try {
      const { text, uses, end } = await caller.run(place, exercise);
      expect({ text, uses, end }).toMatchObject({
        text: exercise.said.text,
        uses: exercise.said.uses,
        end: exercise.said.end,
      });
    } catch (error) {
      errors.push(`${caller.name}, ${exercise.name}: ${String(error)}`);
    }
  }

  function all(fault?: Fault): void {
    for (const vendor of Object.values(vendors)) vendor.next = { said: EXERCISES[0]!.said, ...(fault && { fault }) };
  }

  async function walked(to: Environment): Promise<readonly string[]> {
    const errors: string[] = [];
    await rollout.start({ schedule: { to } });
    for (let round = 0; round < 12 && rollout.phase !== 'Succeeded' && rollout.phase !== 'RolledBack'; round++) {
      errors.push(...(await calls()));
      await rollout.tick('5m');
    }
    return errors;
  }

  test('is promoted from GPT to Claude, to Gemini and back, and no caller sees an error', async () => {
    all();
    for (const to of ['claude', 'gemini', 'gpt'] as const) {
      vendors[to].heard = [];
      expect(await walked(to)).toEqual([]);
      expect([rollout.phase, rollout.status.active]).toEqual(['Succeeded', to]);
      expect(vendors[to].heard.length).toBeGreaterThan(50);
      expect(vendors[to].heard.filter(({ complaint }) => complaint)).toEqual([]);
    }
  }, 120_000);

  test.each<Fault>([
    { name: 'server_error', failure: 'server_error', stage: 'status' },
    { name: 'rejected', failure: 'rejected', stage: 'status' },
  ])(
    'is reverted when Claude answers $name, and no caller sees an error',
    async (fault) => {
      all();
      vendors.claude.next = { said: EXERCISES[0]!.said, fault };
      expect(await walked('claude')).toEqual([]);
      expect([rollout.phase, rollout.status.active, rollout.status.weights['claude']]).toEqual([
        'RolledBack',
        'gpt',
        0,
      ]);
    },
    60_000,
  );
});
