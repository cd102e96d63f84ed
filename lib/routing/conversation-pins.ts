import type { Clock } from '../kit/clock.js';
import type { CompiledRoute, Slot } from './route-table.js';

/** Parsed `conversationPins` options of a route. */
export interface ConversationPinOptions {
  /** Header that names the conversation, lower case. */
  readonly header: string;
  /** How long a pin outlives the last request of its conversation, milliseconds. */
  readonly ttl: number;
  /** Conversations that are remembered; beyond it the one that was silent longest is forgotten. */
  readonly max: number;
  /** The effect of a rollback on pins of the environment that it leaves: move them, or let them finish there. */
  readonly onRollback: 'switch' | 'finish';
}

interface Pin {
  readonly environment: string;
  /** Tag of the version that the conversation began on. */
  readonly version: string;
  readonly usedAt: number;
}

/** Conversations with longer names are not pinned: together with `max` this bounds the memory. */
const MAX_ID_CHARS = 256;

/**
 * Keeps the conversations of one route on the version that they began on, whatever the weights do. Pins are known to
 * this process only.
 */
export class ConversationPins {
  /** By conversation, the one that was silent longest first. */
  readonly #pins = new Map<string, Pin>();

  constructor(
    private readonly options: ConversationPinOptions,
    private readonly clock: Clock,
  ) {}

  /** The slot of the conversation. A new one, or one whose pin is no longer valid, is pinned to the chosen slot. */
  slotFor(conversation: string, route: CompiledRoute, choose: () => Slot): Slot {
    if (conversation.length > MAX_ID_CHARS) return choose();
    const slot = this.#pinned(conversation, route) ?? choose();
    this.#pins.delete(conversation);
    this.#pins.set(conversation, {
      environment: slot.environment,
      version: slot.version.tag,
      usedAt: this.clock.elapsed(),
    });
    if (this.#pins.size > this.options.max) this.#pins.delete(this.#pins.keys().next().value!);
    return slot;
  }

  /** Number of conversations that are remembered. */
  get size(): number {
    return this.#pins.size;
  }

  #pinned(conversation: string, route: CompiledRoute): Slot | undefined {
    const pin = this.#pins.get(conversation);
    if (!pin || this.clock.elapsed() - pin.usedAt > this.options.ttl) return undefined;
    const slot = route.slots.find(({ environment }) => environment === pin.environment);
    if (!slot?.servable || slot.version.tag !== pin.version) return undefined;
    return this.options.onRollback === 'switch' && isLeft(slot, route) ? undefined : slot;
  }
}

/** A rollback took its traffic away. Weight that it got since means that it is trusted again. */
function isLeft({ environment, weight }: Slot, route: CompiledRoute): boolean {
  return environment === route.rolledBackFrom && weight === 0;
}
