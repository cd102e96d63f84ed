import type { z } from 'zod';

/** The parts of a schema's definition that hold other schemas, whatever its type. */
interface Holders {
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly out?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
}

/** Names that an object may have at this place of a schema: of all alternatives together. */
export function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const found = path.reduce<z.ZodType[]>((schemas, key) => schemas.flatMap((one) => below(one, key)), opened(schema));
  return found.flatMap((one) => Object.keys(holdersOf(one).shape ?? {}));
}

function below(schema: z.ZodType, key: PropertyKey): z.ZodType[] {
  const { shape, valueType, element } = holdersOf(schema);
  const next = shape ? shape[String(key)] : (valueType ?? element);
  return next ? opened(next) : [];
}

/** Without defaults, transformations and alternatives around it. */
function opened(schema: z.ZodType): z.ZodType[] {
  const { innerType, in: input, out, options } = holdersOf(schema);
  const inside = options ?? [innerType, input, out].filter((one) => one !== undefined);
  return inside.length > 0 ? inside.flatMap(opened) : [schema];
}

function holdersOf(schema: z.ZodType): Holders {
  return schema.def as Holders;
}
