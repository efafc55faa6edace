/** One item of a thread: what was said, by whom, when, and what became of it. The box never moves when its state does. */
import { Fragment, type ReactNode, useState } from 'react';
import { clock } from '../core/format';
import { named } from '../core/i18n';
import type { Citation } from '../core/protocol';
import type { Item } from '../core/view';
import { t } from '../locales/chat';
import { Avatar } from '../ui/Avatar';
import { Icon } from '../ui/Icon';
import { iCheck, iChecks, iClock, iLock, iWarn } from '../ui/icons';
import { Actions } from './Actions';
import css from './Bubble.module.css';
import { Attachments, Cards, CardView } from './cards';
import type { ThreadProps } from './Thread';
import { told } from './told';

export type BubbleProps = Pick<
  ThreadProps,
  | 'source'
  | 'faces'
  | 'known'
  | 'photo'
  | 'people'
  | 'onRetry'
  | 'onDiscard'
  | 'onEdit'
  | 'onRecall'
  | 'onForward'
  | 'onReceipt'
  | 'onCard'
> & { item: Item; first: boolean; last: boolean };

export function Bubble(props: BubbleProps) {
  const { item, first, last, faces } = props;
  const { entry } = item;
  const name = entry?.sender ? named(entry.sender) : '';
  if (entry?.kind === 'system') {
    return (
      <p className={css.system}>
        <time>{clock(item.at)}</time> {told(item.body, props.people)}
      </p>
    );
  }
  if (item.recalled) {
    return (
      <p className={css.system}>
        {item.mine ? t('message.recalled.me') : t('message.recalled', { name })}
      </p>
    );
  }
  const machine = Boolean(entry?.sender?.machine) || entry?.kind === 'summary';
  const handed = entry?.kind === 'transfer';
  const note = handed || entry?.kind === 'note';
  const text = handed ? item.body.note : item.body.text;
  // A card alone stands for itself, without a bubble around nothing.
  const spoken = machine || note || text || item.body.attachments?.length;
  const cards = (
    <Cards list={item.body.cards}>{(card) => <CardView card={card} onOpen={props.onCard} />}</Cards>
  );
  const kind = note
    ? css.note
    : machine
      ? css.machine
      : item.delivery === 'queued'
        ? css.waits
        : '';
  const shape = `${item.mine ? css.out : css.in} ${kind}`;
  return (
    <div className={`${css.row} ${item.mine ? css.mine : ''} ${first ? '' : css.joined}`}>
      {faces && !item.mine && item.entry?.sender?.id !== props.known ? (
        <span className={css.face}>
          {first ? (
            <Avatar
              size={28}
              name={name}
              machine={machine}
              photo={entry?.sender ? props.photo?.(entry.sender.id) : null}
            />
          ) : null}
        </span>
      ) : null}
      <div className={css.stack}>
        <div className={css.line}>
          {spoken ? (
            <div className={`${css.bubble} ${shape}`}>
              {machine ? (
                <p className={css.label}>
                  {entry?.kind === 'summary' ? t('message.summary') : t('role.assistant')}
                  {' · '}
                  {t('message.machine')}
                </p>
              ) : null}
              {note ? (
                <p className={css.label}>
                  <Icon of={iLock} size={14} /> {t(handed ? 'message.handed' : 'message.note')}
                  {' · '}
                  {t('message.note.hidden')}
                </p>
              ) : null}
              {text ? <p className={css.text}>{withCitations(text, item.body.citations)}</p> : null}
              <Attachments list={item.body.attachments} source={props.source} />
            </div>
          ) : (
            cards
          )}
          <Actions {...props} />
        </div>
        {spoken ? cards : null}
        <Sources list={item.body.citations} onCard={props.onCard} />
        {last ? <Meta {...props} /> : null}
      </div>
    </div>
  );
}

/** `[1]` in a machine's answer becomes a numbered chip. */
function withCitations(text: string, citations: readonly Citation[] | undefined): ReactNode {
  if (!citations?.length) return text;
  return text.split(/(\[\d{1,2}\])/).map((part, index) => {
    const n = Number(/^\[(\d{1,2})\]$/.exec(part)?.[1]);
    const known = citations.some((one) => one.n === n);
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other name
      <Fragment key={index}>{known ? <span className={css.cite}>{n}</span> : part}</Fragment>
    );
  });
}

function Sources(props: { list: readonly Citation[] | undefined; onCard: ThreadProps['onCard'] }) {
  if (!props.list?.length) return null;
  return (
    <ul className={css.sources} aria-label={t('cite.sources')}>
      {props.list.map((one) => {
        const open = () =>
          props.onCard?.({
            kind: 'knowledge',
            entry: one.entry,
            version: one.version,
            title: one.title,
            excerpt: '',
          });
        return (
          <li key={one.n}>
            <span className={css.cite}>{one.n}</span>
            <span>
              {props.onCard ? (
                <button type="button" className={css.source} onClick={open}>
                  {one.title}
                </button>
              ) : (
                one.title
              )}{' '}
              <span className={css.small}>
                {t('card.version', { n: one.version })}
                {one.reviewed ? ` · ${t('cite.reviewed', { date: one.reviewed })}` : ''}
              </span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const marks = {
  sent: iCheck,
  delivered: iCheck,
  read: iChecks,
  failed: iWarn,
  blocked: iWarn,
  refused: iWarn,
  expired: iWarn,
};

/** Name, time and state, in a line of fixed height. */
function Meta({ item, onRetry, known }: BubbleProps) {
  const [shown, setShown] = useState(false);
  const { delivery } = item;
  const sender = item.entry?.sender;
  const name =
    item.mine || !sender || sender.id === known
      ? ''
      : sender.machine
        ? t('role.assistant')
        : named(sender);
  const mark = delivery ? (marks[delivery as keyof typeof marks] ?? iClock) : null;
  const word = delivery ? (
    <span className={`${css.state} ${css[delivery] ?? ''}`}>
      {mark ? <Icon of={mark} size={14} /> : null}
      {t(`state.${delivery}`)}
    </span>
  ) : null;
  return (
    <>
      <p className={css.meta}>
        {name ? <span>{name}</span> : null}
        <time dateTime={new Date(item.at).toISOString()}>{clock(item.at)}</time>
        {item.earlier.length ? (
          <button type="button" className={css.edited} onClick={() => setShown(!shown)}>
            {t('message.edited')}
          </button>
        ) : null}
        {delivery === 'failed' && onRetry && item.pending ? (
          <button
            type="button"
            className={css.retry}
            onClick={() => item.pending && onRetry(item.pending.client_key)}
          >
            {word}
          </button>
        ) : (
          word
        )}
      </p>
      {item.pending?.detail || item.note ? (
        <p className={css.reason}>{item.pending?.detail || t('state.note', { text: item.note })}</p>
      ) : null}
      {shown
        ? item.earlier.map((body, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: versions have no other name
            <p key={index} className={css.earlier}>
              {body.text}
            </p>
          ))
        : null}
    </>
  );
}
