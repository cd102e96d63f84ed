import type { LlmRouterService } from 'nestjs-blue-green';
import type { Ask, Exercise, Got, Picture, Tokens } from '../exercise.js';

/** Where an SDK finds the gateway, and the router itself. */
export interface Place {
  readonly origin: string;
  readonly apiKey: string;
  readonly router: LlmRouterService;
}

/** An SDK, unchanged but for address and key. */
export interface Caller {
  readonly name: string;
  /** Whether its format has words for this. */
  can(ask: Ask): boolean;
  run(place: Place, exercise: Exercise): Promise<Got>;
  /** Parts of an answer that it shows no caller. */
  readonly hides: readonly (keyof Tokens | 'thought')[];
}

export function urlOf({ mediaType, data, url }: Picture): string {
  return url ?? `data:${mediaType};base64,${data}`;
}

/** Whether some results of tools are marked as failed, or bring pictures. */
export function hasRichResults({ turns }: Ask): boolean {
  return turns.some(({ outcomes }) =>
    outcomes?.some(({ failed, picture }) => failed === true || picture !== undefined),
  );
}

export function isDocument({ turns }: Ask): boolean {
  return turns.some(({ pictures }) => pictures?.some(({ mediaType }) => !mediaType.startsWith('image/')));
}

export function isByAddress({ turns }: Ask): boolean {
  return turns.some(({ pictures }) => pictures?.some(({ url }) => url !== undefined));
}
