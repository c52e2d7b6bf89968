import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type WatchedRequest, WatchedRequests } from '../../src/http/watched-requests';

function added(list: WatchedRequests): WatchedRequest {
  const request = new IncomingMessage(new Socket());
  return list.add(request, new ServerResponse(request));
}

describe('WatchedRequests', () => {
  it.each([
    ['the first', 0],
    ['one in the middle', 1],
    ['the last', 2],
  ])('keeps all others when %s is removed, whose place can be found again', (_, index) => {
    const list = new WatchedRequests();
    const watched = [added(list), added(list), added(list)];
    const [removed] = watched.splice(index, 1);
    list.remove(removed!);
    expect(new Set(list.all())).toEqual(new Set(watched));
    for (const each of watched) list.remove(each);
    expect(list.size).toBe(0);
  });

  it('removes nothing twice', () => {
    const list = new WatchedRequests();
    const [first, second] = [added(list), added(list)];
    list.remove(first);
    list.remove(first);
    expect(list.all()).toEqual([second]);
  });

  it('gives those that are watched now, whatever is removed while they are looked at', () => {
    const list = new WatchedRequests();
    const watched = [added(list), added(list)];
    const seen: WatchedRequest[] = [];
    for (const each of list.all()) {
      seen.push(each);
      list.remove(each);
    }
    expect(seen).toEqual(watched);
    expect(list.size).toBe(0);
  });
});
