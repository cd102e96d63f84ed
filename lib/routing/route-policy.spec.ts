import { describe, expect, test } from '@jest/globals';
import { RoutePolicyError, routePolicyOf } from './route-policy.js';

const policyOf = (headers: Record<string, string | string[]>) => routePolicyOf({ headers }, ['blue', 'green']);

describe('What a caller asks for in its headers', () => {
  test.each([
    [{}, { name: 'sticky' }],
    [{ 'x-route-policy': 'sticky' }, { name: 'sticky' }],
    [{ 'x-route-policy': 'weighted' }, { name: 'weighted' }],
    [{ 'x-route-policy': 'green' }, { name: 'forced', environment: 'green' }],
    [{ 'x-deployment-env': 'green' }, { name: 'forced', environment: 'green' }],
    [{ 'x-deployment-env': ' GREEN ' }, { name: 'forced', environment: 'green' }],
    [{ 'x-deployment-env': ['green', 'blue'] }, { name: 'forced', environment: 'green' }],
    [
      { 'x-deployment-env': 'green', 'x-route-policy': 'green' },
      { name: 'forced', environment: 'green' },
    ],
    [{ 'x-deployment-env': '', 'x-route-policy': '' }, { name: 'sticky' }],
    [{ 'x-deployment-env': '  ' }, { name: 'sticky' }],
  ])('%j is %j', (headers, expected) => {
    expect(policyOf(headers)).toEqual(expected);
  });

  test.each([
    [{ 'x-route-policy': 'random' }, 'X-Route-Policy'],
    [{ 'x-route-policy': 'constructor' }, 'X-Route-Policy'],
    [{ 'x-deployment-env': 'red' }, 'X-Deployment-Env'],
    [{ 'x-deployment-env': 'weighted' }, 'X-Deployment-Env'],
    [{ 'x-deployment-env': 'green, blue' }, 'X-Deployment-Env'],
    [{ 'x-deployment-env': 'green', 'x-route-policy': 'blue' }, 'X-Route-Policy'],
    [{ 'x-deployment-env': 'green', 'x-route-policy': 'weighted' }, 'X-Route-Policy'],
    [{ 'x-deployment-env': 'green', 'x-route-policy': 'sticky' }, 'X-Route-Policy'],
  ])('%j is refused with the status 422, naming %s', (headers, name) => {
    const refused = expect(() => policyOf(headers));
    refused.toThrow(RoutePolicyError);
    refused.toThrow(expect.objectContaining({ status: 422, message: expect.stringContaining(name) }));
  });
});
