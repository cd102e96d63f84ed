import { describe, expect, test } from '@jest/globals';
import { observation } from '../../test/support/observations.js';
import { Figures } from './figures.js';
import { Tally } from './tally.js';

const of = (count: number) => {
  const sum = new Tally();
  for (let n = 0; n < count; n++) sum.addRequest(observation());
  return sum;
};
const requests = (figures: Figures, series = 'total:chat') => figures.read(series).summary().requests;

describe('a figure', () => {
  test('is what the fleet has said, what is under way and what was counted since', () => {
    const figures = new Figures();
    figures.learn('total:chat#0', of(100));
    figures.own('total:chat').merge(of(10));
    figures.take(10);
    figures.own('total:chat').merge(of(1));
    expect(requests(figures)).toBe(111);
    figures.acknowledge();
    expect(requests(figures)).toBe(111);
    figures.learn('total:chat#0', of(150));
    expect(requests(figures)).toBe(151);
  });

  test('is taken once', () => {
    const figures = new Figures();
    figures.own('total:chat').merge(of(1));
    expect([...figures.take(10).keys()]).toEqual(['total:chat#0']);
    figures.acknowledge();
    expect(figures.take(10).size).toBe(0);
  });

  test('waits for its turn when there are more than fit, oldest first', () => {
    const figures = new Figures();
    for (const name of ['a', 'b', 'c']) figures.own(name).merge(of(1));
    expect([...figures.take(2).keys()]).toEqual(['a#0', 'b#0']);
    expect(figures.hasUnsent).toBe(true);
    figures.acknowledge();
    expect([...figures.take(2).keys()]).toEqual(['c#0']);
  });

  test('of a store that was emptied is what was counted here since it was handed in', () => {
    const figures = new Figures();
    figures.learn('total:chat#0', of(100));
    figures.own('total:chat').merge(of(1));
    figures.startOver();
    expect(requests(figures)).toBe(1);
  });
});

describe('memory', () => {
  test('is bounded by the newest slices of a series', () => {
    const figures = new Figures();
    for (let slice = 1_000; slice < 2_000; slice++) figures.own('window:chat', slice).merge(of(1));
    expect(requests(figures, 'window:chat')).toBe(32);
    expect(figures.take(10_000).size).toBe(32);
  });

  test('goes on where the clock is set back, and forgets what was written ahead of it', () => {
    const figures = new Figures();
    for (const slice of [100, 101, 5_000, 102, 103]) figures.own('window:chat', slice).addUnit();
    expect(figures.slicesOf('window:chat').map(({ slice }) => slice)).toEqual([102, 103]);
    figures.learn('window:chat#60', new Tally());
    expect(figures.slicesOf('window:chat').map(({ slice }) => slice)).toEqual([102, 103]);
  });

  test('is bounded by a number of series: the one that was used longest ago goes', () => {
    const figures = new Figures();
    for (const name of ['kept', 'gone']) figures.own(name).merge(of(1));
    for (let n = 0; n < 32_767; n++) {
      figures.own('kept');
      figures.own(`series-${n}`);
    }
    expect([requests(figures, 'kept'), requests(figures, 'gone')]).toEqual([1, 0]);
    expect(figures.take(100_000).size).toBe(32_768);
  });

  test('keeps what is pinned, however little room there is, until it is let go of', () => {
    const figures = new Figures();
    figures.pin('evidence');
    for (const name of ['evidence', 'gone']) figures.own(name).merge(of(1));
    for (let n = 0; n < 32_768; n++) figures.own(`series-${n}`);
    expect([requests(figures, 'evidence'), requests(figures, 'gone')]).toEqual([1, 0]);
    figures.pin('evidence', false);
    for (let n = 0; n < 32_768; n++) figures.own(`later-${n}`);
    expect(requests(figures, 'evidence')).toBe(0);
  });

  test('keeps one slice for each of two hundred steps', () => {
    const figures = new Figures();
    for (let revision = 1; revision <= 203; revision++) figures.own('trial:chat', revision).addUnit();
    expect(figures.read('trial:chat').units).toBe(203);
  });

  test('is not filled by keys that make no sense', () => {
    const figures = new Figures();
    for (const key of ['', '#1', 'no-slice', 'a#b', 'a#1.5']) figures.learn(key, of(1));
    expect(['', 'no-slice', 'a'].map((series) => requests(figures, series))).toEqual([0, 0, 0]);
  });
});
