import { isScope, SCOPE_FORMS, Scopes } from '../../src/auth/scopes';

const scopes = (...texts: string[]) => new Scopes(texts);

describe('Scopes', () => {
  it.each([
    ['append:cars', 'cars'],
    ['append:car*', 'cars'],
    ['append:car*', 'car'],
    ['append:*', 'cars'],
    ['append:my topic', 'my topic'],
    ['append:a:b', 'a:b'],
    ['append:größe', 'größe'],
    ['append:c*r', 'c*r'],
    ['DATASOURCES:APPEND:cars', 'cars'],
    ['DATASOURCE:APPEND:cars', 'cars'],
    ['datasources:append:cars', 'cars'],
    ['Datasource:Append:car*', 'cars'],
    ['create', 'cars'],
    ['DATASOURCES:CREATE', 'cars'],
    ['DataSource:Create', 'cars'],
    ['admin', 'cars'],
    ['ADMIN', 'cars'],
  ])('%s allows appending to %s', (scope, topic) => {
    expect(scopes(scope).mayAppend(topic)).toBe(true);
    expect(isScope(scope)).toBe(true);
  });

  it.each([
    ['append:cars', 'car'],
    ['append:cars', 'Cars'],
    ['append:cars', 'cars2'],
    ['append:car*', 'ca'],
    ['append:*s', 'cars'],
    ['append:c*s', 'cars'],
    ['DATASOURCES:APPEND:Cars', 'cars'],
    ['read:*', 'cars'],
  ])('%s does not allow appending to %s', (scope, topic) => {
    expect(scopes(scope).mayAppend(topic)).toBe(false);
  });

  it.each([
    ['read:cars', 'cars'],
    ['read:car*', 'cars'],
    ['read:*', 'cars'],
    ['DATASOURCES:READ:cars', 'cars'],
    ['datasources:read:cars', 'cars'],
    ['admin', 'cars'],
  ])('%s allows reading %s', (scope, topic) => {
    expect(scopes(scope).mayRead(topic)).toBe(true);
  });

  it.each([
    ['read:cars', 'bikes'],
    ['append:*', 'cars'],
    ['create', 'cars'],
    ['DATASOURCES:READ:cars:user_id=1', 'cars'],
  ])('%s does not allow reading %s', (scope, topic) => {
    expect(scopes(scope).mayRead(topic)).toBe(false);
  });

  it.each([
    ['drop:cars', true],
    ['drop:c*', true],
    ['DATASOURCES:DROP:cars', true],
    ['admin', true],
    ['create', false],
    ['append:*', false],
    ['drop:bikes', false],
  ])('%s: may remove cars: %s', (scope, mayDrop) => {
    expect(scopes(scope).mayDrop('cars')).toBe(mayDrop);
  });

  it.each([
    ['create', true, false],
    ['DATASOURCES:CREATE', true, false],
    ['admin', true, true],
    ['Admin', true, true],
    ['append:*', false, false],
    ['read:*', false, false],
  ])('%s: may create topics: %s, is admin: %s', (scope, mayCreate, isAdmin) => {
    expect(scopes(scope)).toMatchObject({ mayCreate, isAdmin });
  });

  it.each([
    '',
    'append',
    'append:',
    'read:',
    'Append:cars',
    'Create',
    'admin:',
    'admins',
    ' admin',
    'adm\u0131n',
    'create:cars',
    'DATASOURCES:APPEND',
    'DATASOURCES:APPEND:',
    'DATA\u017fOURCES:CREATE',
    'DATASOURCES:DROP:',
    'PIPES:READ:cars',
    'openid',
    'constructor',
  ])('ignores the scope "%s"', (scope) => {
    expect(isScope(scope)).toBe(false);
    const none = scopes(scope);
    expect([none.isAdmin, none.mayCreate, none.mayAppend('cars'), none.mayRead('cars')]).not.toContain(true);
  });

  it.each([
    [[], true],
    [['openid', 'append:'], true],
    [['openid', 'read:cars'], false],
    [['create'], false],
  ])('%j: allow nothing at all: %s', (texts, isEmpty) => {
    expect(scopes(...texts)).toHaveProperty('isEmpty', isEmpty);
  });

  it.each([
    ['metrics', true],
    ['admin', true],
    ['METRICS', false],
    ['create', false],
    ['read:*', false],
  ])('%s allows reading the metrics: %p', (scope, allowed) => {
    expect(scopes(scope).mayReadMetrics).toBe(allowed);
  });

  it('says in which forms a scope can be written', () => {
    const forms = SCOPE_FORMS.replace(/ \(.*/, '').replaceAll('<topic>', 'cars').split(', ');
    expect(forms).toHaveLength(6);
    expect(forms.filter((form) => !isScope(form))).toEqual([]);
  });

  it('adds up all it is given', () => {
    const all = scopes('append:cars', 'openid', 'append:bike*', 'read:cars');
    expect(['cars', 'bikes', 'boats'].map((topic) => all.mayAppend(topic))).toEqual([true, true, false]);
    expect(['cars', 'bikes'].map((topic) => all.mayRead(topic))).toEqual([true, false]);
  });
});

describe('Scopes › mayReadSome', () => {
  it.each([
    ['admin', true],
    ['read:cars', true],
    ['read:c*', true],
    ['read:*', true],
    ['append:cars', false],
    ['create', false],
    ['metrics', false],
  ])('%s: %s', (scope, expected) => {
    expect(scopes(scope).mayReadSome).toBe(expected);
  });

  it('is false without any scope', () => {
    expect(scopes().mayReadSome).toBe(false);
  });
});

describe('Scopes › fromClaims', () => {
  it.each([
    ['a text with spaces', { scope: 'read:x append:cars' }],
    ['a text with spaces too many', { scope: '  append:cars  ' }],
    ['an array', { scope: ['read:x', 'append:cars'] }],
    ['`scopes` as an array', { scopes: ['append:cars'] }],
    ['`scopes` as a text', { scopes: 'read:x append:cars' }],
    ['both claims', { scope: 'read:x', scopes: ['append:cars'] }],
    ['an array with other things in it', { scope: [1, null, {}, 'append:cars'] }],
  ])('reads %s', (_name, claims) => {
    expect(Scopes.fromClaims(claims).mayAppend('cars')).toBe(true);
  });

  it('takes each text of an array as one scope, so that a topic may have a space in its name', () => {
    const held = Scopes.fromClaims({ scope: ['append:my topic', 'append:a admin'] });
    expect(held.mayAppend('my topic')).toBe(true);
    expect(held.isAdmin).toBe(false);
  });

  it.each([[{}], [{ scope: null }], [{ scope: 5 }], [{ scope: { admin: true } }], [{ scope: true, scopes: 0 }]])(
    'allows nothing for %j',
    (claims) => {
      expect(Scopes.fromClaims(claims)).toMatchObject({ isAdmin: false, mayCreate: false });
    },
  );
});
