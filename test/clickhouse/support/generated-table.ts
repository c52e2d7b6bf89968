import { SqlClient, sqlPath } from '../../http/v0/support/sql-client';
import type { ClickHouse } from './clickhouse';

const COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ['k', 'Int32'],
  ['i', 'Int32'],
  ['j', 'Int64'],
  ['u', 'UInt64'],
  ['w', 'Int128'],
  ['f', 'Float64'],
  ['s', 'String'],
  ['d', 'Decimal(10, 2)'],
  ['dd', 'Decimal(30, 4)'],
  ['t', 'DateTime'],
  ['t3', 'DateTime64(3)'],
  ['day', 'Date'],
  ['n', 'Nullable(Int32)'],
  ['ns', 'Nullable(String)'],
  ['b', 'Bool'],
  ['uu', 'UUID'],
  ['arr', 'Array(String)'],
  ['m', 'Map(String, String)'],
];

/** Rows as they are sent, one value a column: what is at the ends of types, equal to others, or NULL. */
const ROWS: readonly string[] = [
  '1,1,"9223372036854775807","18446744073709551615","100000000000000000001",1.5,"a",0.10,"12345678901234567890.1234","2024-03-10 10:00:00","2024-03-10 10:00:00.500","2024-03-10",null,"a",true,"61f0c404-5cb3-11e7-907b-a6006ad3dba0",["a","b"],{"k":"v"}',
  '2,-7,"-9223372036854775808","9223372036854775808","-100000000000000000001",-2.5,"A",0.20,"-0.5","2024-03-10 11:00:00","2024-03-10 10:00:00.250","2024-03-11",4,null,false,"00000000-0000-0000-0000-000000000002",[],{}',
  '3,0,0,0,0,0,"",0.30,0,"1970-01-01 00:00:00","1970-01-01 00:00:00.000","1970-01-01",0,"",false,"10000000-0000-0000-0000-000000000001",[""],{"a":"1","b":"2"}',
  '4,2,3,5,-1,1e300,"é1",-99999999.99,"99999999999999999999999999.9999","2024-03-10 10:00:00","2024-03-10 10:00:00.000","2024-03-10",-1,"é1",true,"f0000000-0000-0000-0000-000000000001",["x"],{"k":""}',
  '5,3,2,2,5,0.1,"a%b",2.50,"0.0001","2024-03-10 10:00:00","2024-03-10 11:30:15.999","2023-12-31",2,"axb",true,"61f0c404-5cb3-11e7-907b-a6006ad3dba1",["a"],{"k":"v"}',
  '6,2147483647,100,"9223372036854775807","9223372036854775808",0.3,"Zürich",7.00,7,"2029-12-31 23:59:59","2105-12-31 23:59:59.001","2024-02-29",2147483647,"a%b",false,"61f0c404-5cb3-11e7-907b-a6006ad3dba0",["b","a"],{}',
];

/** The table `r` of generated queries, in both engines. */
export class GeneratedTable {
  private constructor(readonly client: SqlClient) {}

  static async make(clickHouse: ClickHouse): Promise<GeneratedTable> {
    const rows = ROWS.map((row) => {
      const values = JSON.parse(`[${row.replace(/(?<=,)-?[\d.]+(?:e\d+)?(?=,)/g, '"#$&"')}]`) as unknown[];
      const fields = COLUMNS.map(([name], index) => `"${name}":${JSON.stringify(values[index])}`);
      return `{${fields.join(',').replaceAll(/"#([^"]*)"/g, '$1')}}`;
    });
    const schema = COLUMNS.map(([name, type]) => `\`${name}\` ${type} \`json:$.${name}\``).join(', ');
    const types = COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ');
    await clickHouse.run(`CREATE TABLE r (${types}) ENGINE = MergeTree ORDER BY k`);
    await clickHouse.run(`INSERT INTO r FORMAT JSONEachRow ${rows.join('\n')}`);
    const client = await SqlClient.start();
    const made = await client.post(
      `/v0/datasources?name=r&schema=${encodeURIComponent(schema)}`,
      '',
      'application/x-www-form-urlencoded',
    );
    if (!made.ok) throw new Error(await made.text());
    const sent = await client.post('/v0/events?name=r&wait=true', rows.join('\n'));
    const answer = (await sent.json()) as object;
    expect(answer).toMatchObject({ successful_rows: ROWS.length, quarantined_rows: 0 });
    return new GeneratedTable(client);
  }

  async ask(query: string): Promise<{ readonly text?: string; readonly error?: string }> {
    const response = await this.client.fetch(sqlPath(`${query} FORMAT TSV`));
    const text = await response.text();
    if (response.ok) return { text };
    const { error } = JSON.parse(text) as { error: string };
    if (response.status !== 400) throw new Error(`${query}: ${response.status} ${error}`);
    return { error };
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
