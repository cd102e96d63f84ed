import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { builtIn, fuzz, pollution } from '../../test/support/fuzz.js';
import { parseOptions } from '../options/parse-options.js';
import { ConfigFileError, readConfig } from './config-file.js';
import { sidecarConfig } from './sidecar-config.js';

const RELAY = `
relay:
  base_url: https://relay.example/v1
  api_key: \${RELAY_KEY}
  timeout: 120000
  max_retries: 2
`;
const ENV = { RELAY_KEY: 'relay-secret', GREEN_WEIGHT: '15', DIGITS: '12345678901' };

const read = (text: string, env: Record<string, string | undefined> = ENV) => readConfig(text, env);
const problemsOf = (text: string, env?: Record<string, string | undefined>) => {
  try {
    read(text, env);
  } catch (error) {
    if (error instanceof ConfigFileError) return error.problems;
    throw error;
  }
  return [];
};

describe('A configuration file', () => {
  test('may have one route under the names that the module has for it', () => {
    const { options } = read(`
alias: chat
environments:
  blue: { model: openai/gpt-4o, apiKey: '\${RELAY_KEY}', weight: 100 }
  green: { model: openai/gpt-4.1, apiKey: '\${RELAY_KEY}' }
`);
    expect(options.routes).toEqual({
      chat: {
        environments: {
          blue: { model: 'openai/gpt-4o', apiKey: 'relay-secret', weight: 100 },
          green: { model: 'openai/gpt-4.1', apiKey: 'relay-secret' },
        },
      },
    });
    const [wrong] = problemsOf('alias: chat\nenvironments:\n  blue: { model: gpt-4o, apiKey: k, weight: much }\n');
    expect(wrong?.path).toBe('environments.blue.weight (line 3)');
    expect(problemsOf('alias: chat\nenviroments: {}\n')).toMatchObject([
      { path: 'environments (line 1)', message: 'is missing' },
      { path: 'enviroments (line 2)', remedy: 'Did you mean environments? Otherwise remove it.' },
    ]);
    const [both] = problemsOf(`${RELAY}models: { chat: gpt-4o }\nenvironments: {}\n`);
    expect(both).toMatchObject({ message: 'cannot stand beside routes', path: 'environments (line 8)' });
  });

  test('makes each alias a route, with blue and green at the relay', () => {
    const { options, port, dashboard } = read(`${RELAY}
blue_green:
  blue: { name: Steady, weight: 85 }
  green: { name: New, weight: 15, enabled: true, model: gpt-4.1 }
models:
  code-review: gpt-4o
  chat.v2: gpt-4o-mini
routing: { strategy: sticky, health_check_interval: 20 }
port: 9090
`);
    expect([port, dashboard]).toEqual([9090, undefined]);
    const at = { baseUrl: 'https://relay.example/v1', apiKey: 'relay-secret' };
    expect(options).toEqual({
      timeouts: { total: 120_000, firstToken: 120_000 },
      retry: { attempts: 3 },
      health: { interval: 20_000 },
      stickiness: { strategy: 'sticky' },
      routes: {
        'code-review': {
          environments: {
            blue: { name: 'Steady', model: 'gpt-4o', weight: 85, ...at },
            green: { name: 'New', model: 'gpt-4.1', weight: 15, ...at },
          },
        },
        'chat.v2': {
          environments: {
            blue: { name: 'Steady', model: 'gpt-4o-mini', weight: 85, ...at },
            green: { name: 'New', model: 'gpt-4.1', weight: 15, ...at },
          },
        },
      },
    });
    expect(parseOptions(options).routes.size).toBe(2);
  });

  test.each([
    ['2000', 2_000],
    ['30s', '30s'],
    ["'1.5s'", '1.5s'],
    ['500ms', '500ms'],
  ])('reads a time limit of %s', (timeout, total) => {
    const { options } = read(`relay: { base_url: http://h/v1, api_key: k, timeout: ${timeout} }\nmodels: { chat: a }`);
    expect(options.timeouts).toEqual({ total, firstToken: total });
  });

  test.each([
    ['30', 'is less than a second', 'A number is milliseconds here: for seconds write 30s.'],
    ['0', 'is not a time to wait for', "Write milliseconds as a number, or '30s', '5m'."],
    ['soon', 'is not a time to wait for', "Write milliseconds as a number, or '30s', '5m'."],
    ['3000000000', 'is not a time to wait for', "Write milliseconds as a number, or '30s', '5m'."],
  ])('refuses a time limit of %s', (timeout, message, remedy) => {
    const problems = problemsOf(
      `relay: { base_url: http://h/v1, api_key: k, timeout: ${timeout} }\nmodels: { chat: a }`,
    );
    expect(problems).toMatchObject([
      { path: 'relay.timeout (line 1)', value: expect.stringContaining(timeout), message, remedy },
    ]);
  });

  test('has its health checks in seconds', () => {
    const { options } = read(`${RELAY}\nmodels: { chat: a }\nrouting: { health_check_interval: 30 }`);
    expect(options.health).toEqual({ interval: 30_000 });
  });

  test('may say healthCheck, the word of the wire, for splitCheck', () => {
    const route = `${RELAY}models: { chat: gpt-4o }\n`;
    expect(read(`${route}healthCheck: false\n`).options).toMatchObject({ splitCheck: false });
    expect(problemsOf(`${route}healthCheck: { errorRate: 7 }\n`)).toMatchObject([
      { path: 'healthCheck.errorRate (line 8)', message: 'is too big' },
    ]);
    expect(problemsOf(`${route}splitCheck: true\nhealthCheck: false\n`)).toMatchObject([
      { path: 'healthCheck (line 9)', message: 'says the same as splitCheck', remedy: 'Keep one of the two.' },
    ]);
  });

  test('lets green be at a relay of its own', () => {
    const { options } = read(`${RELAY}
blue_green: { green: { base_url: https://other.example/v1, api_key: other } }
models: { chat: gpt-4o }`);
    const { blue, green } = options.routes['chat']!.environments;
    expect(blue).toMatchObject({ baseUrl: 'https://relay.example/v1', weight: 100 });
    expect(green).toMatchObject({ baseUrl: 'https://other.example/v1', apiKey: 'other', weight: 0 });
  });

  test('with green not enabled gives everything to blue', () => {
    const { options } = read(`${RELAY}
blue_green: { blue: { weight: 85 }, green: { weight: 15, enabled: false } }
models: { chat: gpt-4o }`);
    expect(options.routes['chat']!.environments).toEqual({ blue: expect.objectContaining({ weight: 100 }) });
  });

  test("takes the module's own options as they are, its routes beside the models", () => {
    const { options } = read(`${RELAY}
models: { chat: gpt-4o }
retry: { baseDelay: 1s }
scheduler: { monitorInterval: 10s }
keys: [{ name: web, key: a-key-of-sixteen-or-more, environments: [green] }]
routes:
  embed:
    environments: { blue: { model: openai/text-embedding-3-small, apiKey: k, weight: 100 } }`);
    expect(Object.keys(options.routes)).toEqual(['chat', 'embed']);
    expect(options).toMatchObject({ retry: { attempts: 3, baseDelay: '1s' }, scheduler: { monitorInterval: '10s' } });
  });

  test('with the strategy "weighted" keeps nobody where they were', () => {
    const { options } = read(`${RELAY}\nmodels: { chat: gpt-4o }\nrouting: { strategy: weighted }`);
    expect(options.stickiness).toEqual({ strategy: 'weighted' });
  });
});

