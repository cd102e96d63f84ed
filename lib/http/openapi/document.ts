import { endpointsOf, type DescribedEndpoint, type MountedController } from './endpoints.js';
import { errorBody, errorResponse, errorResponseName, errorStatuses } from './errors.js';
import type { OperationSpec } from './operation.js';
import { SchemaWriter, type JsonSchema } from './schemas.js';

/** Descriptions of path parameters by name. */
const PARAMETERS: Readonly<Record<string, string>> = {
  alias: 'Alias of a route.',
  route: 'Alias of a route.',
  tag: 'Tag of a version.',
};

/**
 * The OpenAPI 3.1 document of the mounted controllers. Paths and statuses come from Nest's decorators, scopes from the
 * guard's, schemas from those that check requests.
 *
 * @param server the prefix of every path.
 */
export function buildOpenApi(mounted: readonly MountedController[], server = '/'): JsonSchema {
  const writer = new SchemaWriter();
  const responses: Record<string, JsonSchema> = {};
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const endpoints = endpointsOf(mounted);
  for (const endpoint of endpoints) {
    const path = (paths[endpoint.path.replaceAll(/:(\w+)/g, '{$1}')] ??= {});
    path[endpoint.method] = operationOf(endpoint, writer, responses);
  }
  const tags = [...new Set(endpoints.map(({ controller }) => controller))];
  return {
    openapi: '3.1.0',
    info: {
      title: 'nestjs-blue-green',
      summary: 'Gateway and control API.',
      description: 'Times are milliseconds unless a name ends in `_seconds`; money is US dollars.',
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: server }],
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      schemas: writer.components,
      responses: Object.fromEntries(Object.entries(responses).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A configured key. Roles are its scopes.' },
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'x-api-key',
          description: "The same key, in the header of Anthropic's SDK.",
        },
      },
    },
  };
}

/** Endpoints without a description, as `GET /path`. */
export function undescribed(mounted: readonly MountedController[]): string[] {
  return endpointsOf(mounted)
    .filter(({ operation }) => !operation)
    .map(({ method, path }) => `${method.toUpperCase()} ${path}`);
}

function operationOf(
  endpoint: DescribedEndpoint,
  writer: SchemaWriter,
  responses: Record<string, JsonSchema>,
): JsonSchema {
  const { controller, handler, path, status, scope, operation } = endpoint;
  const known = {
    operationId: `${controller.charAt(0).toLowerCase()}${controller.slice(1)}.${handler}`,
    tags: [controller],
    ...(scope && { security: [{ bearer: [scope] }, { apiKey: [scope] }] }),
  };
  if (!operation) return { ...known, responses: { [status]: { description: 'Done.' } } };
  const parameters = [...pathParameters(path), ...queryParameters(operation, writer)];
  return {
    ...known,
    summary: operation.summary,
    ...(parameters.length > 0 && { parameters }),
    ...(operation.body && {
      requestBody: {
        required: !operation.body.safeParse({}).success,
        content: { 'application/json': { schema: writer.write(operation.body, 'input') } },
      },
    }),
    responses: {
      [status]: { description: 'Done.', content: contentOf(operation, writer) },
      ...Object.fromEntries(errorsOf(operation, writer, responses)),
    },
  };
}

function contentOf({ answer, events, media }: OperationSpec, writer: SchemaWriter): JsonSchema {
  if (media) return Object.fromEntries(media.map((type) => [type, { schema: writer.write(answer, 'output') }]));
  return {
    ...(events !== 'only' && { 'application/json': { schema: writer.write(answer, 'output') } }),
    ...(events && { 'text/event-stream': { schema: { type: 'string' } } }),
  };
}

function errorsOf(
  operation: OperationSpec,
  writer: SchemaWriter,
  responses: Record<string, JsonSchema>,
): [string, JsonSchema][] {
  return errorStatuses(operation).map((status) => {
    const shape = (status === 401 && operation.badKey) || operation.error;
    const name = errorResponseName(status, shape);
    responses[name] ??= errorResponse(status, writer.write(shape?.schema ?? errorBody, 'output'));
    return [String(status), { $ref: `#/components/responses/${name}` }];
  });
}

function pathParameters(path: string): JsonSchema[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: PARAMETERS[name] ?? name,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: OperationSpec, writer: SchemaWriter): JsonSchema[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !schema.safeParse(undefined).success,
    schema: writer.write(schema, 'input'),
  }));
}
