import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { isObject, numberAt, objectAt, stringAt, type JsonObject } from '../../lib/kit/json.js';
import { objectsIn } from '../../lib/upstream/dialects/request-parts.js';

interface Embedder {
  readonly path: RegExp;
  texts(body: JsonObject): string[];
  dimensions(body: JsonObject): number | undefined;
  answer(vectors: readonly number[][], body: JsonObject): object;
}

const textOf = (content: unknown) =>
  objectsIn(isObject(content) ? content['parts'] : []).map(({ text }) => String(text));

/** How vendors take texts and give vectors, on their own wires. */
const EMBEDDERS: readonly Embedder[] = [
  {
    path: /:batchEmbedContents$/,
    texts: ({ requests }) => objectsIn(requests).flatMap(({ content }) => textOf(content)),
    dimensions: ({ requests }) => numberAt(objectsIn(requests)[0] ?? {}, 'outputDimensionality'),
    answer: (vectors) => ({ embeddings: vectors.map((values) => ({ values })) }),
  },
  {
    path: /:embedContent$/,
    texts: ({ content }) => textOf(content),
    dimensions: (body) => numberAt(body, 'outputDimensionality'),
    answer: ([values]) => ({ embedding: { values } }),
  },
  {
    path: /:predict$/,
    texts: ({ instances }) => objectsIn(instances).map(({ content }) => String(content)),
    dimensions: (body) => numberAt(objectAt(body, 'parameters') ?? {}, 'outputDimensionality'),
    answer: (vectors) => ({
      predictions: vectors.map((values) => ({ embeddings: { values, statistics: { token_count: 2 } } })),
    }),
  },
  {
    path: /titan.*\/invoke$/,
    texts: (body) => [stringAt(body, 'inputText') ?? ''],
    dimensions: (body) => numberAt(body, 'dimensions'),
    answer: ([embedding]) => ({ embedding, inputTextTokenCount: 2 }),
  },
  {
    path: /cohere.*\/invoke$/,
    texts: ({ texts }) => texts as string[],
    dimensions: (body) => numberAt(body, 'output_dimension'),
    answer: (embeddings) => ({ embeddings, id: 'e', response_type: 'embeddings_floats', texts: [] }),
  },
  {
    path: /\/embeddings$/,
    texts: ({ input }) => [input].flat() as string[],
    dimensions: (body) => numberAt(body, 'dimensions'),
    answer: (vectors, { model }) => ({
      object: 'list',
      model,
      data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
      usage: { prompt_tokens: 2 * vectors.length, total_tokens: 2 * vectors.length },
    }),
  },
];

/** Every vendor of vectors on one socket. The first number of a vector is the length of its text. */
export class VectorVendors {
  calls: { readonly path: string; readonly body: JsonObject }[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<VectorVendors> {
    const server = createServer((request, response) => {
      void json(request).then((said) => {
        const [path, body] = [decodeURIComponent(request.url ?? ''), said as JsonObject];
        vendors.calls.push({ path, body });
        const embedder = EMBEDDERS.find((known) => known.path.test(path))!;
        const length = embedder.dimensions(body) ?? 4;
        const vectors = embedder.texts(body).map((text) => [text.length, ...Array<number>(length - 1).fill(0.5)]);
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(embedder.answer(vectors, body)));
      });
    });
    const vendors = new VectorVendors(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return vendors;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
  }
}
