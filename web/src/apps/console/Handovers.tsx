/** Hand-overs: planned with a preview, told to every client, moved on their day; taken back until then. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { isoDay, moment } from '../../core/format';
import { ApiError } from '../../core/http';
import { named } from '../../core/i18n';
import { t as own } from '../../locales/changes';
import { t } from '../../locales/console';
import {
  Button,
  Chip,
  Dialog,
  ErrorState,
  Loading,
  PageState,
  toast,
  useQuery as useAddress,
} from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { DateField } from '../../ui/DateField';
import { iSwap } from '../../ui/icons';
import { Select } from '../../ui/Select';
import { api } from '../session';
import { queries } from '../start';
import { Failed } from './Failed';
import { HandoverPanel } from './HandoverPanel';
import { HeirSelect, Heirs, type Line } from './heirs';
import { More, useListing } from './listing';
import page from './page.module.css';
import css from './staff.module.css';

interface Card {
  id: string;
  name: string;
  name_en: string;
  branch: string;
  branch_en: string;
}
interface Handover {
  id: string | null;
  staff: Card;
  /** Who planned it; null: the platform, after news of a leaver. */
  by: { id: string; name: string; name_en: string } | null;
  stage: 'planned' | 'running' | 'done' | 'cancelled';
  reason: 'staff_left' | 'changed_post' | 'reassigned' | 'compliance';
  effective_at: number;
  created_at: number;
  clients: number;
  held: number;
  announced: number;
  refused: number;
  moved: number;
  done: number;
  successors?: { advisor: Card; clients: number }[];
  lines?: Line[];
}

const tone = { planned: 'accent', running: 'nudge', done: 'go', cancelled: 'plain' } as const;
/** While something moves, the list is read again so often. */
const AGAIN_MS = 2000;

export function Handovers() {
  const [planning, setPlanning] = useState(false);
  const list = useListing<Handover>('handovers', '/api/handovers', [], {}, true, (rows) =>
    rows.some(busy) ? AGAIN_MS : false,
  );
  const back = useMutation({
    mutationFn: (id: string) => api.post(`/api/handovers/${id}/cancel`),
    onSuccess: () => toast(own('handover.undone')),
    onError: (error) => toast(error instanceof ApiError ? error.detail : t('error.title')),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['handovers'] }),
  });
  const { rows } = list;
  const [address, change] = useAddress();
  const open = rows.find((row) => row.id === address.get('handover'));
  if (list.isPending) return <Loading />;
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <div className={`${page.split} ${open ? `${page.open} ${page.wide}` : ''}`}>
      <section className={page.card}>
        <header className={page.cardHead}>
          <h2>{own('handover.list')}</h2>
          <Button kind="primary" onPress={() => setPlanning(true)}>
            {own('handover.plan')}
          </Button>
        </header>
        <DataTable
          caption={own('handover.list')}
          rows={rows}
          rowKey={(row) => row.id ?? ''}
          selected={open?.id ?? null}
          onSelect={(row) => change({ handover: row.id })}
          empty={
            <PageState kind="empty" icon={iSwap} title={own('handover.none')}>
              {own('handover.none.text')}
            </PageState>
          }
          columns={[
            {
              id: 'staff',
              head: own('handover.from'),
              cell: (row) => named(row.staff),
              grow: true,
            },
            {
              id: 'stage',
              head: t('staff.state'),
              cell: (row) => <Chip tone={tone[row.stage]}>{own(`handover.${row.stage}`)}</Chip>,
            },
            { id: 'reason', head: t('reason'), cell: (row) => t(`ending.${row.reason}`) },
            { id: 'at', head: own('handover.at'), cell: (row) => moment(row.effective_at) },
            {
              id: 'clients',
              head: own('handover.clients'),
              cell: (row) => row.clients,
              numeric: true,
            },
            {
              id: 'told',
              head: own('handover.told'),
              // Who has left is gone already: his clients read it in their conversations.
              cell: (row) => (row.reason === 'staff_left' ? '–' : row.announced),
              numeric: true,
            },
            { id: 'stay', head: own('handover.stay'), cell: (row) => row.refused, numeric: true },
            { id: 'held', head: own('handover.held'), cell: (row) => row.held, numeric: true },
            {
              id: 'moved',
              head: own('handover.moved'),
              numeric: true,
              cell: (row) =>
                row.clients > row.held ? `${row.moved} / ${row.clients - row.held}` : '–',
            },
            {
              id: 'act',
              head: <span className="visually-hidden">{own('handover.undo')}</span>,
              cell: (row) =>
                row.stage === 'planned' && row.id ? (
                  <button
                    type="button"
                    className={page.link}
                    disabled={back.isPending}
                    onClick={(event) => {
                      event.stopPropagation();
                      back.mutate(row.id as string);
                    }}
                  >
                    {own('handover.undo')}
                  </button>
                ) : null,
            },
          ]}
        />
        <More list={list} />
      </section>
      {open?.id ? (
        <HandoverPanel
          key={open.id}
          id={open.id}
          staff={open.staff}
          by={open.by}
          at={open.created_at}
          planned={open.stage === 'planned'}
          again={busy(open) ? AGAIN_MS : false}
          onClose={() => change({ handover: null })}
        />
      ) : null}
      {planning ? <Plan onClose={() => setPlanning(false)} /> : null}
    </div>
  );
}

