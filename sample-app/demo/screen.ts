import { stripVTControlCharacters } from 'node:util';
import { picture, summary, wrapped, type Scene } from './picture.js';

/** Shows a scene live: redrawn in a terminal, a line every two seconds elsewhere. */
export class Screen {
  #drawn = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #terminal = process.stdout.isTTY;

  constructor(private readonly scene: () => Scene) {}

  start(): void {
    this.#timer = setInterval(() => this.#show(this.#picture()), this.#terminal ? 200 : 2000);
  }

  /** Leaves the last picture where it is. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#show(this.#picture());
    this.#drawn = 0;
  }

  /** A line that stays, above the picture. */
  say(line: string): void {
    const drawn = this.#terminal && this.#timer ? this.#picture() : [];
    const said = this.#terminal ? wrapped(line, columns() - 3).join('\n   ') : line;
    this.#show([said, ...drawn], drawn.length);
  }

  #picture(): string[] {
    if (!this.#terminal) return [summary(this.scene())];
    return picture(this.scene(), columns()).map((line) => fitted(line, columns()));
  }

  /** Over the last picture, in one write, so that it does not flicker. `redrawn`: how many lines are the picture. */
  #show(lines: readonly string[], redrawn = lines.length): void {
    const back = this.#drawn > 0 ? `\u001B[${this.#drawn}A\u001B[0J` : '';
    process.stdout.write(`${back}${lines.join('\n')}\n`);
    this.#drawn = this.#terminal ? redrawn : 0;
  }
}

function columns(): number {
  return process.stdout.columns || 80;
}

/** A line that wraps would be two, and the next picture would begin one too low. */
function fitted(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length > width ? `${plain.slice(0, width - 1)}…` : line;
}