const capabilitiesIn = (text: string) => {
  const { options } = read(text);
  parseOptions(options);
  const { blue, green } = Object.values(options.routes)[0]!.environments;
  return [blue?.capabilities, green?.capabilities];
};

describe('Capabilities', () => {
  const WIRE = '{ provider: openai, max_tokens: 128000, supports_streaming: true, supports_tools: false }';
  const CODE = { provider: 'openai', maxTokens: 128_000, supportsStreaming: true, supportsTools: false };

  test.each([
    ['of a slot', `${RELAY}\nblue_green: { green: { capabilities: ${WIRE} } }\nmodels: { chat: a }`, [undefined, CODE]],
    ['of an alias', `${RELAY}\nmodels: { chat: { model: a, capabilities: ${WIRE} } }`, [CODE, CODE]],
    [
      'of an alias, not of another model',
      `${RELAY}\nblue_green: { green: { model: b } }\nmodels: { chat: { model: a, capabilities: ${WIRE} } }`,
      [CODE, undefined],
    ],
    [
      'of an environment',
      `environments: { blue: { model: openai/a, apiKey: k, weight: 100, capabilities: ${WIRE} } }`,
      [CODE],
    ],
    [
      'of a route',
      `routes: { chat: { environments: { blue: { model: openai/a, apiKey: k, weight: 100, capabilities: ${WIRE} } } } }`,
      [CODE],
    ],
    [
      'in the words of the options',
      `environments: { blue: { model: openai/a, apiKey: k, weight: 100, capabilities: { maxTokens: 5 } } }`,
      [{ maxTokens: 5 }],
    ],
  ])('%s are read as they stand on the wire', (_where, text, expected) => {
    expect(capabilitiesIn(text).slice(0, expected.length)).toEqual(expected);
  });

  test.each([
    [
      'blue_green: { green: { capabilities: { max_tokens: many } } }\nmodels: { chat: a }',
      'blue_green.green.capabilities.max_tokens',
    ],
    ['models: { chat: { model: a, capabilities: { max_tokens: many } } }', 'models.chat.capabilities.max_tokens'],
    ['models: { chat: { model: a, capabilities: { max_token: 5 } } }', 'models.chat.capabilities.max_token'],
  ])('%s is a problem at its place', (text, path) => {
    const [problem] = problemsOf(`${RELAY}\n${text}`);
    expect(problem?.path.split(' ')[0]).toBe(path);
  });
});

