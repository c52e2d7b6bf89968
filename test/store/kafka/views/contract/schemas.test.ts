import { describeViewlessStore } from './describe-viewless-store';

describeViewlessStore('schemas');
