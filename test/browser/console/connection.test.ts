import { atEnd, TestHub, temporaryDirectory } from '../../support/test-hub';
import { sharedBrowser } from './support/browser';
import { ConsolePage } from './support/console-page';

const browser = sharedBrowser();

describe('when the connection is lost', () => {
  it('says so, says when it is back, and shows what was missed', async () => {
    const dataDir = temporaryDirectory();
    const first = await TestHub.open({ dataDir, shutdownTimeout: 200 });
    const port = Number(new URL(first.url).port);
    const { page } = await ConsolePage.open(browser(), first, { at: '#/welcome' });
    await page.getByText('Waiting for an event in cars…').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await first.post('/topics/cars/streams/s/events/data', [{ id: 'seen', timestamp: 2 }]);
    await page.getByRole('listitem').filter({ hasText: 'seen' }).waitFor();
    await first.close();
    await page.getByText(/Connection lost at \d\d:\d\d:\d\d/).waitFor();
    // It is said for some seconds only.
    const isBack = page.getByText('Connected again').waitFor();
    const second = await TestHub.open({ dataDir, port });
    atEnd(() => second.close());
    await second.post('/topics/cars/streams/s/events/data', [{ id: 'missed', timestamp: 3 }]);
    await isBack;
    await page.getByRole('listitem').filter({ hasText: 'missed' }).waitFor();
    await page.getByText('2 have arrived').waitFor();
  });
});
