import { describe, expect, jest, test } from '@jest/globals';
import { UnknownRouteError } from '../domain/errors.js';
import { changeSettings } from '../domain/route-commands.js';
import type { Weights } from '../domain/weights.js';
import { History, routeWith } from '../../test/support/history.js';
import { LiveRouteTable } from './live-route-table.js';
import { RequestAssigner, RouteNotNamedError } from './request-assigner.js';
import { contextOf } from './request-context.js';
import { EnvironmentForbiddenError } from './route-policy.js';
import { RouteTable } from './route-table.js';
import type { HttpRequest, MayForce, Stickiness } from './routing.options.js';
import { TrafficSplitter } from './traffic-splitter.js';

interface Setup {
  readonly weights?: Weights;
  readonly stickiness?: Partial<Stickiness>;
  readonly mayForce?: MayForce;
  readonly defaultRoute?: string | undefined;
}

function stage({ weights = { blue: 50, green: 50 }, stickiness, mayForce = () => false, ...rest }: Setup = {}) {
  const table = new LiveRouteTable();
  table.swap(RouteTable.from(new History(routeWith(weights)).state));
  const random = jest.fn(() => 0);
  const assigner = new RequestAssigner(new TrafficSplitter(table, random), table, {
    stickiness: () => ({ headers: ['x-user-id', 'x-session-id'], sessionHeaders: [], bodyKeys: [], ...stickiness }),
    mayForce,
    defaultRoute: 'defaultRoute' in rest ? rest.defaultRoute : 'chat',
  });
  return { assigner, table, random };
}

const request = (headers: HttpRequest['headers'] = {}, body?: unknown): HttpRequest => ({ headers, body });
const cookie = { name: 'bg_sticky', secret: 'x'.repeat(16), ttl: 1_000, secure: true, sameSite: 'lax' } as const;

async function keyOf(stickiness: Partial<Stickiness>, incoming: HttpRequest): Promise<string | undefined> {
  await stage({ stickiness }).assigner.assign(incoming);
  return contextOf(incoming).stickyKey;
}

describe('The strategy', () => {
  const named = { 'x-user-id': 'u' };

  test('"weighted" draws every request by itself, whatever it brings, unless it asks to be sticky', async () => {
    const { assigner } = stage({ stickiness: { strategy: 'weighted', key: () => 'own', cookie } });
    const drawn = await assigner.assign(request(named));
    expect(drawn).toMatchObject({ assignment: { reason: 'weighted' } });
    expect(drawn.setCookie).toBeUndefined();
    const asking = await assigner.assign(request({ ...named, 'x-route-policy': 'sticky' }));
    expect(asking.assignment.reason).toBe('sticky');
  });

  test('that was set since wins over that of the options', async () => {
    const { assigner, table } = stage({ stickiness: { strategy: 'weighted' } });
    const history = new History(routeWith({ blue: 50, green: 50 }));
    history.run(changeSettings({ strategy: 'sticky' }));
    table.swap(RouteTable.from(history.state));
    expect((await assigner.assign(request(named))).assignment.reason).toBe('sticky');
  });
});

describe('The sticky key', () => {
  test('is the first of the configured headers that is present and not empty', async () => {
    expect(await keyOf({}, request({ 'x-session-id': 's', 'x-user-id': 'u' }))).toBe('u');
    expect(await keyOf({}, request({ 'x-session-id': 's', 'x-user-id': '' }))).toBe('s');
    expect(await keyOf({}, request({ 'x-other': 'o' }))).toBeUndefined();
  });

  test('is what the app’s own function reads, before any header', async () => {
    const headers = { 'x-user-id': 'u' };
    expect(await keyOf({ key: () => 'own' }, request(headers))).toBe('own');
    expect(await keyOf({ key: () => undefined }, request(headers))).toBe('u');
    expect(await keyOf({ key: () => '' }, request(headers))).toBe('u');
  });

  test('may be a number: 41 and 42 are told apart, and 0 is a key', async () => {
    const { assigner } = stage({ stickiness: { key: ({ body }) => body as number } });
    const units = await Promise.all([41, 42].map(async (id) => assigner.assign(request({}, id))));
    expect(units[0]!.assignment.unit).not.toBe(units[1]!.assignment.unit);
    expect(await keyOf({ key: () => 0 }, request())).toBe('0');
  });

  test('comes from the cookie when the request brings none, and a new visitor is given one', async () => {
    const { assigner } = stage({ stickiness: { cookie } });
    const first = request();
    const { setCookie, assignment } = await assigner.assign(first);
    const again = request({ cookie: setCookie!.split(';')[0]! });
    expect(await assigner.assign(again)).toEqual({ assignment, setCookie: undefined });
    expect(contextOf(again).stickyKey).toBe(contextOf(first).stickyKey);
  });

  test('from a header needs no cookie', async () => {
    const { setCookie } = await stage({ stickiness: { cookie } }).assigner.assign(request({ 'x-user-id': 'u' }));
    expect(setCookie).toBeUndefined();
  });

  test('is not read where the caller wants a draw', async () => {
    const { assigner, random } = stage({ stickiness: { cookie } });
    const { assignment, setCookie } = await assigner.assign(
      request({ 'x-user-id': 'u', 'x-route-policy': 'weighted' }),
    );
    expect(assignment.reason).toBe('weighted');
    expect(setCookie).toBeUndefined();
    expect(random).toHaveBeenCalledTimes(1);
  });
});

