/** Requests that anybody with the licence may take: the first valid grab wins, and everybody sees how it ended. */
import { useEffect, useState } from 'react';
import { useNow } from '../../../chat/hooks';
import { serverNow } from '../../../core/clock';
import { ApiError } from '../../../core/http';
import type { Offer } from '../../../core/protocol';
import { uuid7 } from '../../../core/uuid';
import { t } from '../../../locales/desk';
import { Button, Chip, ErrorState, Icon, Loading, Mid, navigate, PageState } from '../../../ui';
import { iBolt, iClock } from '../../../ui/icons';
import { api } from '../../session';
import { refresh, usePool } from '../data';
import { VirtualList } from '../list/VirtualList';
import { stopwatch } from '../offer/stopwatch';
import { languageName, needName, topicName } from '../words';
import css from './PoolList.module.css';
import { fresh, type PoolCard, settle, waiting } from './view';

type Grab = { state: 'grabbing' } | { state: 'lost'; why: string };

const LATE_S = 120;

export function PoolList({ narrow }: { narrow?: boolean }) {
  const pool = usePool();
  const now = pool.data?.items;
  const [shown, setShown] = useState<PoolCard[]>([]);
  const [grabs, setGrabs] = useState<Record<string, Grab>>({});
  useEffect(() => {
    if (now) setShown((cards) => settle(cards, now));
  }, [now]);
  const behind = now ? waiting(shown, now) : 0;
  const grab = async (offer: Offer) => {
    setGrabs((all) => ({ ...all, [offer.request]: { state: 'grabbing' } }));
    try {
      const { conversation } = await api.post<{ conversation: string }>(
        `/api/pool/${offer.request}/grab`,
        { client_key: uuid7() },
      );
      refresh('conversations', 'pool', 'presence');
      navigate(`/conversations/${conversation}`);
    } catch (error) {
      const why =
        error instanceof ApiError && error.code !== 'network' ? error.detail : t('offer.again');
      setGrabs((all) => ({ ...all, [offer.request]: { state: 'lost', why } }));
      refresh('pool');
    }
  };
  if (pool.isPending) return <Loading rows={5} />;
  if (pool.isError && !pool.data) {
    return <ErrorState error={pool.error} onRetry={() => void pool.refetch()} />;
  }
  if (!shown.length) {
    return (
      <PageState kind="empty" icon={iBolt} title={t('pool.empty.title')}>
        {t('pool.empty.text')}
      </PageState>
    );
  }
  const first = shown.find((card) => !card.gone)?.offer.request;
  return (
    <div className={css.frame}>
      {behind ? (
        <button
          type="button"
          className={css.pill}
          onClick={() => {
            setShown(fresh(now ?? []));
            setGrabs({});
          }}
        >
          {t('pool.new', { n: behind })}
        </button>
      ) : null}
      <VirtualList
        label={t('nav.pool')}
        items={shown}
        itemKey={(card) => card.offer.request}
        height={132}
        measured
        gap={10}
        padding={narrow ? 4 : 12}
        className={narrow ? css.narrow : css.page}
      >
        {(card) => (
          <Card
            card={card}
            grab={grabs[card.offer.request]}
            first={card.offer.request === first}
            onGrab={grab}
          />
        )}
      </VirtualList>
      <p className={css.hint}>{t('pool.hint')}</p>
    </div>
  );
}

function Card(props: {
  card: PoolCard;
  grab: Grab | undefined;
  first: boolean;
  onGrab: (offer: Offer) => void;
}) {
  const { card, grab, first, onGrab } = props;
  const { offer } = card;
  const busy = grab?.state === 'grabbing';
  const over = grab?.state === 'lost' || (card.gone && !busy);
  return (
    <article className={`${css.card} ${over ? css.over : ''} ${busy ? css.mine : ''}`}>
      <header className={css.head}>
        <h2 className={css.topic}>{topicName(offer.topic)}</h2>
        {offer.own_client ? <Chip tone="accent">{t('offer.own')}</Chip> : null}
        <span className={css.space} />
        <Waits since={offer.waiting_since} still={over} />
      </header>
      <p className={css.text}>
        {offer.excerpt ? (
          offer.own_client ? (
            t('offer.words', { text: offer.excerpt })
          ) : (
            t('ribbon.from', { title: offer.excerpt })
          )
        ) : (
          <span className={css.quiet}>{t('pool.noexcerpt')}</span>
        )}
      </p>
      <footer className={css.foot}>
        <span className={css.quiet}>
          {languageName(offer.language)}
          <Mid />
          {needName(offer.capability)}
        </span>
        <span className={css.space} />
        {over ? (
          <span className={css.state} role="status">
            {grab?.state === 'lost' ? grab.why : t('pool.gone')}
          </span>
        ) : (
          <Button
            kind={first ? 'primary' : 'plain'}
            icon={iBolt}
            className={css.grab}
            isDisabled={busy}
            onPress={() => onGrab(offer)}
          >
            {t(busy ? 'pool.grabbing' : 'pool.grab')}
          </Button>
        )}
      </footer>
    </article>
  );
}

function Waits({ since, still }: { since: number; still: boolean }) {
  const now = useNow(1000, serverNow);
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  const late = !still && seconds >= LATE_S;
  return (
    <span className={`${css.waits} ${late ? css.late : ''} ${still ? css.still : ''}`}>
      <Icon of={iClock} size={14} />
      <span className="visually-hidden">{t('row.waits')} </span>
      {stopwatch(seconds)}
    </span>
  );
}
