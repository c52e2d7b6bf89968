import fc from 'fast-check';
import { NestedValue } from '../../../src/store/contract/nested-value';
import type { ItemForm } from '../../../src/store/contract/value-form';

const AS_IT_IS: ItemForm = { form: undefined, nullable: true, quoted: false };
const ANY_TEXT: ItemForm = { form: { kind: 'text', bytes: Infinity }, nullable: true, quoted: true };
const TO_FLOAT: ItemForm = { form: { kind: 'float', greatest: Number.MAX_VALUE }, nullable: false, quoted: false };
const TO_DECIMAL: ItemForm = {
  form: { kind: 'decimal', precision: 40, scale: 1, isText: true },
  nullable: true,
  quoted: true,
};

describe('NestedValue', () => {
  it('leaves every JSON value that is not rewritten as it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.json({ stringUnit: 'binary' })),
        fc.array(fc.string({ unit: 'binary' })),
        (items, keys) => {
          // Without white space, as the store keeps it.
          const texts = items.map((text) => JSON.stringify(JSON.parse(text)));
          const array = `[${texts.join(',')}]`;
          const map = `{${texts.map((text, at) => `${JSON.stringify(keys[at] ?? '')}:${text}`).join(',')}}`;
          expect(new NestedValue(array).array(AS_IT_IS)).toBe(array);
          expect(new NestedValue(map).map(AS_IT_IS, AS_IT_IS)).toBe(map);
        },
      ),
    );
  });

  it('keeps every text', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ unit: 'binary' }))), (items) => {
        const text = JSON.stringify(items);
        expect(JSON.parse(new NestedValue(text).array(ANY_TEXT)!)).toEqual(items);
      }),
    );
  });

  it.each([
    ['[]', TO_FLOAT, '[]'],
    ['[1,-2,3e2,0.10]', TO_FLOAT, '[1,-2,300,0.1]'],
    ['[9007199254740993]', TO_FLOAT, undefined],
    ['[1,null]', TO_FLOAT, undefined],
    ['[1,null,12345678901234567890123456789]', TO_DECIMAL, '["1.0",null,"12345678901234567890123456789.0"]'],
    ['["0.15"]', TO_DECIMAL, undefined],
    ['[true]', TO_DECIMAL, undefined],
    ['[[1]]', TO_DECIMAL, undefined],
  ])('rewrites %s', (text, form, rewritten) => {
    expect(new NestedValue(text).array(form)).toBe(rewritten);
  });
});
