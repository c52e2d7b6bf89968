import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatCount } from '../../exact/numbers';
import type { Row, ShownEvent } from '../../tail/event';
import { hasText } from '../../tail/event-filter';
import { Button } from '../../ui/button';

interface Props {
  readonly rows: readonly Row[];
  readonly onFound: (offset: string | undefined) => void;
  readonly onClose: () => void;
}

/** Finds a text among the rows that are loaded, seen or not: the browser's search knows only those that are seen. */
export function FindBar({ rows, onFound, onClose }: Props) {
  const [text, setText] = useState('');
  const [offset, setOffset] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.focus();
  }, []);
  const hits = useMemo(() => hitsOf(rows, text), [rows, text]);
  const at = hits.findIndex((event) => event.offset === offset);
  const go = (step: 1 | -1): void => {
    if (hits.length === 0) return;
    // The last one first: a tail is read from its end.
    const start = step === 1 ? -1 : hits.length;
    const next = hits[((at < 0 ? start : at) + step + hits.length) % hits.length]!;
    setOffset(next.offset);
    onFound(next.offset);
  };
  return (
    <form
      class="find-bar"
      role="search"
      aria-label="Find among the loaded events"
      onSubmit={(event) => {
        event.preventDefault();
        go(-1);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        onFound(undefined);
        onClose();
      }}
    >
      <input
        ref={input}
        type="search"
        aria-label="Find"
        placeholder="Find among the loaded events"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setOffset(undefined);
          onFound(undefined);
        }}
      />
      <span class="numbers muted" role="status">
        {text === '' ? '' : `${at < 0 ? '' : `${formatCount(at + 1)} of `}${formatCount(hits.length)} found`}
      </span>
      <Button type="submit" disabled={hits.length === 0}>
        Older
      </Button>
      <Button
        disabled={hits.length === 0}
        onClick={() => {
          go(1);
        }}
      >
        Newer
      </Button>
      <Button
        onClick={() => {
          onFound(undefined);
          onClose();
        }}
      >
        Close
      </Button>
    </form>
  );
}

function hitsOf(rows: readonly Row[], text: string): readonly ShownEvent[] {
  const needle = text.toLowerCase();
  return needle === '' ? [] : rows.filter((row) => row.kind === 'event').filter((event) => hasText(event, needle));
}
