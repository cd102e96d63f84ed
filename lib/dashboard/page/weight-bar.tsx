import { hue, percent } from './format.js';
import type { Weights } from './wire.js';

/** Who gets which part of the traffic. */
export function WeightBar({ weights, small = false }: { readonly weights: Weights; readonly small?: boolean }) {
  const parts = Object.entries(weights).filter(([, weight]) => weight > 0);
  const label = parts.map(([name, weight]) => `${name} ${percent(weight)}`).join(', ');
  return (
    <span class={small ? 'weights small' : 'weights'} role="img" aria-label={`Traffic: ${label}`}>
      {parts.map(([name, weight]) => (
        <i key={name} class={hue(name)} style={{ width: `${weight}%` }} />
      ))}
    </span>
  );
}
