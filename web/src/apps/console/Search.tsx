/** Conversations for supervisors: a purpose first, then what matches, read only. Every look is recorded. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Thread } from '../../chat/Thread';
import { moment } from '../../core/format';
import { named } from '../../core/i18n';
import type { Attachment, Entry } from '../../core/protocol';
import { fold, merge } from '../../core/view';
import { t } from '../../locales/console';
import {
  Button,
  Chip,
  Code,
  Coming,
  IconButton,
  PageState,
  SearchField,
  useQuery as useAddress,
} from '../../ui';
import { iRec, iSearch, iX } from '../../ui/icons';
import { PageHead } from '../Shell';
import { api } from '../session';
import { More, useListing } from './listing';
import { Purpose } from './Purpose';
import page from './page.module.css';
import css from './search.module.css';

interface Party {
  id: string;
  name: string;
  name_en?: string | null;
  code?: string;
}
interface Found {
  id: string;
  client: Party;
  handler: Party | null;
  environment: string;
  state: string;
  with: string;
  topic: string | null;
  last: { text: string; at: number };
  hit: { no: number; text: string } | null;
}

export default function Search() {
  const [purpose, setPurpose] = useState('');
  return (
    <>
      <PageHead title={t('nav.search')}>
        {purpose ? <Button onPress={() => setPurpose('')}>{t('search.change')}</Button> : null}
      </PageHead>
      {purpose ? (
        <Results purpose={purpose} />
      ) : (
        <Purpose
          words={{
            title: t('search.purpose.title'),
            text: t('search.purpose.text'),
            label: t('search.purpose'),
            example: t('search.purpose.example'),
            begin: t('search.begin'),
          }}
          onSet={setPurpose}
        />
      )}
    </>
  );
}

function Results({ purpose }: { purpose: string }) {
  const [address, change] = useAddress();
  const wanted = address.get('q') ?? '';
  const open = address.get('c');
  const [typed, setTyped] = useState(wanted);
  const list = useListing<Found>('supervision', '/api/supervision/conversations', ['q'], {
    purpose,
  });
  const { rows } = list;
  // What was opened stays open where the list it stood in is exchanged for another.
  const [opened, setOpened] = useState<Found>();
  const shown = rows.find((row) => row.id === open) ?? (opened?.id === open ? opened : undefined);
  const show = (row: Found) => {
    setOpened(row);
    change({ c: row.id });
  };
  return (
    <div className={css.panes}>
      <section className={css.pane} aria-label={t('search.results')}>
        <div className={css.bar}>
          <SearchField
            label={t('search.words')}
            value={typed}
            onChange={setTyped}
            onSubmit={(text) => change({ q: text, c: null })}
          />
        </div>
        <p className={css.why}>{t('search.for', { purpose })}</p>
        <Coming of={list} />
        {list.data && rows.length === 0 ? (
          <PageState kind="empty" title={t('search.none')} icon={iSearch} />
        ) : null}
        <ul className={css.rows}>
          {rows.map((row) => (
            <li key={row.id}>
              <button
                type="button"
                className={css.row}
                aria-current={row.id === open ? 'true' : undefined}
                onClick={() => show(row)}
              >
                <span className={page.itemTop}>
                  <b>{named(row.client)}</b>
                  <span className={page.meta}>{moment(row.last.at)}</span>
                </span>
                <span className={css.words}>{row.hit?.text ?? row.last.text}</span>
                <span className={page.meta}>
                  {row.handler ? named(row.handler) : t('search.assistant')} ·{' '}
                  {t(`search.state.${row.state}` as 'search.state.open')}
                </span>
              </button>
            </li>
          ))}
        </ul>
        <More list={list} />
      </section>
      {shown ? (
        <Reading found={shown} purpose={purpose} onClose={() => change({ c: null })} />
      ) : (
        <section className={`${css.pane} ${css.blank}`}>
          <PageState kind="empty" title={t('search.choose')}>
            {t('search.choose.text')}
          </PageState>
        </section>
      )}
    </div>
  );
}

function Reading(props: { found: Found; purpose: string; onClose: () => void }) {
  const { found, purpose, onClose } = props;
  const path = `/api/supervision/conversations/${found.id}/entries`;
  const query = (stream: string) => new URLSearchParams({ purpose, stream });
  const both = useQuery({
    queryKey: ['supervision', purpose, 'entries', found.id],
    queryFn: async () => {
      const [shared, internal] = await Promise.all([
        api.get<{ entries: Entry[] }>(`${path}?${query('shared')}`),
        api.get<{ entries: Entry[] }>(`${path}?${query('internal')}`),
      ]);
      return merge(shared.entries, internal.entries);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const source = (file: Attachment) =>
    Promise.resolve(`/api/supervision/attachments/${file.id}?${new URLSearchParams({ purpose })}`);
  const staff = found.handler?.id;
  return (
    <section className={css.pane} aria-label={named(found.client)}>
      <header className={css.head}>
        <div>
          <b>{named(found.client)}</b>
          {found.environment === 'real' ? null : (
            <Chip tone="machine">{t('environment.simulated')}</Chip>
          )}
          <span className={page.meta}>
            {found.handler ? (
              <>
                {named(found.handler)} <Code>{found.handler.code}</Code>
              </>
            ) : (
              t('search.assistant')
            )}
          </span>
        </div>
        <Chip icon={iRec}>{t('search.recorded')}</Chip>
        <IconButton icon={iX} label={t('close')} onPress={onClose} />
      </header>
      <Coming of={both} />
      {both.data ? (
        <Thread
          items={fold(both.data, [], staff, { delivered: 0, read: 0 })}
          source={source}
          faces
        />
      ) : null}
    </section>
  );
}
