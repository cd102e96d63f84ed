import { expect, test } from '@jest/globals';
import type { SeenRequest } from './support/fake-provider.js';
import { isThere, KEYS, ScriptWorld, type WorldOptions } from './support/scripts/script-world.js';

const TIME_LIMIT = 150_000;
const OPERATOR = `
  { name: operator, key: "\${OPERATOR_KEY}", scopes: [inference, read, operate], environments: [blue, green] }`;
const TWO_MODELS = (alias: string, more = '') => `
relay: { base_url: "\${RELAY_BASE_URL}", api_key: "\${RELAY_API_KEY}", timeout: 30000, max_retries: 0 }
blue_green: { blue: { weight: 100 }, green: { weight: 0, model: gpt-4.1 } }
models: { ${alias}: gpt-4 }
keys: [${OPERATOR}${more}]
`;

/** A test with a world of its own. All of them run at the same time. */
const inWorld = (name: string, needs: string, options: WorldOptions, body: (world: ScriptWorld) => Promise<void>) => {
  const run = async () => {
    const world = await ScriptWorld.open(options);
    try {
      await body(world);
    } finally {
      await world.close();
    }
  };
  if (isThere(needs)) test.concurrent(name, run, TIME_LIMIT);
  else test.skip(`${name}: ${needs} is missing`, run);
};

/** The shares that a script has printed, like "blue 90 green 10" or JSON, after these words. */
function shareIn(output: string, words: string): number {
  const line = output.split('\n').find((text) => text.startsWith(words));
  const [first = NaN, second = NaN] = [...(line ?? '').slice(words.length).matchAll(/\b\d+\b/g)].map(Number);
  return second / (first + second);
}

function expectBetween(share: number, low: number, high: number): void {
  expect(share).toBeGreaterThan(low);
  expect(share).toBeLessThan(high);
}

inWorld(
  'a controller in Node splits by its own weights and by those of the relay, and takes a failing green back',
  'node',
  {
    models: ['gpt-4', 'gpt-4.1'],
    key: KEYS.OPERATOR_KEY,
    config: TWO_MODELS(
      'chat',
      `,
      { name: blue, key: "\${BLUE_API_KEY}", scopes: [inference, read], environments: [blue] },
      { name: green, key: "\${GREEN_API_KEY}", scopes: [inference, read], environments: [green] }`,
    ),
  },
  async (world) => {
    const script = world.script(process.execPath, 'weighted-controller.mjs');
    await script.said(/^watching/);
    world.relay.break('green');
    const output = await script.ended();
    expectBetween(shareIn(output, 'by the controller'), 0.01, 0.21);
    expectBetween(shareIn(output, 'by the relay'), 0.15, 0.46);
    expectBetween(shareIn(output, 'after a shift'), 0.24, 0.56);
    expect(output).toMatch(/^green: \d+ requests, \d+\.\d% errors, p99 \d+ ms$/m);
    expect(output).toMatch(/^rolled back {"blue":100,"green":0}$/m);
  },
);

inWorld(
  'a relay with shadow, policy and command line: shadow, a walk that is taken back, one that arrives, and the way back',
  'curl',
  {
    models: ['gpt-4.1', 'claude-sonnet-4.5', 'gemini-2.5-flash', 'deepseek-v3.2'],
    config: `
relay: { base_url: "\${RELAY_BASE_URL}", api_key: "\${RELAY_API_KEY}", timeout: 120000, max_retries: 3 }
blue_green:
  blue: { name: "production-v1", weight: 100 }
  green: { name: "production-v2", weight: 0, enabled: true }
models: { gpt_4: "gpt-4.1", claude: "claude-sonnet-4.5", gemini: "gemini-2.5-flash", deepseek: "deepseek-v3.2" }
routing: { strategy: "weighted", health_check_interval: 30 }
`,
  },
  async (world) => {
    const callers = world.call('gpt_4', 40);
    const script = world.script('bash', 'relay.sh');
    await script.said(/^first step/);
    world.relay.break('green');
    await script.said(/^taken back/);
    world.relay.mend('green');
    const output = await script.ended();
    expect(output.match(/^[a-z ]+: \d+ (blue|green)$/gm)).toEqual([
      'by its own name: 3 blue',
      'with shadow: 20 blue',
      'taken back: 20 blue',
      'walked: 20 green',
      'rolled back: 20 blue',
      'green taken out: 20 blue',
      'promoted: 20 green',
      'back: 20 blue',
    ]);
    expect(Number(/pairs compared: (\d+)/.exec(output)![1])).toBeGreaterThanOrEqual(15);
    expect(output).toMatch(/^without traffic: claude has 25 on green$/m);
    expect(output).toMatch(/^again: .*nothing/im);
    expect(output).toMatch(/^green has 10% of 4 routes$/m);
    expect(output).not.toContain('EPIPE');
    await callers.stop();
    expect(callers.troubles).toEqual([]);
  },
);

