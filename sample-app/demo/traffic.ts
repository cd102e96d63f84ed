import OpenAI from 'openai';
import { SHOP_ANSWERS, SHOP_QUESTIONS, SYSTEM_PROMPT } from '../shop-answers.js';
import { SUPPORT_CHAT } from '../support-chat.js';

const WHOLE_ANSWERS = new Set(SHOP_ANSWERS.map(([, answer]) => answer));
const CUSTOMERS = 2_000;

interface Answer {
  readonly text: string;
  readonly finishReason: string | null;
}

/** Customers of the shop, as the real `openai` SDK sends them through the gateway: half JSON, half streams. */
export class Traffic {
  #requests = 0;
  #errors = 0;
  #cutOff = 0;
  readonly #messages: string[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #onSent: () => void = () => {};

  readonly #openai: OpenAI;

  constructor(
    baseUrl: string,
    apiKey: string,
    private readonly requestsPerSecond: number,
  ) {
    // No retries of its own: the caller sees whatever the gateway lets through.
    this.#openai = new OpenAI({ baseURL: `${baseUrl}/v1`, apiKey, maxRetries: 0 });
  }

  get requests(): number {
    return this.#requests;
  }

  /** Calls that failed, or whose answer broke off without a word, as their caller saw it. */
  get errors(): number {
    return this.#errors;
  }

  /** Answers that ended at the token limit, and said so. */
  get cutOff(): number {
    return this.#cutOff;
  }

  /** The messages of the first few errors. */
  get errorMessages(): readonly string[] {
    return this.#messages;
  }

  start(): void {
    this.#timer = setInterval(() => {
      const call = this.#ask(this.#requests++).finally(() => this.#underWay.delete(call));
      this.#underWay.add(call);
      this.#onSent();
    }, 1000 / this.requestsPerSecond);
  }

  /** Resolves when this many more seconds' worth of calls have been sent. */
  async seconds(seconds: number): Promise<void> {
    const target = this.#requests + seconds * this.requestsPerSecond;
    await new Promise<void>((resolve) => {
      this.#onSent = () => {
        if (this.#requests >= target) resolve();
      };
    });
  }

  /** Sends no more, and waits for the calls under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
  }

  async #ask(n: number): Promise<void> {
    const question = SHOP_QUESTIONS[n % SHOP_QUESTIONS.length]!;
    const request = {
      model: SUPPORT_CHAT,
      messages: [
        { role: 'system' as const, content: SYSTEM_PROMPT },
        { role: 'user' as const, content: question },
      ],
    };
    const customer = { headers: { 'x-user-id': `customer-${Math.floor(Math.random() * CUSTOMERS)}` } };
    try {
      // Questions take turns, so every question is asked both ways.
      const streamed = Math.floor(n / SHOP_QUESTIONS.length) % 2 === 0;
      const answer = streamed ? await this.#streamed(request, customer) : await this.#whole(request, customer);
      if (answer.finishReason === 'length') this.#cutOff++;
      else if (!WHOLE_ANSWERS.has(answer.text)) throw new Error(`the answer is not whole: "${answer.text}"`);
    } catch (error) {
      this.#errors++;
      if (this.#messages.length < 5) this.#messages.push(String(error));
    }
  }

  async #whole(request: Request, customer: OpenAI.RequestOptions): Promise<Answer> {
    const { choices } = await this.#openai.chat.completions.create(request, customer);
    return { text: choices[0]?.message.content ?? '', finishReason: choices[0]?.finish_reason ?? null };
  }

  async #streamed(request: Request, customer: OpenAI.RequestOptions): Promise<Answer> {
    const stream = await this.#openai.chat.completions.create({ ...request, stream: true }, customer);
    let text = '';
    let finishReason: string | null = null;
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? '';
      finishReason = choices[0]?.finish_reason ?? finishReason;
    }
    return { text, finishReason };
  }
}

type Request = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
