/** Send your first event. */
export function WelcomePage() {
  return <h1>Send your first event</h1>;
}