inWorld(
  'a health checker and a traffic manager in Python: validate, canary, promote, rollback, status',
  'python3',
  { models: ['gpt-4', 'gpt-4.1'], key: KEYS.OPERATOR_KEY, config: TWO_MODELS('code-assistant') },
  async (world) => {
    const phase = (name: string, code: number) => world.script('python3', 'deploy.py', ['--phase', name]).ended(code);
    expect(await phase('validate', 0)).toBe('blue: healthy\ngreen: healthy\ncan_deploy: True');
    const canary = await phase('canary', 0);
    expectBetween(shareIn(canary, 'distribution:'), 0.01, 0.21);
    expect(canary).toMatch(/^canary: \d+ requests, 0\.00% errors, p50 \d+ ms, p99 \d+ ms$/m);
    expect(await phase('status', 0)).toContain('active: blue\ncanary_active: True, canary_percentage: 10\n');
    expect(await phase('promote', 0)).toBe('distribution: blue 0 green 50');
    expect(await phase('status', 0)).toContain('active: green\ncanary_active: False');

    world.relay.break('green');
    expect(await phase('rollback', 0)).toBe('distribution: blue 50 green 0');
    expect(await phase('status', 0)).toContain('active: blue\ncanary_active: False, canary_percentage: 0\n');
    expect(await phase('rollback', 0)).toBe('nothing to roll back');
    expect(await phase('validate', 1)).toBe('blue: healthy\ngreen: unhealthy at model\ncan_deploy: False');
    expect(await phase('canary', 1)).toMatch(/not deployed$/);
    expect(await phase('status', 0)).toContain('canary_active: False, canary_percentage: 0\n');
  },
);

const ROUTER: WorldOptions = { models: ['gpt-4', 'gpt-4.1'], key: KEYS.OPERATOR_KEY, config: TWO_MODELS('chat') };

inWorld('a router in Python walks its schedule, and nobody goes back', 'python3', ROUTER, async (world) => {
  const output = await world.script('python3', 'router.py').ended();
  expect(output).toMatch(/^monitor: \d+ requests, error rate 0\.00%, p99 \d+ ms$/m);
  expect(output).toMatch(/\ndistribution: blue 0 green 60\ncomplete$/);
  expect(await world.get('/audit')).toContain('router.py begins its schedule');
});

inWorld('the thread of a router in Python takes a failing green back', 'python3', ROUTER, async (world) => {
  const script = world.script('python3', 'router.py');
  await script.said(/^green at 30%/);
  world.relay.break('green');
  const output = await script.ended(1);
  expect(output).toMatch(/\ndistribution: blue 60 green 0\nrolled back$/);
  expect(output).not.toContain('green at 100%');
});

/** Both versions have the same model: their prompts differ. */
const versionOf = ({ body }: SeenRequest): string =>
  JSON.stringify(body).includes('Be brief.') ? 'claude-sonnet-4.5-v2' : 'claude-sonnet-4.5-v1';

inWorld(
  'version tags, traffic rules, metrics, a progressive rollout, and back to one tag',
  'python3',
  {
    models: ['anthropic/claude-sonnet-4-20250514'],
    key: KEYS.OPERATOR_KEY,
    nameOf: versionOf,
    config: `
relay: { base_url: "\${RELAY_BASE_URL}", api_key: "\${RELAY_API_KEY}", timeout: 30000, max_retries: 0 }
models: { code-review-production: anthropic/claude-sonnet-4-20250514 }
keys: [${OPERATOR}]
`,
  },
  async (world) => {
    const script = world.script('python3', 'version_tags.py');
    await script.said(/^green is everything/);
    world.relay.break('claude-sonnet-4.5-v2');
    const output = await script.ended();
    expect(output).toMatch(/^no data yet: 0 requests$/m);
    expect(output).toMatch(/^status active, active claude-sonnet-4\.5-v1$/m);
    const share = (words: string) => shareIn(output.replaceAll(/\bv[12] /g, ''), words);
    expectBetween(share('at 5%:'), 0, 0.15);
    expectBetween(share('at 25%:'), 0.05, 0.48);
    expectBetween(share('at 50%:'), 0.25, 0.75);
    expect(share('at 100%:')).toBe(1);
    expect(output).toMatch(/^rolled back to claude-sonnet-4\.5-v1: v1 50 v2 0 failed 0$/m);
    expect(output).toMatch(/^alerts: [1-9]\d*, the last: .*(claude-sonnet-4\.5-v2|green)/m);
    expect(output).toMatch(/^taken back: v1 50 v2 0 failed 0$/m);
  },
);
