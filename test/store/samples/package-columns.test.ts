import fc from 'fast-check';
import { parsePackage, renderPackage } from '../../../src/store/samples/package-columns';
import { readPackage } from '../../support/sent-package';
import { anyPackage } from '../contract/arbitraries';
import { packageText } from '../support/packages';

function parsed(json: string): object {
  const { timestamps, ...columns } = parsePackage(json);
  return { ...columns, timestamps: [...timestamps] };
}

/** The same text with white space between all tokens. */
function spaced(json: string): string {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[^\s"[\]{}:,]+|[[\]{}:,]/gs)!;
  return ` ${tokens.join(' \r\n\t')}\n`;
}

/** The same text with every character of its strings but those of member names in escapes. */
function escaped(json: string): string {
  const members = /^"(?:epoch|timestamps|(?:numeric|string|binary|tag)Values)"$/;
  return json.replace(/"(?:[^"\\]|\\.)*"/gs, (text) => {
    if (members.test(text)) return text;
    const units = (JSON.parse(text) as string).split('');
    return `"${units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
  });
}

describe('parsePackage', () => {
  it.each([
    '{"timestamps":[1]}',
    '{"timestamps":[ -1 ,2 ],"epoch": -5 }',
    '{"numericValues":{},"timestamps":[1],"tagValues":{ }}',
    '{"numericValues":{"a":[ null , 1.10, -0 ]},"timestamps":[1,2,3]}',
    '{"stringValues":{"]":["]","\\"]","\\\\"],"\\\\\\"":[null,"",","]},"timestamps":[1,2,3]}',
    '{"binaryValues":{"__proto__":["AA=="]},"stringValues":{"10":["x"],"2":["y"]},"timestamps":[9223372036854775807]}',
    '{"epoch":9223372036854775807,"timestamps":[-9223372036854775808]}',
    '{"epoch":-9223372036854775808,"timestamps":[9223372036854775808]}',
  ])('takes apart %s', (json) => {
    for (const text of [json, spaced(json)]) expect(parsed(text)).toEqual(readPackage(text));
  });

  it('takes any package apart, with white space and escapes, and writes it again', () => {
    const rule = fc.property(anyPackage, (input) => {
      const json = packageText(input);
      const expected = readPackage(json);
      for (const text of [json, spaced(json)]) expect(parsed(text)).toEqual(expected);
      expect(parsed(escaped(json))).toEqual(expected);
      expect(readPackage(renderPackage(parsePackage(json)))).toEqual(expected);
    });
    fc.assert(rule, { numRuns: 300 });
  });
});

describe('renderPackage', () => {
  it('keeps ids in their order', () => {
    const json = '{"timestamps":[1],"numericValues":{"10":[1],"2":[2],"__proto__":[3],"a":[null]}}';
    expect(renderPackage(parsePackage(json))).toBe(json);
  });

  it('takes the epoch from the timestamps again', () => {
    const json = '{"epoch":1618133869000000001,"timestamps":[-1,0,1]}';
    expect(renderPackage(parsePackage(json))).toBe(json);
  });
});
