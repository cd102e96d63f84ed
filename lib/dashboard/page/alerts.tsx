import { clockTime, words } from './format.js';
import type { Alert } from './wire.js';

const MAX = 20;

/** Absent when the server has no alerts to offer. */
export function Alerts({ alerts, route }: { readonly alerts: readonly Alert[] | undefined; readonly route?: string }) {
  if (!alerts) return null;
  const own = alerts.filter((alert) => route === undefined || alert.route === undefined || alert.route === route);
  const newest = own.toSorted((a, b) => b.at - a.at).slice(0, MAX);
  return (
    <section class="card" aria-labelledby="alerts">
      <h2 id="alerts">Alerts</h2>
      {newest.length === 0 && <p class="soft">None.</p>}
      <ul class="log">
        {newest.map((alert) => (
          <li key={alert.id ?? `${alert.at} ${alert.message}`}>
            <time dateTime={new Date(alert.at).toISOString()}>{clockTime(alert.at)}</time>
            <b>{words(alert.type)}</b>
            <span>{alert.message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
