/** Records by their words: a purpose first, then what holds them, one record opened, and its proof. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { moment } from '../../../core/format';
import { orElse, t, type Word } from '../../../locales/archive';
import {
  Button,
  Chip,
  Code,
  Coming,
  ErrorState,
  Loading,
  PageState,
  SearchField,
  useQuery as useAddress,
} from '../../../ui';
import { DataTable } from '../../../ui/DataTable';
import { iSearch } from '../../../ui/icons';
import { api, useMe } from '../../session';
import { More, useListing } from '../listing';
import { Purpose } from '../Purpose';
import page from '../page.module.css';
import form from '../staff.module.css';
import { keep, useAct } from './shared';

interface Found {
  record: string;
  kind: string;
  object: string;
  client: string | null;
  at: number;
  retention: string | null;
  leaf: number | null;
  excerpt: string;
  destroyed: boolean;
}
type Opened = Found & { clear: object; body: object | null; watermark: string };

/** What a record is, in words; its own name stands behind it. */
const kindOf = ({ kind }: Found) => orElse(`record.${kind}`, 'record.other');

/** Kinds that the platform writes in codes; what people have written is shown as it is. */
const CODED = new Set([
  'request',
  'offer',
  'decision',
  'claim',
  'presence',
  'system',
  'review.item',
  'connection.proposed',
  'connection.established',
  'connection.dissolved',
  'attribution',
  'ticket',
  'investor_category',
]);

/** Kinds among whose codes stand a browser's and a session's: the line says what was answered or decided. */
const ANSWERED = new Set(['assessment', 'match']);

const hasName = (code: string): boolean => t(`word.${code}` as Word) !== `word.${code}`;
const named = (code: string): string => (hasName(code) ? t(`word.${code}` as Word) : code);

/** What has become of a message for later stands behind its words. */
const OUTCOME = / (waiting|withdrawn|sent|refused)$/;

/** The line that holds the words; codes are named, and a moment in the middle of them says nothing here. */
const lineOf = ({ kind, excerpt }: Found): string =>
  CODED.has(kind) || ANSWERED.has(kind)
    ? excerpt
        .split(' ')
        .filter((part) => !/^\d{4}-\d\d-|^\d\d:\d\d/.test(part))
        .filter((part) => !ANSWERED.has(kind) || hasName(part))
        .map(named)
        .join(' · ')
    : excerpt.replace(OUTCOME, (_, state: string) =>
        kind === 'scheduled_message' ? ` · ${named(state)}` : ` ${state}`,
      );

export function Records() {
  const examiner = !useMe().roles.includes('supervisor');
  const [purpose, setPurpose] = useState('');
  if (purpose || examiner) return <Results purpose={purpose} />;
  return (
    <Purpose
      words={{
        title: t('purpose.title'),
        text: t('purpose.text'),
        label: t('purpose'),
        example: t('purpose.example'),
        begin: t('begin'),
      }}
      onSet={setPurpose}
    />
  );
}

function Results({ purpose }: { purpose: string }) {
  const [address, change] = useAddress();
  const words = address.get('q') ?? '';
  const open = address.get('r');
  const [typed, setTyped] = useState(words);
  const list = useListing<Found, { watermark: string; withheld_clients: number }>(
    'custody',
    '/api/custody/records',
    ['q'],
    {
      purpose,
    },
  );
  const first = list.data?.pages[0];
  const watermark = first?.watermark;
  return (
    <div className={page.body}>
      <SearchField
        label={t('words')}
        value={typed}
        onChange={setTyped}
        onSubmit={(q) => change({ q, r: null })}
      />
      {watermark ? <p className={page.meta}>{t('watermark', { mark: watermark })}</p> : null}
      {first?.withheld_clients ? (
        <p className={page.meta}>{t('served', { n: first.withheld_clients })}</p>
      ) : null}
      <Coming of={list} />
      {list.data ? (
        <div className={`${page.split} ${open ? `${page.open} ${page.wide}` : ''}`}>
          <section className={page.card}>
            <DataTable
              caption={t('part.search')}
              rows={list.rows}
              rowKey={(row) => row.record}
              selected={open}
              onSelect={(row) => change({ r: row.record })}
              empty={
                <PageState kind="empty" icon={iSearch} title={t('none')}>
                  {t('none.text')}
                </PageState>
              }
              columns={[
                { id: 'at', head: t('at'), cell: (row) => moment(row.at) },
                { id: 'kind', head: t('kind'), cell: (row) => <Chip>{kindOf(row)}</Chip> },
                {
                  id: 'text',
                  head: t('text'),
                  cell: (row) => (row.destroyed ? t('destroyed') : lineOf(row) || '–'),
                  grow: true,
                },
                {
                  id: 'leaf',
                  head: t('leaf'),
                  cell: (row) => row.leaf ?? t('pending'),
                  numeric: true,
                },
              ]}
            />
            <More list={list} />
          </section>
          {open ? (
            <One key={open} id={open} purpose={purpose} onClose={() => change({ r: null })} />
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

function One(props: { id: string; purpose: string; onClose: () => void }) {
  const { id, purpose } = props;
  const one = useQuery({
    queryKey: ['custody', 'record', id, purpose],
    queryFn: () => api.get<Opened>(`/api/custody/records/${id}`, { purpose }),
  });
  const proof = useAct(async () => {
    const query = new URLSearchParams({ purpose });
    keep(await api.blob(`/api/custody/records/${id}/proof?${query}`), `${id}.tlog-proof`);
  });
  return (
    <aside className={`${page.card} ${page.side}`} aria-label={t('record')}>
      <header className={page.cardHead}>
        <h2>{t('record')}</h2>
        <Button kind="ghost" onPress={props.onClose}>
          {t('close')}
        </Button>
      </header>
      <div className={`${page.pad} ${form.form}`}>
        {one.isPending ? <Loading rows={3} /> : null}
        {one.isError ? <ErrorState error={one.error} onRetry={() => void one.refetch()} /> : null}
        {one.data ? (
          <>
            <p>
              <Chip title={one.data.kind}>{kindOf(one.data)}</Chip>{' '}
              <span className={page.meta}>{moment(one.data.at)}</span>
            </p>
            <p className={page.meta}>
              {t('object')} <Code>{one.data.object}</Code>
            </p>
            <p className={page.meta}>
              {t('retention')} {one.data.retention ? t(`class.${one.data.retention}` as Word) : '–'}{' '}
              · {t('leaf')} {one.data.leaf ?? t('pending')}
            </p>
            <pre style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {one.data.destroyed ? t('destroyed') : JSON.stringify(one.data.body, null, 2)}
            </pre>
            <Button
              isDisabled={one.data.leaf === null || proof.isPending}
              onPress={() => proof.mutate(undefined)}
            >
              {t('proof')}
            </Button>
            <p className={page.meta}>{t('proof.text')}</p>
          </>
        ) : null}
      </div>
    </aside>
  );
}
