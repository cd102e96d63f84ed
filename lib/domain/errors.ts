/** Most names in a message. */
const MOST_NAMES = 20;

/** The names for a message. Of many, those that are meant most likely: the others are only counted. */
function listed(meant: string, known: readonly string[], none = '(none configured)'): string {
  if (known.length <= MOST_NAMES) return known.join(', ') || none;
  const start = meant.slice(0, 3).toLowerCase();
  const alike = known.filter((name) => name.toLowerCase().startsWith(start));
  const shown = [...new Set([...alike, ...known])].slice(0, MOST_NAMES);
  return `${shown.join(', ')} and ${known.length - shown.length} more`;
}

/**
 * Base of every error this module throws. `code` never changes between releases; `remedy` says what to do.
 *
 * @example
 * ```ts
 * try {
 *   await router.complete('support-chat', { messages });
 * } catch (error) {
 *   if (error instanceof BlueGreenError) logger.warn(`${error.code}: ${error.remedy}`);
 * }
 * ```
 */
export class BlueGreenError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly remedy: string,
    /** The HTTP status that fits when the error reaches a caller. */
    readonly status: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A route alias that no configuration declares. `code`: `unknown_route`. */
export class UnknownRouteError extends BlueGreenError {
  constructor(
    readonly route: string,
    known: readonly string[],
    isAmbiguous = false,
  ) {
    super(
      'unknown_route',
      isAmbiguous ? `Several routes have the model "${route}".` : `There is no route "${route}".`,
      `Use one of: ${listed(route, known)}${isAmbiguous ? '.' : '; or add it to "routes".'}`,
      404,
    );
  }
}

/** An environment name that the route does not have. `code`: `unknown_environment`. */
export class UnknownEnvironmentError extends BlueGreenError {
  constructor(
    readonly route: string,
    readonly environment: string,
    known: readonly string[],
  ) {
    super(
      'unknown_environment',
      `Route "${route}" has no environment "${environment}".`,
      `Use one of: ${known.join(', ')}.`,
      422,
    );
  }
}

/** Weights that are negative or do not sum to 100. `code`: `invalid_weights`. */
export class InvalidWeightsError extends BlueGreenError {
  constructor(
    message: string,
    /** The sum of the weights, in percent. */
    readonly sum: number,
    remedy = 'Send weights from 0 to 100 that sum to 100, or scale them so that they do.',
  ) {
    super('invalid_weights', message, remedy, 422);
  }
}

/** A command that the rollout's state does not allow. `code`: `rollout_state`. */
export class RolloutStateError extends BlueGreenError {
  constructor(message: string, remedy: string) {
    super('rollout_state', message, remedy, 409);
  }
}

/** The program starts a version that gates have reverted. `code`: `reverted_version`. */
export class RevertedVersionError extends BlueGreenError {
  constructor(
    readonly route: string,
    readonly environment: string,
    { tag, at, reason }: { readonly tag: string; readonly at: number; readonly reason: string },
  ) {
    super(
      'reverted_version',
      `Version "${tag}" on "${environment}" of route "${route}" was reverted at ${new Date(at).toISOString()}: ${reason}`,
      'Try another version. To try the same one again, name an "actor", or say force: true with a reason.',
      409,
    );
  }
}

/** A version tag that is taken by another version. `code`: `version_exists`. */
export class VersionExistsError extends BlueGreenError {
  constructor(
    readonly tag: string,
    /** Id of the version that has the tag. */
    readonly versionId: string,
  ) {
    super(
      'version_exists',
      `The version "${tag}" exists already (${versionId}), with other content.`,
      'Versions never change: register this one under another tag.',
      409,
    );
  }
}

/** No further version can be registered. `code`: `too_many_versions`. */
export class TooManyVersionsError extends BlueGreenError {
  constructor(most: number) {
    super(
      'too_many_versions',
      `There are ${most} versions already, and that is the limit.`,
      'Use an existing version. Versions are never deleted: scripts should register only those they use.',
      409,
    );
  }
}

/** A version tag that nobody registered and no environment holds. `code`: `unknown_version`. */
export class UnknownVersionError extends BlueGreenError {
  constructor(
    readonly tag: string,
    known: readonly string[],
  ) {
    super(
      'unknown_version',
      `There is no version "${tag}".`,
      `Register it with POST /models/versions, or use one of: ${listed(tag, known, '(none)')}.`,
      404,
    );
  }
}

const COMMAND_MAY_HAVE_PASSED = 'Read the status once it is back: the command may have been recorded.';

/**
 * The journal cannot be reached, and a decision that it does not record is not made. Traffic keeps its weights.
 * `code`: `journal_unavailable`.
 */
export class JournalUnavailableError extends BlueGreenError {
  constructor(
    why: string,
    { remedy = COMMAND_MAY_HAVE_PASSED, ...options }: ErrorOptions & { readonly remedy?: string | undefined } = {},
  ) {
    super('journal_unavailable', `The journal cannot be reached: ${why.replace(/\.$/, '')}.`, remedy, 503, options);
  }
}

/** The journal moved on since the command was decided. `code`: `revision_conflict`. */
export class RevisionConflictError extends BlueGreenError {
  constructor(
    readonly expectedRevision: number,
    readonly actualRevision: number,
  ) {
    super(
      'revision_conflict',
      `The command was decided on revision ${expectedRevision}, but the journal is at ${actualRevision}.`,
      'Read the status again, and decide on the new state.',
      409,
    );
  }
}
