import { LLMock } from '@copilotkit/aimock';
import { SHOP_ANSWERS } from './shop-answers.js';

/** A provider on this machine that speaks OpenAI's wire format and knows the shop's answers. */
export class MockProvider {
  readonly #mock: LLMock;
  #cutsOff = false;

  /** @param latency milliseconds between two chunks of a stream. */
  private constructor(model: string, latency: number) {
    this.#mock = new LLMock({ port: 0, latency, journalMaxEntries: 1000 });
    for (const [userMessage, content] of SHOP_ANSWERS) {
      this.#mock.on({ model, userMessage }, () => (this.#cutsOff ? cutOff(content) : { content }));
    }
  }

  /** @param model the one model that it has. */
  static async start(model: string, latency: number): Promise<MockProvider> {
    const provider = new MockProvider(model, latency);
    await provider.#mock.start();
    return provider;
  }

  get baseUrl(): string {
    return `${this.#mock.url}/v1`;
  }

  /** Wall times of the calls that ended in a 5xx. */
  get failedCalls(): number[] {
    return this.#mock
      .getRequests()
      .filter(({ response }) => response.status >= 500)
      .map(({ timestamp }) => timestamp);
  }

  /** From now on this share of the calls ends in a 500; 0 repairs it. */
  failing(share: number): void {
    this.#mock.setChaos({ dropRate: share });
  }

  /** From now on every answer is a proper 200 that stops in mid-sentence, as with a token limit that is too low. */
  cuttingOff(cutsOff: boolean): void {
    this.#cutsOff = cutsOff;
  }

  async stop(): Promise<void> {
    await this.#mock.stop();
  }
}

function cutOff(content: string): { readonly content: string; readonly finishReason: string } {
  return { content: content.slice(0, content.length / 3), finishReason: 'length' };
}
