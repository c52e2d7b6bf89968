import type { PageRoute } from './app/page-route';

/** Every page, once, by its address. */
export const ROUTES: readonly PageRoute[] = [
  {
    pattern: [],
    title: 'Topics',
    section: 'topics',
    load: async () => (await import('./pages/topics/home-page')).HomePage,
  },
  {
    pattern: ['welcome'],
    title: 'Send your first event',
    section: 'welcome',
    load: async () => (await import('./pages/welcome/welcome-page')).WelcomePage,
  },
  {
    pattern: ['topics'],
    title: 'Topics',
    section: 'topics',
    load: async () => (await import('./pages/topics/topics-page')).TopicsPage,
  },
  {
    pattern: ['topics', ':topic'],
    title: ':topic',
    section: 'topics',
    load: async () => (await import('./pages/topic/topic-page')).TopicPage,
  },
  {
    pattern: ['topics', ':topic', 'streams', ':stream'],
    title: ':stream · :topic',
    section: 'topics',
    load: async () => (await import('./pages/stream/stream-page')).StreamPage,
  },
  {
    pattern: ['data-sources'],
    title: 'Data sources',
    section: 'data-sources',
    load: async () => (await import('./pages/data-sources/data-sources-page')).DataSourcesPage,
  },
  {
    pattern: ['topics', ':topic', 'events'],
    title: 'Events · :topic',
    section: 'topics',
    load: async () => (await import('./pages/stream/topic-events-page')).TopicEventsPage,
  },
  {
    pattern: ['data-sources', ':name'],
    title: ':name',
    section: 'data-sources',
    load: async () => (await import('./pages/data-source/data-source-page')).DataSourcePage,
  },
  { pattern: ['sql'], title: 'SQL', section: 'sql', load: async () => (await import('./pages/sql/sql-page')).SqlPage },
  {
    pattern: ['send'],
    title: 'Send an event',
    section: 'send',
    load: async () => (await import('./pages/send-event/send-event-page')).SendEventPage,
  },
  {
    pattern: ['tokens'],
    title: 'Tokens',
    section: 'tokens',
    load: async () => (await import('./pages/tokens/tokens-page')).TokensPage,
  },
  {
    pattern: ['server'],
    title: 'Server',
    section: 'server',
    load: async () => (await import('./pages/server/server-page')).ServerPage,
  },
];
