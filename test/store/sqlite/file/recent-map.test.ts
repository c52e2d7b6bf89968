import { RecentMap } from '../../../../src/store/sqlite/file/recent-map';

describe('RecentMap', () => {
  it('keeps what was used since it was last trimmed, and drops the rest', () => {
    const map = new RecentMap<string, number>(2);
    map.set('used', 1);
    map.set('unused', 2);
    map.trim();
    expect(map.get('used')).toBe(1);
    map.set('new', 3);
    map.trim();
    expect([map.get('used'), map.get('unused'), map.get('new')]).toEqual([1, undefined, 3]);
  });

  it('drops nothing while it is small', () => {
    const map = new RecentMap<string, number>(2);
    map.set('one', 1);
    for (let times = 0; times < 5; times++) map.trim();
    expect(map.get('one')).toBe(1);
  });

  it('forgets both generations when it is cleared', () => {
    const map = new RecentMap<string, number>(1);
    map.set('old', 1);
    map.trim();
    map.set('young', 2);
    map.clear();
    expect([map.get('old'), map.get('young')]).toEqual([undefined, undefined]);
  });
});
