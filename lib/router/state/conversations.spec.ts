import { describe, expect, test } from '@jest/globals';
import type { LiveRouteTable } from '../../routing/live-route-table.js';
import { openAiResponses } from '../../upstream/dialects/openai-responses.js';
import { placementOf, type CallRequest } from '../call-request.js';
import { Conversations } from './conversations.js';
import { Stamps } from './stamp.js';

const slotOf = (environment: string, weight: number) => {
  const version = { tag: `${environment}-1`, model: 'm', upstream: `chat/${environment}` };
  return { environment, version, weight, servable: true };
};
const route = {
  alias: 'chat',
  slots: [slotOf('blue', 50), slotOf('green', 50)],
  segment: 7,
  rolledBackFrom: undefined,
};
const table = { current: { aliases: ['chat'], get: () => route } } as unknown as LiveRouteTable;
const stamps = new Stamps(['a-secret-of-the-tests']);
const conversations = new Conversations(stamps, table, true);

const { environment, version } = slotOf('blue', 50);
const assignment = { route: 'chat', environment, version, reason: 'sticky', epoch: 1, segment: 7 } as const;
const made = (segment: number, by = 'green') =>
  stamps.stamped('chat', { environment: by, version: `${by}-1`, segment }, 'resp_1');
const request = (previous_response_id: string): CallRequest => ({
  assignment,
  dialect: openAiResponses,
  body: { input: 'hi', previous_response_id },
  requestId: 'r',
});

describe('a request that continues a conversation', () => {
  test('is assigned to its maker, and its provider sees no stamp', () => {
    const bound = conversations.bound(request(made(7)));
    expect(bound.assignment).toMatchObject({ environment: 'green', reason: 'sticky' });
    expect(bound.body).toEqual({ input: 'hi', previous_response_id: 'resp_1' });
  });

  test('counts in the comparison when it began under the weights of now, in both environments alike', () => {
    for (const by of ['green', 'blue']) {
      expect(placementOf(conversations.bound(request(made(7, by)))).offSplit).toBeUndefined();
      expect(placementOf(conversations.bound(request(made(6, by)))).offSplit).toBe(true);
    }
  });

  test('is answered with the segment in which it began', () => {
    const bound = conversations.bound(request(made(3)));
    const next = conversations.stamped({ request: bound, answeredBy: bound.assignment }, 'resp_2');
    expect(stamps.opened('chat', next)).toEqual({
      value: 'resp_2',
      maker: { environment: 'green', version: 'green-1', segment: 3 },
    });
  });

  test('stays where it was forced to', () => {
    const forced = { ...request(made(7)), assignment: { ...assignment, reason: 'forced' as const } };
    const bound = conversations.bound(forced);
    expect(bound.assignment.environment).toBe('blue');
    expect(() => bound.held?.bodyFor(bound.body, bound.assignment)).toThrow('refers to what "green" keeps');
  });

  test('without a stamp is left as it is', () => {
    const plain = request('resp_1');
    expect(conversations.bound(plain)).toBe(plain);
  });

  test('loses its stamp, and is bound by nothing, where stamps are off', () => {
    const off = new Conversations(stamps, table, false).bound(request(made(7)));
    expect([off.assignment.environment, off.body['previous_response_id']]).toEqual(['blue', 'resp_1']);
  });
});
