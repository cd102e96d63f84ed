import { urlOf } from './api.js';
import { panel } from './panel.js';

export const reportPanel = panel(({ status: { rollout, route } }) => {
  if (!rollout) return null;
  const address = (format: string): string =>
    urlOf(`api/rollouts/${encodeURIComponent(route)}/report?format=${format}`);
  return (
    <section class="card" aria-labelledby="report">
      <h2 id="report">Report</h2>
      <p class="soft">The newest rollout on one page: the outcome, the evidence, and what to do next.</p>
      <p class="links">
        <a href={address('html')} download>
          Download as HTML
        </a>
        <a href={address('md')} download>
          Download as Markdown
        </a>
      </p>
    </section>
  );
});
