import { Alerts } from './alerts.js';
import { Journal } from './journal.js';
import type { PageState } from './store.js';

const ENDED = new Set(['RolledBack', 'Succeeded']);

/** All routes together, while none is open. */
export function Overview({ state: { routes, recent, alerts } }: { readonly state: PageState }) {
  const running = routes.filter(({ phase }) => phase !== null && !ENDED.has(phase));
  const paused = running.filter(({ phase }) => phase === 'Paused').length;
  const reverted = routes.filter(({ phase }) => phase === 'RolledBack').length;
  return (
    <>
      <h1>All routes</h1>
      <dl class="numbers">
        <Number name="Routes" value={routes.length} />
        <Number name="Rollouts in progress" value={running.length} />
        <Number name="Waiting" value={paused} />
        <Number name="Rolled back" value={reverted} />
      </dl>
      <Alerts alerts={alerts} />
      <Journal entries={recent} title="Recent changes" empty="Changes appear here as they happen." showRoute />
    </>
  );
}

function Number({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <div class="card">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
