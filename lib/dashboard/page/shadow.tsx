import { figure, percent, rate, usd, words } from './format.js';
import type { ShadowAnswer } from '../../http/control/answers/shadow.js';
import { panelOf, type Source } from './panel.js';

const SOURCE: Source<ShadowAnswer> = { path: 'shadow' };

/** The comparison of mirrored requests. Hidden while there are none. */
export const shadowPanel = panelOf(SOURCE, (shadow) => {
  if (shadow.pairs === 0 && shadow.percentage === 0) return null;
  const failures = Object.entries(shadow.failures).map(([name, count]) => `${words(name)} ${count}`);
  const rows = [
    ['Mirrored', `${percent(shadow.percentage)} to ${shadow.environment ?? 'no environment'}`],
    ['Pairs compared', `${shadow.compared} of ${shadow.pairs}`],
    ['Mean similarity', figure(shadow.mean_similarity)],
    ['Below the threshold', rate(shadow.below_threshold)],
    ['JSON differs', String(shadow.json_mismatches)],
    ['Tool calls differ', String(shadow.tool_call_mismatches)],
    ['Failures', failures.join(', ') || 'none'],
    ['Spent this month', usd(shadow.spent_this_month_usd)],
  ];
  return (
    <section class="card" aria-labelledby="shadow">
      <h2 id="shadow">Shadow traffic</h2>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
});
