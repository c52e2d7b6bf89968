/** Stream. */
export function StreamPage() {
  return <h1>Stream</h1>;
}
