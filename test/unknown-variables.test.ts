import { options } from '../src/config';
import { unknownVariables } from '../src/unknown-variables';

describe('unknownVariables', () => {
  it.each([
    ['WRITER_HUB_DATADIR', 'WRITER_HUB_DATA_DIR'],
    ['WRITER_HUB_JTW_SECRET', 'WRITER_HUB_JWT_SECRET'],
    ['WRITER_HUB_MAX_MESAGE_BYTES', 'WRITER_HUB_MAX_MESSAGE_BYTES'],
    ['writer_hub_log_level', 'WRITER_HUB_LOG_LEVEL'],
    ['WRITERHUB_CORS_ORIGINS', 'WRITER_HUB_CORS_ORIGINS'],
    ['WRITER-HUB-STORE', 'WRITER_HUB_STORE'],
    ['WRITER_HUB_PORT', 'PORT'],
    ['WRITER_HUB_HOST', 'HOST'],
    ['WRITER_HUB_POLL_TIMEOUT', 'WRITER_HUB_POLL_TIMEOUT_MS'],
    ['WRITER_HUB_SOMETHING_ELSE_ALTOGETHER', undefined],
    ['WRITER_HUB_FOO', undefined],
  ])('finds %s, which means %s', (name, meant) => {
    expect(unknownVariables({ [name]: 'x', PATH: '/bin' })).toEqual([{ name, meant }]);
  });

  it('finds no option, nothing that other commands read, and nothing of others', () => {
    const env = Object.fromEntries(Object.values(options).map(({ env }) => [env, 'x']));
    const elsewhere = { WRITER_HUB_URL: 'x', WRITER_HUB_TOKEN: 'x', WRITER: 'x', WRITERS_HUB: 'x', HUB_STORE: 'x' };
    expect(unknownVariables({ ...env, ...elsewhere })).toEqual([]);
  });

  it('finds nothing of what Kubernetes sets for a service of that name', () => {
    const service = {
      WRITER_HUB_SERVICE_HOST: '10.0.0.1',
      WRITER_HUB_SERVICE_PORT: '8080',
      WRITER_HUB_SERVICE_PORT_HTTP: '8080',
      WRITER_HUB_PORT: 'tcp://10.0.0.1:8080',
      WRITER_HUB_PORT_8080_TCP: 'tcp://10.0.0.1:8080',
      WRITER_HUB_PORT_8080_TCP_PROTO: 'tcp',
      WRITER_HUB_PORT_8080_TCP_PORT: '8080',
      WRITER_HUB_PORT_8080_TCP_ADDR: '10.0.0.1',
    };
    expect(unknownVariables(service)).toEqual([]);
  });
});
