/** My clients as a table on a desk and as cards on a phone: name, ground, days, what is possible now. */
import { isoDay } from '../../../core/format';
import { named } from '../../../core/i18n';
import { t } from '../../../locales/desk';
import { Avatar, Button, Chip, LevelBadge } from '../../../ui';
import { DataTable } from '../../../ui/DataTable';
import type { ClientRow } from '../data';
import { basisName, stateName } from '../words';
import css from './ClientsPage.module.css';

export interface ClientListProps {
  rows: ClientRow[];
  sent: Record<string, 'now' | 'done'>;
  onGreet: (row: ClientRow) => void;
  onOpen: (row: ClientRow) => void;
}

const day = (at: number | null) => (at ? isoDay(at) : '–');

export function ClientTable({ rows, sent, onGreet, onOpen }: ClientListProps) {
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
          { id: 'now', head: t('clients.now'), grow: true, cell: (row) => <Now row={row} /> },
          {
            id: 'act',
            head: <span className="visually-hidden">{t('clients.act')}</span>,
            numeric: true,
            cell: (row) => <Greet row={row} state={sent[row.client.id]} onGreet={onGreet} />,
          },
        ]}
      />
    </div>
  );
}

export function ClientCards({ rows, sent, onGreet, onOpen }: ClientListProps) {
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
            {row.greetable ? null : <span className={css.why}>{row.greet_refusal?.detail}</span>}
          </button>
          {row.greetable ? null : <Chip>{stateName(row.state)}</Chip>}
          <Greet row={row} state={sent[row.client.id]} onGreet={onGreet} />
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

function Now({ row }: { row: ClientRow }) {
  if (row.greetable) return <Chip tone="go">{t('greet.can')}</Chip>;
  const why = row.greet_refusal?.detail;
  return why ? (
    <span className={css.why}>{why}</span>
  ) : (
    <span className={css.sub}>{row.last_contact_at ? t('clients.met') : '–'}</span>
  );
}

function Greet(props: {
  row: ClientRow;
  state: 'now' | 'done' | undefined;
  onGreet: (row: ClientRow) => void;
}) {
  const { row, state, onGreet } = props;
  if (state === 'done') return <Chip tone="accent">{t('greet.sent')}</Chip>;
  if (!row.greetable) return null;
  return (
    <Button
      size="xs"
      className={css.greet}
      isDisabled={state === 'now'}
      onPress={() => onGreet(row)}
    >
      {t('greet.act')}
    </Button>
  );
}
