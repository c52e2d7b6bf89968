import { Scopes } from '../../src/auth/scopes';
import { rightsTo } from '../../src/console/app/topic-rights';

describe('rightsTo', () => {
  it.each([
    [['admin']],
    [['create']],
    [['create', 'read:*']],
    [['append:cars']],
    [['append:ca*', 'read:cars']],
    [['read:*']],
    [['read:bikes', 'append:bikes*']],
    [['DATASOURCES:CREATE']],
    [['DATASOURCES:APPEND:cars', 'datasource:read:ca*']],
    [['something:else']],
    [[]],
  ])('are for %j what the server finds', (scopes) => {
    const server = new Scopes(scopes);
    expect(rightsTo('cars', scopes)).toEqual({
      ...{ create: server.mayCreate, append: server.mayAppend('cars'), read: server.mayRead('cars') },
    });
  });
});
