/** Outsiders who are let look: who, at whom, at which time, until when; and who has looked at what. */
import { useState } from 'react';
import { isoDay, moment } from '../../../core/format';
import { named } from '../../../core/i18n';
import { t, type Word } from '../../../locales/archive';
import { Button, Chip, PageState } from '../../../ui';
import { DataTable } from '../../../ui/DataTable';
import { Select } from '../../../ui/Select';
import { api, useMe } from '../../session';
import page from '../page.module.css';
import { Ask, type Given } from './Ask';
import {
  after,
  between,
  clientOf,
  isOpen,
  Listed,
  useAct,
  useList,
  useNames,
  useStaff,
} from './shared';

interface Grant {
  id: string;
  examiner: string;
  purpose: string;
  clients: string[] | null;
  from: number;
  until: number;
  starts_at: number;
  ends_at: number;
  revoked_at: number | null;
}
interface Look {
  id: string;
  viewer: string;
  grant: string | null;
  what: string;
  query: string;
  purpose: string;
  at: number;
}

const FIELDS = ['grant.clients', 'purpose', 'grant.from', 'grant.to', 'grant.ends'] as const;
const DAYS = ['grant.from', 'grant.to', 'grant.ends'] as const;

export function Examiners() {
  const supervisor = useMe().roles.includes('supervisor');
  const list = useList<Grant>('grants');
  return (
    <div className={page.body}>
      {supervisor ? <Give /> : null}
      <Listed list={list}>{(rows) => <Grants rows={rows} giving={supervisor} />}</Listed>
    </div>
  );
}

function Give() {
  const { data } = useStaff('examiner');
  const examiners = data?.items ?? [];
  const [examiner, setExaminer] = useState<string | null>(null);
  const give = useAct(async (given: Given) => {
    const named = (given['grant.clients'] ?? '').split(/[\s,，、;；]+/).filter(Boolean);
    return api.post('/api/custody/grants', {
      examiner,
      purpose: given.purpose ?? '',
      clients: named.length ? await Promise.all(named.map(clientOf)) : null,
      ...between(given),
      starts_at: Date.now(),
      ends_at: after(given['grant.ends']),
    });
  });
  return (
    <Ask
      title={t('part.examiners')}
      text={t('grants.text')}
      act={t('grant.give')}
      fields={FIELDS}
      days={DAYS}
      optional={['grant.clients', 'grant.from', 'grant.to']}
      lacking={!examiner}
      help={{ 'grant.clients': t('grant.clients.help') }}
      onAsk={(given, taken) => give.mutate(given, { onSuccess: taken })}
    >
      <Select
        label={t('examiner')}
        value={examiner}
        onChange={setExaminer}
        options={examiners.map((one) => ({ id: one.id, text: `${named(one)} · ${one.login}` }))}
        help={data && !examiners.length ? t('examiner.none') : undefined}
      />
    </Ask>
  );
}

function Grants({ rows, giving }: { rows: Grant[]; giving: boolean }) {
  const names = useNames('examiner');
  const me = useMe();
  const revoke = useAct((one: Grant) => api.post(`/api/custody/grants/${one.id}/revoke`));
  return (
    <DataTable
      caption={t('part.examiners')}
      rows={rows}
      rowKey={(row) => row.id}
      empty={<PageState kind="empty" title={t('grants.none')} />}
      columns={[
        {
          id: 'who',
          head: t('examiner'),
          cell: (row) => (row.examiner === me.id ? named(me) : (names.get(row.examiner) ?? '–')),
        },
        { id: 'why', head: t('purpose'), cell: (row) => row.purpose, grow: true },
        {
          id: 'whom',
          head: t('grant.clients'),
          cell: (row) => (row.clients ? t('grant.n', { n: row.clients.length }) : t('hold.all')),
        },
        {
          id: 'what',
          head: t('grant.period'),
          cell: period,
        },
        { id: 'ends', head: t('grant.ends'), cell: (row) => isoDay(row.ends_at - 1) },
        { id: 'state', head: t('state'), cell: (row) => <State of={row} /> },
        {
          id: 'revoke',
          head: '',
          cell: (row) =>
            giving && !row.revoked_at && row.ends_at > Date.now() ? (
              <Button onPress={() => revoke.mutate(row)}>{t('grant.revoke')}</Button>
            ) : null,
        },
      ]}
    />
  );
}

function period({ from, until }: Grant): string {
  const [first, last] = [from ? isoDay(from) : '', isOpen(until) ? '' : isoDay(until - 1)];
  return first || last ? `${first || '…'} – ${last || '…'}` : '–';
}

function State({ of }: { of: Grant }) {
  if (of.revoked_at) return <Chip>{t('grant.revoked')}</Chip>;
  if (of.ends_at <= Date.now()) return <Chip>{t('grant.over')}</Chip>;
  return <Chip tone="go">{t('hold.open')}</Chip>;
}

/** Every look into the archive, newest first. */
export function Looks() {
  const list = useList<Look>('looks');
  const names = useNames();
  return (
    <div className={page.body}>
      <p className={page.meta}>{t('looks.text')}</p>
      <Listed list={list}>
        {(rows) => (
          <DataTable
            caption={t('part.looks')}
            rows={rows}
            rowKey={(row) => row.id}
            empty={<PageState kind="empty" title={t('looks.none')} />}
            columns={[
              { id: 'at', head: t('at'), cell: (row) => moment(row.at) },
              { id: 'who', head: t('who'), cell: (row) => names.get(row.viewer) ?? '–' },
              { id: 'what', head: t('kind'), cell: (row) => t(`look.${row.what}` as Word) },
              { id: 'query', head: t('words'), cell: (row) => row.query || '–' },
              { id: 'why', head: t('purpose'), cell: (row) => row.purpose, grow: true },
              {
                id: 'grant',
                head: t('part.examiners'),
                cell: (row) => (row.grant ? <Chip tone="nudge">{t('examiner')}</Chip> : '–'),
              },
            ]}
          />
        )}
      </Listed>
    </div>
  );
}
