/** Topics. */
export function HomePage() {
  return <h1>Topics</h1>;
}
