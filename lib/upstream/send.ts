import { randomBytes } from 'node:crypto';
import type { Version } from '../domain/version.js';
import { systemClock } from '../kit/clock.js';
import { isObject, type JsonObject } from '../kit/json.js';
import type { AnswerContext } from '../translate/answer-context.js';
import { Untranslatable } from '../translate/fields.js';
import { leftOut, toldBy, type CallWarning } from './call-warning.js';
import type { Dialect } from './dialects/dialect.js';
import { openStream as open, sendJson as send, type JsonAnswer, type Onward } from './attempt.js';
import { openAiEmbeddings } from './dialects/openai-embeddings.js';
import { checkedCall } from './embedding-transport.js';
import { inShapeOf } from './translated-errors.js';
import { withoutDropped } from './prepared-body.js';
import { modelCall } from './model-call.js';
import { lackingIn } from './model-limits.js';
import { preparedCall, type AttemptRequest } from './prepared-call.js';
import { TranslatedBody } from './translated-body.js';
import { failureFrom, UpstreamFailure } from './upstream-failure.js';
import type { UpstreamStream } from './upstream-stream.js';
import { wayTo, type Way } from './way.js';

export type { JsonAnswer } from './attempt.js';

/** Asks for a whole JSON answer, in the upstream's own format if that is another one. @throws {UpstreamFailure} */
export function sendJson(request: AttemptRequest): Promise<JsonAnswer> {
  const way = wayTo(request.client, request.dialect);
  if (way) return sendCarriedOver(request, way);
  return request.client.config.model ? send(request).then(withTold) : send(request);
}

async function sendCarriedOver(request: AttemptRequest, way: Way): Promise<JsonAnswer> {
  const context = contextOf(request);
  const { asked, dropped } = carriedOver(request, way);
  const answer = await send(asked).catch((error: unknown) => {
    throw inShapeOf(request.dialect, error);
  });
  const { usage, model, serviceTier } = answer.reading;
  const json = way.translation.answer(answer.json as JsonObject, { ...context, model: model ?? context.model });
  const read = request.dialect.readAnswer(json);
  if (!read) throw new UpstreamFailure('malformed', `the answer cannot be carried over to ${request.dialect.name}`);
  const body = Buffer.from(JSON.stringify(json));
  // The bill and the model are those that the provider names.
  const reading = { ...read, usage, model, serviceTier };
  const warnings = [...dropped.map(leftOut), ...toldIn(answer)];
  return { ...answer, contentType: 'application/json', body, json, reading, ...(warnings.length > 0 && { warnings }) };
}

function toldIn({ json }: JsonAnswer): readonly CallWarning[] {
  return isObject(json) ? toldBy(json['warnings']) : [];
}

function withTold(answer: JsonAnswer): JsonAnswer {
  const warnings = toldIn(answer);
  return warnings.length > 0 ? { ...answer, warnings } : answer;
}

/**
 * Asks for a stream, in the upstream's own format if that is another one.
 *
 * @see {@link open}
 * @throws {UpstreamFailure}
 */
export async function openStream(request: AttemptRequest): Promise<UpstreamStream> {
  const way = wayTo(request.client, request.dialect);
  if (!way) return open(request);
  const { dialect, body } = request;
  const { asked, dropped } = carriedOver(request, way);
  const warnings = dropped.map(leftOut);
  const told = (more: unknown): void => void warnings.push(...toldBy(more));
  const onward: Onward = {
    reader: dialect.readStream(body),
    hideUsage: dialect.usageEvent !== undefined && !dialect.usageEvent.isAsked(body),
    body: (bytes, asEvents) => new TranslatedBody(bytes, way.translation.stream(contextOf(request), told), asEvents),
  };
  const stream = await open(asked, onward).catch((error: unknown) => {
    throw inShapeOf(dialect, error);
  });
  stream.warnings = () => warnings;
  return stream;
}

/** Why an environment could not take a request: a field, or a sentence; `undefined` when it could. Nothing is sent. */
export function whyUnsupported(
  asked: Pick<AttemptRequest, 'client' | 'dialect' | 'version' | 'body'>,
): string | undefined {
  const { client, dialect } = asked;
  const request: AttemptRequest = { ...asked, headers: {}, signal: undefined, clock: systemClock, checkCost };
  try {
    const way = wayTo(client, dialect);
    const { body } = preparedCall(way ? carriedOver(request, way).asked : request);
    const { model, embedding } = client.config;
    if (embedding && dialect === openAiEmbeddings) checkedCall(body, embedding);
    else if (model && !way) modelCall(body, model.provider, lackingIn(model));
    return undefined;
  } catch (error) {
    const { failure, message, cause } = failureFrom(error);
    if (failure !== 'unsupported') return undefined;
    return cause instanceof Untranslatable ? cause.field.replaceAll(/\[\d+\]/g, '[]') : message;
  }
}

function checkCost(_version: Version, _dialect: Dialect, body: JsonObject): JsonObject {
  return body;
}

/** The request in the upstream's format. The version is applied to that one: its parameters are spelled so. */
function carriedOver(request: AttemptRequest, way: Way): { asked: AttemptRequest; dropped: readonly string[] } {
  const { dialect, version, body } = request;
  try {
    const written = way.translation.request(withoutDropped(body, version), dialect.isStream(body));
    const { body: carried, dropped } = way.completed(written.body, version);
    const asked = { ...request, dialect: way.dialect, body: carried, callerHeaders: undefined };
    return { asked, dropped: [...written.dropped, ...dropped] };
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    const message = `${error.message} (${way.dialect.name}); nothing was sent`;
    throw new UpstreamFailure('unsupported', message, { asked: false, cause: error });
  }
}

function contextOf({ body, version, clock }: AttemptRequest): AnswerContext {
  const id = randomBytes(12).toString('hex');
  return { id, created: Math.floor(clock.now() / 1000), model: version.model, body };
}
