import { fileURLToPath } from 'node:url';
import { isObject, parseJson } from '../../lib/kit/json.js';
import type { Client, Place, Results } from './client.js';
import { pythonWith } from './installed.js';
import { program } from './program.js';

/** An SDK for Python. Its exercises are a script, which prints what came of them as JSON. */
export class PythonSdk implements Client {
  readonly name: string;
  #python = '';

  constructor(
    private readonly sdk: string,
    readonly version: string,
  ) {
    this.name = `${sdk} for Python`;
  }

  async prepare(): Promise<void> {
    this.#python = await pythonWith({ [this.sdk]: this.version });
  }

  async run({ name, origin, apiKey }: Place): Promise<Results> {
    const script = new URL(`../../../bench/clients/python/${this.sdk}_calls.py`, import.meta.url);
    const env = { BENCH_ORIGIN: origin, BENCH_KEY: apiKey, BENCH_PLACE: name, PYTHONDONTWRITEBYTECODE: '1' };
    const { out } = await program(this.#python, [fileURLToPath(script)], () => env);
    const results = parseJson(out);
    return isObject(results) ? results : { 'ends with results': out.slice(-500) };
  }
}
