import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { SQLite } from '@codemirror/lang-sql';
import { bracketMatching } from '@codemirror/language';
import { EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view';
import type { Table } from '../../../sql-tables';
import { EDITOR_LOOK } from './editor-theme';
import type { Place } from './error-place';
import { markErrors, QUERY_ERRORS } from './query-errors';
import { type Suggestion, suggestionsAt } from './suggestions';

export interface EditorOptions {
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** Ctrl and Enter, or Cmd and Enter, were pressed. */
  readonly onRun: () => void;
  /** Asked each time that something is suggested. */
  readonly tables: () => readonly Table[];
}

/** What comes first in the list, where several fit as well. */
const BOOSTS: Readonly<Record<Suggestion['kind'], number>> = { column: 3, table: 2, function: 0, keyword: -1 };
const ICONS: Readonly<Record<Suggestion['kind'], string>> = {
  column: 'property',
  table: 'class',
  function: 'function',
  keyword: 'keyword',
};

/**
 * The editor of queries. It lies in a shadow root: there CodeMirror adopts its style sheets, where in a document it
 * would write them into it, which the Content-Security-Policy of the console forbids.
 */
export class QueryEditor {
  readonly #view: EditorView;

  constructor(host: HTMLElement, options: EditorOptions) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open', delegatesFocus: true });
    this.#view = new EditorView({ root, parent: root, state: stateOf(options) });
  }

  /** Puts another query in the place of the present one. */
  set text(text: string) {
    const { state } = this.#view;
    if (state.doc.toString() === text) return;
    this.#view.dispatch({ changes: { from: 0, to: state.doc.length, insert: text } });
  }

  mark(places: readonly Place[]): void {
    markErrors(this.#view, places);
  }

  /** Puts the cursor at a place, and the focus into the editor. */
  goTo({ from }: Place): void {
    this.#view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
    this.#view.focus();
  }

  destroy(): void {
    this.#view.destroy();
  }
}

function stateOf({ text, onChange, onRun, tables }: EditorOptions): EditorState {
  const run = (): boolean => {
    onRun();
    return true;
  };
  return EditorState.create({
    doc: text,
    extensions: [
      Prec.highest(keymap.of([{ key: 'Mod-Enter', run, preventDefault: true }])),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      history(),
      drawSelection(),
      bracketMatching(),
      closeBrackets(),
      SQLite.extension,
      autocompletion({ override: [(context) => complete(context, tables())], icons: false }),
      placeholder('SELECT …'),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': 'Query' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString());
      }),
      QUERY_ERRORS,
      EDITOR_LOOK,
    ],
  });
}

function complete(context: CompletionContext, tables: readonly Table[]): CompletionResult | null {
  const { from, options } = suggestionsAt(context.state.doc.toString(), context.pos, tables);
  const isBehindDot = context.state.sliceDoc(from - 1, from) === '.';
  if (from === context.pos && !context.explicit && !isBehindDot) return null;
  return { from, options: options.map(completion), validFor: /^["`]?[\w$\u0080-\uFFFF]*$/ };
}

function completion({ label, text, kind, detail }: Suggestion): Completion {
  return {
    label,
    type: ICONS[kind],
    boost: BOOSTS[kind],
    ...(text !== undefined && { apply: text }),
    ...(detail !== undefined && { detail }),
  };
}
