/** Data source. */
export function DataSourcePage() {
  return <h1>Data source</h1>;
}
