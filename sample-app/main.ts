import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { providersFromEnvironment, settingsOf, startMockProviders } from './providers.js';

const PORT = Number(process.env['PORT'] ?? 3000);
const GATEWAY_KEY = process.env['GATEWAY_KEY'] ?? 'shop-gateway-key';

const real = providersFromEnvironment(process.env);
const providers = real ?? settingsOf(await startMockProviders());

const app = await NestFactory.create(
  AppModule.with({
    providers,
    gatewayKey: GATEWAY_KEY,
    monitorInterval: '5s',
    rollout: {
      steps: [5, 25, 50, 100].map((setWeight) => ({ setWeight, duration: '1m' })),
      finalBakeTime: '1m',
    },
  }),
);
app.enableShutdownHooks();
await app.listen(PORT);

const base = `http://localhost:${PORT}`;
const gateway = GATEWAY_KEY === 'shop-gateway-key' ? GATEWAY_KEY : '$GATEWAY_KEY';
console.log(`
The shop's assistant listens on ${base}. Its providers: ${real ? real.blue.baseUrl : 'mocks on this machine (set OPENAI_API_KEY for a real one)'}.

Ask it something                curl ${base}/chat -H 'content-type: application/json' -d '{"message":"Where is my parcel?"}'
…word by word                   curl -N ${base}/chat -H 'content-type: application/json' -d '{"message":"Where is my parcel?","stream":true}'
Use it as an OpenAI endpoint    curl ${base}/v1/chat/completions -H 'authorization: Bearer ${gateway}' -H 'content-type: application/json' \\
                                     -d '{"model":"support-chat","messages":[{"role":"user","content":"Hello"}]}'
Choose green yourself           add -H 'X-Deployment-Env: green' to the call above
Move traffic to green           curl -X POST ${base}/rollout/start     (also: pause, resume, approve, promote, rollback)
See where it stands             curl ${base}/rollout
Is everybody well?              curl ${base}/health
`);
