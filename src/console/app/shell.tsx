import { useEffect, useState } from 'preact/hooks';
import { Icon, type IconName } from '../ui/icon';
import { ConnectionStatus } from './connection-status';
import { useConsole } from './console-context';
import { PageView } from './page-view';
import { href, useRoute } from './router';
import { findPage, type PageRoute, type Section } from './page-route';
import { ThemeSwitch } from './theme-switch';

const NAVIGATION: readonly { readonly section: Section; readonly text: string; readonly icon: IconName }[] = [
  { section: 'topics', text: 'Topics', icon: 'topics' },
  { section: 'data-sources', text: 'Data sources', icon: 'rows' },
  { section: 'sql', text: 'SQL', icon: 'sql' },
  { section: 'send', text: 'Send an event', icon: 'send' },
  { section: 'welcome', text: 'Get started', icon: 'start' },
  { section: 'tokens', text: 'Tokens', icon: 'tokens' },
  { section: 'server', text: 'Server', icon: 'server' },
];

/** What stands around every page: navigation, the state of the connection, the theme. */
export function Shell({ routes }: { readonly routes: readonly PageRoute[] }) {
  const [isOpen, setIsOpen] = useState(false);
  const { segments } = useRoute();
  const address = segments.join('/');
  useEffect(() => {
    setIsOpen(false);
  }, [address]);
  return (
    <div class="shell">
      <a
        class="skip-link"
        href="#page"
        onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>('#page')?.focus();
        }}
      >
        Skip to the page
      </a>
      <header class="bar">
        <a class="brand" href={href([])}>
          <Icon name="brand" /> Writer hub
        </a>
        <ConnectionStatus />
        <button
          type="button"
          class="menu-button"
          aria-expanded={isOpen}
          aria-controls="navigation"
          onClick={() => {
            setIsOpen(!isOpen);
          }}
        >
          <Icon name="menu" /> <span class="visually-hidden">Menu</span>
        </button>
      </header>
      <div class={isOpen ? 'side side-open' : 'side'} id="navigation">
        <Navigation section={findPage(routes, segments)?.route.section} />
        <Settings />
      </div>
      <PageView routes={routes} />
    </div>
  );
}

function Navigation({ section }: { readonly section: Section | undefined }) {
  return (
    <nav aria-label="Console">
      <ul class="navigation">
        {NAVIGATION.map((item) => (
          <li key={item.section}>
            <a
              href={href(item.section === 'topics' ? ['topics'] : [item.section])}
              {...(item.section === section && { 'aria-current': 'page' as const })}
            >
              <Icon name={item.icon} /> {item.text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Settings() {
  const { session } = useConsole();
  return (
    <div class="settings">
      <ThemeSwitch />
      <button
        type="button"
        class="link-button"
        onClick={() => {
          session.signOut();
        }}
      >
        <Icon name="sign-out" /> Sign out
      </button>
    </div>
  );
}
