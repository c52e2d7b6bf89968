import { useEffect, useRef } from 'preact/hooks';
import type { Table } from '../../../sql-tables';
import type { Place } from './error-place';
import { QueryEditor } from './query-editor';

export interface QueryBoxHandle {
  /** Puts the cursor at a place of the query. */
  goTo(place: Place): void;
}

interface Props {
  readonly handle: { current: QueryBoxHandle | null };
  /** The query in the address; it takes the place of what was written when it changes. */
  readonly asked: string;
  readonly places: readonly Place[];
  readonly tables: readonly Table[];
  readonly onChange: (text: string) => void;
  readonly onRun: (text: string) => void;
}

/** The editor of the query. */
export function QueryBox({ handle, asked, places, tables, onChange, onRun }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<QueryEditor | null>(null);
  const latest = useRef({ tables, onChange, onRun, text: asked });
  Object.assign(latest.current, { tables, onChange, onRun });
  useEffect(() => {
    const made = new QueryEditor(host.current!, {
      text: latest.current.text,
      onChange: (text) => {
        latest.current.text = text;
        latest.current.onChange(text);
      },
      onRun: () => {
        latest.current.onRun(latest.current.text);
      },
      tables: () => latest.current.tables,
    });
    editor.current = made;
    handle.current = made;
    return () => {
      editor.current = null;
      handle.current = null;
      made.destroy();
    };
  }, [handle]);
  useEffect(() => {
    if (editor.current !== null) editor.current.text = asked;
  }, [asked]);
  const marked = places.map(({ from, to }) => `${from}-${to}`).join();
  useEffect(() => {
    editor.current?.mark(places);
  }, [marked, asked]);
  return <div class="query-box" ref={host} />;
}
