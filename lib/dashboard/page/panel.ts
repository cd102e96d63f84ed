import type { ComponentChildren } from 'preact';
import type { StatusAnswer } from '../../http/control/answers/status.js';
import type { PageProps } from './page-props.js';

export interface RouteProps extends PageProps {
  readonly status: StatusAnswer;
}

/** A card on the page of a route. A new one is a file of its own and a line in `panels.ts`. */
export interface Panel {
  /** What it reads, below `api/routes/<route>/`; `undefined` when the state holds all that it shows. */
  readonly source: string | undefined;
  render(props: RouteProps, answer: unknown): ComponentChildren;
}

/** A panel that shows what the page knows anyway. */
export function panel(render: (props: RouteProps) => ComponentChildren): Panel {
  return { source: undefined, render };
}

/** A panel with data of its own: not shown until the first answer has come. */
export function panelOf<Answer>(
  source: string,
  render: (answer: Answer, props: RouteProps) => ComponentChildren,
): Panel {
  return { source, render: (props, answer) => (answer === undefined ? null : render(answer as Answer, props)) };
}
