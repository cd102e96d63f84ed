import * as fc from 'fast-check';

/** Text of any UTF-16 code units, broken pairs included: what a header, a key or a seed may turn out to be. */
export const anyText = fc.array(fc.nat(0xffff), { maxLength: 100 }).map((units) => String.fromCharCode(...units));
