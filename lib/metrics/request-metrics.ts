import type { Labels, MetricSpec, Sample } from './metric.js';
import type { EnvironmentFigures, RequestFigures, RouteFigures } from './request-figures.js';

const PLACE = ['route', 'environment'];

/** Outcomes, times, tokens and cost of requests. */
export function requestMetrics(figures: RequestFigures): MetricSpec[] {
  const counter = counterOf(figures);
  const histogram = histogramOf(figures);
  return [
    {
      name: 'blue_green_requests_total',
      type: 'counter',
      help: 'Requests by assigned environment and its outcome: "ok", or the class of its first failure.',
      labels: [...PLACE, 'outcome'],
      read: () => environments(figures, (of, labels) => byKey(of.outcomes, labels, 'outcome')),
    },
    {
      name: 'blue_green_responses_total',
      type: 'counter',
      help: 'Requests by outcome for the caller: "ok" even if a retry or a fallback saved them.',
      labels: ['route', 'outcome'],
      read: () => routes(figures, ({ responses }, labels) => byKey(responses, labels, 'outcome')),
    },
    histogram(
      'blue_green_request_duration_seconds',
      'From the request to the end of its answer, of requests that say something about the environment they were assigned to.',
      ({ duration }) => duration,
    ),
    histogram(
      'blue_green_time_to_first_token_seconds',
      'From the request to the first token of its answer. Streams only.',
      ({ firstToken }) => firstToken,
    ),
    counter(
      'blue_green_retries_total',
      'Calls that were made again to the same environment, by the environment their request was assigned to.',
      ({ retries }) => retries,
    ),
    counter(
      'blue_green_bound_requests_total',
      'Requests that an environment got against the weights: only it can read what their conversation holds.',
      ({ bound }) => bound,
    ),
    {
      name: 'blue_green_fallbacks_total',
      type: 'counter',
      help: 'Requests answered by another environment than the assigned one.',
      labels: [...PLACE, 'answered_by'],
      read: () => environments(figures, (of, labels) => byKey(of.fallbacks, labels, 'answered_by')),
    },
    {
      name: 'blue_green_tokens_total',
      type: 'counter',
      help: 'Tokens by the environment that answered: "input" (the cached ones included) and "output".',
      labels: [...PLACE, 'type'],
      read: () =>
        environments(figures, ({ inputTokens, outputTokens }, labels) => [
          { labels: { ...labels, type: 'input' }, value: inputTokens },
          { labels: { ...labels, type: 'output' }, value: outputTokens },
        ]),
    },
    counter(
      'blue_green_cached_input_tokens_total',
      "Input tokens that came out of the provider's cache.",
      ({ cachedInputTokens }) => cachedInputTokens,
    ),
    counter(
      'blue_green_cost_usd_total',
      'US dollars by the environment that answered. Absent while none of its answers has a known price.',
      ({ cost, priced, unpriced }) => (priced === 0 && unpriced > 0 ? undefined : cost),
    ),
    counter(
      'blue_green_unpriced_answers_total',
      'Answers whose model has no known price: missing from the cost.',
      ({ unpriced }) => unpriced,
    ),
    counter(
      'blue_green_model_drift_total',
      'Answers by a model that is not the one configured.',
      ({ modelDrift }) => modelDrift,
    ),
  ];
}

function counterOf(figures: RequestFigures) {
  return (name: string, help: string, value: (of: EnvironmentFigures) => number | undefined): MetricSpec => ({
    name,
    type: 'counter',
    help,
    labels: PLACE,
    read: () =>
      environments(figures, (of, labels) => {
        const known = value(of);
        return known === undefined ? [] : [{ labels, value: known }];
      }),
  });
}

function histogramOf(figures: RequestFigures) {
  return (
    name: string,
    help: string,
    sums: (of: EnvironmentFigures) => EnvironmentFigures['duration'],
  ): MetricSpec => ({
    name,
    type: 'histogram',
    help,
    labels: PLACE,
    read: () => environments(figures, (of, labels) => sums(of).samples(name, labels)),
  });
}

function* routes(
  { routes: all }: RequestFigures,
  read: (of: RouteFigures, labels: Labels) => Iterable<Sample>,
): Generator<Sample> {
  for (const [route, of] of all) yield* read(of, { route });
}

function environments(
  figures: RequestFigures,
  read: (of: EnvironmentFigures, labels: Labels) => Iterable<Sample>,
): Iterable<Sample> {
  return routes(figures, function* (ofRoute, { route = '' }) {
    for (const [environment, of] of ofRoute.environments) yield* read(of, { route, environment });
  });
}

function* byKey(counts: ReadonlyMap<string, number>, labels: Labels, name: string): Generator<Sample> {
  for (const [key, value] of counts) yield { labels: { ...labels, [name]: key }, value };
}
