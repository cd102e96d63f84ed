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
    [{ 'x-environment': ' Green ' }, { name: 'forced', environment: 'green' }],
    [{ 'x-environment': 'production' }, { name: 'sticky' }],
    [{ 'x-environment': 'constructor', 'x-route-policy': 'weighted' }, { name: 'weighted' }],
    [
      { 'x-environment': 'production', 'x-deployment-env': 'green' },
      { name: 'forced', environment: 'green' },
    ],
    [
      { 'x-environment': 'green', 'x-deployment-env': 'green' },
      { name: 'forced', environment: 'green' },
    ],
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
    [{ 'x-environment': 'green', 'x-route-policy': 'blue' }, 'X-Route-Policy'],
    [{ 'x-environment': 'green', 'x-deployment-env': 'red' }, 'X-Deployment-Env'],
  ])('%j is refused with the status 422, naming %s', (headers, name) => {
    const refused = expect(() => policyOf(headers));
    refused.toThrow(RoutePolicyError);
    refused.toThrow(expect.objectContaining({ status: 422, message: expect.stringContaining(name) }));
  });

  test('two headers that name different environments are a bad request', () => {
    const both = { 'x-deployment-env': 'blue', 'x-environment': 'green' };
    expect(() => policyOf(both)).toThrow(expect.objectContaining({ code: 'invalid_route_policy', status: 400 }));
  });
});
