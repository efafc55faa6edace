/** My clients by the firm's book: whom I never met, whom I may greet now, and why not the others. */
import { lazy, Suspense, useDeferredValue, useState } from 'react';
import { ApiError } from '../../../core/http';
import { named } from '../../../core/i18n';
import { t } from '../../../locales/desk';
import {
  Button,
  Drawer,
  ErrorState,
  Loading,
  PageState,
  SearchField,
  Segmented,
  toast,
  useQuery as useAddress,
} from '../../../ui';
import { iPeople } from '../../../ui/icons';
import { useWide } from '../../../ui/useWide';
import { PageHead } from '../../Shell';
import { api } from '../../session';
import {
  type ClientRow,
  type QueuedGreeting,
  refresh,
  useClients,
  useGreetings,
  useQueued,
} from '../data';
import { ClientPanel } from '../panel/ClientPanel';
import { ClientCards, ClientTable } from './ClientList';
import css from './ClientsPage.module.css';
import { GreetingPanel } from './GreetingPanel';

const Mailing = lazy(() => import('../mailing/Mailing').then((m) => ({ default: m.Mailing })));

const views = ['all', 'never', 'active', 'dissolved'] as const;
type View = (typeof views)[number];

const asked: Record<View, Record<string, string>> = {
  all: {},
  never: { met: 'never' },
  active: { state: 'active' },
  dissolved: { state: 'dissolved' },
};

/** One approved greeting to one client: sent at once, kept until it may go, or refused with the reason. */
function useGreeting(template: string | undefined) {
  const [sent, setSent] = useState<Record<string, 'now' | 'done'>>({});
  const greet = async (row: ClientRow) => {
    if (!template) return;
    const { id } = row.client;
    const name = named(row.client);
    setSent((all) => ({ ...all, [id]: 'now' }));
    try {
      const done = await api.post<{ queued?: QueuedGreeting }>(`/api/clients/${id}/greet`, {
        template,
      });
      setSent(({ [id]: _now, ...rest }) => (done.queued ? rest : { ...rest, [id]: 'done' }));
      toast(t(done.queued ? 'greet.queued' : 'greet.done', { name }));
      refresh('conversations', 'clients');
    } catch (error) {
      setSent(({ [id]: _gone, ...rest }) => rest);
      toast(
        error instanceof ApiError && error.code !== 'network' ? error.detail : t('offline.title'),
      );
      refresh('clients');
    }
  };
  const waiting = useQueued().data?.items ?? [];
  const queued = new Map(waiting.map((one) => [one.client.id, one]));
  const withdraw = async (one: QueuedGreeting) => {
    await api.delete(`/api/greetings/queued/${one.id}`).catch(() => undefined);
    refresh('clients');
  };
  return { sent, greet, queued, withdraw };
}

export function ClientsPage() {
  const [address, change] = useAddress();
  const view: View = views.find((one) => one === address.get('view')) ?? 'all';
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const clients = useClients({ ...asked[view], ...(q ? { q } : {}) });
  const greetings = useGreetings();
  const [template, setTemplate] = useState<string | null>(null);
  const [open, setOpen] = useState<ClientRow | null>(null);
  const wide = useWide(1180);
  const [several, setSeveral] = useState(false);
  const chosen = greetings.data?.find((one) => one.id === template) ?? greetings.data?.[0] ?? null;
  const { sent, greet, queued, withdraw } = useGreeting(chosen?.id);
  const list = clients.data?.items ?? [];
  const greetable = list.find((row) => row.greetable);
  const List = wide ? ClientTable : ClientCards;
  return (
    <>
      <PageHead title={t('nav.clients')}>
        <Button onPress={() => setSeveral(true)}>{t('clients.several')}</Button>
        <div className={css.search}>
          <SearchField label={t('clients.search')} value={typed} onChange={setTyped} />
        </div>
      </PageHead>
      <div className={css.page}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key */}
        <section className={css.main} aria-label={t('nav.clients')} tabIndex={0}>
          <div className={css.views}>
            <Segmented
              label={t('clients.views')}
              options={views.map((id) => ({ id, text: t(`clients.view.${id}`) }))}
              selected={view}
              onSelect={(id) => change({ view: id === 'all' ? null : id })}
            />
            {clients.data ? (
              <span className={css.count}>{t('clients.count', { n: list.length })}</span>
            ) : null}
          </div>
          {clients.isPending ? <Loading rows={8} /> : null}
          {clients.isError && !clients.data ? (
            <ErrorState error={clients.error} onRetry={() => void clients.refetch()} />
          ) : null}
          {clients.data && !list.length ? (
            <PageState kind="empty" icon={iPeople} title={t('clients.empty.title')}>
              {t(q || view !== 'all' ? 'clients.empty.filtered' : 'clients.empty.text')}
            </PageState>
          ) : null}
          {list.length ? (
            <List
              rows={list}
              sent={sent}
              onGreet={greet}
              onOpen={setOpen}
              queued={queued}
              onWithdraw={withdraw}
            />
          ) : null}
        </section>
        {wide ? (
          <GreetingPanel
            greetings={greetings.data ?? []}
            chosen={chosen}
            onChoose={setTemplate}
            client={greetable ? named(greetable.client) : null}
          />
        ) : null}
      </div>
      <Drawer
        title={open ? named(open.client) : ''}
        open={Boolean(open)}
        onClose={() => setOpen(null)}
      >
        <ClientPanel client={open?.client.id ?? null} />
      </Drawer>
      {several ? (
        <Suspense>
          <Mailing onClose={() => setSeveral(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