const asked = (value: string) => `${RELAY}\nmodels: { chat: gpt-4o }\ndashboard: ${value}`;

describe('A dashboard', () => {
  const SECRET = '0123456789'.repeat(4);

  test('is there when the file asks for it, where it says', () => {
    expect(read(asked('true')).dashboard).toBe(true);
    expect(read(asked(`{ path: ops, secret: '${SECRET}' }`)).dashboard).toEqual({ path: 'ops', secret: SECRET });
    expect(read(asked('true')).options).not.toHaveProperty('dashboard');
  });

  test('of a sidecar is asked for by its environment', () => {
    const url = { RELAY_BASE_URL: 'http://h/v1', RELAY_API_KEY: 'k', BLUE_MODEL: 'a', GREEN_MODEL: 'b' };
    const env = { ...url, BLUE_GREEN_KEY: 'a-key-of-the-sidecar' };
    expect(read(sidecarConfig(env), env).dashboard).toBe(false);
    const withPage = { ...env, DASHBOARD: 'true' };
    expect(read(sidecarConfig(withPage), withPage).dashboard).toBe(true);
  });

  test('with a secret that could be guessed is a problem, which does not show it', () => {
    expect(problemsOf(asked('{ secret: guess-me }'))).toMatchObject([
      {
        path: 'dashboard.secret (line 9)',
        message: 'needs at least 32 characters',
        value: expect.not.stringContaining('guess'),
      },
    ]);
  });
});

describe('What the command line says', () => {
  test('wins over the file', () => {
    const { options, port } = readConfig(`${RELAY}\nmodels: { chat: gpt-4o }\nport: 1`, ENV, {
      weights: { blue: 85, green: 15 },
      monitorInterval: '5s',
      port: 8081,
    });
    const { blue, green } = options.routes['chat']!.environments;
    expect([blue!.weight, green!.weight, port]).toEqual([85, 15, 8081]);
    expect(options.scheduler).toEqual({ monitorInterval: '5s' });
  });
});

const models = (value: string) =>
  read(`${RELAY}\nblue_green: { green: { weight: ${value} } }\nmodels: { chat: gpt-4o }`, ENV);
const greenOf = ({ options }: ReturnType<typeof read>) => options.routes['chat']!.environments['green']!;

describe('A variable', () => {
  test('that is a figure is one', () => expect(greenOf(models('"${GREEN_WEIGHT}"')).weight).toBe(15));
  test('has a default', () => expect(greenOf(models('"${NOT_SET:-7}"')).weight).toBe(7));

  test('that is a key of digits stays a text', () => {
    const { options } = read('relay: { base_url: http://h/v1, api_key: "${DIGITS}" }\nmodels: { chat: a }');
    expect(options.routes['chat']!.environments['blue']!.apiKey).toBe('12345678901');
  });

  test('that is missing is a problem with its path and its line, and not the only one that is told', () => {
    const problems = problemsOf(
      `relay:\n  base_url: http://h/v1\n  api_key: \${NOPE}\nmodels: { chat: a }\nport: x`,
      {},
    );
    expect(problems).toMatchObject([
      { path: 'relay.api_key (line 3)', message: 'needs the environment variable NOPE, which is not set' },
      { path: 'port (line 5)', message: 'has the wrong type' },
    ]);
  });

  test('needs quotes inside of braces, and the problem says so', () => {
    const [problem] = problemsOf('relay: { api_key: ${RELAY_KEY} }');
    expect(problem).toMatchObject({
      path: 'line 1',
      remedy: 'Inside { } and [ ] a variable needs quotes: "${NAME}".',
    });
  });

  test('that does not end is a problem', () => {
    expect(problemsOf('relay: { api_key: "${OOPS" }\nmodels: { chat: openai/a }')).toMatchObject([
      { path: 'relay.api_key (line 1)', message: 'has a ${ that does not name a variable' },
    ]);
  });
});

