import {
  Controller,
  Get,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  Assigned,
  RolloutService,
  Route,
  TrafficSplitGuard,
  type Assignment,
  type HttpRequest,
} from 'nestjs-blue-green';
import supertest from 'supertest';
import { ADAPTERS, blueGreen } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { Stage, urlOf } from './support/stage.js';

interface Seen {
  readonly environment: string;
  readonly reason: string;
}

/** A guard of the app's own that sets a cookie too. */
class SessionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const response = context.switchToHttp().getResponse<{
      append?: (name: string, value: string) => void;
      header(name: string, value: string): void;
    }>();
    if (response.append) response.append('Set-Cookie', 'session=1');
    else response.header('Set-Cookie', 'session=1');
    return true;
  }
}

@Controller()
@UseGuards(TrafficSplitGuard)
@Route('chat')
class WhereController {
  @Get('where')
  where(@Assigned() { environment, reason }: Assignment): Seen {
    return { environment, reason };
  }

  @Get('twice')
  @UseGuards(TrafficSplitGuard)
  twice(@Assigned() { environment, reason }: Assignment): Seen {
    return { environment, reason };
  }

  @Get('beside')
  @UseGuards(SessionGuard)
  beside(): string {
    return 'ok';
  }
}

const COOKIE = { secret: 'a secret of this test', ttl: '1h' };

const seen = async (app: INestApplication, headers: Record<string, string>, path = '/where'): Promise<Seen> =>
  (await supertest(urlOf(app)).get(path).set(headers).expect(200)).body as Seen;

const cookiesOf = ({ headers }: supertest.Response): string[] =>
  (headers['set-cookie'] as unknown as string[] | undefined) ?? [];

const accountOf = ({ headers }: HttpRequest) => headers['x-account'] as string | undefined;
const onGreen = (all: Seen[]) => all.filter(({ environment }) => environment === 'green').length;

