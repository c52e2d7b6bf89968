import type { Random } from '../../../bench/support/random';

/** Packages to begin with: each has every rule somewhere. */
const SEEDS: readonly Buffer[] = [
  '{"epoch":1514764800000000000,"timestamps":[0,1,2],"numericValues":{"Speed":[1.10,null,-0.0],"10":[1e5,2E-3,3]}}',
  '{"timestamps":["1514764800000000000",-7],"stringValues":{"a.b":["x\\u0041",null],"__proto__":["","é"]}}',
  '{ "Timestamps" : [ 9223372036854775807 ] , "Epoch" : "-0", "BinaryValues" : { "b" : [ "QUI=" ] } }',
  '{"tagValues":{"lap":["1",null]},"numericValues":null,"timestamps":[1,2],"binaryValues":{"b":["QQ==","AAAA"]}}',
  '{"timestamps":[],"numericValues":{"n":[]}}',
  '{"numericValues":{"n":[123456789012345678901234567890.5]},"epoch":-9223372036854775808,"timestamps":[1]}',
].map((text) => Buffer.from(text));

/** Pieces that mean something in a package, or nearly. */
const PIECES: readonly Buffer[] = [
  ...Array.from('[]{}:,"\\/-+.eE0123456789nul=_ \t\n\0'),
  ...[
    'null',
    'true',
    'NaN',
    'Infinity',
    '1e400',
    '-0',
    '""',
    '"a":[1]',
    '[]',
    '{}',
    '\\u',
    '\\ud800',
    '\\"',
    '1e5',
    '.5',
  ],
  ...[
    '"epoch"',
    '"Epoch":1',
    '"timestamps":[1]',
    '"stringValues":{}',
    '"n"',
    '9223372036854775808',
    'QQ==',
    'QR==',
    'é',
  ],
].map((text) => Buffer.from(text));

/** A package after a few changes: pieces put in, taken out, doubled or exchanged. */
export function mutatedPackage(random: Random): Buffer {
  let text = one(random, SEEDS);
  for (let changes = random.between(0, 3); changes >= 0; changes--) text = mutated(text, random);
  return text;
}

function mutated(text: Buffer, random: Random): Buffer {
  const at = random.between(0, text.length);
  const [before, after] = [text.subarray(0, at), text.subarray(at)];
  switch (random.between(0, 4)) {
    case 0:
      return Buffer.concat([before, one(random, PIECES), after]);
    case 1:
      return Buffer.concat([before, one(random, PIECES), after.subarray(random.between(1, 4))]);
    case 2:
      return Buffer.concat([before, after.subarray(random.between(1, 8))]);
    case 3:
      return Buffer.concat([before, after.subarray(0, random.between(0, 11)), after]);
    default:
      return Buffer.concat([before, Buffer.from([random.between(0, 255)]), after.subarray(1)]);
  }
}

function one<T>(random: Random, items: readonly T[]): T {
  return items[random.between(0, items.length - 1)]!;
}
