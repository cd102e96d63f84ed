/** Tests of one spec: their places in it, and what they took together, in ms. */
export interface Part {
  spec: string;
  tests: number[];
  ms: number;
}

export type Job =
  /** Run a spec with no mutant on, and say what its tests ask for. */
  | { name: 'measure'; spec: string }
  /** Run tests with a mutant on until one fails. `fromStart`: on already while the spec and what it imports is loaded. */
  | { name: 'try'; mutant: number; parts: Part[]; fromStart: boolean };

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
  by?: string;
}
