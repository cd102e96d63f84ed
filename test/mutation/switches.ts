/** What is on while none is. */
export const NO_MUTANT = -1;

/** Which mutant is on in this process, and which ones were asked for. Set up before anything instrumented is loaded. */
export class Switches {
  private on = NO_MUTANT;
  private deadline = Infinity;
  private asked = 0;
  private seen = new Set<number>();

  /** `now` is the real clock: a test may put another in its place. */
  constructor(private readonly now: () => number) {}

  /**
   * Turns one mutant on; what runs for longer than `patience` in ms, with the mutant in its loop, is stopped by an
   * error.
   */
  turnOn(mutant: number, patience: number): void {
    this.on = mutant;
    this.asked = 0;
    this.deadline = this.now() + patience;
  }

  /** Whether the mutant ran in circles. */
  turnOff(): boolean {
    this.on = NO_MUTANT;
    return this.asked === Infinity;
  }

  /** What was asked for since the last time. */
  takeSeen(): number[] {
    const seen = [...this.seen];
    this.seen.clear();
    return seen;
  }

  /** What instrumented code calls. */
  readonly isOn = (mutant: number): boolean => {
    if (this.on === NO_MUTANT) this.seen.add(mutant);
    if (mutant !== this.on) return false;
    // Hung loops go round here: no timer would fire.
    if (this.asked++ % 4096 === 4095 && this.now() > this.deadline) this.asked = Infinity;
    if (this.asked === Infinity) throw new Error('The mutant runs in circles.');
    return true;
  };
}
