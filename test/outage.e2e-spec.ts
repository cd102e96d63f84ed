import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AlertService } from 'nestjs-blue-green';
import { filter, firstValueFrom } from 'rxjs';
import { ADAPTERS } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { answer, fail } from './support/fake-provider.js';
import { KEY, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const seconds = (line: string): string => line.replaceAll(/\d+ s\b/g, 'N s');

let stage: Stage;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  for (const level of ['log', 'warn', 'error'] as const) {
    jest.spyOn(Logger.prototype, level).mockImplementation((line: unknown) => {
      if (String(line).includes('the live environment')) lines.push(`${level}: ${String(line)}`);
    });
  }
  stage = await Stage.open();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stage.close();
});

async function call(url: string): Promise<number> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }] }),
  });
  await response.arrayBuffer();
  return response.status;
}

describe.each(ADAPTERS)('A live environment that answers nobody, on %s', (adapter) => {
  test('is one alert and one line, and one line when it answers again', async () => {
    const options = { retry: { attempts: 1 }, breaker: false as const };
    const app = await startGateway(stage, adapter, { options });
    const alerts = app.get(AlertService);
    const alerted = firstValueFrom(alerts.alerts$.pipe(filter(({ type }) => type === 'outage')));
    stage.provider.always(fail(500));
    expect(await Promise.all(Array.from({ length: 12 }, () => call(urlOf(app))))).toEqual(Array(12).fill(502));
    await alerted;
    for (let n = 0; n < 3; n++) await call(urlOf(app));
    stage.provider.always(answer('Hello'));
    for (let n = 0; n < 3; n++) expect(await call(urlOf(app))).toBe(200);

    const blue = 'Route "chat": the live environment "blue"';
    expect(lines.map(seconds)).toEqual([
      `error: ${blue} answers nobody: 12 requests in a row have failed in N s, the last one by server_error. Callers get errors: nobody is left.`,
      `log: ${blue} answers again, after N s and 15 failed requests.`,
    ]);
    expect(await alerts.recent()).toMatchObject([{ type: 'outage', severity: 'critical', route: 'chat' }]);
  });

  test('is a warning where a fallback answers', async () => {
    const { provider } = stage;
    const spare = { model: 'model-spare', baseUrl: provider.baseUrl, apiKey: 'sk-spare', weight: 0 };
    const environments = { ...blueAndGreen(provider), fallback: spare };
    const options = { routes: { chat: { environments } }, retry: { attempts: 1 } };
    const app = await startGateway(stage, adapter, { options });
    const alerted = firstValueFrom(app.get(AlertService).alerts$.pipe(filter(({ type }) => type === 'outage')));
    const [up, down] = [answer('Hello'), fail(500)];
    provider.always((request, response) => (request.body['model'] === 'model-spare' ? up : down)(request, response));
    for (let n = 0; n < 6; n++) expect(await call(urlOf(app))).toBe(200);
    expect(await alerted).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(
        /^Route "chat": the live environment "blue" answers nobody: .* Calls fall back to "fallback"\.$/,
      ),
    });
    expect(lines).toEqual([expect.stringMatching(/^warn: /)]);
  });
});
