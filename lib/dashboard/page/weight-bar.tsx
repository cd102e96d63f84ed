import { hue, percent } from './format.js';
import type { StatusAnswer } from '../../http/control/answers/status.js';

interface WeightBarProps {
  readonly weights: StatusAnswer['weights'];
  readonly small?: boolean;
}

/** The split of the traffic. */
export function WeightBar({ weights, small = false }: WeightBarProps) {
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
