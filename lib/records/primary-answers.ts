import type { Channel } from '../primary/channel.js';
import type { AnswerBook, Answered, FoundAnswer } from '../telemetry/answered.js';

/** The answers of a worker, which the primary process keeps. */
export class PrimaryAnswers implements AnswerBook {
  constructor(
    private readonly channel: Channel,
    private readonly name: string,
  ) {}

  remember(answered: Answered): void {
    this.channel.tell(this.name, 'remember', answered);
  }

  claim(key: string, evaluator: string, accessKey?: number): Promise<FoundAnswer | 'foreign' | undefined> {
    return this.channel.ask(this.name, 'claim', key, evaluator, accessKey);
  }

  flush(): Promise<void> {
    return this.channel.ask<undefined>(this.name, 'flush').catch(() => undefined);
  }
}
