import { sendJson } from '../upstream/send.js';
import { openAiEmbeddings, vectorsIn } from '../upstream/dialects/openai-embeddings.js';
import { highestUsage } from '../upstream/estimate-usage.js';
import type { MirrorDeps } from './mirror-deps.js';
import type { MirrorBudget } from '../money/mirror-budget.js';
import { COMPARED_CHARS } from './text-similarity.js';

/**
 * Cosine of the embeddings of the two texts, from the live environment of a route of this module; `null` when it does
 * not answer or the budget does not cover it. Asked once, and not counted as traffic of that route.
 *
 * @param alias of the route that answers embeddings.
 */
export async function embeddingSimilarity(
  texts: readonly [string, string],
  alias: string,
  { table, upstreams, clock, priceOf, checkCost }: MirrorDeps,
  budget: MirrorBudget,
  signal: AbortSignal,
): Promise<number | null> {
  const [a, b] = texts.map((text) => text.slice(0, COMPARED_CHARS).trim());
  if (!a || !b) return null;
  if (a === b) return 1;
  const target = table.current.find(alias)?.active;
  if (!target) return null;
  const { model, upstream } = target.version;
  const body = { input: [a, b] };
  const estimate = priceOf(model, highestUsage(body, openAiEmbeddings));
  if (estimate === undefined && budget.limit !== undefined) return null;
  const reservation = budget.reserve(estimate ?? 0);
  if (!reservation) return null;
  let cost = 0;
  try {
    const answer = await sendJson({
      client: upstreams.get(upstream),
      dialect: openAiEmbeddings,
      version: target.version,
      body,
      headers: { 'x-shadow': 'true' },
      signal,
      clock,
      checkCost,
    });
    const { usage } = answer.reading;
    cost = (usage && priceOf(model, usage)) ?? reservation.amount;
    const [vectorA, vectorB] = vectorsIn(answer.json);
    return cosine(vectorA ?? [], vectorB ?? []);
  } catch {
    // A pair without it is still a pair: its other figures count.
    return null;
  } finally {
    budget.settle(reservation, cost);
  }
}

function cosine(a: readonly number[], b: readonly number[]): number | null {
  let dot = 0;
  let ofA = 0;
  let ofB = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * (b[i] ?? 0);
    ofA += a[i]! ** 2;
    ofB += (b[i] ?? 0) ** 2;
  }
  if (a.length !== b.length || ofA === 0 || ofB === 0) return null;
  return dot / Math.sqrt(ofA * ofB);
}
