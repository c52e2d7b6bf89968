import type { Place } from './error-place';

interface Props {
  readonly error: Error;
  readonly query: string;
  readonly places: readonly Place[];
  readonly onShow: (place: Place) => void;
}

/** What is wrong with the query, in the server's words, and where. */
export function QueryError({ error, query, places, onShow }: Props) {
  return (
    <div class="query-error" role="alert">
      <p>{error.message}</p>
      {places.length > 0 && (
        <p>
          {places.map((place) => (
            <button
              key={place.from}
              type="button"
              class="link-button"
              onClick={() => {
                onShow(place);
              }}
            >
              {lineAndColumn(query, place)}
            </button>
          ))}
        </p>
      )}
    </div>
  );
}

function lineAndColumn(query: string, { from }: Place): string {
  const lines = query.slice(0, from).split('\n');
  return `Line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}