const busy = (one: Handover): boolean =>
  one.stage === 'running' || (one.stage === 'planned' && one.announced < one.clients - one.held);

/** Whose clients, to whom, from when on: seen first, then told. */
function Plan({ onClose }: { onClose: () => void }) {
  const [from, setFrom] = useState<string | null>(null);
  const [heir, setHeir] = useState('rule');
  const [reason, setReason] = useState('changed_post');
  const [day, setDay] = useState('');
  const [wrong, setWrong] = useState(false);
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const send = useMutation({
    mutationFn: ({ dry }: { dry: boolean }) =>
      api.post<Handover>('/api/handovers', {
        staff: from,
        reason,
        successor: heir === 'rule' ? null : heir,
        effective_at: day ? new Date(`${day}T09:00:00`).getTime() : null,
        chosen: dry ? {} : chosen,
        dry_run: dry,
      }),
    onSuccess: (made) => {
      if (!made.id) return;
      toast(own('handover.planned.toast', { n: made.clients - made.held }));
      void queries.invalidateQueries({ queryKey: ['handovers'] });
      onClose();
    },
  });
  const seen = send.data;
  /** What was seen no longer holds once something else is asked for. */
  const edit =
    <V,>(set: (value: V) => void) =>
    (value: V) => {
      send.reset();
      setChosen({});
      set(value);
    };
  return (
    <Dialog
      open
      title={own('handover.plan')}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button
            kind="primary"
            isDisabled={!from || wrong || send.isPending}
            onPress={() => send.mutate({ dry: !seen })}
          >
            {seen ? own('handover.go', { n: seen.clients - seen.held }) : own('handover.preview')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <p>{own('handover.text')}</p>
        <Failed error={send.error} />
        <HeirSelect label={own('handover.from')} value={from} onChange={edit(setFrom)} />
        <HeirSelect
          label={t('connections.successor')}
          value={heir}
          onChange={edit(setHeir)}
          first={{ id: 'rule', text: t('connections.byrule') }}
          but={from}
        />
        <Select
          label={t('reason')}
          value={reason}
          onChange={edit(setReason)}
          options={(['changed_post', 'reassigned', 'compliance'] as const).map((id) => ({
            id,
            text: t(`ending.${id}`),
          }))}
        />
        <DateField
          label={own('handover.at')}
          help={own('handover.at.hint')}
          value={day}
          onChange={(iso, isWrong) => {
            setWrong(isWrong);
            edit(setDay)(iso);
          }}
        />
        {seen ? (
          <section aria-live="polite">
            <p>
              {own('handover.seen', {
                n: seen.clients - seen.held,
                day: isoDay(seen.effective_at),
              })}
              {seen.held ? ` ${own('handover.seen.held', { n: seen.held })}` : ''}
            </p>
            <ul>
              {seen.successors?.map((one) => (
                <li key={one.advisor.id}>
                  {named(one.advisor)} ·{' '}
                  {named({ name: one.advisor.branch, name_en: one.advisor.branch_en })}:{' '}
                  {one.clients}
                </li>
              ))}
            </ul>
            <Heirs
              lines={seen.lines ?? []}
              but={from}
              chosen={chosen}
              onChoose={(client, id) => setChosen({ ...chosen, [client]: id })}
            />
          </section>
        ) : null}
      </div>
    </Dialog>
  );
}
