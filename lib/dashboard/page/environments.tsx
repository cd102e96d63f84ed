import { figure, hue, ms, rate, usd } from './format.js';
import type { MetricsAnswer } from '../../http/control/answers/status.js';
import { panel } from './panel.js';

const ROWS: readonly (readonly [string, (recent: MetricsAnswer, total: MetricsAnswer) => string])[] = [
  ['Requests', (recent) => String(recent.request_count)],
  ['Error rate', (recent) => rate(recent.error_rate)],
  ['p50', (recent) => ms(recent.latency_p50_ms)],
  ['p95', (recent) => ms(recent.latency_p95_ms)],
  ['p99', (recent) => ms(recent.latency_p99_ms)],
  ['First token p50', (recent) => ms(recent.time_to_first_token_p50_ms)],
  ['First token p99', (recent) => ms(recent.time_to_first_token_p99_ms)],
  ['Cost of 1,000 requests', (recent, total) => usd(recent.cost_per_1000_requests ?? total.cost_per_1000_requests)],
  ['Bound to it', (recent) => figure(recent.bound_count)],
  ['Total requests', (_, total) => figure(total.request_count)],
  ['Total cost', (_, total) => usd(total.cost)],
];

/** The figures of the rolling window, side by side. */
export const environmentsPanel = panel(({ status: { environments, active } }) => {
  const all = Object.entries(environments);
  return (
    <section class="card" aria-labelledby="environments">
      <h2 id="environments">
        Environments <span class="soft">rolling window</span>
      </h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Figures">
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">Figure</th>
              {all.map(([name, { display_name, model }]) => (
                <th key={name} scope="col">
                  <i class={`dot ${hue(name)}`} aria-hidden="true" /> {display_name}
                  {name === active && <span class="badge good">live</span>}
                  <small>{model}</small>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ROWS.map(([label, text]) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {all.map(([name, { recent, total }]) => (
                  <td key={name}>{text(recent, total)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
});
