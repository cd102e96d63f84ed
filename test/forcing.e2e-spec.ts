import { Controller, Get, UseGuards, type INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Assigned, Route, TrafficSplitGuard, type Assignment, type MayForce } from 'nestjs-blue-green';
import supertest from 'supertest';
import { GATEWAYS, blueGreen } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { Stage, urlOf } from './support/stage.js';

const TESTER = 'key-of-the-tester-0001';
const VISITOR = 'key-of-a-visitor-00001';

@Controller()
class WhereController {
  @Get('where')
  @UseGuards(TrafficSplitGuard)
  @Route('chat')
  where(@Assigned() { environment, reason }: Assignment) {
    return { environment, reason };
  }
}

const where = (app: INestApplication, headers: Record<string, string>, key?: string) => {
  const call = supertest(urlOf(app)).get('/where').set(headers);
  return key === undefined ? call : call.set('Authorization', `Bearer ${key}`);
};

describe.each(GATEWAYS)('naming the environment in a header, on %s', (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const start = (mayForce?: MayForce): Promise<INestApplication> =>
    stage.app({
      adapter,
      module: blueGreen({
        alias: 'chat',
        environments: blueAndGreen(stage.provider),
        keys: [
          { name: 'tester', key: TESTER, environments: ['green'] },
          { name: 'visitor', key: VISITOR },
        ],
        ...(mayForce && { mayForce }),
      }),
      controllers: [WhereController],
    });

  const GREEN = { environment: 'green', reason: 'forced' };

  describe.each(['X-Deployment-Env', 'X-Route-Policy'])('%s', (header) => {
    test('a key that lists the environment may name it', async () => {
      const { headers } = await where(await start(), { [header]: 'green' }, TESTER).expect(200, GREEN);
      expect(headers['x-deployment-env']).toBe('green');
    });

    test('letter case and blanks around the name do not matter', async () => {
      await where(await start(), { [header]: ' Green ' }, TESTER).expect(200, GREEN);
    });

    test.each([
      ['no key', undefined],
      ['a key that nobody was given', 'key-of-nobody-at-all'],
      ['a key that lists no environment', VISITOR],
    ])('%s: 401, and the answer says why', async (_who, key) => {
      const { body, headers } = await where(await start(), { [header]: 'green' }, key).expect(401);
      expect(body).toMatchObject({ statusCode: 401, code: 'environment_forbidden' });
      expect((body as { remedy: string }).remedy).toContain('environments');
      expect(headers).not.toHaveProperty('x-deployment-env');
    });

    test('a key names only what it lists, even the live environment', async () => {
      await where(await start(), { [header]: 'blue' }, TESTER).expect(401);
    });

    test.each(['purple', 'green,blue', '__proto__', 'constructor', '*', '../green'])(
      'nonsense is 422 for everybody: %s',
      async (nonsense) => {
        const app = await start();
        for (const key of [undefined, TESTER]) {
          const { body } = await where(app, { [header]: nonsense }, key).expect(422);
          expect(body).toMatchObject({ statusCode: 422, code: 'invalid_route_policy' });
          expect((body as { remedy: string }).remedy).toMatch(/(?=.*blue)(?=.*green)/);
        }
      },
    );

    test('an empty header asks for nothing', async () => {
      await where(await start(), { [header]: '' }).expect(200, { environment: 'blue', reason: 'weighted' });
    });
  });

  describe('X-Environment', () => {
    test('names an environment of the route like X-Deployment-Env does', async () => {
      const { headers } = await where(await start(), { 'X-Environment': 'green' }, TESTER).expect(200, GREEN);
      expect(headers['x-deployment-env']).toBe('green');
    });

    test('with another word is about something else', async () => {
      const app = await start();
      await where(app, { 'X-Environment': 'production' }).expect(200, { environment: 'blue', reason: 'weighted' });
    });

    test('is 401 for a key that may not name it', async () => {
      const { body } = await where(await start(), { 'X-Environment': 'green' }, VISITOR).expect(401);
      expect(body).toMatchObject({ code: 'environment_forbidden' });
    });

    test('beside X-Deployment-Env with another environment is 400', async () => {
      const both = { 'X-Environment': 'green', 'X-Deployment-Env': 'blue' };
      const { body } = await where(await start(), both, TESTER).expect(400);
      expect(body).toMatchObject({ statusCode: 400, code: 'invalid_route_policy' });
    });
  });

  describe('both headers', () => {
    test('in agreement are one wish', async () => {
      const both = { 'X-Deployment-Env': 'green', 'X-Route-Policy': 'green' };
      await where(await start(), both, TESTER).expect(200, GREEN);
    });

    test.each(['blue', 'weighted', 'sticky'])('in contradiction are 422: green and %s', async (policy) => {
      const both = { 'X-Deployment-Env': 'green', 'X-Route-Policy': policy };
      const { body } = await where(await start(), both, TESTER).expect(422);
      expect(body).toMatchObject({ code: 'invalid_route_policy' });
    });
  });

  describe('X-Route-Policy without a name', () => {
    test('weighted: draws again and passes over the sticky key', async () => {
      const headers = { 'X-Route-Policy': 'weighted', 'X-User-ID': 'ada' };
      await where(await start(), headers).expect(200, { environment: 'blue', reason: 'weighted' });
    });

    test('sticky: what happens anyway', async () => {
      const headers = { 'X-Route-Policy': 'sticky', 'X-User-ID': 'ada' };
      await where(await start(), headers).expect(200, { environment: 'blue', reason: 'sticky' });
    });
  });

  describe('mayForce', () => {
    test('sees the request, the environment and the route', async () => {
      const asked: unknown[][] = [];
      const app = await start((request, environment, route) => {
        asked.push([request.headers['x-role'], environment, route]);
        return true;
      });
      await where(app, { 'X-Deployment-Env': 'green', 'X-Role': 'qa' }).expect(200, GREEN);
      expect(asked).toEqual([['qa', 'green', 'chat']]);
    });

    test.each<[string, MayForce]>([
      ['at once', ({ headers }) => headers['x-role'] === 'qa'],
      ['later', async ({ headers }) => headers['x-role'] === 'qa'],
    ])('says yes or no, %s', async (_when, mayForce) => {
      const app = await start(mayForce);
      await where(app, { 'X-Deployment-Env': 'green', 'X-Role': 'qa' }).expect(200, GREEN);
      await where(app, { 'X-Deployment-Env': 'green', 'X-Role': 'dev' }).expect(401);
    });

    test('replaces the keys', async () => {
      await where(await start(() => false), { 'X-Deployment-Env': 'green' }, TESTER).expect(401);
    });

    test('is not asked when nobody is named', async () => {
      const app = await start(() => {
        throw new Error('must not be asked');
      });
      await where(app, { 'X-Route-Policy': 'weighted' }).expect(200);
    });

    test('that breaks lets nobody through', async () => {
      const app = await start(() => Promise.reject(new Error('the directory is away')));
      const { body } = await where(app, { 'X-Deployment-Env': 'green' }).expect(500);
      expect(JSON.stringify(body)).not.toContain('directory');
    });
  });
});
