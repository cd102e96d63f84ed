import { versionId } from '../domain/version.js';
import { pathOf, show } from '../validation/shown.js';
import type { Problem } from '../validation/validation-error.js';
import { environment, versionOf } from './environment-options.js';

/** Figures are added up by tag: one tag must not stand for two versions. Skips values of the wrong shape. */
export function versionClashes(path: readonly string[], environments: Readonly<Record<string, unknown>>): Problem[] {
  const known = new Map<string, { name: string; content: string }>();
  return Object.entries(environments).flatMap(([name, described]): Problem[] => {
    const { success, data } = environment.safeParse(described);
    if (!success) return [];
    const { tag, model, parameters, systemPrompt } = versionOf(data, '');
    const content = versionId({ tag, model, parameters, systemPrompt }, {});
    const first = known.get(tag);
    if (!first) known.set(tag, { name, content });
    if (!first || first.content === content) return [];
    const at = [...path, 'environments', name, 'version'];
    return [
      {
        path: pathOf(at),
        value: show(at, tag),
        message: `is the tag of "${first.name}", which has another model, other parameters or another system prompt`,
        remedy: `Give "${name}" its own version tag: figures are kept by tag.`,
      },
    ];
  });
}
