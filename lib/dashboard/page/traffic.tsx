import { percent } from './format.js';
import { panel } from './panel.js';
import { WeightBar } from './weight-bar.js';

export const trafficPanel = panel(({ status: { active, weights } }) => (
  <section class="card" aria-labelledby="traffic">
    <h2 id="traffic">
      Traffic <span class="soft">{active} is live</span>
    </h2>
    <WeightBar weights={weights} />
    <p class="legend">
      {Object.entries(weights).map(([name, weight]) => (
        <span key={name}>
          {name} <b>{percent(weight)}</b>
        </span>
      ))}
    </p>
  </section>
));
