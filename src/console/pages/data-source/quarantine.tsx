import { useState } from 'preact/hooks';
import { useLoaded } from '../../app/use-loaded';
import { useAction } from '../../app/use-action';
import { excerptOf } from '../../exact/excerpt';
import { formatCount, formatNumberOf } from '../../exact/numbers';
import { Button } from '../../ui/button';
import { EmptyState } from '../../ui/empty-state';
import { ErrorText } from '../../ui/error-text';
import type { PanelProps } from './panel-props';
import { MendForm } from './mend-form';
import { type QuarantinedRow, quarantinedRow, type RowsAnswer } from './quarantined';

/** Characters of the longest row that a form takes: browsers are slow in longer ones. */
const LARGEST_MENDED = 100_000;

/** How many characters of a row stand in the list. */
const EXCERPT = 400;

/** What did not fit, and why; each row can be mended, and all of them sent through again. */
export function Quarantine({ name, status, calls, onChanged }: PanelProps) {
  const [said, setSaid] = useState<string>();
  const [mended, setMended] = useState<string>();
  const [after, setAfter] = useState<string>();
  const page = useLoaded(
    (signal) => calls.quarantine(name, after, signal),
    [calls, name, after, status.quarantine_rows],
  );
  const changed = (text: string): void => {
    setSaid(text);
    setMended(undefined);
    page.reload();
    onChanged();
  };
  const replay = useAction(async () => {
    changed(reportOf(await calls.replayAll(name)));
  });
  const rows = (page.value?.rows ?? []).map(quarantinedRow);
  return (
    <section aria-label="Quarantine">
      <p role="status">{said}</p>
      <ErrorText error={page.error ?? replay.error} />
      {status.quarantine_rows === 0 ? (
        <EmptyState title="The quarantine is empty">
          <p>Rows that do not fit the schema land here, with the reason, instead of being lost.</p>
        </EmptyState>
      ) : (
        <>
          <div class="quarantine-actions">
            <p class="muted">
              {formatNumberOf(status.quarantine_rows, 'row')} did not fit, the newest first. After the schema was
              changed, send all of them through again: those that fit are stored.
            </p>
            <Button
              isBusy={replay.isBusy}
              onClick={() => {
                replay.run();
              }}
            >
              Replay all
            </Button>
          </div>
          <ol class="quarantine-list">
            {rows.map((row) => (
              <li key={row.offset} class="card">
                <Summary row={row} isMended={mended === row.offset} />
                {mended === row.offset ? (
                  <MendForm
                    {...{ name, row, calls }}
                    columns={status.columns}
                    onStored={() => {
                      changed(`The mended row was stored, and ${row.offset} has left the quarantine.`);
                    }}
                    onCancel={() => {
                      setMended(undefined);
                    }}
                  />
                ) : (
                  <>
                    <pre class="quarantine-raw" tabIndex={0} role="region" aria-label={`Row ${row.offset}`}>
                      <code>{beginningOf(row.raw)}</code>
                    </pre>
                    {row.raw.length > LARGEST_MENDED ? (
                      <p class="muted">
                        Too long to be mended here. Send the mended row to{' '}
                        <code>{`POST /v0/datasources/${encodeURIComponent(name)}/quarantine/replay?offset=${row.offset}`}</code>
                        .
                      </p>
                    ) : (
                      <Button
                        onClick={() => {
                          setMended(row.offset);
                        }}
                      >
                        Fix this row
                      </Button>
                    )}
                  </>
                )}
              </li>
            ))}
          </ol>
          <div class="buttons">
            {after !== undefined && (
              <Button
                onClick={() => {
                  setAfter(undefined);
                }}
              >
                Newest
              </Button>
            )}
            {page.value?.next !== null && page.value !== undefined && (
              <Button
                onClick={() => {
                  setAfter(page.value!.next!);
                }}
              >
                Older
              </Button>
            )}
          </div>
        </>
      )}
    </section>
  );
}

interface SummaryProps {
  readonly row: QuarantinedRow;
  /** Its form is open, which has what is wrong at the fields. */
  readonly isMended: boolean;
}

function Summary({ row: { offset, storedAt, faults }, isMended }: SummaryProps) {
  return (
    <div class="quarantine-summary">
      <p class="muted numbers">
        {offset} · <time dateTime={`${storedAt.replace(' ', 'T')}Z`}>{storedAt} UTC</time>
      </p>
      {!isMended && (
        <ul>
          {faults.map(({ column, reason }, index) => (
            <li key={index}>
              {column !== '' && <strong>{column}: </strong>}
              {reason}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function beginningOf(text: string): string {
  return text.length > EXCERPT ? `${excerptOf(text, EXCERPT)}… (${formatCount(text.length)} characters)` : text;
}

/** What became of rows that were sent through again. */
function reportOf({ successful_rows: stored, quarantined_rows: left, errors }: RowsAnswer): string {
  const [first] = errors ?? [];
  const why =
    first === undefined ? '' : ` The first of them: ${first.column === '' ? '' : `${first.column}: `}${first.error}`;
  return `${formatNumberOf(stored, 'row')} fit and ${stored === 1 ? 'was' : 'were'} stored; ${formatCount(left)} still do not.${why}`;
}
