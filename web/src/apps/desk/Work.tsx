/** The working place: list, conversation, client; three panes on a desk, two on a tablet, one on a phone. */
import { lazy, Suspense, useEffect } from 'react';
import { named } from '../../core/i18n';
import { t } from '../../locales/desk';
import { Drawer, Loading, match, navigate, PageState, usePath } from '../../ui';
import { Boundary } from '../../ui/Boundary';
import { iChat } from '../../ui/icons';
import { whenIdle } from '../../ui/late';
import { useWide } from '../../ui/useWide';
import { useHeader } from './data';
import type { Dialogs } from './desk';
import { ListPane } from './list/ListPane';
import css from './Work.module.css';

// The list is the first screen; conversation and client come behind it, and are there before anybody has chosen.
const parts = {
  thread: () => import('./thread/ThreadPane').then((m) => ({ default: m.ThreadPane })),
  panel: () => import('./panel/ClientPanel').then((m) => ({ default: m.ClientPanel })),
  page: () => import('./panel/ClientPage').then((m) => ({ default: m.ClientPage })),
};
const ThreadPane = lazy(parts.thread);
const ClientPanel = lazy(parts.panel);
const ClientPage = lazy(parts.page);
const fetchParts = () => {
  for (const part of Object.values(parts)) part().catch(() => undefined);
};
if (location.pathname.includes('/conversations/')) fetchParts();

const TransferDialog = lazy(() =>
  import('./thread/TransferDialog').then((m) => ({ default: m.TransferDialog })),
);
const CloseDialog = lazy(() =>
  import('./thread/CloseDialog').then((m) => ({ default: m.CloseDialog })),
);
const LaterDialog = lazy(() =>
  import('./thread/LaterDialog').then((m) => ({ default: m.LaterDialog })),
);
const WhyDialog = lazy(() => import('./thread/WhyDialog').then((m) => ({ default: m.WhyDialog })));

export function Work({ current, desk }: { current: string | null; desk: Dialogs }) {
  const path = usePath();
  const wide = useWide(768);
  const full = useWide(1280);
  const header = useHeader(current ?? '', Boolean(current));
  const client = header.data?.client;
  useEffect(() => {
    whenIdle(fetchParts);
  }, []);
  if (!wide && current && match('/conversations/:id/client', path)) {
    return <ClientPage conversation={current} />;
  }
  const panel = (
    <Boundary at={current ?? ''}>
      <Suspense fallback={<Loading rows={5} />}>
        <ClientPanel client={client?.id ?? null} current={current} />
      </Suspense>
    </Boundary>
  );
  const openPanel = () =>
    wide ? desk.show('panel', true) : navigate(`/conversations/${current}/client`);
  return (
    <div className={css.work}>
      {wide || !current ? <ListPane current={current} /> : null}
      {current ? (
        <Suspense fallback={<Loading />}>
          <ThreadPane
            key={current}
            id={current}
            onPanel={full ? undefined : openPanel}
            onAct={(act) => desk.show(act, true)}
          />
        </Suspense>
      ) : wide ? (
        <div className={css.nothing}>
          <PageState kind="empty" icon={iChat} title={t('thread.none.title')}>
            {t('thread.none.text')}
          </PageState>
        </div>
      ) : null}
      {full && client ? (
        <aside className={css.panel} aria-label={t('head.panel')}>
          <h2 className={css.panelTitle}>{t('head.panel')}</h2>
          {panel}
        </aside>
      ) : null}
      <Drawer
        title={t('head.panel')}
        open={!full && wide && desk.panel && Boolean(current)}
        onClose={() => desk.show('panel', false)}
      >
        <div className={css.drawer}>{panel}</div>
      </Drawer>
      <Boundary quiet at={[desk.transfer, desk.later, desk.close, desk.why].join()}>
        <Suspense>
          {current && desk.transfer && header.data?.may.transfer ? (
            <TransferDialog id={current} onClose={() => desk.show('transfer', false)} />
          ) : null}
          {current && desk.close && header.data?.may.close ? (
            <CloseDialog
              id={current}
              name={client ? named(client) : ''}
              onClose={() => desk.show('close', false)}
              onClosed={() => {
                desk.show('close', false);
                navigate('/conversations');
              }}
            />
          ) : null}
          {current && desk.later && header.data?.state === 'open' ? (
            <LaterDialog
              id={current}
              name={client ? named(client) : ''}
              onClose={() => desk.show('later', false)}
              onDone={() => {
                desk.show('later', false);
                navigate('/conversations');
              }}
            />
          ) : null}
          {current && desk.why ? (
            <WhyDialog id={current} onClose={() => desk.show('why', false)} />
          ) : null}
        </Suspense>
      </Boundary>
    </div>
  );
}
