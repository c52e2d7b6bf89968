import { createHubServer, defineHub, method, streamMethod } from 'writer-hub/signalr';

/** The hub that the recipes serve. */
export const chat = createHubServer(
  defineHub({
    Say: method(['string'], ({ clients }, text) => {
      clients.all.send('Said', text);
    }),
    Count: streamMethod(['number'], function* (_context, to) {
      for (let i = 1; i <= to; i++) yield i;
    }),
  }),
);
