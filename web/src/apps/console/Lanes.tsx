/** Branch by topic: bars for those who wait, rings for those who are free, the oldest age below. */
import { t } from '../../locales/console';
import { PageState } from '../../ui';
import { DUE_S, LATE_S, type Lane, type Named, stopwatch } from './Board';
import css from './board.module.css';
import page from './page.module.css';

/** At most so many marks of a kind in one cell; the figure beside them says how many there are. */
const MARKS = 6;

interface Row {
  id: string;
  name: string;
  cells: Map<string, Lane>;
}

function table(lanes: Lane[]): { topics: string[]; rows: Row[] } {
  const rows = new Map<string, Row>();
  const topics = new Set<string>();
  for (const lane of lanes) {
    const id = lane.branch?.id ?? '';
    const name = lane.branch?.name ?? t('board.nobranch');
    const row = rows.get(id) ?? { id, name, cells: new Map() };
    row.cells.set(lane.topic, lane);
    rows.set(id, row);
    topics.add(lane.topic);
  }
  const weight = (topic: string) =>
    lanes.reduce(
      (sum, lane) => sum + (lane.topic === topic ? lane.waiting * 100 + lane.free : 0),
      0,
    );
  return {
    topics: [...topics].sort((a, b) => weight(b) - weight(a) || a.localeCompare(b)).slice(0, 7),
    rows: [...rows.values()],
  };
}

const tone = (age: number | null): string =>
  age === null || age <= DUE_S ? '' : age <= LATE_S ? (css.due as string) : (css.late as string);

export function Lanes(props: {
  lanes: Lane[];
  branches: { branch: Named | null; free: number }[];
  /** Free advisors of the whole firm, each counted once. */
  free: number;
  selected: string;
  onSelect: (lane: Lane) => void;
}) {
  const { lanes } = props;
  const { topics, rows } = table(lanes);
  const free = new Map(props.branches.map((one) => [one.branch?.id ?? '', one.free]));
  const sum = (of: 'waiting' | 'free', topic?: string) =>
    lanes.reduce((all, lane) => all + (!topic || lane.topic === topic ? lane[of] : 0), 0);
  return (
    <section className={page.card} aria-label={t('board.lanes')}>
      <header className={page.cardHead}>
        <h2>{t('board.lanes')}</h2>
        <span className={css.legend} aria-hidden="true">
          <span>
            <i className={css.wait} /> {t('board.legend.waiting')}
          </span>
          <span>
            <i className={`${css.wait} ${css.due}`} /> {t('board.legend.due')}
          </span>
          <span>
            <i className={`${css.wait} ${css.late}`} /> {t('board.legend.late')}
          </span>
          <span>
            <i className={css.open} /> {t('board.legend.free')}
          </span>
        </span>
      </header>
      {rows.length === 0 ? (
        <PageState kind="empty" title={t('board.empty.title')}>
          {t('board.empty.text')}
        </PageState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key
        <section className={css.scroll} tabIndex={0} aria-label={t('board.lanes')}>
          <table className={css.lanes}>
            <thead>
              <tr>
                <th scope="col">{t('branch')}</th>
                {topics.map((topic) => (
                  <th key={topic} scope="col">
                    {t(`topic.${topic}` as 'topic.fund')}
                  </th>
                ))}
                <th scope="col">{t('board.short.waiting')}</th>
                <th scope="col">{t('board.short.free')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <th scope="row">{row.name}</th>
                  {topics.map((topic) => (
                    <td key={topic}>
                      <Cell
                        lane={row.cells.get(topic)}
                        name={row.name}
                        topic={topic}
                        pressed={props.selected === `${row.id}/${topic}`}
                        onSelect={props.onSelect}
                      />
                    </td>
                  ))}
                  <td className={css.sum}>
                    {[...row.cells.values()].reduce((all, lane) => all + lane.waiting, 0) || '–'}
                  </td>
                  <td className={`${css.sum} ${css.free}`}>{free.get(row.id) || '–'}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">{t('board.total')}</th>
                {topics.map((topic) => (
                  <td key={topic} className={css.total}>
                    <span className="visually-hidden">
                      {t('board.total.cell', {
                        waiting: sum('waiting', topic),
                        free: sum('free', topic),
                      })}
                    </span>
                    <span aria-hidden="true">
                      {sum('waiting', topic) || '–'} : {sum('free', topic) || '–'}
                    </span>
                  </td>
                ))}
                <td className={css.sum}>{sum('waiting') || '–'}</td>
                <td className={`${css.sum} ${css.free}`}>{props.free || '–'}</td>
              </tr>
            </tfoot>
          </table>
        </section>
      )}
    </section>
  );
}

function Cell(props: {
  lane: Lane | undefined;
  name: string;
  topic: string;
  pressed: boolean;
  onSelect: (lane: Lane) => void;
}) {
  const { lane, name, topic, pressed, onSelect } = props;
  if (!lane || (lane.waiting === 0 && lane.free === 0)) return <span className={css.cell} />;
  const late = tone(lane.oldest_s);
  return (
    <button
      type="button"
      className={css.cell}
      aria-pressed={pressed}
      onClick={() => onSelect(lane)}
    >
      <b className="visually-hidden">
        {t('board.cell', {
          branch: name,
          topic: t(`topic.${topic}` as 'topic.fund'),
          waiting: lane.waiting,
          free: lane.free,
        })}
      </b>
      <span aria-hidden="true">
        <span>{lane.waiting || '–'}</span>
        <span className={css.left}>
          {marks(lane.waiting).map((n) => (
            <i key={n} className={`${css.wait} ${late}`} />
          ))}
        </span>
        <span className={css.line} />
        <span className={css.right}>
          {marks(lane.free).map((n) => (
            <i key={n} className={css.open} />
          ))}
        </span>
        <span className={css.free}>{lane.free || '–'}</span>
        <span className={`${css.age} ${late}`}>{lane.waiting ? stopwatch(lane.oldest_s) : ''}</span>
      </span>
    </button>
  );
}

const marks = (count: number): number[] => [...Array(Math.min(MARKS, count)).keys()];
