import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { formatCount } from '../../exact/numbers';
import type { Row, ShownEvent } from '../../tail/event';
import { exported, MEDIA_TYPES, type ExportFormat } from '../../tail/event-export';
import type { EventPages } from '../../tail/event-pages';
import { Button } from '../../ui/button';

/** How many of the newest events one file holds at the most; programs read more by HTTP. */
const MAX_EVENTS = 100_000;
const PAGE = 1_000;
/** Milliseconds for which a file is there to be saved. */
const KEPT_MS = 60_000;

interface Props {
  /** What files are called, without their ending. */
  readonly name: string;
  readonly rows: readonly Row[];
  readonly selected: ReadonlyMap<string, ShownEvent>;
  readonly pages: EventPages;
}

type Progress =
  | { readonly kind: 'idle' }
  | { readonly kind: 'reading'; readonly count: number }
  | { readonly kind: 'done'; readonly count: number; readonly isCut: boolean }
  | { readonly kind: 'failed'; readonly reason: string };

/** Events as a file: those selected, those loaded here, or all that match, up to a bound that it names. */
export function DownloadMenu({ name, rows, selected, pages }: Props) {
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const [progress, setProgress] = useState<Progress>({ kind: 'idle' });
  const ending = useRef<AbortController | undefined>(undefined);
  useEffect(
    () => () => {
      ending.current?.abort();
    },
    [],
  );
  const loaded = rows.filter((row) => row.kind === 'event');
  const readAll = async (format: ExportFormat): Promise<void> => {
    ending.current?.abort();
    const { signal } = (ending.current = new AbortController());
    try {
      const { events, isCut } = await readNewest(pages, signal, (count) => {
        setProgress({ kind: 'reading', count });
      });
      save(name, format, events);
      setProgress({ kind: 'done', count: events.length, isCut });
    } catch (error) {
      if (signal.aborted) setProgress({ kind: 'idle' });
      else setProgress({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
    }
  };
  const choices = (title: string, onChoose: (format: ExportFormat) => void, isOff = false) => (
    <div class="menu-row">
      <span>{title}</span>
      <Button
        disabled={isOff}
        onClick={() => {
          onChoose('ndjson');
        }}
      >
        NDJSON
      </Button>
      <Button
        disabled={isOff}
        onClick={() => {
          onChoose('csv');
        }}
      >
        CSV
      </Button>
    </div>
  );
  return (
    <div
      class="menu"
      onKeyDown={(event) => {
        if (event.key === 'Escape') setIsOpen(false);
      }}
    >
      <button
        type="button"
        class="button button-plain"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => {
          setIsOpen(!isOpen);
        }}
      >
        Download
      </button>
      {isOpen && (
        <div class="menu-panel" id={id} role="group" aria-label="Download">
          {selected.size > 1 &&
            choices(`Selected: ${formatCount(selected.size)}`, (format) => {
              save(name, format, [...selected.values()]);
            })}
          {choices(`Loaded here: ${formatCount(loaded.length)}`, (format) => {
            save(name, format, loaded);
          })}
          {choices(
            `All that match, the newest ${formatCount(MAX_EVENTS)} at most`,
            (format) => void readAll(format),
            progress.kind === 'reading',
          )}
          <p class="field-hint" role="status">
            {progressText(progress)}
          </p>
          {progress.kind === 'reading' && (
            <Button
              onClick={() => {
                ending.current?.abort();
              }}
            >
              Stop
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function progressText(progress: Progress): string {
  switch (progress.kind) {
    case 'idle':
      return 'Timestamps and numbers keep all digits. In CSV, texts that a spreadsheet would run get an apostrophe.';
    case 'reading':
      return `${formatCount(progress.count)} read…`;
    case 'done':
      return `${formatCount(progress.count)} saved${progress.isCut ? '; there are older ones, which GET …/events/data gives' : ''}`;
    case 'failed':
      return progress.reason;
  }
}

async function readNewest(
  pages: EventPages,
  signal: AbortSignal,
  onCount: (count: number) => void,
): Promise<{ readonly events: readonly ShownEvent[]; readonly isCut: boolean }> {
  const parts: (readonly ShownEvent[])[] = [];
  let count = 0;
  let before: string | undefined;
  for (;;) {
    const found = await pages.older(before, Math.min(PAGE, MAX_EVENTS - count), signal);
    parts.unshift(found.events);
    count += found.events.length;
    onCount(count);
    if (found.isEnd || count >= MAX_EVENTS) return { events: parts.flat(), isCut: !found.isEnd };
    before = found.reached;
  }
}

function save(name: string, format: ExportFormat, events: readonly ShownEvent[]): void {
  const blob = new Blob([...exported(events, format)], { type: MEDIA_TYPES[format] });
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.${format}`;
  link.click();
  // Some browsers read it only after this.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, KEPT_MS);
}
