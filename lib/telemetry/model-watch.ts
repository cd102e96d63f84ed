import { Subject, type Observable } from 'rxjs';
import type { Observation } from './observation.js';

/** Warnings that are told apart. Beyond that there are no new ones. */
const MAX_WARNINGS = 256;

/** Characters of an answering model's name that are quoted: it comes from outside. */
const MAX_NAME = 80;

/** Another model answers than the configured one. */
export interface ModelDriftNotice {
  /** The same on all replicas. */
  readonly id: string;
  readonly route: string;
  /** One sentence for people. */
  readonly message: string;
}

/** Warns once per version and answering model when another model answers than the configured one. */
export class ModelWatch {
  readonly #warned = new Set<string>();

  readonly #drifts = new Subject<ModelDriftNotice>();

  get drifts$(): Observable<ModelDriftNotice> {
    return this.#drifts.asObservable();
  }

  see({ route, answeredBy, modelDrift }: Observation): void {
    if (!modelDrift || !answeredBy || this.#warned.size >= MAX_WARNINGS) return;
    const { environment, version } = answeredBy;
    const answered = JSON.stringify(modelDrift.answered.slice(0, MAX_NAME));
    const key = `${route}/${environment}@${version} ${answered}`;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    const message =
      `Route "${route}": "${environment}" (version ${version}) asks for model "${modelDrift.expected}", and ` +
      `${answered} answers. Configure a dated snapshot, or "pinnedModel" if this is the model you want.`;
    this.#drifts.next({ id: key, route, message });
  }
}
