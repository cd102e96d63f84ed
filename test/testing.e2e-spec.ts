/** The tools for tests, used as an app would use them. `docs/testing.md` has pieces of this, word for word. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
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
import request from 'supertest';
import { AppModule } from './support/assistant.js';

let blue: FakeUpstream;
let green: FakeUpstream;
let clock: FakeClock;
let app: INestApplication;
let rollout: RolloutDriver;

beforeEach(async () => {
  blue = await FakeUpstream.start({ models: ['gpt-4o'] });
  green = await FakeUpstream.start({ models: ['gpt-4.1'] });
  process.env['BLUE_URL'] = blue.baseUrl;
  process.env['GREEN_URL'] = green.baseUrl;
  process.env['LLM_KEY'] = 'a-key';

  clock = FakeClock.running();
  const compiled = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(CLOCK)
    .useValue(clock)
    .compile();
  app = compiled.createNestApplication({ logger: false });
  await app.init();
  rollout = new RolloutDriver(app, 'support-chat');
});

afterEach(async () => {
  await app.close();
  await Promise.all([blue.stop(), green.stop()]);
});

describe('an app on a fake upstream', () => {
  test('gives back what the upstream says, and the upstream saw what was asked', async () => {
    blue.next(answer('Your parcel is on its way.'));
    const { body } = await request(app.getHttpServer()).post('/chat').send({ message: 'Where is it?' }).expect(201);
    expect(body).toEqual({ answer: 'Your parcel is on its way.', environment: 'blue' });
    expect(blue.calls[0]).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer a-key' },
      body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Where is it?' }] },
    });
  });

  test('can be answered by green alone', async () => {
    await rollout.answerFrom('green');
    const { body } = await request(app.getHttpServer()).post('/chat').send({ message: 'Hello' });
    expect(body.environment).toBe('green');
  });
});

describe('a rollout', () => {
  test('walks its schedule while the evidence is good', async () => {
    await rollout.start({ schedule: { steps: [{ setWeight: 50, duration: '1h' }], finalBakeTime: '1h' } });
    await rollout.traffic(100);
    await rollout.tick('1h');
    expect(rollout.phase).toBe('Baking');
    await rollout.traffic(50);
    await rollout.tick('1h');
    expect(rollout.phase).toBe('Succeeded');
  });

  test('is reverted when green fails, and no caller notices', async () => {
    await rollout.start();
    green.always(fail(500));
    const { failed } = await rollout.traffic(20, 'green');
    await rollout.until('RolledBack');
    expect(failed).toBe(0);
    expect(rollout.status.weights).toEqual({ blue: 100, green: 0 });
  });

  test('is reverted when green is slow, and the test is not', async () => {
    await rollout.start();
    green.always(delayed(4_000, answer(), clock));
    await rollout.traffic(20, 'green');
    await rollout.tick();
    expect(rollout.status.rollout).toMatchObject({
      phase: { name: 'RolledBack', reason: expect.stringMatching(/slow/) },
    });
  });

  test('keeps a user on green, and blue steps in when green fails', async () => {
    await rollout.start();
    const user = rollout.userOn('green');
    for (let call = 0; call < 3; call++) {
      const chat = request(app.getHttpServer()).post('/chat').set('x-user-id', user);
      const { body } = await chat.send({ message: 'Hello' });
      expect(body.environment).toBe('green');
    }
    green.always(cutAfter('Your', ' parcel'));
    const chat = request(app.getHttpServer()).post('/chat').set('x-user-id', user);
    const { body } = await chat.send({ message: 'Hello' }).expect(201);
    expect(body.environment).toBe('blue');
  });
});

test('an upstream that says nothing is given up, and nobody waits for that', async () => {
  blue.always(delayed(11 * 60_000, hang, clock));
  await request(app.getHttpServer()).post('/chat').send({ message: 'Hello' }).expect(500);
});

describe('what a test cannot have is said', () => {
  test('traffic for an environment that nobody is sent to', async () => {
    await expect(rollout.traffic(1, 'green')).rejects.toMatchObject({ code: 'environment_without_traffic' });
  });

  test('a phase that the rollout will not reach, without waiting for it', async () => {
    await expect(rollout.until('Succeeded')).rejects.toThrow(/not Succeeded but without a rollout/);
    await rollout.start();
    await rollout.until('Progressing');
    await expect(rollout.until('Succeeded', 10)).rejects.toThrow(/not Succeeded but Progressing/);
  });

  test('time that nobody can move', async () => {
    const real = await Test.createTestingModule({ imports: [AppModule] }).compile();
    await real.init();
    const driver = new RolloutDriver(real, 'support-chat');
    await expect(driver.tick('1h')).rejects.toMatchObject({ code: 'no_fake_clock' });
    await real.close();
  });
});

test('a driver of a route that is not there says which are', () => {
  expect(() => new RolloutDriver(app, 'support-chta')).toThrow('There is no route "support-chta".');
});
