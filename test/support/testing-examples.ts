/** The examples of `nestjs-blue-green/testing`, where the compiler sees them. `testing-surface.e2e-spec.ts` compares them. */
import { expect } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CLOCK } from 'nestjs-blue-green';
import {
  answer,
  cutAfter,
  delayed,
  fail,
  FakeClock,
  FakeUpstream,
  hang,
  RolloutDriver,
} from 'nestjs-blue-green/testing';
import { AppModule } from './assistant.js';

export async function aClock() {
  const clock = FakeClock.running();
  const compiled = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(CLOCK)
    .useValue(clock)
    .compile();
  return compiled;
}

export async function anUpstream() {
  const upstream = await FakeUpstream.start({ models: ['gpt-4o', 'gpt-4.1'] });
  upstream.always(answer('Your parcel is on its way.'));
  upstream.next(fail(503), hang);
}

export function behaviours(upstream: FakeUpstream, green: FakeUpstream, clock: FakeClock) {
  upstream.always(answer('Your parcel is on its way.'));
  upstream.next(answer({ words: ['Yes', '.'], usage: { inputTokens: 2_000, outputTokens: 2 } }));

  upstream.next(fail(429, 'rate_limit_exceeded', { 'retry-after': '2' }));
  upstream.always(fail(401, 'invalid_api_key'));

  green.next(cutAfter('Your parcel', ' is'));
  green.always(delayed(4_000, answer(), clock));
}

export async function aRollout(app: INestApplication) {
  const rollout = new RolloutDriver(app, 'support-chat');
  await rollout.start({ schedule: { steps: [{ setWeight: 50, duration: '1h' }] } });
  await rollout.traffic(100);
  await rollout.tick('1h');
  expect(rollout.phase).toBe('Baking');
}
