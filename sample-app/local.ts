import type { INestApplication } from '@nestjs/common';
import { answer, FakeUpstream, type Behaviour } from 'nestjs-blue-green/testing';

/** Where the environments of a sample are. */
export interface LocalModels {
  readonly blue: { readonly model: string; readonly baseUrl: string; readonly apiKey: string };
  readonly green: LocalModels['blue'];
}

/** Says who it is and what it was asked, so that one sees who answers. */
function namesItself(name: string): Behaviour {
  return (request, response) => {
    const messages = request.body['messages'] as {
      readonly content?: string | readonly { readonly text?: string }[];
    }[];
    const content = messages.at(-1)?.content ?? '';
    const asked = typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('');
    return answer(`${name} says: you asked "${asked}".`)(request, response);
  };
}

/**
 * Two models on this machine. With a key for a real provider, write its `baseUrl`, `apiKey` and two of its models here.
 */
export async function localModels(): Promise<LocalModels> {
  const [blue, green] = await Promise.all([
    FakeUpstream.start({ models: ['model-blue'] }),
    FakeUpstream.start({ models: ['model-green'] }),
  ]);
  blue.always(namesItself('Blue'));
  green.always(namesItself('Green'));
  return {
    blue: { model: 'model-blue', baseUrl: blue.baseUrl, apiKey: 'none' },
    green: { model: 'model-green', baseUrl: green.baseUrl, apiKey: 'none' },
  };
}

/** Listens on `PORT` (default 3000; 0 is any free one) until Ctrl-C. Gives the address. */
export async function listen(app: INestApplication, port = Number(process.env['PORT'] ?? 3000)): Promise<string> {
  app.enableShutdownHooks();
  await app.listen(port, '127.0.0.1');
  return app.getUrl();
}

/** The last thing that a sample does. */
export function sayWhatToTry(...lines: readonly string[]): void {
  console.log(`\n${lines.join('\n')}\nEnd it with Ctrl-C.`);
}
