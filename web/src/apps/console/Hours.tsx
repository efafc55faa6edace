/** Opening hours per branch, and the days that differ from the week: holidays and make-up workdays. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isoDay as dayOf } from '../../core/format';
import { ApiError } from '../../core/http';
import { named } from '../../core/i18n';
import { t } from '../../locales/console';
import { Button, ErrorState, Loading, PageState, toast, useQuery as useAddress } from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { DateField } from '../../ui/DateField';
import { Switch, TextField } from '../../ui/Fields';
import { Select } from '../../ui/Select';
import { TimeField } from '../../ui/TimeField';
import { PageHead } from '../Shell';
import { api, useMe } from '../session';
import { queries } from '../start';
import page from './page.module.css';
import css from './staff.module.css';
import { useBranches } from './staffing';

interface Opening {
  weekday: number;
  opens: string;
  closes: string;
}
interface Day {
  day: string;
  trading: boolean;
  working: boolean;
  note: string;
}

/** From today to the end of next year, as the calendar is asked for. */
const span = () => {
  const first = dayOf(Date.now());
  return { first, last: `${Number(first.slice(0, 4)) + 1}-12-31` };
};

const complain = (error: unknown) =>
  toast(error instanceof ApiError ? error.detail : t('error.title'));

export default function Hours() {
  const me = useMe();
  const admin = me.roles.includes('administrator');
  const branches = useBranches();
  const [address, change] = useAddress();
  const branch = address.get('branch') ?? branches[0]?.id ?? null;
  return (
    <>
      <PageHead title={t('nav.hours')}>
        <Select
          bare
          label={t('branch')}
          value={branch}
          onChange={(id) => change({ branch: id })}
          options={branches.map((one) => ({ id: one.id, text: named(one) }))}
        />
      </PageHead>
      <div className={page.body}>
        {branch ? <Week key={branch} branch={branch} admin={admin} /> : <Loading />}
        <Calendar admin={admin} />
      </div>
    </>
  );
}

function Week({ branch, admin }: { branch: string; admin: boolean }) {
  const week = useQuery({
    queryKey: ['hours', branch],
    queryFn: () =>
      api.get<{ week?: Opening[]; items?: Opening[] }>(`/api/branches/${branch}/hours`),
  });
  if (week.isPending) return <Loading rows={7} />;
  if (week.isError) return <ErrorState error={week.error} onRetry={() => void week.refetch()} />;
  return <WeekForm branch={branch} admin={admin} saved={week.data.week ?? week.data.items ?? []} />;
}

function WeekForm(props: { branch: string; admin: boolean; saved: Opening[] }) {
  const { branch, admin, saved } = props;
  const [rows, setRows] = useState<Opening[]>(saved);
  const save = useMutation({
    mutationFn: () => api.put(`/api/branches/${branch}/hours`, { week: rows }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['hours', branch] });
      toast(t('hours.saved'));
    },
    onError: complain,
  });
  const set = (weekday: number, part: Partial<Opening> | null) =>
    setRows(
      part === null
        ? rows.filter((row) => row.weekday !== weekday)
        : rows.some((row) => row.weekday === weekday)
          ? rows.map((row) => (row.weekday === weekday ? { ...row, ...part } : row))
          : [...rows, { weekday, opens: '09:00', closes: '17:00', ...part }],
    );
  return (
    <section className={page.card}>
      <header className={page.cardHead}>
        <h2>{t('hours.week')}</h2>
        {admin ? (
          <Button
            kind="primary"
            isDisabled={save.isPending || rows.some((row) => !row.opens || !row.closes)}
            onPress={() => save.mutate()}
          >
            {t('save')}
          </Button>
        ) : null}
      </header>
      <div className={page.list}>
        {[0, 1, 2, 3, 4, 5, 6].map((weekday) => {
          const row = rows.find((one) => one.weekday === weekday);
          const day = t(`weekday.${weekday}` as 'weekday.0');
          return (
            <div key={weekday} className={`${page.item} ${css.week}`}>
              <Switch
                isSelected={Boolean(row)}
                isDisabled={!admin}
                onChange={(on) => set(weekday, on ? {} : null)}
              >
                {day}
              </Switch>
              {row ? (
                (['opens', 'closes'] as const).map((end) => (
                  <TimeField
                    key={end}
                    bare
                    ends
                    label={t(`hours.${end}`, { day })}
                    wrong={t('form.wrong.time')}
                    example="00:00"
                    value={row[end]}
                    isDisabled={!admin}
                    onChange={(at) => set(weekday, { [end]: at })}
                  />
                ))
              ) : (
                <span className={page.meta}>{t('hours.closed')}</span>
              )}
            </div>
          );
        })}
      </div>
    </section>
  );
}

function Calendar({ admin }: { admin: boolean }) {
  const [day, setDay] = useState('');
  const [note, setNote] = useState('');
  const [working, setWorking] = useState(false);
  const days = useQuery({
    queryKey: ['calendar'],
    queryFn: () => api.get<{ items: Day[] }>('/api/calendar', span()),
  });
  const done = () => {
    setDay('');
    setNote('');
    void queries.invalidateQueries({ queryKey: ['calendar'] });
  };
  const add = useMutation({
    mutationFn: () => api.put('/api/calendar', { days: [{ day, working, trading: false, note }] }),
    onSuccess: done,
    onError: complain,
  });
  const drop = useMutation({
    mutationFn: (which: string) => api.delete(`/api/calendar/${which}`),
    onSuccess: done,
    onError: complain,
  });
  return (
    <section className={page.card}>
      <header className={page.cardHead}>
        <h2>{t('calendar.title')}</h2>
        <span className={page.meta}>{t('calendar.text')}</span>
      </header>
      {admin ? (
        <div className={`${page.pad} ${css.inline}`}>
          <DateField label={t('calendar.day')} value={day} onChange={setDay} />
          <TextField label={t('calendar.note')} value={note} onChange={setNote} maxLength={60} />
          <Switch isSelected={working} onChange={setWorking}>
            {t('calendar.working')}
          </Switch>
          <Button isDisabled={!day || add.isPending} onPress={() => add.mutate()}>
            {t('calendar.add')}
          </Button>
        </div>
      ) : null}
      {days.isPending ? <Loading rows={3} /> : null}
      {days.isError ? <ErrorState error={days.error} onRetry={() => void days.refetch()} /> : null}
      {days.data ? (
        <DataTable
          caption={t('calendar.title')}
          rows={days.data.items}
          rowKey={(row) => row.day}
          empty={<PageState kind="empty" title={t('calendar.none')} />}
          columns={[
            { id: 'day', head: t('calendar.day'), cell: (row) => row.day },
            {
              id: 'working',
              head: t('calendar.service'),
              cell: (row) => (row.working ? t('calendar.open') : t('hours.closed')),
            },
            { id: 'note', head: t('calendar.note'), cell: (row) => row.note || '–', grow: true },
            {
              id: 'act',
              head: <span className="visually-hidden">{t('calendar.drop')}</span>,
              cell: (row) =>
                admin ? (
                  <button type="button" className={page.link} onClick={() => drop.mutate(row.day)}>
                    {t('calendar.drop')}
                  </button>
                ) : null,
            },
          ]}
        />
      ) : null}
    </section>
  );
}
