/** The conversation: who is across, what was said, and where the next word is written. */
import { useCallback, useMemo, useState } from 'react';
import { Composer } from '../../chat/Composer';
import { Thread } from '../../chat/Thread';
import { named } from '../../core/i18n';
import type { Attachment, Card, Entry } from '../../core/protocol';
import { fold, type Item } from '../../core/view';
import { t } from '../../locales/widget';
import { Icon } from '../../ui/Icon';
import { iExt, iRec, iX } from '../../ui/icons';
import { attachmentSource, type Client, isLive } from './client';
import css from './frame.module.css';
import { Gone, Warning } from './Gone';
import { Source } from './Knowledge';
import { Notice } from './Notice';
import { PresenceWord, Press, Refusal } from './parts';
import { Rating } from './Rating';
import { Waiting } from './Waiting';

export function Conversation({ client }: { client: Client }) {
  const { conversation, live, header } = client;
  const [text, setText] = useState('');
  const [editing, setEditing] = useState<Item | null>(null);
  const [card, setCard] = useState<Card | null>(null);
  const [notice, setNotice] = useState(false);
  const thread = live.store.thread(conversation ?? '');
  const pending = live.pending(conversation ?? '');
  const { version } = thread;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a thread changes in place, its version says so
  const items = useMemo(
    () => fold(thread.shared.ordered, pending, client.me.id, thread.mark),
    [thread, version, pending, client.me.id],
  );
  const source = useCallback((one: Attachment) => attachmentSource(one), []);
  const upload = useCallback((file: File) => client.upload(file), [client]);
  if (!conversation) return null;

  const assistant = client.with === 'assistant' && !client.request;
  const closed = header?.state === 'closed';
  const former = client.former;
  const silent = header !== null && !header.may.send && !closed;
  const names = [...thread.typing.keys()].map((id) => nameOf(thread.shared.ordered, id));
  const offline = live.state === 'offline' || live.state === 'connecting';
  const forward = async (item: Item, what: Card) => {
    if (item.entry) await client.forward(item.entry, what);
  };
  return (
    <>
      <p className={css.strip}>
        <Icon of={iRec} size={16} />
        <button type="button" className={css.stripLink} onClick={() => setNotice(true)}>
          {t('record.line')}
        </button>
        <span className={css.grow} />
        {assistant || !client.presence || !header?.handler ? null : (
          <PresenceWord presence={client.presence} />
        )}
      </p>
      {live.state === 'replaced' ? (
        <p className={css.banner}>
          {t('chat.replaced')}
          <button type="button" className={css.link} onClick={() => live.link.start()}>
            {t('chat.replaced.here')}
          </button>
        </p>
      ) : offline && live.me ? (
        <p className={css.banner} role="status">
          {pending.length ? t('chat.offline', { n: pending.length }) : t('chat.offline.none')}
        </p>
      ) : null}
      <Thread
        items={items}
        readUpTo={client.readUpTo}
        low={thread.shared.low}
        typing={names}
        source={source}
        faces
        people={header?.people}
        photo={(person) => (client.advisor?.id === person ? client.advisor.photo : null)}
        hasOlder={thread.shared.low > 1}
        onOlder={() => live.older(conversation)}
        onRetry={(key) => live.outbox.retry(key)}
        onDiscard={(key) => live.outbox.discard(key)}
        onEdit={(item) => {
          setEditing(item);
          setText(item.body.text ?? '');
        }}
        onRecall={(item) => item.entry && live.recall(item.entry)}
        onForward={
          assistant ? undefined : (item, what) => void client.attempt(() => forward(item, what))
        }
        onReceipt={({ said }) => said && void client.attempt(() => client.receipt(said.id))}
        onCard={(one) => (one.kind === 'product' ? client.look(one.product, true) : setCard(one))}
        endKey={`${client.request?.id ?? ''}${isLive(client.request)}${closed}`}
        onSeen={() => client.seen()}
      >
        {items.length === 0 ? (
          <p className={css.first}>{t(assistant ? 'chat.first.assistant' : 'chat.first')}</p>
        ) : null}
        {client.left && former === null ? <Warning former={client.left} /> : null}
        {closed ? null : <Waiting client={client} />}
        {closed && header.handler ? <Rating key={conversation} client={client} /> : null}
      </Thread>
      <Refusal problem={isLive(client.request) ? null : client.problem} />
      {former !== null ? (
        <Gone client={client} former={former} />
      ) : silent && !client.noticed ? (
        <footer className={css.foot}>
          <p className={css.soft}>{t('notice.required')}</p>
          <Press kind="primary" onPress={() => setNotice(true)}>
            {t('notice.title')}
          </Press>
        </footer>
      ) : closed ? (
        <footer className={css.foot}>
          <Press
            kind={client.rated || header.rating ? 'primary' : 'plain'}
            onPress={() => client.go('home')}
          >
            {t('chat.closed.again')}
          </Press>
        </footer>
      ) : (
        <>
          {assistant && !client.me.kind.startsWith('visitor') ? (
            <div className={css.handoff}>
              <span className={css.soft}>{t('assistant.hint')}</span>
              <Press small wide={false} onPress={() => void client.attempt(() => client.reach())}>
                {t('assistant.person')}
              </Press>
            </div>
          ) : null}
          <PageOffer client={client} items={items} assistant={assistant} />
          <Composer
            text={text}
            onText={setText}
            placeholder={t('chat.placeholder')}
            upload={client.me.kind === 'visitor' ? undefined : upload}
            autoFocus={matchMedia('(pointer: fine)').matches}
            editing={
              editing
                ? {
                    onCancel: () => {
                      setEditing(null);
                      setText('');
                    },
                  }
                : null
            }
            onTyping={() => live.typing(conversation)}
            onSend={(body) => {
              setText('');
              if (editing?.entry) {
                live.edit(editing.entry, { ...editing.body, text: body.text });
                setEditing(null);
              } else void client.attempt(() => client.say(body));
            }}
          />
        </>
      )}
      {card ? (
        <Source
          card={card}
          onClose={() => setCard(null)}
          onForward={
            assistant || closed || former !== null
              ? undefined
              : (one) => void live.post(conversation, { cards: [one] })
          }
        />
      ) : null}
      {notice ? (
        <Notice
          client={client}
          onClose={() => setNotice(false)}
          onAgreed={() => {
            setNotice(false);
            void client.attempt(() => client.respeak());
          }}
        />
      ) : null}
    </>
  );
}

/** The page that the client looks at, to be sent as a card; once sent, the offer goes. */
function PageOffer(props: { client: Client; items: readonly Item[]; assistant: boolean }) {
  const { client, items, assistant } = props;
  const { context, conversation } = client;
  if (!context || !conversation || assistant || !/^https?:/.test(context.url)) return null;
  const sent = items.some((item) =>
    item.body.cards?.some((card) => card.kind === 'page' && card.url === context.url),
  );
  if (sent || !items.length) return null;
  const { url, title } = context;
  return (
    <div className={css.pageOffer}>
      <button
        type="button"
        className={css.pageChip}
        onClick={() =>
          client.live.post(conversation, { cards: [{ kind: 'page', url, title: title || url }] })
        }
      >
        <Icon of={iExt} size={16} />
        <span className={css.cut}>{t('chat.context', { title: title || url })}</span>
      </button>
      <button
        type="button"
        className={css.remove}
        aria-label={t('home.about.remove', { title: title || url })}
        onClick={() => client.setContext(null)}
      >
        <Icon of={iX} size={16} />
      </button>
    </div>
  );
}

function nameOf(entries: readonly Entry[], id: string): string {
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const sender = entries[at]?.sender;
    if (sender?.id === id) return named(sender);
  }
  return '';
}
