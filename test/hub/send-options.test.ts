import { parseSendOptions, parseStreamOptions } from '../../src/hub/send-options';

describe('parseSendOptions', () => {
  it.each([
    [undefined, undefined],
    [null, undefined],
    [{}, undefined],
    [{ idempotencyKey: null }, undefined],
    [{ idempotencyKey: 'a' }, 'a'],
    [{ idempotencyKey: '' }, ''],
  ])('reads %j', (value, idempotencyKey) => {
    expect(parseSendOptions(value)).toEqual({ idempotencyKey, strict: false });
  });

  it('reads the flag strict', () => {
    expect(parseSendOptions({ strict: true })).toEqual({ idempotencyKey: undefined, strict: true });
    expect(() => parseSendOptions({ strict: 'yes' })).toThrow('the options are not {idempotencyKey, strict}');
  });

  it.each([['text'], [1], [[]], [{ idempotencykey: 'a' }], [{ idempotencyKey: 1 }], [{ idempotencyKey: 'a', x: 1 }]])(
    'refuses %j',
    (value) => {
      expect(() => parseSendOptions(value)).toThrow(expect.objectContaining({ code: 'invalid_query' }) as Error);
    },
  );
});

describe('parseStreamOptions', () => {
  it.each([
    [undefined, false],
    [null, false],
    [{}, false],
    [{ strict: null }, false],
    [{ strict: true }, true],
  ])('reads %j', (value, strict) => {
    expect(parseStreamOptions(value)).toEqual({ strict });
  });

  it.each([['text'], [[]], [{ strict: 1 }], [{ idempotencyKey: 'a' }]])('refuses %j', (value) => {
    expect(() => parseStreamOptions(value)).toThrow('the options are not {strict}');
  });
});
