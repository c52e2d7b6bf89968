/** Send an event. */
export function SendEventPage() {
  return <h1>Send an event</h1>;
}
