/** The offer on a phone: a dark sheet from the lower edge over whatever is open. */
import { useState } from 'react';
import { t } from '../../../locales/desk';
import { Button, Icon, Ring, Sheet, Surface, usePath } from '../../../ui';
import { type Card, useOffers } from '../line';
import { topicName, whyText } from '../words';
import { accept, decline, type Reason, reasons } from './acts';
import css from './Offer.module.css';
import { Ended, OfferPerson, useLeft, whyIcon } from './OfferCards';
import { stopwatch } from './stopwatch';

/** For phones: the offer that ends first. `Esc`, the handle or a tap beside it puts it aside; it goes on counting. */
export function OfferSheet() {
  const [card] = useOffers();
  const cards = useOffers();
  const [away, setAway] = useState<string | null>(null);
  // The lower edge is where one writes.
  const writing = usePath().startsWith('/conversations/');
  if (!card) return null;
  if (away === card.offer.id) {
    // What he has put aside needs no farewell.
    return card.ended ? null : (
      <button
        type="button"
        className={`${css.peek} ${writing ? css.up : ''}`}
        onClick={() => setAway(null)}
      >
        <Peek card={card} />
      </button>
    );
  }
  const later = () => setAway(card.offer.id);
  return (
    <Surface
      label={t('offer.label')}
      onClose={later}
      ground={css.scrim}
      panel={css.sheet}
      body={css.dialog}
    >
      <BigOffer key={card.offer.id} card={card} others={cards.length - 1} onLater={later} />
    </Surface>
  );
}

function Peek({ card }: { card: Card }) {
  const { seconds } = useLeft(card.offer);
  return (
    <>
      <b>{t('offer.peek', { topic: topicName(card.offer.topic) })}</b>
      <span>{t('time.s', { n: seconds })}</span>
    </>
  );
}

function BigOffer(props: { card: Card; others: number; onLater: () => void }) {
  const { card, others, onLater } = props;
  const { offer, ended } = card;
  const { seconds, share, waited } = useLeft(offer);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  return (
    <>
      <article className={`${css.offer} ${css.big}`}>
        <button
          type="button"
          className={css.handle}
          aria-label={t('offer.later')}
          onClick={onLater}
        />
        <div className={css.top}>
          <div className={css.what}>
            <p className={css.sub}>{t('offer.waited')}</p>
            <p className={css.amount}>{stopwatch(waited)}</p>
          </div>
          <Ring
            share={ended ? 0 : share}
            late={seconds <= 5}
            size={72}
            timer
            label={t('offer.left', { n: seconds })}
          >
            {ended ? '–' : seconds}
          </Ring>
        </div>
        <h2 className={css.bigTopic}>{topicName(offer.topic)}</h2>
        <OfferPerson offer={offer} />
        {offer.excerpt ? (
          <blockquote className={css.quote}>
            {offer.own_client
              ? t('offer.words', { text: offer.excerpt })
              : t('ribbon.from', { title: offer.excerpt })}
          </blockquote>
        ) : null}
        <ul className={css.reasons} aria-label={t('offer.why')}>
          {offer.why.slice(0, 4).map((one) => (
            <li key={one.code}>
              <Icon of={whyIcon(one.code)} />
              {whyText(one)}
            </li>
          ))}
        </ul>
        {ended ? (
          <Ended card={card} />
        ) : (
          <>
            <div className={css.acts}>
              <Button className={css.no} isDisabled={busy} onPress={() => setAsking(true)}>
                {t('offer.decline')}
              </Button>
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
              </Button>
            </div>
            <p className={css.meaning}>
              {others > 0 ? t('offer.more', { n: others }) : t('offer.meaning', { n: seconds })}
            </p>
          </>
        )}
      </article>
      <Sheet title={t('offer.decline.why')} open={asking} onClose={() => setAsking(false)}>
        <div className={css.choices}>
          {reasons.map((reason) => (
            <Button
              key={reason}
              size="l"
              wide
              onPress={() => {
                setAsking(false);
                void decline(offer.id, reason as Reason);
              }}
            >
              {t(`decline.${reason}`)}
            </Button>
          ))}
        </div>
      </Sheet>
    </>
  );
}
