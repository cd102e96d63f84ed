import type { ComponentChildren } from 'preact';
import type { StatusAnswer } from '../../http/control/answers/status.js';
import type { PageProps } from './page-props.js';

export interface RouteProps extends PageProps {
  readonly status: StatusAnswer;
}

/** A card on the page of a route. A new one is a file of its own and a line in `panels.ts`. */
export interface Panel {
  /** The path of its data below `api/routes/<route>/`; `undefined` when the state is enough. */
  readonly source: string | undefined;
  readonly render: (props: RouteProps, answer: unknown) => ComponentChildren;
}

/** A panel that needs only the state of the page. */
export function panel(render: (props: RouteProps) => ComponentChildren): Panel {
  return { source: undefined, render };
}

/** A path below `api/routes/<route>/`, and the type of its answer. */
export interface Source<Answer> {
  readonly path: string;
  readonly answer?: Answer;
}

/** A panel with data of its own: not shown until the first answer has come. */
export function panelOf<Answer>(
  { path }: Source<Answer>,
  render: (answer: Answer, props: RouteProps) => ComponentChildren,
): Panel {
  return {
    source: path,
    render: (props, answer) => (answer === undefined ? null : render(answer as Answer, props)),
  };
}
