import { setQuery } from '../../app/router';
import { wrongTags } from '../../tail/event-filter';
import { ORDERS, orderOf } from '../../tail/row-order';
import { Button } from '../../ui/button';

/** What the address asks for that there is not, so that nobody takes what is shown for what was asked for. */
export function AddressNotes({ query }: { readonly query: URLSearchParams }) {
  const order = query.get('order');
  const tags = wrongTags(query);
  const notes = [
    ...tags.map((tag) => `The address filters by the tag “${tag}”, which is no name=value: it is left out.`),
    ...(order === null || ORDERS.some((known) => known === order)
      ? []
      : [`There is no order “${order}”: events are shown by ${orderOf(order)}. There are ${ORDERS.join(' and ')}.`]),
  ];
  if (notes.length === 0) return null;
  return (
    <div class="notice address-notes" role="alert">
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      <Button
        onClick={() => {
          setQuery({
            tag: query.getAll('tag').filter((tag) => !tags.includes(tag)),
            order: orderOf(order) === 'arrival' ? undefined : orderOf(order),
          });
        }}
      >
        Take it out of the address
      </Button>
    </div>
  );
}
