/**
 * What SQLite's virtual machine may be told to do for a query, by effect: https://www.sqlite.org/opcode.html. An instruction that is in
 * none of these lists, because it writes, changes the connection or is new, makes the query be refused.
 */
const GROUPS = {
  flow: 'Init Goto Gosub Return BeginSubrtn InitCoroutine EndCoroutine Yield Once Halt Noop Trace Explain Abortable',
  conditions:
    'If IfNot IfPos IfNotZero IfNullRow IfEmpty IfSizeBetween IfNoHope IfNotOpen DecrJumpZero IsNull NotNull IsTrue IsType Jump Compare Permutation Eq Ne Lt Le Gt Ge ElseEq MustBeInt',
  values:
    'Integer Int64 Real String String8 Null SoftNull Blob Move Copy SCopy IntCopy ReleaseReg Affinity RealAffinity Cast CollSeq ZeroOrNull ClrSubtype GetSubtype SetSubtype MemMax OffsetLimit',
  arithmetic:
    'Add AddImm Subtract Multiply Divide Remainder Concat BitAnd BitOr BitNot ShiftLeft ShiftRight And Or Not',
  rows: 'Column ColumnsUsed Offset Rowid RowData NullRow MakeRecord ResultRow Count Sequence SequenceTest',
  cursors:
    'Close Rewind Last Next Prev Sort SorterSort SorterNext SorterData SorterCompare SeekGE SeekGT SeekLE SeekLT SeekEnd SeekScan SeekHit SeekRowid NotExists Found NotFound NoConflict DeferredSeek FinishSeek IdxRowid IdxGE IdxGT IdxLE IdxLT CursorHint CursorLock CursorUnlock',
  sets: 'RowSetAdd RowSetRead RowSetTest Filter FilterAdd ResetSorter',
  virtualTables: 'VFilter VColumn VNext VInitIn',
};

export const harmlessOpcodes: ReadonlySet<string> = new Set(Object.values(GROUPS).flatMap((group) => group.split(' ')));

/** Calls of functions: which one stands in the fourth operand. */
export const callingOpcodes: ReadonlySet<string> = new Set(
  'Function PureFunc AggStep AggStep1 AggInverse AggValue AggFinal'.split(' '),
);

/** Open a table or index of a database to read it. */
export const READING_OPCODES: ReadonlySet<string> = new Set(['OpenRead', 'ReopenIdx']);

/** Open a cursor on something that lives and ends with the query. */
export const temporaryOpcodes: ReadonlySet<string> = new Set(
  'OpenEphemeral OpenAutoindex OpenDup OpenPseudo SorterOpen'.split(' '),
);

/** Write through a cursor, which has to be a temporary one. */
export const writingOpcodes: ReadonlySet<string> = new Set(
  'NewRowid Insert Delete IdxInsert IdxDelete SorterInsert'.split(' '),
);
