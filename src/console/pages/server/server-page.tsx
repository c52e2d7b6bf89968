import { formatCount, formatRate } from '../../exact/numbers';
import { ErrorText } from '../../ui/error-text';
import { Sparkline } from '../../ui/sparkline';
import { type Column, Table } from '../../ui/table';
import { type Budget, budgetsOf, spaceOf } from './budgets';
import { type Reason, reasonsOf } from './reasons';
import { type AskedRoute, askedRoutes } from './route-table';
import { formatSeconds, type Tile } from './tiles';
import { type MetricsView, useMetrics } from './use-metrics';

/** What the server says of itself: whether it keeps up, what it refuses and why, and how full it is. */
export function ServerPage() {
  const { view, error } = useMetrics();
  return (
    <>
      <div>
        <h1>Server</h1>
        <p class="muted">
          What <code>/metrics</code> says, read every three seconds while this page can be seen.
          {view !== undefined && <Version {...view} />}
        </p>
      </div>
      <ErrorText error={error} />
      {view === undefined ? error === undefined && <p class="loading">Reading…</p> : <Metrics view={view} />}
    </>
  );
}

function Metrics({ view }: { readonly view: MetricsView }) {
  const { first, now, tiles, courseOf } = view;
  return (
    <>
      <section class="tiles" aria-label="Now">
        {tiles.map((tile) => (
          <TileCard key={tile.title} tile={tile} course={courseOf(tile.title)} />
        ))}
      </section>
      <Meters title="Space" budgets={spaceOf(now)} />
      <Meters
        title="Budgets"
        explanation="What all callers share: see “Limits” in the documentation."
        budgets={budgetsOf(now)}
      />
      <Reasons
        title="Refused, by reason"
        none="Nothing was refused since the server was started."
        reasons={reasonsOf(first, now, { name: 'writer_hub_errors_total', label: 'code' })}
      />
      <Reasons
        title="Limits that struck"
        none="No limit that callers share has struck since the server was started."
        reasons={reasonsOf(first, now, { name: 'writer_hub_limit_strikes_total', label: 'limit' })}
      />
      <Routes routes={askedRoutes(first, now)} />
    </>
  );
}

function Version({ now }: MetricsView) {
  const [build] = now.samples('writer_hub_build_info');
  const started = now.sum('process_start_time_seconds');
  return (
    <>
      {build !== undefined && ` Version ${build.labels['version'] ?? '?'}.`}
      {started !== undefined && ` Up for ${formatAge(Date.now() / 1000 - started)}.`}
    </>
  );
}

function TileCard({
  tile: { title, text, detail },
  course,
}: {
  readonly tile: Tile;
  readonly course: readonly number[];
}) {
  return (
    <div class="card tile">
      <h2>{title}</h2>
      <p class="tile-value numbers">{text}</p>
      <Sparkline values={course} label={`${title}: ${text}`} />
      <p class="muted numbers tile-detail">{detail}</p>
    </div>
  );
}

interface MetersProps {
  readonly title: string;
  readonly explanation?: string;
  readonly budgets: readonly Budget[];
}

function Meters({ title, explanation, budgets }: MetersProps) {
  if (budgets.length === 0) return null;
  return (
    <section class="stack" aria-label={title}>
      <h2>{title}</h2>
      {explanation !== undefined && <p class="muted">{explanation}</p>}
      <ul class="card meters">
        {budgets.map((budget) => (
          <Meter key={budget.name} {...budget} />
        ))}
      </ul>
    </section>
  );
}

/** How full something may be before it is pointed out. */
const NEARLY_FULL = 0.8;

function Meter({ name, share, text }: Budget) {
  return (
    <li>
      <span class="meter-name">{name}</span>
      {share === undefined ? (
        <span class="muted meter-unlimited">no limit</span>
      ) : (
        <svg
          class={share > NEARLY_FULL ? 'meter meter-full' : 'meter'}
          viewBox="0 0 100 10"
          preserveAspectRatio="none"
          role="img"
          aria-label={`${Math.round(share * 100)} percent`}
        >
          <rect width={(share * 100).toFixed(2)} height="10" />
        </svg>
      )}
      <span class="numbers meter-text">{text}</span>
    </li>
  );
}

interface ReasonsProps {
  readonly title: string;
  readonly none: string;
  readonly reasons: readonly Reason[];
}

const REASON_COLUMNS: readonly Column<Reason>[] = [
  { title: 'Reason', cell: ({ reason }) => <code>{reason}</code> },
  { title: 'Since this page was opened', isNumber: true, cell: ({ recent }) => formatCount(recent) },
  { title: 'Since the server was started', isNumber: true, cell: ({ total }) => formatCount(total) },
];

function Reasons({ title, none, reasons }: ReasonsProps) {
  return (
    <section class="stack" aria-label={title}>
      <h2>{title}</h2>
      {reasons.length === 0 ? (
        <p class="muted">{none}</p>
      ) : (
        <Table label={title} columns={REASON_COLUMNS} rows={reasons} keyOf={({ reason }) => reason} />
      )}
    </section>
  );
}

const ROUTE_COLUMNS: readonly Column<AskedRoute>[] = [
  { title: 'Route or method of the hub', cell: ({ name }) => <code>{name}</code> },
  { title: 'A second', isNumber: true, cell: ({ rate }) => formatRate(rate) },
  { title: 'Median', isNumber: true, cell: ({ median }) => (median === undefined ? '' : formatSeconds(median)) },
  { title: '99 of 100 within', isNumber: true, cell: ({ p99 }) => (p99 === undefined ? '' : formatSeconds(p99)) },
];

function Routes({ routes }: { readonly routes: readonly AskedRoute[] }) {
  if (routes.length === 0) return null;
  return (
    <section class="stack" aria-label="What is asked">
      <h2>What is asked, since this page was opened</h2>
      <Table label="Routes" columns={ROUTE_COLUMNS} rows={routes} keyOf={({ name }) => name} />
    </section>
  );
}

/** `3 days`, `5 h`, `12 min` */
function formatAge(seconds: number): string {
  if (seconds >= 172_800) return `${Math.floor(seconds / 86_400)} days`;
  return seconds >= 3600 ? `${Math.floor(seconds / 3600)} h` : `${Math.max(0, Math.floor(seconds / 60))} min`;
}
