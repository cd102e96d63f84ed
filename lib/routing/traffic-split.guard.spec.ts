import { HttpException, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { describe, expect, test } from '@jest/globals';
import type { Assignment } from './assignment.js';
import type { RequestAssigner } from './request-assigner.js';
import { Route } from './route.decorator.js';
import { RoutePolicyError } from './route-policy.js';
import { TrafficSplitGuard } from './traffic-split.guard.js';

const version = { tag: 'green-1', model: 'm', upstream: 'chat/green' };
const ASSIGNMENT: Assignment = {
  route: 'chat',
  environment: 'green',
  version,
  reason: 'weighted',
  epoch: 1,
  segment: 1,
};

class OfTheClass {
  @Route('handler')
  named(): void {}
  plain(): void {}
}
Route('class')(OfTheClass);

/** A guard whose assigner answers this, and what it was asked and told. */
function stage(assign: () => { assignment: Assignment; setCookie?: string }, { appends = true } = {}) {
  const told: string[] = [];
  const asked: (string | undefined)[] = [];
  const say = (how: string) => (name: string, value: string) => told.push(`${how} ${name}: ${value}`);
  const response = { header: say('set'), ...(appends && { append: say('add') }) };
  const assigner = {
    assign: (_request: unknown, alias?: string) => {
      asked.push(alias);
      return Promise.resolve().then(assign);
    },
  };
  const guard = new TrafficSplitGuard(assigner as unknown as RequestAssigner, new Reflector());
  const contextOf = (handler: 'named' | 'plain', type = 'http') =>
    ({
      getType: () => type,
      getHandler: () => OfTheClass.prototype[handler],
      getClass: () => OfTheClass,
      switchToHttp: () => ({
        getRequest: () => ({ headers: { 'x-request-id': 'r1' } }),
        getResponse: () => response,
      }),
    }) as unknown as ExecutionContext;
  return { told, asked, pass: (...at: Parameters<typeof contextOf>) => guard.canActivate(contextOf(...at)) };
}

describe('The guard', () => {
  test('tells the caller its request id, its environment and its version', async () => {
    const { told, pass } = stage(() => ({ assignment: ASSIGNMENT }));
    expect(await pass('plain')).toBe(true);
    expect(told).toEqual([
      'set X-Request-ID: r1',
      'set X-Deployment-Env: green',
      'set X-Environment: green',
      'set X-Model-Version: green-1',
    ]);
  });

  test('decides for the route of the handler, else for that of its class', async () => {
    const { asked, pass } = stage(() => ({ assignment: ASSIGNMENT }));
    await pass('named');
    await pass('plain');
    expect(asked).toEqual(['handler', 'class']);
  });

  test('adds its cookie to those of the app, where the server can', async () => {
    const setCookie = 'bg=1';
    const adding = stage(() => ({ assignment: ASSIGNMENT, setCookie }));
    await adding.pass('plain');
    expect(adding.told.at(-1)).toBe('add Set-Cookie: bg=1');
    const setting = stage(() => ({ assignment: ASSIGNMENT, setCookie }), { appends: false });
    await setting.pass('plain');
    expect(setting.told.at(-1)).toBe('set Set-Cookie: bg=1');
  });

  test('lets contexts other than HTTP pass untouched', async () => {
    const { told, asked, pass } = stage(() => ({ assignment: ASSIGNMENT }));
    expect(await pass('plain', 'rpc')).toBe(true);
    expect([told, asked]).toEqual([[], []]);
  });

  test('answers our errors with their status, and lets others pass', async () => {
    const error = new RoutePolicyError('X-Route-Policy', 'odd', 'Leave it out.');
    const refused = stage(() => {
      throw error;
    }).pass('plain');
    await expect(refused).rejects.toBeInstanceOf(HttpException);
    await expect(refused).rejects.toMatchObject({
      status: 422,
      cause: error,
      response: { statusCode: 422, code: 'invalid_route_policy', message: error.message, remedy: 'Leave it out.' },
    });
    const other = new TypeError('no business of ours');
    const failed = stage(() => {
      throw other;
    }).pass('plain');
    await expect(failed).rejects.toBe(other);
  });
});
