import { TestHub } from '../support/test-hub';

describe('the page that errors of the Events API point to', () => {
  it('is served to anybody as text', async () => {
    const hub = await TestHub.start();
    const refused = await fetch(`${hub.url}/v0/events?name=a`, { method: 'POST', body: '{}' });
    const { documentation } = (await refused.json()) as { documentation: string };
    expect(documentation).toBe(`${hub.url}/docs/events-api#unauthenticated`);
    const page = await fetch(documentation);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(await page.text()).toContain('/v0/events');
  });
});
