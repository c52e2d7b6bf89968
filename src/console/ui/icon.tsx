/** Outlines of 24 by 24, drawn with the colour of the text. */
const PATHS = {
  brand: 'M4 6h16M4 12h10M4 18h13',
  rows: 'M3 5h18v14H3zM3 10h18M9 10v9',
  topics: 'M4 6h16M4 12h16M4 18h16',
  sql: 'M5 6c0-1.7 3.1-3 7-3s7 1.3 7 3-3.1 3-7 3-7-1.3-7-3zm0 0v12c0 1.7 3.1 3 7 3s7-1.3 7-3V6M5 12c0 1.7 3.1 3 7 3s7-1.3 7-3',
  send: 'M21 3 10 14M21 3l-7 18-4-7-7-4z',
  start: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zm-2-12 5 3-5 3z',
  tokens: 'M14.5 13a5.5 5.5 0 1 0-4-1.7L3 19v2h3v-2h2v-2h2l2.3-2.3c.7.2 1.4.3 2.2.3zM16 7.5h.01',
  server: 'M4 4h16v6H4zM4 14h16v6H4zM8 7h.01M8 17h.01',
  light:
    'M12 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM12 1v2M12 21v2M4.2 4.2l1.4 1.4M18.4 18.4l1.4 1.4M1 12h2M21 12h2M4.2 19.8l1.4-1.4M18.4 5.6l1.4-1.4',
  dark: 'M21 12.8A9 9 0 1 1 11.2 3a7 7 0 0 0 9.8 9.8z',
  system: 'M3 4h18v12H3zM8 20h8M12 16v4',
  menu: 'M4 7h16M4 12h16M4 17h16',
  'sign-out': 'M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4M16 17l5-5-5-5M21 12H9',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4',
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside a text that says the same. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
