import { request } from 'node:http';
import { contentSecurityPolicy } from '../../../src/http/console/content-security-policy';
import { SharedHub } from '../../support/shared-hub';

const shared = new SharedHub();

/** As browsers ask for a page. */
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

/** The addresses of the files that the page loads. */
async function filesOf(url: string): Promise<string[]> {
  const page = await (await fetch(`${url}/`, { headers: BROWSER })).text();
  return [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
}

describe('GET /', () => {
  it.each([
    ['the console to browsers', BROWSER, /^text\/html/],
    ['JSON to whoever asks for it', { accept: 'application/json' }, /^application\/json/],
    ['JSON to whoever takes anything', { accept: '*/*' }, /^application\/json/],
    ['JSON to fetch and curl', {}, /^application\/json/],
  ])('gives %s', async (_, headers, type) => {
    const { url } = await shared.hub();
    const response = await fetch(`${url}/`, { headers });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(type);
    expect(response.headers.get('vary')).toContain('Accept');
  });

  it('gives a page that is asked for anew each time, with a policy that allows nothing inline', async () => {
    const { url } = await shared.hub();
    const { headers } = await fetch(`${url}/`, { headers: BROWSER });
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`connect-src 'self' ws://${new URL(url).host} wss://${new URL(url).host};`);
    expect(policy).not.toContain('unsafe');
  });

  it('is not sent to a browser that has it', async () => {
    const { url } = await shared.hub();
    const etag = (await fetch(`${url}/`, { headers: BROWSER })).headers.get('etag')!;
    const again = await fetch(`${url}/`, {
      // Without this, fetch asks for it anew.
      headers: { ...BROWSER, 'if-none-match': etag, 'cache-control': 'max-age=0' },
    });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect(again.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('answers HEAD with the headers alone', async () => {
    const { url } = await shared.hub();
    const response = await fetch(`${url}/`, { method: 'HEAD', headers: BROWSER });
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await response.text()).toBe('');
  });

  it('names no other host than a valid one of the request in its policy', async () => {
    const { url } = await shared.hub();
    const policy = await new Promise((resolve, reject) => {
      const headers = { ...BROWSER, host: "a; script-src 'unsafe-inline'" };
      request(`${url}/`, { headers }, (response) => {
        response.resume();
        resolve(response.headers['content-security-policy']);
      })
        .on('error', reject)
        .end();
    });
    expect(policy).toBe(contentSecurityPolicy(undefined));
  });
});

describe('GET /console/{file}', () => {
  it('gives what the page names, by addresses relative to it, for ever', async () => {
    const { url } = await shared.hub();
    const files = await filesOf(url);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      expect(file).toMatch(/^console\/[\w-]+-[A-Z0-9]{8}\.\w+$/);
      const response = await fetch(`${url}/${file}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(response.headers.get('content-type')).toMatch(/^(text\/(javascript|css)|image\/svg\+xml)/);
    }
  });

  it.each([
    ['a file of an earlier build', '/console/main-AAAAAAAA.js'],
    ['the page under another name', '/console/index.html'],
    ['a file of another folder', '/console/..%2fmain.js'],
    ['a folder', '/console/'],
  ])('answers 404 for %s, and never the page', async (_, address) => {
    const { url } = await shared.hub();
    const response = await fetch(`${url}${address}`, { headers: BROWSER });
    expect(response.status).toBe(404);
    expect(response.headers.get('cache-control')).toBeNull();
    expect(await response.json()).toMatchObject({ status: 404 });
  });

  it('gives the same bytes compressed or not, as the browser likes', async () => {
    const { url } = await shared.hub();
    const [, , , main = ''] = await filesOf(url);
    const plain = await fetch(`${url}/${main}`, { headers: { 'accept-encoding': 'identity' } });
    const gzipped = await fetch(`${url}/${main}`, { headers: { 'accept-encoding': 'gzip' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(gzipped.headers.get('content-encoding')).toBe('gzip');
    expect(Number(gzipped.headers.get('content-length'))).toBeLessThan(Number(plain.headers.get('content-length')) / 2);
    expect(await gzipped.text()).toBe(await plain.text());
  });
});
