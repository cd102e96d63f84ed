import { Component } from 'preact';
import type { RouteRow } from '../answers.js';
import type { PageProps } from './page-props.js';
import { isOutdated, PhaseBadge } from './phase-badge.js';
import { WeightBar } from './weight-bar.js';

export function RouteList({ state: { routes, filter, selected }, actions }: PageProps) {
  const wanted = filter.trim().toLowerCase();
  const shown = wanted === '' ? routes : routes.filter(({ route }) => route.toLowerCase().includes(wanted));
  return (
    <nav class="routes" aria-label="Routes">
      <label class="unseen" for="filter">
        Find a route
      </label>
      <input
        id="filter"
        type="search"
        placeholder={`Find among ${routes.length} ${routes.length === 1 ? 'route' : 'routes'}`}
        value={filter}
        onInput={(event) => actions.filter(event.currentTarget.value)}
      />
      <ul>
        {shown.map((row) => (
          <Item key={row.route} row={row} isSelected={row.route === selected} />
        ))}
      </ul>
      {shown.length === 0 && <p class="soft">No route matches.</p>}
    </nav>
  );
}

interface ItemProps {
  readonly row: RouteRow;
  readonly isSelected: boolean;
}

/** Redrawn only when its row changes: there may be hundreds of routes. */
class Item extends Component<ItemProps> {
  override shouldComponentUpdate({ row, isSelected }: ItemProps): boolean {
    const { props } = this;
    return isSelected !== props.isSelected || (row !== props.row && JSON.stringify(row) !== JSON.stringify(props.row));
  }

  override render({ row, isSelected }: ItemProps) {
    const { route, active, weights, phase } = row;
    return (
      <li>
        <a href={`#/routes/${encodeURIComponent(route)}`} aria-current={isSelected ? 'page' : undefined}>
          <span class="name">{route}</span>
          {phase !== null && <PhaseBadge name={phase} isPast={isOutdated(row)} />}
          <span class="soft live">{active} is live</span>
          <WeightBar weights={weights} small />
        </a>
      </li>
    );
  }
}
