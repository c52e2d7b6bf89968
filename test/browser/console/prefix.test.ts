import { TestHub, token } from '../../support/test-hub';
import { nginxVersion, recipeText, runNginx } from '../../recipes/support/nginx';
import { sharedBrowser } from './support/browser';
import { ConsolePage } from './support/console-page';

const MISSING = nginxVersion();
if (MISSING !== undefined) process.stderr.write(`the console behind nginx: not run: ${MISSING}\n`);

const browser = sharedBrowser();

(MISSING === undefined ? describe : describe.skip)('the console behind nginx, with a prefix', () => {
  it('loads, calls and is live under it', async () => {
    const hub = await TestHub.start();
    const location = recipeText('nginx.conf')
      .replace('location /realtime/', 'location /tools/hub/')
      .replace('http://127.0.0.1:8081/', `${hub.url}/`);
    const url = `${await runNginx(recipeText('nginx-map.conf'), location)}/tools/hub`;
    const opened = await ConsolePage.open(browser(), { url }, { bearer: token('admin') });
    await opened.live();
    await opened.page.getByText('Waiting for an event in cars…').waitFor();
    await opened.page.getByText(`${url}/topics/cars/streams/demo/events/data`).waitFor();
    await hub.post('/topics/cars/streams/s/events/data', [{ id: 'a', timestamp: 1 }]);
    await opened.page.getByText('It has arrived').waitFor();
    await opened.go('#/topics/cars');
    await opened.page.getByRole('link', { name: 's', exact: true }).waitFor();
    expect(opened.page.url()).toBe(`${url}/#/topics/cars`);
    expect(opened.complaints).toEqual([]);
  });
});
