/**
 * Instructions of SQLite's virtual machine that a query's program may have, by effect:
 * https://www.sqlite.org/opcode.html. A query with an instruction that is in none of these lists, because it writes,
 * changes the connection or is new, is refused.
 */
const GROUPS = {
  flow: 'Init Goto Gosub Return BeginSubrtn InitCoroutine EndCoroutine Yield Once Halt Noop Trace Explain Abortable',
  conditions:
    'If IfNot IfPos IfNotZero IfNullRow IfEmpty IfSizeBetween IfNoHope IfNotOpen DecrJumpZero IsNull ' +
    'NotNull IsTrue IsType Jump Compare Permutation Eq Ne Lt Le Gt Ge ElseEq MustBeInt',
  values:
    'Integer Int64 Real String String8 Null SoftNull Blob Move Copy SCopy IntCopy ReleaseReg Affinity ' +
    'RealAffinity Cast CollSeq ZeroOrNull ClrSubtype GetSubtype SetSubtype MemMax OffsetLimit',
  arithmetic:
    'Add AddImm Subtract Multiply Divide Remainder Concat BitAnd BitOr BitNot ShiftLeft ShiftRight And Or Not',
  rows: 'Column ColumnsUsed Offset Rowid RowData NullRow MakeRecord ResultRow Count Sequence SequenceTest',
  cursors:
    'Close Rewind Last Next Prev Sort SorterSort SorterNext SorterData SorterCompare SeekGE SeekGT SeekLE ' +
    'SeekLT SeekEnd SeekScan SeekHit SeekRowid NotExists Found NotFound NoConflict DeferredSeek ' +
    'FinishSeek IdxRowid IdxGE IdxGT IdxLE IdxLT CursorHint CursorLock CursorUnlock',
  sets: 'RowSetAdd RowSetRead RowSetTest Filter FilterAdd ResetSorter',
  virtualTables: 'VFilter VColumn VNext VInitIn',
};

export const HARMLESS_OPCODES: ReadonlySet<string> = new Set(
  Object.values(GROUPS).flatMap((group) => group.split(' ')),
);

/** Call a function, which the fourth operand names. */
export const CALLING_OPCODES: ReadonlySet<string> = new Set(
  'Function PureFunc AggStep AggStep1 AggInverse AggValue AggFinal'.split(' '),
);

/** Open a table or an index of a database for reading. */
export const READING_OPCODES: ReadonlySet<string> = new Set(['OpenRead', 'ReopenIdx']);

/** Open a cursor on something that exists only while the query runs. */
export const TEMPORARY_OPCODES: ReadonlySet<string> = new Set(
  'OpenEphemeral OpenAutoindex OpenDup OpenPseudo SorterOpen'.split(' '),
);

/** Write through a cursor, which must be a temporary one. */
export const WRITING_OPCODES: ReadonlySet<string> = new Set(
  'NewRowid Insert Delete IdxInsert IdxDelete SorterInsert'.split(' '),
);
