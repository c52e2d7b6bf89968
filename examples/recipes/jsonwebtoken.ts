import { createServer } from 'node:http';
import jwt from 'jsonwebtoken';
import { bearerTokenOf, createHubServer, defineHub, method } from 'writer-hub/signalr';

const hub = defineHub<jwt.JwtPayload>({
  WhoAmI: method([], ({ principal }) => principal.sub),
});
const secret = process.env['JWT_SECRET'] ?? '';

const chat = createHubServer(hub, {
  authenticate: (request) => {
    try {
      const claims = jwt.verify(bearerTokenOf(request) ?? '', secret, { algorithms: ['HS256'] }) as jwt.JwtPayload;
      return { principal: claims, userId: claims.sub, expiresAt: 1000 * (claims.exp ?? Infinity) };
    } catch {
      return undefined; // 401
    }
  },
  closeOnAuthenticationExpiration: true,
});

export const http = createServer(chat.handler);
chat.attach(http, '/chat');
http.listen(process.env['PORT']);
