import type { DataSourceApi, DataSourceStatus } from './data-source-api';

/** What each tab of a data source is given. */
export interface PanelProps {
  readonly name: string;
  readonly status: DataSourceStatus;
  readonly calls: DataSourceApi;
  /** What is stored has been changed. */
  readonly onChanged: () => void;
}
