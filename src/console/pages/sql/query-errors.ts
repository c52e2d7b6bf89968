import { type EditorState, type Extension, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';
import type { Place } from './error-place';

const SET_PLACES = StateEffect.define<readonly Place[]>();

const MARK = Decoration.mark({ class: 'cm-query-error' });

/** Underlines of what is wrong; they go as soon as the query is changed. */
const FIELD = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    for (const effect of transaction.effects) {
      if (effect.is(SET_PLACES)) return marksOf(effect.value, transaction.state);
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export const QUERY_ERRORS: Extension = FIELD;

/** Underlines places of the query. */
export function markErrors(view: EditorView, places: readonly Place[]): void {
  view.dispatch({ effects: SET_PLACES.of(places) });
}

function marksOf(places: readonly Place[], { doc }: EditorState): DecorationSet {
  const inside = places.filter(({ from, to }) => from < to && to <= doc.length);
  return Decoration.set(
    inside.map(({ from, to }) => MARK.range(from, to)),
    true,
  );
}
