/** One conversation in the list: who, what was said last, how long the client waits, what is unread. */

import { useNow } from '../../../chat/hooks';
import { serverNow } from '../../../core/clock';
import { ago, duration } from '../../../core/format';
import { named } from '../../../core/i18n';
import { t } from '../../../locales/desk';
import { Avatar, Badge, Icon, Link } from '../../../ui';
import { iClock } from '../../../ui/icons';
import { isBack, isLater, type Row as RowData } from '../data';
import { hasDraft } from '../thread/drafts';
import { whenName } from '../thread/later';
import css from './Row.module.css';

/** Above this wait (s) the clock turns red. */
const LATE_S = 300;

export function Row(props: {
  row: RowData;
  selected: boolean;
  typing: boolean;
  waitingToSend: number;
  me: string;
}) {
  const { row, selected, typing, waitingToSend, me } = props;
  const mine = row.last?.sender === me;
  return (
    <Link
      to={`/conversations/${row.id}`}
      className={`${css.row} ${selected ? css.on : ''} ${row.unread ? css.unread : ''}`}
      aria-current={selected ? 'true' : undefined}
      draggable={false}
    >
      <Avatar
        name={named(row.client)}
        presence={row.presence}
        presenceLabel={row.presence ? t(`presence.${row.presence}`) : undefined}
      />
      <span className={css.words}>
        <span className={css.first}>
          <b className={css.name}>{named(row.client)}</b>
          {row.client.level ? <span className={css.level}>{row.client.level}</span> : null}
          {isLater(row) ? (
            <span className={css.time}>
              {t('later.until', { when: whenName(row.later_until ?? 0) })}
            </span>
          ) : row.last ? (
            <time className={css.time}>{ago(row.last.at)}</time>
          ) : null}
        </span>
        <span className={css.second}>
          {typing ? (
            <span className={`${css.last} ${css.typing}`}>{t('row.typing')}</span>
          ) : (
            <span className={css.last}>
              {!selected && hasDraft(me, row.id) ? (
                <span className={css.draft}>{t('row.draft')} </span>
              ) : null}
              {mine ? t('row.mine', { text: row.last?.text ?? '' }) : (row.last?.text ?? '')}
            </span>
          )}
          {waitingToSend ? (
            <span className={css.queued}>{t('row.queued', { n: waitingToSend })}</span>
          ) : null}
          {isBack(row) ? <span className={css.back}>{t('row.back')}</span> : null}
          {row.waiting_since && row.state === 'open' && !isLater(row) ? (
            <Late since={row.waiting_since} />
          ) : null}
          <Badge count={row.unread} label={t('row.unread')} />
        </span>
      </span>
    </Link>
  );
}

/** How long the client has waited for a word; red after five minutes. */
function Late({ since }: { since: number }) {
  const now = useNow(1000, serverNow);
  const seconds = Math.max(0, (now - since) / 1000);
  return (
    <span className={`${css.late} ${seconds >= LATE_S ? css.tooLate : ''}`}>
      <Icon of={iClock} size={14} />
      <span className="visually-hidden">{t('row.waits')} </span>
      {duration(seconds)}
    </span>
  );
}
