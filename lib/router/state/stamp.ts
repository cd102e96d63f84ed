import { createHmac, timingSafeEqual } from 'node:crypto';

/** The environment and version that made a value, and when its conversation began. */
export interface StateMaker {
  readonly environment: string;
  /** Tag of the version. */
  readonly version: string;
  /** The segment in which the conversation began. */
  readonly segment: number;
}

/** A value from a caller: as its maker wrote it, and who that is if the stamp is good. */
interface OpenedValue {
  readonly value: string;
  readonly maker: StateMaker | undefined;
}

/** `bg1.<environment>.<version>.<segment>.<code>.` before the value. The first two are base64url: tags have dots. */
const STAMP = /^bg1\.([\w-]{1,64})\.([\w-]{1,128})\.([0-9a-z]{1,12})\.([\w-]{16})\.([\s\S]*)$/;

/** Bytes of the code: 96 bits. */
const CODE_BYTES = 12;

/** Marks values with their maker, so that any replica knows it without a memory of its own. */
export class Stamps {
  /** @param secrets the first signs; all of them are accepted. */
  constructor(private readonly secrets: readonly string[]) {}

  stamped(route: string, maker: StateMaker, value: string): string {
    const fields = fieldsOf(maker);
    return `${fields}.${codeOf(this.secrets[0]!, route, fields, value).toString('base64url')}.${value}`;
  }

  /** The stamp of somebody else is removed as well, and says nothing. */
  opened(route: string, text: string): OpenedValue {
    const [, environment, version, segment, code, value] = STAMP.exec(text) ?? [];
    if (environment === undefined || value === undefined) return { value: text, maker: undefined };
    const maker = {
      environment: textIn(environment),
      version: textIn(version!),
      segment: Number.parseInt(segment!, 36),
    };
    const given = Buffer.from(code!, 'base64url');
    const fields = `bg1.${environment}.${version}.${segment}`;
    const isGood = this.secrets.some((secret) => timingSafeEqual(codeOf(secret, route, fields, value), given));
    return { value, maker: isGood ? maker : undefined };
  }
}

function fieldsOf({ environment, version, segment }: StateMaker): string {
  const [name, tag] = [environment, version].map((text) => Buffer.from(text).toString('base64url'));
  return `bg1.${name}.${tag}.${segment.toString(36)}`;
}

function textIn(field: string): string {
  return Buffer.from(field, 'base64url').toString('utf8');
}

function codeOf(secret: string, route: string, fields: string, value: string): Buffer {
  const hmac = createHmac('sha256', secret).update(JSON.stringify([route, fields, value]));
  return hmac.digest().subarray(0, CODE_BYTES);
}
