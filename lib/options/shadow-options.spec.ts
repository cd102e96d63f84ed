import { describe, expect, test } from '@jest/globals';
import { environment, pair, untyped } from '../../test/support/options.js';
import { parseOptions } from './parse-options.js';

const routeOf = (options: object) =>
  parseOptions(untyped({ alias: 'chat', environments: pair, ...options })).routes.get('chat')!;

const notes = (shadow: object) => parseOptions(untyped({ environments: pair, shadow })).notes;

describe('The options of shadow traffic', () => {
  test('mirror nothing unless told to, and have the documented defaults', () => {
    expect(routeOf({}).shadow).toEqual({
      percentage: 0,
      to: undefined,
      concurrency: 8,
      perMonthUsd: undefined,
      tokenTolerance: 0.05,
      comparisonMode: 'semantic',
      similarityThreshold: 0.85,
      maxTemporalDriftMs: undefined,
      file: undefined,
      maxFileBytes: 10_000_000,
      storeContent: false,
      redact: undefined,
      embeddingRoute: undefined,
      noMirrorAlertAfter: 600_000,
      driftAlertAfter: 20,
      pairAlertEvery: 600_000,
      maxEventLoopDelay: 100,
    });
  });

  test('of a route win over the shared ones, key by key', () => {
    const routes = { chat: { environments: pair, shadow: { percentage: 5 } } };
    const config = parseOptions({ routes, shadow: { percentage: 10, concurrency: 2 } });
    expect(config.routes.get('chat')!.shadow).toMatchObject({ percentage: 5, concurrency: 2 });
  });

  test.each([
    [{ to: 'purple' }, /shadow\.to names an environment that this route does not have/],
    [{ embeddingRoute: 'none' }, /shadow\.embeddingRoute names a route that is not configured/],
    [{ percentage: 101 }, /shadow\.percentage .*at most 100/],
    [{ redact: 'all' }, /shadow\.redact is not a function/],
    [{ sample: 1 }, /shadow\.sample is not an option/],
    [{ comparisonMode: 'fuzzy' }, /shadow\.comparisonMode .*semantic, exact/],
    [{ responseComparison: { similarityThreshold: 2 } }, /shadow\.responseComparison\.similarityThreshold .*at most 1/],
    [
      { similarityThreshold: 0.5, responseComparison: { similarityThreshold: 0.9 } },
      /responseComparison\.similarityThreshold contradicts similarityThreshold.*Keep one/,
    ],
    [
      { streaming: { pinConnections: false } },
      /streaming\.pinConnections cannot be switched off.*stays on the environment/,
    ],
    [{ streaming: { gracefulDegradation: false } }, /streaming\.gracefulDegradation cannot be switched off/],
  ])('%j is refused with its path and a remedy', (shadow, message) => {
    expect(() => routeOf({ shadow })).toThrow(message);
    expect(() => parseOptions(untyped({ routes: { chat: { environments: pair, shadow } } }))).toThrow(message);
  });

  test('are read as relays group them, key by key', () => {
    const own = { responseComparison: { similarityThreshold: 0.92, maxTemporalDriftMs: 500 } };
    const { shadow, sending } = parseOptions(
      untyped({
        routes: { chat: { environments: pair, shadow: { ...own, streaming: { bufferThreshold: 3 } } } },
        shadow: { comparisonMode: 'exact', similarityThreshold: 0.5 },
        bufferThreshold: 7,
      }),
    ).routes.get('chat')!;
    expect(shadow).toMatchObject({ comparisonMode: 'exact', similarityThreshold: 0.92, maxTemporalDriftMs: 500 });
    expect(shadow).not.toHaveProperty('responseComparison');
    expect(sending.buffer.chunks).toBe(3);
    expect(routeOf({ shadow: { streaming: { bufferThreshold: 3 } }, bufferThreshold: 5 }).sending.buffer.chunks).toBe(
      5,
    );
  });

  test('that are always so, or not what they promise, are noted', () => {
    const streaming = { pinConnections: true, bufferThreshold: 3, gracefulDegradation: true };
    expect(notes({ streaming, comparisonMode: 'semantic' })).toEqual([
      'shadow.streaming.pinConnections is always so: a stream stays on the environment that it began on.',
      'shadow.streaming.gracefulDegradation is always so: the live environment answers in place of a canary that fails.',
      'shadow.comparisonMode compares words: for their meaning, set shadow.embeddingRoute.',
    ]);
    expect(notes({ comparisonMode: 'exact', streaming: { bufferThreshold: 3 } })).toEqual([]);
    expect(notes({ comparisonMode: 'semantic', embeddingRoute: 'default' })).toEqual([]);
  });

  test('may name another route for embeddings', () => {
    const routes = { chat: { environments: pair }, embed: { environments: { blue: environment(100) } } };
    const config = parseOptions({ routes, shadow: { embeddingRoute: 'embed' } });
    expect(config.routes.get('chat')!.shadow.embeddingRoute).toBe('embed');
  });
});

const pinsOf = (own: object | false) =>
  parseOptions(
    untyped({
      routes: { chat: { environments: pair, conversationPins: own } },
      conversationPins: { header: 'X-Thread', ttl: '1m' },
    }),
  ).routes.get('chat')!.conversationPins;

describe('The options of conversation pins', () => {
  const DEFAULTS = { header: 'x-conversation-id', ttl: 3_600_000, max: 10_000, onRollback: 'switch' };

  test('pin nothing unless given', () => {
    expect(routeOf({}).conversationPins).toBeUndefined();
    expect(routeOf({ conversationPins: {} }).conversationPins).toEqual(DEFAULTS);
  });

  test('of a route win over the shared ones, or switch them off', () => {
    expect(pinsOf({ ttl: '2m', onRollback: 'finish' })).toEqual({
      ...DEFAULTS,
      header: 'x-thread',
      ttl: 120_000,
      onRollback: 'finish',
    });
    expect(pinsOf(false)).toBeUndefined();
  });
});
