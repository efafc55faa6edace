/** My clients as a table on a desk and as cards on a phone: name, ground, days, what is possible now. */
import { isoDay } from '../../../core/format';
import { named } from '../../../core/i18n';
import { t } from '../../../locales/desk';
import { Avatar, Button, Chip, LevelBadge } from '../../../ui';
import { DataTable } from '../../../ui/DataTable';
import type { ClientRow, QueuedGreeting } from '../data';
import { basisName, stateName } from '../words';
import css from './ClientsPage.module.css';

export interface ClientListProps {
  rows: ClientRow[];
  sent: Record<string, 'now' | 'done'>;
  onGreet: (row: ClientRow) => void;
  onOpen: (row: ClientRow) => void;
  queued: Map<string, QueuedGreeting>;
  onWithdraw: (one: QueuedGreeting) => void;
}

/** Refusals that only say when: the greeting may wait. */
const waits = ['quiet_hours', 'touch_cap_reached'];
const why = (row: ClientRow, one: QueuedGreeting | undefined) =>
  one?.detail ?? row.greet_refusal?.detail;

const day = (at: number | null) => (at ? isoDay(at) : '–');

export function ClientTable(props: ClientListProps) {
  const { rows, queued, onOpen } = props;
  return (
    <div className={css.card}>
      <DataTable
        caption={t('nav.clients')}
        rows={rows}
        rowKey={(row) => row.client.id}
        onSelect={onOpen}
        columns={[
          { id: 'name', head: t('clients.name'), cell: (row) => <Name row={row} /> },
          { id: 'basis', head: t('clients.basis'), cell: (row) => basisName(row.basis) },
          { id: 'state', head: t('clients.state'), cell: (row) => stateName(row.state) },
          {
            id: 'assigned',
            head: t('clients.assigned'),
            numeric: true,
            cell: (row) => day(row.assigned_at),
          },
          {
            id: 'last',
            head: t('clients.last'),
            numeric: true,
            cell: (row) => day(row.last_contact_at),
          },
          {
            id: 'now',
            head: t('clients.now'),
            grow: true,
            cell: (row) => <Now row={row} queued={queued.get(row.client.id)} />,
          },
          {
            id: 'act',
            head: <span className="visually-hidden">{t('clients.act')}</span>,
            numeric: true,
            cell: (row) => <Greet {...props} row={row} />,
          },
        ]}
      />
    </div>
  );
}

export function ClientCards(props: ClientListProps) {
  const { rows, queued, onOpen } = props;
  return (
    <ul className={css.cards}>
      {rows.map((row) => (
        <li key={row.client.id} className={css.item}>
          <button type="button" className={css.open} onClick={() => onOpen(row)}>
            <Name row={row} />
            <span className={css.sub}>
              {row.last_contact_at
                ? t('clients.last.on', { date: day(row.last_contact_at) })
                : t('clients.assigned.on', { date: day(row.assigned_at) })}
            </span>
            {row.greetable ? null : (
              <span className={css.why}>{why(row, queued.get(row.client.id))}</span>
            )}
          </button>
          {row.greetable ? null : <Chip>{stateName(row.state)}</Chip>}
          <Greet {...props} row={row} />
        </li>
      ))}
    </ul>
  );
}

function Name({ row }: { row: ClientRow }) {
  return (
    <span className={css.name}>
      <Avatar name={named(row.client)} size={28} />
      <b>{named(row.client)}</b>
      {row.client.level ? <LevelBadge level={row.client.level} /> : null}
    </span>
  );
}

function Now({ row, queued }: { row: ClientRow; queued: QueuedGreeting | undefined }) {
  if (row.greetable) return <Chip tone="go">{t('greet.can')}</Chip>;
  const said = why(row, queued);
  return said ? (
    <span className={css.why}>{said}</span>
  ) : (
    <span className={css.sub}>{row.last_contact_at ? t('clients.met') : '–'}</span>
  );
}

function Greet(props: ClientListProps & { row: ClientRow }) {
  const { row, sent, queued, onGreet, onWithdraw } = props;
  const state = sent[row.client.id];
  const one = queued.get(row.client.id);
  if (one) {
    return (
      <Button size="xs" className={css.greet} onPress={() => onWithdraw(one)}>
        {t('greet.withdraw')}
      </Button>
    );
  }
  if (state === 'done') return <Chip tone="accent">{t('greet.sent')}</Chip>;
  if (!row.greetable && !waits.includes(row.greet_refusal?.error ?? '')) return null;
  return (
    <Button
      size="xs"
      className={css.greet}
      isDisabled={state === 'now'}
      onPress={() => onGreet(row)}
    >
      {t(row.greetable ? 'greet.act' : 'greet.later')}
    </Button>
  );
}
