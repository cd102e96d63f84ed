import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeBlocks, tableRows } from './support/docs/markdown.js';
import { read } from './support/docs/pages.js';
import { commandsIn } from './support/docs/shell.js';
import { controlOptions, OPERATOR } from './support/control.js';
import { blueAndGreen } from './support/environments.js';
import { startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const PAGE = 'docs/http-api.md';
const page = read(PAGE);
const RELAY_PAGE = 'docs/coming-from-a-relay.md';
const NIGHT_PAGE = 'docs/operating.md';

interface Operation {
  readonly summary: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}
const { paths } = JSON.parse(read('docs/openapi.json')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

/** A request as the page sends it. */
interface Curl {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly isStream: boolean;
}

const requestsOn = (file: string): Curl[] =>
  codeBlocks(file, read(file))
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => commandsIn(code))
    .filter(({ words }) => words[0] === 'curl' && words.some((word) => word.startsWith('$BLUE_GREEN_URL')))
    .map(({ words }) => curlIn(words.slice(1)));

test('the page has every operation of the OpenAPI document, with its scope', () => {
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary, security }]) => {
      const [scope] = Object.values(security[0]!).flat();
      return `\`${method.toUpperCase()} ${path}\` \`${scope}\` ${summary}`;
    }),
  );
  const [, section = ''] = /\n## Operations\n(.*?)\n## /s.exec(page) ?? [];
  const [, ...rows] = tableRows(section);
  expect(rows.map((cells) => cells.join(' ')).toSorted()).toEqual(described.toSorted());
});

test("the page's examples are many", () => expect(requestsOn(PAGE).length).toBeGreaterThan(15));

describe.each([PAGE, RELAY_PAGE, NIGHT_PAGE])('the examples of %s', (file) => {
  let stage: Stage;
  let app: INestApplication;

  beforeAll(async () => {
    stage = await Stage.open();
    const routes = { 'support-chat': { environments: blueAndGreen(stage.provider) } };
    app = await startGateway(stage, 'express', { options: { ...controlOptions, routes } });
  });
  afterAll(() => stage.close());

  // In the order of the page: later ones rely on what earlier ones have set.
  test.each(requestsOn(file))('$method $path is answered', async ({ method, path, headers, body, isStream }) => {
    const left = new AbortController();
    const response = await fetch(`${urlOf(app)}/v1${path}`, {
      method,
      headers,
      signal: left.signal,
      ...(body !== undefined && { body }),
    });
    const text = isStream ? undefined : await response.text();
    left.abort();
    expect([response.ok, text]).toEqual([true, text]);
  });
});

function curlIn(words: readonly string[]): Curl {
  const headers: Record<string, string> = {};
  let [method, url, body]: (string | undefined)[] = [];
  let isStream = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === '-X') method = words[++at];
    else if (word === '-d') body = words[++at];
    else if (word === '-N') isStream = true;
    else if (word === '-H') {
      const [name = '', value = ''] = words[++at]!.split(/: (.*)/s);
      headers[name] = value.replace('$BLUE_GREEN_KEY', OPERATOR);
    } else url = word;
  }
  const path = url!.replace('$BLUE_GREEN_URL', '');
  return { method: method ?? (body === undefined ? 'GET' : 'POST'), path, headers, body, isStream };
}
