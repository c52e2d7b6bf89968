import { faultAt, faultsOf, quarantinedRow } from '../../../../src/console/pages/data-source/quarantined';

describe('quarantinedRow', () => {
  it('has each reason with its column, and the row as it was sent', () => {
    const row = quarantinedRow({
      offset: 'q2',
      row: {
        c__error_column: ['n', ''],
        c__error: ['not a number', 'not an object'],
        c__row: '{"n":"x"}',
        insertion_date: '2026-11-27 03:20:49',
      },
    });
    expect(row).toEqual({
      offset: 'q2',
      faults: [
        { column: 'n', reason: 'not a number' },
        { column: '', reason: 'not an object' },
      ],
      raw: '{"n":"x"}',
      storedAt: '2026-11-27 03:20:49',
    });
    expect(faultAt(row.faults, { name: 'n' })).toBe('not a number');
    expect(faultAt(row.faults, { name: 'm' })).toBeUndefined();
  });
});

describe('faultsOf', () => {
  it('are those of the answer to a mended row', () => {
    const errors = [{ row: 1, column: 'n', path: '$.n', error: 'still not' }];
    expect(faultsOf({ successful_rows: 0, quarantined_rows: 1, errors })).toEqual([
      { column: 'n', reason: 'still not' },
    ]);
    expect(faultsOf({ successful_rows: 1, quarantined_rows: 0 })).toEqual([]);
  });
});
