import { describeSqliteStore } from './describe-sqlite-store';

describeSqliteStore('parameters');
