/** One conversation: who is across and what holds it together, what was said, and where to write. */
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { Thread } from '../../../chat/Thread';
import { ApiError } from '../../../core/http';
import { lookup, named } from '../../../core/i18n';
import type { Attachment, Card } from '../../../core/protocol';
import type { Item } from '../../../core/view';
import { t } from '../../../locales/desk';
import { ErrorState, Icon, Loading, PageState } from '../../../ui';
import { iLock } from '../../../ui/icons';
import { useMe } from '../../session';
import { type Header, useHeader } from '../data';
import { KnowledgeDialog } from '../knowledge/KnowledgeDialog';
import { live, useLineState } from '../line';
import { Aside } from './Aside';
import { Composer } from './Composer';
import { ForwardDialog } from './ForwardDialog';
import { OfflineBar } from './OfflineBar';
import { Ribbon } from './Ribbon';
import { type Act, ThreadHead } from './ThreadHead';
import css from './ThreadPane.module.css';
import { type OpenThread, useThread, useUnreadLine } from './useThread';

const PlannedBars = lazy(() => import('./PlannedBars'));

const source = (attachment: Attachment) => Promise.resolve(`/api/attachments/${attachment.id}`);

export interface ThreadPaneProps {
  id: string;
  onPanel?: () => void;
  onAct: (act: Act) => void;
}

export function ThreadPane(props: ThreadPaneProps) {
  const { id } = props;
  const me = useMe();
  const header = useHeader(id);
  const thread = useThread(id, me.id);
  const line = useLineState();
  const denied = [header.error, thread.error].find(
    (one) => one instanceof ApiError && (one.status === 403 || one.status === 404),
  );
  useEffect(() => {
    // Access has ended: nothing of it may stay on this device.
    if (denied && live.store.thread(id).shared.high > 0) live.store.forget(id);
  }, [denied, id]);
  const receipts = header.data?.receipts;
  useEffect(() => {
    for (const one of receipts ?? []) {
      if (one.person !== me.id) live.store.receipt(id, one.person, one.delivered, one.read);
    }
  }, [receipts, id, me.id]);
  if (denied instanceof ApiError) return <Gone error={denied} />;
  if (header.isError && !header.data) {
    return (
      <div className={css.pane}>
        <ErrorState error={header.error} onRetry={() => void header.refetch()} />
      </div>
    );
  }
  return (
    <section className={css.pane} aria-label={t('thread.pane')}>
      {header.data ? (
        <>
          <ThreadHead header={header.data} onPanel={props.onPanel} onAct={props.onAct} />
          {line === 'offline' || line === 'connecting' ? <OfflineBar /> : null}
          <Aside id={id} name={named(header.data.client)} />
          {header.data.may.send ? (
            <Suspense>
              <PlannedBars id={id} />
            </Suspense>
          ) : null}
          <Ribbon header={header.data} entries={thread.last} onWhy={() => props.onAct('why')} />
          <Talk key={id} {...props} header={header.data} thread={thread} />
        </>
      ) : (
        <>
          <div className={css.headShape} />
          <Loading />
        </>
      )}
    </section>
  );
}

function Talk(props: ThreadPaneProps & { header: Header; thread: OpenThread }) {
  const { id, header, thread } = props;
  const me = useMe();
  const line = useUnreadLine(id, thread.items, header, me.id);
  const [editing, setEditing] = useState<Item | null>(null);
  const [card, setCard] = useState<Card | null>(null);
  const [forward, setForward] = useState<{ item: Item; card: Card } | null>(null);
  const names = new Map(header.people.map((person) => [person.id, named(person)]));
  const seen = useCallback(() => live.read(id), [id]);
  const lastNo = thread.items.reduce(
    (no, item) =>
      !item.mine && item.entry?.kind === 'message' && !item.entry.sender?.machine
        ? item.entry.no
        : no,
    0,
  );
  const last = thread.items.findLast((item) => item.pending || item.entry?.kind === 'message');
  if (thread.loading && !thread.items.length) return <Loading />;
  if (thread.error && !thread.items.length) {
    return <ErrorState error={thread.error} onRetry={thread.retry} />;
  }
  const open = header.may.send || header.may.note;
  return (
    <>
      <Thread
        items={thread.items}
        readUpTo={line}
        low={thread.low}
        typing={thread.typing.map((person) => names.get(person) ?? named(header.client))}
        source={source}
        faces
        known={header.client.id}
        people={header.people}
        hasOlder={thread.hasOlder}
        onOlder={thread.older}
        onRetry={(key) => live.outbox.retry(key)}
        onDiscard={(key) => live.outbox.discard(key)}
        onEdit={header.may.send ? setEditing : undefined}
        onRecall={header.may.send ? (item) => item.entry && live.recall(item.entry) : undefined}
        onForward={(item, one) => setForward({ item, card: one })}
        onCard={setCard}
        onSeen={seen}
      />
      {open ? (
        <Composer
          conversation={id}
          may={header.may}
          editing={editing}
          onEdited={() => setEditing(null)}
          lastNo={lastNo}
          awaited={last?.mine === false && !last.entry?.sender?.machine}
          onSent={seen}
        />
      ) : null}
      {header.may.send ? null : <Locked header={header} />}
      {card?.kind === 'knowledge' ? (
        <KnowledgeDialog entry={card.entry} onClose={() => setCard(null)} />
      ) : null}
      {forward ? <ForwardDialog {...forward} from={id} onClose={() => setForward(null)} /> : null}
    </>
  );
}

/** Why nothing can be sent here, and what can be done instead: a designed state, not an error. */
function Locked({ header }: { header: Header }) {
  const dissolved = header.connection?.state === 'dissolved';
  const closed = header.state === 'closed';
  return (
    <div className={css.locked}>
      <div className={css.lockRow}>
        <span className={css.lockDisc}>
          <Icon of={iLock} />
        </span>
        <div>
          <b>{t(dissolved ? 'locked.dissolved' : closed ? 'locked.closed' : 'locked.title')}</b>
          <p>
            {lookup(`silent.${header.reason}`) ??
              t(
                dissolved ? 'locked.dissolved.text' : closed ? 'locked.closed.text' : 'locked.text',
              )}
          </p>
        </div>
      </div>
    </div>
  );
}

/** The connection has ended, or this is somebody else's: nothing can be read any more. */
function Gone({ error }: { error: ApiError }) {
  return (
    <section className={css.pane}>
      <PageState kind="forbidden" title={t('gone.title')}>
        {error.detail || t('gone.text')}
      </PageState>
    </section>
  );
}
