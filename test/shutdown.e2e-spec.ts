import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { answer, begin, chunk, type Behaviour } from './support/fake-provider.js';
import { contentOf, Halfway, WORDS } from './support/halfway.js';
import { LEAVERS, Leaving, type Leaver, type ShutdownTimes } from './support/leaving.js';

const STREAMS = 200;
const WORKERS = 4;
/** What a client sees of a server that has closed, or is about to. */
const GONE = ['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'];

let leaving: Leaving | undefined;
afterEach(() => leaving?.stop());

async function started(leaver: Leaver, times: ShutdownTimes, halfway: Halfway): Promise<Leaving> {
  const whole = answer();
  leaving = await Leaving.start(leaver, times);
  leaving.provider.always((seen, response) =>
    seen.body['stream'] === true ? halfway.behaviour(seen, response) : whole(seen, response),
  );
  return leaving;
}

type Call = Awaited<ReturnType<Leaving['call']>>;

/** More than all buffers on its way hold, and no end. */
const flood: Behaviour = ({ body }, response) => {
  begin(response);
  for (let n = 0; n < 64; n++) response.write(chunk(String(body['model']), 'x'.repeat(512 * 1024)));
};

/** Reads on from its first chunk, by its own pace. */
async function begun({ body }: Call): Promise<{ whole: Promise<string> }> {
  const [first] = (await once(body, 'data')) as [Buffer];
  const rest = async () => {
    let text = first.toString();
    for await (const part of body) text += String(part);
    return text;
  };
  const whole = rest();
  whole.catch(() => {});
  return { whole };
}

/** What became of the requests of somebody who goes on asking until nobody is there any more. */
async function asksOn(process: Leaving, isUnready: () => boolean) {
  const seen = { answered: 0, answeredUnready: 0, statuses: new Set<number>() };
  for (;;) {
    const knew = isUnready();
    try {
      const { statusCode, body } = await process.call();
      await body.dump();
      seen.answered++;
      if (knew) seen.answeredUnready++;
      seen.statuses.add(statusCode);
    } catch (error) {
      return { ...seen, refusedWith: (error as { code?: string }).code, knew };
    }
  }
}

describe.each(LEAVERS)('SIGTERM under load, with 200 open streams: %s', (leaver) => {
  test('says no to readiness, takes requests while it drains, ends every stream whole, and exits with 0', async () => {
    const halfway = new Halfway(STREAMS);
    const process = await started(leaver, { drain: '1500ms', grace: '60s' }, halfway);
    const open = async () => begun(await process.call({ stream: true }));
    const streams = await Promise.all(Array.from({ length: STREAMS }, open));
    await halfway.allHalfway;
    const events = await process.events();
    await process.spareConnection();
    let isUnready = false;
    const workers = Array.from({ length: WORKERS }, () => asksOn(process, () => isUnready));

    expect(await process.get('/health/ready')).toBe(200);
    process.signal('SIGTERM');
    await process.unready();
    isUnready = true;
    expect(await process.get('/health/live')).toBe(200);

    // The workers end when nobody listens any more: from then on the streams are all that is left.
    for (const { answeredUnready, statuses, refusedWith, knew } of await Promise.all(workers)) {
      expect({ statuses: [...statuses], knew }).toEqual({ statuses: [200], knew: true });
      expect(answeredUnready).toBeGreaterThan(0);
      expect(GONE).toContain(refusedWith);
    }
    expect(await events.whole).toContain(': hello');

    halfway.finish();
    for (const text of await Promise.all(streams.map(({ whole }) => whole))) {
      expect(contentOf(text)).toBe(WORDS.join(''));
      expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    }
    expect((await process.over).code).toBe(0);
  });
});

describe.each(LEAVERS)('what is not finished when the grace is over: %s', (leaver) => {
  test('ends with the typed error, stream or not; who does not read is cut off; the process exits with 0', async () => {
    const halfway = new Halfway(1);
    const process = await started(leaver, { drain: '0s', grace: '300ms' }, halfway);
    const stream = await begun(await process.call({ stream: true }));
    await halfway.allHalfway;
    process.provider.next(flood);
    const deaf = await process.call({ stream: true });
    const asked = new Promise<void>((resolve) => process.provider.next(() => resolve()));
    const silent = process.call();
    await asked;

    process.signal('SIGTERM');
    const { statusCode, headers, body } = await silent;
    expect({ statusCode, again: headers['x-should-retry'] }).toEqual({ statusCode: 503, again: 'true' });
    expect(await body.json()).toMatchObject({ error: { code: 'upstream_shutdown' } });
    const text = await stream.whole;
    expect(text).toContain('"code":"upstream_shutdown"');
    expect(text).not.toContain('[DONE]');
    expect((await process.over).code).toBe(0);
    await expect(deaf.body.text()).rejects.toThrow();
  });
});

test('SIGINT, from somebody who waits, does not drain', async () => {
  const process = await started('serve', { drain: '60s', grace: '60s' }, new Halfway(0));
  process.signal('SIGINT');
  expect((await process.over).code).toBe(0);
});
