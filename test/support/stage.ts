import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { startApp, type TestAppOptions } from './app.js';
import { FakeProvider } from './fake-provider.js';

/** One provider and the apps of a test, to be closed together. */
export class Stage {
  readonly #apps: INestApplication[] = [];

  private constructor(readonly provider: FakeProvider) {}

  static async open(): Promise<Stage> {
    return new Stage(await FakeProvider.start());
  }

  async app(options: TestAppOptions): Promise<INestApplication> {
    const app = await startApp(options);
    this.#apps.push(app);
    return app;
  }

  async close(): Promise<void> {
    // After an abort `fetch` keeps a spare connection, unused, that a closing server would wait for.
    for (const app of this.#apps) (app.getHttpServer() as Server).closeAllConnections();
    await Promise.all(this.#apps.map((app) => app.close()));
    await this.provider.stop();
  }
}

/** Where a listening app answers. */
export function urlOf(app: INestApplication): string {
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
