import { renderPackage, renderRawPackage } from '../../src/parameters/package-json';
import { PackageText } from '../../src/parameters/package-text';

const WHOLE =
  '{"epoch":1618133869000000000,"timestamps":[1,-2,3],"numericValues":{"Speed":[1.10,-0,null],"10":[1e5,null,2.50]},' +
  '"stringValues":{"Gear":["a\\u0041","",null]},"binaryValues":{"Raw":["QR==",null,""]},"tagValues":{"car":["1",null,"2"]}}';

const MEMBERS = ['epoch', 'timestamps', 'numericValues', 'stringValues', 'binaryValues', 'tagValues'];

describe('PackageText', () => {
  it('keeps every digit, escape and base64 form', () => {
    expect(`{${renderPackage(PackageText.read(WHOLE))}}`).toBe(WHOLE);
  });

  it.each([
    ['{"timestamps":[1]}', { epoch: 0, timestamps: [1] }],
    ['{"tagValues":{},"timestamps":[],"numericValues":{}}', { epoch: 0, timestamps: [] }],
    [
      '{"timestamps":[1],"stringValues":{"s":["x"]},"epoch":-5}',
      { epoch: -5, timestamps: [1], stringValues: { s: ['x'] } },
    ],
  ])('gives all members, in one order, whatever %s has', (json, given) => {
    const none = { numericValues: {}, stringValues: {}, binaryValues: {}, tagValues: {} };
    const rendered = JSON.parse(`{${renderPackage(PackageText.read(json))}}`) as object;
    expect(rendered).toEqual({ ...none, ...given });
    expect(Object.keys(rendered)).toEqual(MEMBERS);
  });

  it('is on one line, whatever white space stands between tokens', () => {
    const spaced = WHOLE.replace(/([{}[\],:])/g, ' \r\n\t$1\n ');
    const rendered = renderPackage(PackageText.read(spaced));
    expect(rendered).not.toMatch(/[\r\n]/);
    expect(JSON.parse(`{${rendered}}`)).toEqual(JSON.parse(WHOLE));
    expect(rendered).toContain('1.10');
  });

  it('finds columns by kind and id, one id under two kinds among them', () => {
    const text = PackageText.read(
      '{"timestamps":[1],"numericValues":{"x":[1],"__proto__":[2]},"stringValues":{"x":["1"],"a\\"b\\u00e9é{":["2"]}}',
    );
    expect(text.columns.map(({ kind, id }) => [kind, id])).toEqual([
      ['numeric', 'x'],
      ['numeric', '__proto__'],
      ['string', 'x'],
      ['string', 'a"béé{'],
    ]);
    expect(text.with(text.columns.slice(1, 3)).valuesOf('numeric')).toBe('{"__proto__":[2]}');
    expect(text.with(text.columns.slice(1, 3)).valuesOf('string')).toBe('{"x":["1"]}');
    expect(text.with(text.columns.slice(3)).valuesOf('string')).toBe('{"a\\"b\\u00e9é{":["2"]}');
  });

  it('writes timestamps and the epoch as texts where that is asked for, and nothing else', () => {
    expect(renderPackage(PackageText.read(WHOLE), 'text')).toBe(
      WHOLE.slice(1, -1)
        .replace('1618133869000000000', '"1618133869000000000"')
        .replace('"timestamps":[1,-2,3]', '"timestamps":["1","-2","3"]'),
    );
  });

  it('has keys in upper case in a package of a topic', () => {
    expect(renderRawPackage(PackageText.read(WHOLE))).toBe(
      WHOLE.replace(
        /"(epoch|timestamps|\w+Values)"/g,
        (_, name: string) => `"${name[0]!.toUpperCase()}${name.slice(1)}"`,
      ),
    );
  });
});
