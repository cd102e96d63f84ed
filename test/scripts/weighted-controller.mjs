// A controller in Node that splits traffic by weights of its own and keeps an eye on green.
const { BASE_URL, API_KEY, BLUE_API_KEY, GREEN_API_KEY } = process.env;

class BlueGreenController {
  environments = {
    blue: { apiKey: BLUE_API_KEY, version: 'gpt-4', weight: 90 },
    green: { apiKey: GREEN_API_KEY, version: 'gpt-4.1', weight: 10 },
  };

  async request(method, path, { body, key = API_KEY, headers = {} } = {}) {
    const response = await fetch(`${BASE_URL}${path}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  /** Resolves with valid, quota, rateLimit, expiresAt and error. */
  async validateKey(key) {
    return (await this.request('POST', '/auth/validate', { key, body: { testModel: 'gpt-4.1', dryRun: true } })).body;
  }

  async setTrafficWeights(weights) {
    const routing = { strategy: 'weighted', weights };
    const { status, body } = await this.request('PATCH', '/routing/policy', { body: { routing } });
    if (status !== 200) throw new Error(`${status}: ${body.error.message}`);
    for (const [name, weight] of Object.entries(weights)) this.environments[name].weight = weight;
  }

  async shiftTraffic(target, increment = 10) {
    const green = this.environments.green.weight + (target === 'green' ? increment : -increment);
    await this.setTrafficWeights({ blue: 100 - green, green });
  }

  pick() {
    return Math.random() * 100 < this.environments.blue.weight ? 'blue' : 'green';
  }

  async complete({ environment, key = this.environments[environment]?.apiKey } = {}) {
    const body = { model: 'chat', messages: [{ role: 'user', content: 'Hi' }] };
    const headers = environment ? { 'X-Environment': environment } : {};
    return this.request('POST', '/chat/completions', { body, key, headers });
  }

  /** How many of so many calls each environment answered, by the answers themselves. */
  async distribution(calls, pick = () => undefined) {
    const counts = { blue: 0, green: 0 };
    for (let n = 0; n < calls; n++) {
      const environment = pick();
      const { status, headers, body } = await this.complete({ environment });
      if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
      const answeredBy = body.choices[0].message.content.split(' ')[0];
      expect(headers.get('x-environment') === answeredBy, `X-Environment ${headers.get('x-environment')}`);
      expect(environment === undefined || environment === answeredBy, `${environment} asked, ${answeredBy} answered`);
      counts[answeredBy] += 1;
    }
    return counts;
  }

  async isFailing(since) {
    const query = new URLSearchParams({
      version_tag: this.environments.green.version,
      start_time: since,
      metrics: 'request_count,error_rate,latency_p99',
    });
    const { request_count, error_rate, latency_p99_ms } = (await this.request('GET', `/metrics/versions?${query}`))
      .body;
    const figures = `${(error_rate * 100).toFixed(1)}% errors, p99 ${latency_p99_ms.toFixed(0)} ms`;
    console.log(`green: ${request_count} requests, ${figures}`);
    return request_count >= 5 && error_rate > 0.05;
  }

  /** The relay watches as well, and may be quicker. */
  async isTakenBack() {
    const { body } = await this.request('GET', '/status');
    return (body.data?.[0] ?? body).weights.green === 0;
  }
}

function expect(isSo, otherwise) {
  if (!isSo) throw new Error(otherwise);
}

const controller = new BlueGreenController();

for (const name of ['blue', 'green']) {
  const key = await controller.validateKey(controller.environments[name].apiKey);
  expect(key.valid === true && key.error === null, `the key of ${name}: ${JSON.stringify(key)}`);
  console.log(`key of ${name} is valid, expires ${key.expiresAt}`);
}
const unknown = await controller.validateKey('a-key-that-nobody-knows');
expect(unknown.valid === false && typeof unknown.error === 'string', JSON.stringify(unknown));
const other = await controller.complete({ environment: 'green', key: BLUE_API_KEY });
expect(other.status === 401, `the key of blue may ask green: ${other.status}`);

try {
  await controller.setTrafficWeights({ blue: 90, green: 20 });
  throw new Error('weights of 110 were taken');
} catch (error) {
  expect(/^422: .*110/.test(error.message), error.message);
}

console.log('by the controller', JSON.stringify(await controller.distribution(200, () => controller.pick())));
await controller.setTrafficWeights({ blue: 70, green: 30 });
console.log('by the relay', JSON.stringify(await controller.distribution(200)));
await controller.shiftTraffic('green');
console.log('after a shift', JSON.stringify(await controller.distribution(200)));

const since = new Date().toISOString();
console.log('watching');
const deadline = Date.now() + 20_000;
for (;;) {
  await controller.distribution(20);
  if ((await controller.isFailing(since)) || (await controller.isTakenBack())) break;
  expect(Date.now() < deadline, 'green fails, and neither its error rate nor its weight shows it');
}
await controller.setTrafficWeights({ blue: 100, green: 0 });
console.log('rolled back', JSON.stringify(await controller.distribution(100)));
