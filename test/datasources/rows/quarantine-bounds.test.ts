import { scan, schemaOf, thrown } from '../support/scanning';

const schema = schemaOf('a Int16', 'b String');

describe('scanRows › how many rows may be quarantined', () => {
  it.each([
    ['lines that are not JSON', 'x\n', 'malformed JSON at byte 0: expected a value, found "x"'],
    ['rows that lack a column', '{"b":""}\n', "Strict type checking failed. Object does not have column 'a'"],
    ['rows with a value of another type', '{"a":"1","b":""}\n', `value "1" on column 'a' is not Int16`],
  ])('accepts as many %s as the limit says and refuses one more with the first reason', (_, line, reason) => {
    const good = '{"a":1,"b":""}\n';
    expect(scan(good + line.repeat(3) + good, schema, { maxQuarantined: 3 }).quarantine).toHaveLength(3);
    const error = thrown(() => scan(good + line.repeat(4), schema, { maxQuarantined: 3 }));
    expect(error.code).toBe('message_too_large');
    expect(error.message).toContain('more than 3 rows do not fit');
    expect(error.message).toContain('max-quarantined-rows');
    expect(error.message).toContain(`row 2: ${reason}`);
  });

  it('stops once there are too many', () => {
    const malformedEnd = '[{"a":1}, 5, 6, nonsense';
    expect(thrown(() => scan(malformedEnd, schema, { format: 'json', maxQuarantined: 1 })).code).toBe(
      'message_too_large',
    );
  });

  it('refuses any row that does not fit where none may be quarantined', () => {
    expect(scan('{"a":1,"b":""}', schema, { maxQuarantined: 0 }).rows).toHaveLength(1);
    expect(thrown(() => scan('{"a":1}', schema, { maxQuarantined: 0 })).code).toBe('message_too_large');
  });

  it('accepts 100,000 by default', () => {
    const { quarantine, errors } = scan(`{"a":1,"b":""}\n${'x\n'.repeat(100_000)}`, schema);
    expect(quarantine).toHaveLength(100_000);
    expect(errors).toHaveLength(20);
    expect(thrown(() => scan('{}\n'.repeat(100_001), schema)).code).toBe('message_too_large');
  });
});
