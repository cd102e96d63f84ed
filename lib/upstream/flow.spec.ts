import { describe, expect, test } from '@jest/globals';
import { Gathered } from '../../test/support/gathered.js';
import { Outlet, Pull, type Flow, type Sink } from './flow.js';

/** Gives these, one after the other, and then ends. */
class Numbers implements Flow<number> {
  readonly #outlet = new Outlet<number>();
  #given = 0;

  constructor(
    private readonly count: number,
    private readonly error?: Error,
  ) {}

  get given(): number {
    return this.#given;
  }

  into(sink: Sink<number>): void {
    this.#outlet.into(sink);
  }

  pause(): void {
    this.#outlet.paused = true;
  }

  resume(): void {
    this.#outlet.paused = false;
    while (!this.#outlet.paused && this.#given < this.count) this.#outlet.write(++this.#given);
    if (this.#given === this.count) this.#outlet.end(this.error);
  }
}

describe('A flow', () => {
  test('stands still until it is resumed, and whenever its sink has enough', () => {
    const [numbers, sink] = [new Numbers(4), new Gathered<number>((value) => value % 2 === 1)];
    numbers.into(sink);
    expect(sink.values).toEqual([]);
    numbers.resume();
    expect(sink.values).toEqual([1, 2]);
    numbers.resume();
    expect(sink.values).toEqual([1, 2, 3, 4]);
  });

  test('tells its end once', () => {
    const [numbers, sink] = [new Numbers(1), new Gathered<number>()];
    numbers.into(sink);
    numbers.resume();
    numbers.resume();
    expect(sink.ends).toEqual([undefined]);
  });

  test('that is handed over in the middle goes on with the other sink, whatever the first one says', () => {
    const numbers = new Numbers(3);
    const second = new Gathered<number>();
    numbers.into(
      new Gathered<number>(() => {
        numbers.into(second);
        numbers.resume();
        return false;
      }),
    );
    numbers.resume();
    expect(second.values).toEqual([2, 3]);
    expect(second.ends).toEqual([undefined]);
  });
});

describe('Pulling from a flow', () => {
  test('takes one value for each time that it is asked, and none ahead', async () => {
    const numbers = new Numbers(3);
    const pull = new Pull(numbers);
    expect(numbers.given).toBe(0);
    expect(await pull.next()).toEqual({ value: 1, done: false });
    expect(numbers.given).toBe(1);
    const rest: number[] = [];
    for await (const value of pull) rest.push(value);
    expect(rest).toEqual([2, 3]);
    expect(await pull.next()).toMatchObject({ done: true });
  });

  test('gets to the error behind the values, once', async () => {
    const pull = new Pull(new Numbers(1, new Error('broken')));
    expect(await pull.next()).toMatchObject({ value: 1 });
    await expect(pull.next()).rejects.toThrow('broken');
    expect(await pull.next()).toMatchObject({ done: true });
  });

  test('says when it is left before the end, and then has nothing more', async () => {
    let left = 0;
    const pull = new Pull(new Numbers(3), () => left++);
    for await (const value of pull) if (value === 2) break;
    expect(left).toBe(1);
    expect(await pull.next()).toMatchObject({ done: true });
    for await (const value of new Pull(new Numbers(2), () => left++)) expect(value).toBeGreaterThan(0);
    expect(left).toBe(1);
  });
});