describe('Problems', () => {
  test('are told all at once, with path, line, what was found and the nearest name', () => {
    const problems = problemsOf(`relay:
  base_url: nowhere
  api_key: k
  timout: 30
blue_green:
  green: { weigth: 15 }
models:
  chat: gpt-4o
  code: gpt-4o
routing:
  strategy: random`);
    expect(problems.map(({ path, value, remedy }) => `${path}: ${value}. ${remedy}`)).toEqual([
      'relay.timout (line 4): 30. Did you mean timeout? Otherwise remove it.',
      'blue_green.green.weigth (line 6): 15. Did you mean weight? Otherwise remove it.',
      'routing.strategy (line 11): "random". Use one of: sticky, weighted.',
      `relay.base_url (line 2): "nowhere". Write it with the version segment, like 'https://api.openai.com/v1'.`,
    ]);
  });

  test('of a value from the environment name its variable', () => {
    const text = 'relay: { base_url: "${HOST}/v1", api_key: k }\nmodels: { chat: gpt-4o }';
    expect(problemsOf(text, { HOST: 'relay' })).toMatchObject([{ path: 'relay.base_url (line 1, from HOST)' }]);
  });

  test('of weights are those of blue_green', () => {
    const [problem] = problemsOf(`${RELAY}
blue_green: { blue: { weight: 80 }, green: { weight: 30 } }
models: { chat: a }`);
    expect(problem).toMatchObject({ path: 'blue_green (line 8)', value: '{"blue":80,"green":30}' });
  });

  test.each([
    ['a list', '- a'],
    ['nothing', ''],
    ['no YAML', 'a: [b'],
    ['a name twice', 'port: 1\nport: 2'],
    ['a tag that nobody knows', 'port: !!js/function x'],
    ['an alias to nowhere', 'port: *x'],
    ['brackets without end', '['.repeat(50_000)],
    ['a book', 'x'.repeat(300_000)],
  ])('%s is one', (_name, text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
  });

  test('show no secret', () => {
    const secret = 'sk-very-secret';
    const texts = [
      `relay: { api_key: [${secret}] }\nmodels: { a: b }`,
      `relay: { api_key: "${secret}\n`,
      `keys: [{ name: a, key: ${secret} }]`,
      `relay: { base_url: "http://me:${secret}@/v1" }\nmodels: { a: b }`,
    ];
    for (const text of texts) expect(JSON.stringify(problemsOf(text))).not.toContain(secret);
  });
});

describe('Any text', () => {
  const words = [
    'relay',
    'models',
    'blue_green',
    'routes',
    'green',
    'weight',
    'a',
    '${A}',
    '${',
    '5',
    '&x',
    '*x',
    '<<',
    '__proto__',
  ];
  const marks = [':', ': ', '- ', '\n', '\n  ', '{', '}', '[', ']', ',', '"', '|', '?', '#', '!', '\t'];

  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...words, ...marks), { maxLength: 40 }).map((parts) => parts.join('')),
    fc.json(),
    fc
      .dictionary(
        fc.constantFrom('relay', 'models', 'blue_green', 'routing', 'routes', 'keys', 'port', '__proto__'),
        fc.oneof(fc.jsonValue(), builtIn),
      )
      .map((file) => JSON.stringify(file)),
  );
  fuzz('is read or refused, and nothing else: no object gets another prototype', texts, (text) => {
    problemsOf(text, { A: '1' });
    expect(pollution()).toEqual([]);
  });
});

test.each(['__proto__', 'constructor'])('%s is the name of nothing', (name) => {
  const file = `${RELAY}\nmodels: { chat: a }\n${name}: { keys: [{ name: x, key: sixteen-characters }] }`;
  expect(problemsOf(file)).toMatchObject([{ message: 'is not an option' }]);
  expect(problemsOf(`${RELAY}\nmodels: { chat: a }\nretry: { ${name}: { attempts: 9 } }`)).toHaveLength(1);
});
