import { clockTime, words } from './format.js';
import type { AlertAnswer } from '../../http/control/answers/kept.js';
import { panel } from './panel.js';

const MAX = 20;

interface AlertsProps {
  /** `undefined` until they have been read. */
  readonly alerts: readonly AlertAnswer[] | undefined;
  readonly route?: string;
}

export function Alerts({ alerts, route }: AlertsProps) {
  if (!alerts) return null;
  const own = alerts.filter((alert) => route === undefined || alert.route === undefined || alert.route === route);
  const newest = own.toSorted((a, b) => b.at - a.at).slice(0, MAX);
  return (
    <section class="card" aria-labelledby="alerts">
      <h2 id="alerts">Alerts</h2>
      {newest.length === 0 && <p class="soft">None.</p>}
      <ul class="log">
        {newest.map((alert) => (
          <li key={alert.id}>
            <time dateTime={new Date(alert.at).toISOString()}>{clockTime(alert.at)}</time>
            <b>{words(alert.type)}</b>
            <span>{alert.message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export const alertsPanel = panel(({ state: { alerts }, status }) => <Alerts alerts={alerts} route={status.route} />);