describe('A request', () => {
  test('is assigned once: asked again, or after the weights have changed, the answer stands', async () => {
    const { assigner, table, random } = stage();
    const incoming = request();
    const { assignment } = await assigner.assign(incoming);
    table.swap(RouteTable.from(new History(routeWith({ blue: 100, green: 0 })).state));
    expect((await assigner.assign(incoming)).assignment).toBe(assignment);
    expect(contextOf(incoming).assignment).toBe(assignment);
    expect(random).toHaveBeenCalledTimes(1);
  });

  test('goes to the only route there is when none is named', async () => {
    const { assignment } = await stage().assigner.assign(request());
    expect(assignment.route).toBe('chat');
  });

  test('that names no route is refused where there are several, and so is one that names a wrong one', () => {
    const { assigner } = stage({ defaultRoute: undefined });
    expect(() => assigner.assign(request())).toThrow(RouteNotNamedError);
    expect(() => assigner.assign(request(), 'nope')).toThrow(UnknownRouteError);
  });
});

describe('An environment named by the caller', () => {
  test('is refused unless it is permitted, and leaves no assignment behind', async () => {
    const incoming = request({ 'x-deployment-env': 'green' });
    await expect(stage().assigner.assign(incoming)).rejects.toThrow(EnvironmentForbiddenError);
    await expect(stage().assigner.assign(incoming)).rejects.toMatchObject({ status: 401 });
    expect(contextOf(incoming).assignments.size).toBe(0);
  });

  test('is where the request goes when it is permitted, also when the permission takes a while', async () => {
    const weights = { blue: 100, green: 0 };
    const mayForce = jest.fn<MayForce>(() => Promise.resolve(true));
    const incoming = request({ 'x-deployment-env': 'green' });
    const { assignment } = await stage({ weights, mayForce }).assigner.assign(incoming);
    expect(assignment).toMatchObject({ environment: 'green', reason: 'forced' });
    expect(mayForce).toHaveBeenCalledWith(incoming, 'green', 'chat');
  });

  test('asks for permission under either header, and for no other policy', async () => {
    const mayForce = jest.fn<MayForce>(() => false);
    const { assigner } = stage({ mayForce });
    await expect(assigner.assign(request({ 'x-route-policy': 'green' }))).rejects.toThrow(EnvironmentForbiddenError);
    expect(mayForce).toHaveBeenCalledTimes(1);
    for (const policy of ['sticky', 'weighted']) await assigner.assign(request({ 'x-route-policy': policy }));
    expect(mayForce).toHaveBeenCalledTimes(1);
  });
});

describe('Functions of the app', () => {
  test('may find the sticky key later; it decides as any other', async () => {
    const { assigner } = stage({ stickiness: { key: async () => 'ada' } });
    const incoming = request();
    const { assignment } = await assigner.assign(incoming);
    const plain = stage({ stickiness: { key: () => 'ada' } });
    expect(assignment).toEqual((await plain.assigner.assign(request())).assignment);
    expect(contextOf(incoming).stickyKey).toBe('ada');
  });

  test('that fail to find it fail the request alone', async () => {
    const { assigner } = stage({ stickiness: { key: () => Promise.reject(new Error('no session store')) } });
    await expect(assigner.assign(request())).rejects.toThrow('no session store');
  });

  test.each([
    ['stickiness.key', { stickiness: { key: () => new Promise<string>(() => {}) } }, request()],
    ['mayForce', { mayForce: () => new Promise<boolean>(() => {}) }, request({ 'x-deployment-env': 'green' })],
  ])('that never settle have ten seconds: %s', async (name, setup: Setup, incoming) => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'performance'] });
    try {
      const assigned = expect(stage(setup).assigner.assign(incoming)).rejects.toMatchObject({
        code: 'hook_timeout',
        status: 503,
        message: expect.stringContaining(`"${name}"`),
      });
      await jest.advanceTimersByTimeAsync(10_000);
      await assigned;
    } finally {
      jest.useRealTimers();
    }
  });

  test('allow an environment by true alone, not by whatever is not empty', async () => {
    const { assigner } = stage({ mayForce: (() => 'no') as unknown as MayForce });
    await expect(assigner.assign(request({ 'x-deployment-env': 'green' }))).rejects.toThrow(EnvironmentForbiddenError);
  });
});
