import { afterEach, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);
const { PATH = '' } = process.env;

let child: ChildProcess | undefined;

/** What `npm run sample -- <name>` runs, once it is built. */
function startSample(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  child = spawn(process.execPath, ['dist/sample-app/sample.js', ...args], {
    cwd: ROOT,
    env: { PATH, PORT: '0', ...env },
  });
  return child;
}

/**
 * What it says until it has said this. Whoever stops reading leaves the pipe open: a sample that goes on talking must
 * not break on it.
 */
function saidUntil(sample: ChildProcess, last: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    sample.stdout!.on('data', (part) => {
      said += String(part);
      if (said.includes(last)) resolve(said);
    });
    sample.once('exit', () => reject(new Error(`The sample ended: ${said}`)));
  });
}

async function ended(sample: ChildProcess) {
  let said = '';
  for (const stream of [sample.stdout!, sample.stderr!]) stream.on('data', (part) => (said += String(part)));
  const [code] = (await once(sample, 'close')) as [number | null];
  return { code, said };
}

afterEach(() => {
  child?.kill('SIGKILL');
});

const NAMES = readdirSync(new URL('sample-app/', ROOT))
  .filter((name) => /^\d\d-/.test(name))
  .map((name) => name.replace('.ts', ''));

/** What each is asked, by the path that its own words name, and what has to come back. */
const CALLS: Readonly<Record<string, readonly [method: string, path: string, answer: RegExp]>> = {
  '01-express': ['GET', '/ask?q=Hello', /"content":"(Blue|Green) says: you asked \\"Hello\\"/],
  '02-fastify': ['GET', '/ask?q=Hello', /^(Blue|Green) says: you asked "Hello"/],
  '03-async-options': ['GET', '/weights', /^{"blue":80,"green":20}$/],
  '04-redis-replicas': ['GET', '/ask?q=Hello', /"environment":"blue"/],
  '05-ai-sdk': ['GET', '/stream?q=Hello', /^(Blue|Green) says: you asked "Hello"/],
  '06-custom-evaluator': ['POST', '/rollout', /"phase":"Progressing"/],
  '07-any-vendor': ['GET', '/ask?q=Hello', /"text":"(Blue|Green) says: you asked \\"Hello\\"\.","end":"stop","model":/],
};

test('an app in front of GPT and Claude gets the answers of both, whole and streamed', async () => {
  const said = await saidUntil(startSample(['07']), 'End it with Ctrl-C.');
  const address = /https?:\/\/[\w.:[\]]+/.exec(said)![0];
  const get = async (path: string) => (await fetch(`${address}/${path}?q=Hello`)).text();
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => get(n % 2 === 0 ? 'ask' : 'stream')));
  for (const name of ['Blue', 'Green']) expect(answers.join()).toContain(`${name} says: you asked`);
  expect(answers.filter((text) => !text.includes('says: you asked'))).toEqual([]);
});

test('the agent of the AI SDK is answered', async () => {
  const said = await saidUntil(startSample(['05']), 'End it with Ctrl-C.');
  const address = /https?:\/\/[\w.:[\]]+/.exec(said)![0];
  expect(await (await fetch(`${address}/agent?q=Hello`)).json()).toMatchObject({ steps: 1 });
});

describe.each(NAMES)('the sample %s', (name) => {
  test('starts by its number, says what to try, answers and stops', async () => {
    const sample = startSample([name.slice(0, 2)]);
    const said = await saidUntil(sample, 'End it with Ctrl-C.');
    const [method, path, answer] = CALLS[name]!;
    const address = /https?:\/\/[\w.:[\]]+/.exec(said)![0];
    expect(said).toContain(path);
    const response = await fetch(address + path, { method });
    expect(await response.text()).toMatch(answer);
    sample.kill('SIGINT');
    const [, signal] = (await once(sample, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGINT');
  });
});

test('without a number they are listed, all of them', async () => {
  const { code, said } = await ended(startSample([]));
  expect(code).toBe(0);
  expect(NAMES.filter((name) => !said.includes(name))).toEqual([]);
});

test('a number that there is not is told', async () => {
  expect(await ended(startSample(['99']))).toMatchObject({
    code: 2,
    said: expect.stringContaining('There is no sample "99"'),
  });
});

test('the sample with a Redis says what to install where there is none', async () => {
  const { code, said } = await ended(startSample(['04'], { PATH: '' }));
  expect(code).toBe(1);
  expect(said).toContain('apt-get install redis-server');
});

test('README has a line for each', () => {
  const readme = readFileSync(new URL('README.md', ROOT), 'utf8');
  expect(NAMES.filter((name) => !readme.includes(`sample-app/${name}.ts`))).toEqual([]);
});
