/** An order looks like an order: ring, topic, waiting time, why me, and two buttons. Desktop cards on top of the list. */
import { useState } from 'react';
import { useNow } from '../../../chat/hooks';
import { serverNow } from '../../../core/clock';
import { named } from '../../../core/i18n';
import type { Offer } from '../../../core/protocol';
import { t } from '../../../locales/desk';
import { Button, Icon, Menu, Mid, Ring } from '../../../ui';
import { iChat, iClock, iPath, iPause, iRefresh, iVerified } from '../../../ui/icons';
import { singleKeys } from '../keys/prefs';
import { type Card, useLineState, useOffers } from '../line';
import { languageName, needName, topicName, whyText } from '../words';
import { accept, decline, type Reason, reasons } from './acts';
import css from './Offer.module.css';
import { stopwatch } from './stopwatch';

const LATE_S = 5;
const SHOWN = 2;

/** What is left of an offer, by the server's clock. */
export function useLeft(offer: Offer): { seconds: number; share: number; waited: number } {
  const now = useNow(250, serverNow);
  const left = Math.max(0, offer.expires_at - now);
  return {
    seconds: Math.ceil(left / 1000),
    share: left / Math.max(1, offer.expires_at - offer.issued_at),
    waited: Math.max(0, Math.floor((now - offer.waiting_since) / 1000)),
  };
}

export const whyIcon = (code: string): string =>
  code.startsWith('licen') || code.startsWith('qualif')
    ? iVerified
    : code.startsWith('served') || code.startsWith('own') || code.startsWith('continu')
      ? iRefresh
      : code.startsWith('topic') || code.startsWith('language')
        ? iChat
        : code.startsWith('free') || code.startsWith('wait') || code.startsWith('quick')
          ? iClock
          : iPath;

export function OfferCards() {
  const cards = useOffers();
  const line = useLineState();
  if (line === 'offline') return <Paused />;
  if (!cards.length) return null;
  return (
    <div className={css.cards}>
      {cards.slice(0, SHOWN).map((card, index) => (
        <OfferCard key={card.offer.id} card={card} first={index === 0} />
      ))}
      {cards.length > SHOWN ? (
        <p className={css.more}>{t('offer.more', { n: cards.length - SHOWN })}</p>
      ) : null}
    </div>
  );
}

/** Without a line no offer can be taken: they go to the next advisor, and come again with the line. */
function Paused() {
  return (
    <div className={css.cards}>
      <div className={css.paused} role="status">
        <span className={css.pausedDisc}>
          <Icon of={iPause} />
        </span>
        <p>
          <b>{t('offer.paused')}</b>
          <br />
          {t('offer.paused.text')}
        </p>
      </div>
    </div>
  );
}

function OfferCard({ card, first }: { card: Card; first: boolean }) {
  const { offer, ended } = card;
  const { seconds, share, waited } = useLeft(offer);
  return (
    <article className={`${css.offer} ${ended ? css.ended : ''}`} aria-label={t('offer.label')}>
      <div className={css.top}>
        <Ring
          share={ended ? 0 : share}
          late={seconds <= LATE_S}
          timer
          label={t('offer.left', { n: seconds })}
        >
          {ended ? '–' : seconds}
        </Ring>
        <div className={css.what}>
          <h2 className={css.topic}>{topicName(offer.topic)}</h2>
          <OfferPerson offer={offer} />
        </div>
        <div className={css.wait}>
          <div className={css.figure}>{stopwatch(waited)}</div>
          <div className={css.sub}>{t('offer.waited')}</div>
        </div>
      </div>
      <ul className={css.why} aria-label={t('offer.why')}>
        {offer.why.slice(0, 3).map((one) => (
          <li key={one.code}>
            <Icon of={whyIcon(one.code)} size={14} />
            {whyText(one)}
          </li>
        ))}
      </ul>
      {ended ? <Ended card={card} /> : <Acts offer={offer} keyed={first} />}
    </article>
  );
}

/** The name to the client's own advisor only; to everybody else language and need. */
export function OfferPerson({ offer }: { offer: Offer }) {
  return (
    <p className={css.sub}>
      {offer.own_client ? (
        <>
          <b className={css.own}>{offer.client ? named(offer.client) : t('offer.own')}</b>
          <Mid />
          {t('offer.own')}
        </>
      ) : (
        <>
          {languageName(offer.language)}
          <Mid />
          {needName(offer.capability)}
        </>
      )}
    </p>
  );
}

export function Ended({ card }: { card: Card }) {
  const { state, by } = card.ended ?? { state: 'expired', by: null };
  const known = ['expired', 'taken', 'withdrawn', 'declined', 'accepted'].includes(state);
  const text =
    state === 'taken' && by
      ? t('offer.taken.by', { name: by })
      : known
        ? t(`offer.${state}` as 'offer.expired')
        : (by ?? t('offer.withdrawn'));
  return (
    <p className={css.end} role="status">
      {text}
    </p>
  );
}

function Acts({ offer, keyed }: { offer: Offer; keyed: boolean }) {
  const [busy, setBusy] = useState(false);
  return (
    <div className={css.acts}>
      <Menu
        label={t('offer.decline.why')}
        trigger={
          <Button className={css.no} isDisabled={busy}>
            {t('offer.decline')}
          </Button>
        }
        items={reasons.map((id) => ({ id, text: t(`decline.${id}`) }))}
        onAction={(reason) => void decline(offer.id, reason as Reason)}
      />
      <Button
        kind="go"
        className={css.yes}
        isDisabled={busy}
        onPress={async () => {
          setBusy(true);
          await accept(offer.id);
          setBusy(false);
        }}
      >
        {t('offer.accept')}
        {keyed && singleKeys() ? <kbd className={css.key}>A</kbd> : null}
      </Button>
    </div>
  );
}

/** For wide screens on pages without the list: the offer in the corner. */
export function OfferCorner() {
  const [card] = useOffers();
  return card ? (
    <div className={css.corner}>
      <OfferCard card={card} first />
    </div>
  ) : null;
}
