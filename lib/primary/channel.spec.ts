import { describe, expect, test } from '@jest/globals';
import { channelPair } from '../../test/support/channel-pair.js';
import { JournalUnavailableError, RevisionConflictError } from '../domain/errors.js';

interface Sums {
  add(a: number, b: number): Promise<number>;
}

describe('a channel between primary and worker', () => {
  test('calls methods of an object of the other end, in both directions', async () => {
    const { primary, worker } = channelPair();
    class Adder {
      #calls = 0;
      add(a: number, b: number): number {
        return a + b + 100 * this.#calls++;
      }
    }
    primary.offer('sums', new Adder());
    const sums = worker.part<Sums>('sums', ['add']);
    expect([await sums.add(1, 2), await sums.add(1, 2)]).toEqual([3, 103]);
    worker.offer('name', { of: async () => new Map([['a', undefined]]) });
    expect(await primary.ask('name', 'of')).toEqual(new Map([['a', undefined]]));
  });

  test('keeps the order of messages and answers', async () => {
    const { primary, worker } = channelPair();
    const seen: string[] = [];
    worker.offer('news', { say: (text: string) => void seen.push(text) });
    primary.offer('home', {
      follow: () => {
        primary.tell('news', 'say', 'first');
        primary.tell('news', 'say', 'second');
      },
    });
    await worker.ask('home', 'follow');
    expect(seen).toEqual(['first', 'second']);
  });

  test('carries errors over with what their callers look at', async () => {
    const { primary, worker } = channelPair();
    const failing = [new RevisionConflictError(1, 2), new JournalUnavailableError('disk full'), new Error('other')];
    primary.offer('home', {
      fail: (n: number) => {
        throw failing[n]!;
      },
    });
    for (const [n, error] of failing.entries()) {
      const caught = await worker.ask('home', 'fail', n).catch((reason: unknown) => reason);
      expect(caught).toBeInstanceOf(error.constructor);
      expect(caught).toMatchObject(Object.fromEntries([...Object.entries(error), ['message', error.message]]));
    }
  });

  test('refuses what nobody offers, and values that cannot be sent', async () => {
    const { primary, worker } = channelPair();
    await expect(worker.ask('home', 'nothing')).rejects.toThrow('Nobody offers home.nothing().');
    primary.offer('home', { code: () => () => 1 });
    await expect(worker.ask('home', 'code')).rejects.toThrow('could not be cloned');
  });

  test('lets nobody wait for a process that has ended', async () => {
    const { primary, worker, cut } = channelPair();
    primary.offer('home', { wait: () => new Promise(() => {}) });
    const waiting = worker.ask('home', 'wait');
    cut();
    await expect(waiting).rejects.toMatchObject({ code: 'journal_unavailable' });
    await expect(worker.ask('home', 'wait')).rejects.toMatchObject({ code: 'journal_unavailable' });
    expect(() => worker.tell('home', 'wait')).not.toThrow();
  });
});