describe.each(ADAPTERS)('stickiness, on %s', (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const start = (stickiness = {}, greenWeight = 50): Promise<INestApplication> =>
    stage.app({
      adapter,
      module: blueGreen({ alias: 'chat', environments: blueAndGreen(stage.provider, greenWeight), stickiness }),
      controllers: [WhereController],
    });

  describe('by a header', () => {
    test('a user stays where it is, users spread over both', async () => {
      const app = await start();
      const places = new Set<string>();
      for (let user = 0; user < 12; user++) {
        const first = await seen(app, { 'x-user-id': `user-${user}` });
        const again = await seen(app, { 'x-user-id': `user-${user}` });
        expect(first.reason).toBe('sticky');
        expect(again).toEqual(first);
        places.add(first.environment);
      }
      expect(places).toEqual(new Set(['blue', 'green']));
    });

    test('a raised weight moves nobody back', async () => {
      const app = await start({}, 20);
      const users = Array.from({ length: 40 }, (_, user) => ({ 'x-user-id': `user-${user}` }));
      const before = await Promise.all(users.map((headers) => seen(app, headers)));
      await app.get(RolloutService).setTrafficWeights('chat', { blue: 40, green: 60 });
      const after = await Promise.all(users.map((headers) => seen(app, headers)));

      expect(onGreen(before)).toBeGreaterThan(0);
      expect(onGreen(after)).toBeGreaterThan(onGreen(before));
      before.forEach(({ environment }, user) => {
        if (environment === 'green') expect(after[user]!.environment).toBe('green');
      });
    });

    test('a rollout that begins at a share set by hand moves nobody back, a second one the other way neither', async () => {
      const app = await start({}, 0);
      const rollouts = app.get(RolloutService);
      const users = Array.from({ length: 60 }, (_, user) => ({ 'x-user-id': `user-${user}` }));
      const places = async () =>
        (await Promise.all(users.map((headers) => seen(app, headers)))).map((one) => one.environment);
      const schedule = { steps: [{ setWeight: 60, duration: '1h' }], preflight: { enabled: false } };
      for (const [live, tried] of [['blue', 'green'] as const, ['green', 'blue'] as const]) {
        await rollouts.setTrafficWeights('chat', { [live]: 70, [tried]: 30 });
        const before = await places();
        await rollouts.start('chat', { schedule });
        const after = await places();
        expect(before).toContain(tried);
        expect(after.filter((place) => place === tried).length).toBeGreaterThan(
          before.filter((place) => place === tried).length,
        );
        expect(after.filter((place, user) => place !== before[user] && place !== tried)).toEqual([]);
        await rollouts.promote('chat');
      }
    });

    test('X-User-ID outranks the id of the request', async () => {
      const app = await start();
      const all = await Promise.all(
        Array.from({ length: 12 }, (_, n) => seen(app, { 'x-user-id': 'ada', 'x-request-id': `request-${n}` })),
      );
      expect(new Set(all.map(({ environment }) => environment)).size).toBe(1);
    });

    test('a header of the user’s choice, and a function, may replace the usual ones', async () => {
      const byHeader = await start({ headers: ['X-Tenant'], sessionHeaders: [] });
      expect((await seen(byHeader, { 'x-tenant': 'acme' })).reason).toBe('sticky');
      expect((await seen(byHeader, { 'x-user-id': 'ada' })).reason).toBe('weighted');

      const byFunction = await start({ key: accountOf, sessionHeaders: [] });
      expect((await seen(byFunction, { 'x-account': '7' })).reason).toBe('sticky');
      expect((await seen(byFunction, { 'x-user-id': 'ada' })).reason).toBe('weighted');
    });
  });

  describe('by a cookie', () => {
    test('a new visitor gets one, and it is safe to have', async () => {
      const app = await start({ cookie: COOKIE });
      const [cookie, ...more] = cookiesOf(await supertest(urlOf(app)).get('/where').expect(200));
      expect(more).toEqual([]);
      expect(cookie).toMatch(/^bg_sticky=[^;]+; /);
      for (const attribute of ['Max-Age=3600', 'Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']) {
        expect(cookie).toContain(attribute);
      }
      expect(cookie).not.toMatch(/blue|green/);
    });

    test('it is honoured and not set again', async () => {
      const app = await start({ cookie: COOKIE });
      for (let visitor = 0; visitor < 6; visitor++) {
        const first = await supertest(urlOf(app)).get('/where');
        const cookie = cookiesOf(first)[0]!.split(';')[0]!;
        const next = await supertest(urlOf(app)).get('/where').set('Cookie', `other=1; ${cookie}`);
        expect(next.body).toEqual(first.body);
        expect(next.body).toMatchObject({ reason: 'sticky' });
        expect(cookiesOf(next)).toEqual([]);
      }
    });

    test.each(['bg_sticky=me', 'bg_sticky=me.c2lnbmF0dXJl', 'bg_sticky=', 'bg_sticky=%E0%A4%A', 'bg_sticky=s%3A'])(
      'a forged one is replaced: %s',
      async (forged) => {
        const app = await start({ cookie: COOKIE });
        const answer = await supertest(urlOf(app)).get('/where').set('Cookie', forged).expect(200);
        expect(cookiesOf(answer)).toHaveLength(1);
        expect(cookiesOf(answer)[0]).not.toContain(`${forged};`);
      },
    );

    test('a guard on the class and on the handler sets one cookie, not two', async () => {
      const app = await start({ cookie: COOKIE });
      expect(cookiesOf(await supertest(urlOf(app)).get('/twice').expect(200))).toHaveLength(1);
    });

    test("it stands beside the app's own cookies", async () => {
      const app = await start({ cookie: COOKIE });
      const names = cookiesOf(await supertest(urlOf(app)).get('/beside').expect(200)).map((text) => text.split('=')[0]);
      expect(names).toHaveLength(2);
      expect(new Set(names)).toEqual(new Set(['bg_sticky', 'session']));
    });

    test('whoever brings a key needs no cookie', async () => {
      const app = await start({ cookie: COOKIE });
      const answer = await supertest(urlOf(app)).get('/where').set('x-user-id', 'ada').expect(200);
      expect(cookiesOf(answer)).toEqual([]);
    });
  });
});
