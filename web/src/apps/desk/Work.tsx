/** The working place: list, conversation, client; three panes on a desk, two on a tablet, one on a phone. */
import { lazy, Suspense } from 'react';
import { named } from '../../core/i18n';
import { t } from '../../locales/desk';
import { Drawer, match, navigate, PageState, usePath } from '../../ui';
import { Boundary } from '../../ui/Boundary';
import { iChat } from '../../ui/icons';
import { useHeader } from './data';
import type { Dialogs } from './desk';
import { ListPane } from './list/ListPane';
import { ClientPage } from './panel/ClientPage';
import { ClientPanel } from './panel/ClientPanel';
import { ThreadPane } from './thread/ThreadPane';
import { useWide } from './useWide';
import css from './Work.module.css';

const TransferDialog = lazy(() =>
  import('./thread/TransferDialog').then((m) => ({ default: m.TransferDialog })),
);
const CloseDialog = lazy(() =>
  import('./thread/CloseDialog').then((m) => ({ default: m.CloseDialog })),
);
const WhyDialog = lazy(() => import('./thread/WhyDialog').then((m) => ({ default: m.WhyDialog })));

export function Work({ current, desk }: { current: string | null; desk: Dialogs }) {
  const path = usePath();
  const wide = useWide(768);
  const full = useWide(1280);
  const header = useHeader(current ?? '', Boolean(current));
  const client = header.data?.client;
  if (!wide && current && match('/conversations/:id/client', path)) {
    return <ClientPage conversation={current} />;
  }
  const openPanel = () =>
    wide ? desk.show('panel', true) : navigate(`/conversations/${current}/client`);
  return (
    <div className={css.work}>
      {wide || !current ? <ListPane current={current} /> : null}
      {current ? (
        <ThreadPane
          key={current}
          id={current}
          mode={desk.mode}
          onMode={desk.setMode}
          onPanel={full ? undefined : openPanel}
          onAct={(act) => desk.show(act, true)}
        />
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
          <ClientPanel client={client.id} current={current} />
        </aside>
      ) : null}
      <Drawer
        title={t('head.panel')}
        open={!full && wide && desk.panel && Boolean(current)}
        onClose={() => desk.show('panel', false)}
      >
        <div className={css.drawer}>
          <ClientPanel client={client?.id ?? null} current={current} />
        </div>
      </Drawer>
      <Boundary quiet at={[desk.transfer, desk.close, desk.why].join()}>
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
          {current && desk.why ? (
            <WhyDialog id={current} onClose={() => desk.show('why', false)} />
          ) : null}
        </Suspense>
      </Boundary>
    </div>
  );
}
