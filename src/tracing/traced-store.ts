import type { Append } from '../store/contract/event-log';
import type { PackageAppend } from '../store/contract/parameter-store';
import type { RowsAppend } from '../store/contract/row-store';
import type { Store } from '../store/contract/store';

/** What an append holds. */
export interface AppendedRecords {
  readonly kind: 'events' | 'parameters' | 'rows';
  readonly records: number;
  /** Of its text. */
  readonly bytes: number;
}

/** Follows an append from its call to its end; gives what `store` gives. */
export type FollowAppend = <Receipt>(append: AppendedRecords, store: () => Promise<Receipt>) => Promise<Receipt>;

/** The same store, whose appends are followed. */
export function watchAppends(store: Store, follow: FollowAppend): Store {
  const { log, parameters, rows } = store;
  return instead(store, {
    log: instead(log, {
      append: (append: Append) => {
        const { count, json } = append.batch;
        return follow({ kind: 'events', records: count, bytes: json.length }, () => log.append(append));
      },
    }),
    parameters: instead(parameters, {
      appendPackage: (append: PackageAppend) => {
        const size = { records: 1, bytes: append.batch.json.length };
        return follow({ kind: 'parameters', ...size }, () => parameters.appendPackage(append));
      },
    }),
    rows: instead(rows, {
      appendRows: (append: RowsAppend) => {
        const { rows: fitting, quarantine } = append;
        const size = {
          records: fitting.count + quarantine.count,
          bytes: fitting.json.length + quarantine.json.length,
        };
        return follow({ kind: 'rows', ...size }, () => rows.appendRows(append));
      },
    }),
  });
}

/** An object that is another one but for some of its members. */
function instead<T extends object>(object: T, members: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      if (Object.hasOwn(members, name)) return members[name as keyof T];
      // Private members are those of the object alone.
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
