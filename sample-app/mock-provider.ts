import { LLMock } from '@copilotkit/aimock';
import { SHOP_ANSWERS } from './shop-answers.js';

/** A provider on this machine that speaks OpenAI's wire format and knows the shop's answers. */
export class MockProvider {
  readonly #mock: LLMock;

  private constructor(mock: LLMock) {
    this.#mock = mock;
  }

  /**
   * @param model the one model that it has.
   * @param latency milliseconds between two chunks of a stream.
   */
  static async start(model: string, latency: number): Promise<MockProvider> {
    const mock = new LLMock({ port: 0, latency, journalMaxEntries: 1000 });
    for (const [userMessage, content] of SHOP_ANSWERS) mock.on({ model, userMessage }, { content });
    await mock.start();
    return new MockProvider(mock);
  }

  get baseUrl(): string {
    return `${this.#mock.url}/v1`;
  }

  /** Calls that this provider has answered badly, with the wall time of each. */
  get failedCalls(): number[] {
    return this.#mock
      .getRequests()
      .filter(({ response }) => response.status >= 500)
      .map(({ timestamp }) => timestamp);
  }

  /** From now on this share of the calls ends in a 500; 0 mends it. */
  failing(share: number): void {
    this.#mock.setChaos({ dropRate: share });
  }

  async stop(): Promise<void> {
    await this.#mock.stop();
  }
}
