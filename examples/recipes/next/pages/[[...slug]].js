/** A page for every path: Next closes the upgrades at each of them. */
export default function Page() {
  return 'Hello';
}

export function getServerSideProps() {
  return { props: {} };
}
