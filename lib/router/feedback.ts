/** Where opinions of people on answers go. A class, because Nest injects by classes. */
export abstract class FeedbackSink {
  /** @returns whether the score was booked. */
  abstract feedback(requestId: string, score: number, evaluator: string): boolean;
}
