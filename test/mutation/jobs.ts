/** Tests of one spec: their places in it, and what they took together, in ms. */
export interface Part {
  spec: string;
  tests: number[];
  ms: number;
}

/** Run a spec with no mutant on, and say what its tests ask for. */
interface Measure {
  name: 'measure';
  spec: string;
}

/**
 * Run tests with a mutant on until one fails. `fromStart`: on already while the specs and what they import are loaded.
 */
export interface Attempt {
  name: 'try';
  mutant: number;
  parts: Part[];
  fromStart: boolean;
}

export type Job = Measure | Attempt;

export interface Measured {
  spec: string;
  /** Mutants that are asked for while the spec loads. */
  loading: number[];
  tests: { name: string; ms: number; mutants: number[]; isFailing: boolean }[];
}

/** `unsure`: a test failed, and went on failing when the mutant was off again. */
export interface Tried {
  verdict: 'killed' | 'timeout' | 'survived' | 'unsure';
  /** The test that noticed. */
  by?: string | undefined;
}
