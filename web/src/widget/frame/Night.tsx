/** Outside business hours: book a time, leave a message, or ask the assistant. */
import { useEffect, useState } from 'react';
import { clock, isoDay } from '../../core/format';
import { language } from '../../core/i18n';
import { t } from '../../locales/widget';
import { Icon } from '../../ui/Icon';
import { iBot, iCal, iMail } from '../../ui/icons';
import { type Client, isLive, type Slot } from './client';
import css from './frame.module.css';
import { ContextChip } from './Home';
import { Notice } from './Notice';
import { Press, Refusal, Who } from './parts';

type Way = 'slot' | 'message' | 'assistant';

/** Mon 11-23, in the reader's language. */
const dayWord = (at: number): string =>
  `${new Intl.DateTimeFormat(language(), { weekday: 'short' }).format(at)} ${isoDay(at).slice(5)}`;

export function Night({ client }: { client: Client }) {
  const { home } = client;
  const [way, setWay] = useState<Way>('slot');
  const [slots, setSlots] = useState<Slot[]>(home?.hours.slots ?? []);
  const [day, setDay] = useState('');
  const [at, setAt] = useState<number | null>(null);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    void client.attempt(async () => {
      const found = await client.slots();
      setSlots(found);
      const first = found.find((slot) => slot.free);
      if (first) setDay(isoDay(first.starts_at));
      else setWay('message');
    });
  }, [client]);
  if (!home) return null;
  const { advisor, hours } = home;
  const days = [...new Set(slots.map((slot) => isoDay(slot.starts_at)))];
  const now = `${clock(Date.now())}`;
  const act = async () => {
    setBusy(true);
    await client.attempt(async () => {
      if (way === 'assistant') return client.ask('assistant');
      await client.ask('person');
      // What is asked arrives first, so that whoever is sought knows it.
      if (text.trim()) await client.deliver({ text: text.trim() });
      await client.reach();
      if (way === 'slot' && at !== null) await client.book(at);
      else await client.choose('message');
    });
    setBusy(false);
  };
  const go = () => (client.noticed ? void act() : setAsking(true));
  const ways: [Way, string, string, string][] = [
    ['slot', iCal, t('night.slot'), t(slots.length ? 'night.slot.text' : 'night.slot.none')],
    ['message', iMail, t('night.message'), t('night.message.text')],
    ['assistant', iBot, t('home.assistant'), t('night.assistant.text')],
  ];
  return (
    <>
      <div className={css.scroll}>
        {advisor && !isLive(client.request) ? (
          <section className={css.card}>
            <Who
              person={advisor}
              real={client.real}
              own
              line={
                hours.open
                  ? undefined
                  : hours.opens_at
                    ? `${t('night.off')} · ${t('night.opens', {
                        time: `${dayWord(hours.opens_at)} ${clock(hours.opens_at)}`,
                      })}`
                    : t('night.off')
              }
            />
          </section>
        ) : null}
        <h3 className={css.head}>{t('night.now', { time: now })}</h3>
        <fieldset className={css.list} aria-label={t('night.now', { time: now })}>
          {ways.map(([id, icon, title, line]) => (
            <div key={id} className={way === id ? css.chosen : ''}>
              <button
                type="button"
                aria-pressed={way === id}
                className={css.line}
                onClick={() => setWay(id)}
              >
                <Icon of={icon} />
                <span className={css.grow}>
                  <b>{title}</b>
                  <span className={css.soft}>{line}</span>
                </span>
                <span className={css.radio} aria-hidden="true" />
              </button>
              {id === 'slot' && way === 'slot' && slots.length ? (
                <div className={css.slots}>
                  <div className={css.days}>
                    {days.slice(0, 5).map((one) => {
                      const sample = slots.find((slot) => isoDay(slot.starts_at) === one);
                      return (
                        <button
                          key={one}
                          type="button"
                          aria-pressed={day === one}
                          className={css.slot}
                          onClick={() => setDay(one)}
                        >
                          {sample ? dayWord(sample.starts_at) : one}
                        </button>
                      );
                    })}
                  </div>
                  <div className={css.times}>
                    {slots
                      .filter((slot) => isoDay(slot.starts_at) === day)
                      .map((slot) => (
                        <button
                          key={slot.starts_at}
                          type="button"
                          disabled={!slot.free}
                          aria-pressed={at === slot.starts_at}
                          aria-label={
                            slot.free
                              ? undefined
                              : t('night.slot.full', { time: clock(slot.starts_at) })
                          }
                          className={css.slot}
                          onClick={() => setAt(slot.starts_at)}
                        >
                          {clock(slot.starts_at)}
                        </button>
                      ))}
                  </div>
                </div>
              ) : null}
            </div>
          ))}
        </fieldset>
        {way === 'assistant' ? null : (
          <>
            <label className={css.head} htmlFor="say">
              {t('night.say')}
            </label>
            <div className={css.say}>
              <ContextChip client={client} />
              <textarea
                id="say"
                rows={2}
                value={text}
                maxLength={8000}
                onInput={(event) => setText(event.currentTarget.value)}
              />
            </div>
          </>
        )}
        <Refusal problem={client.problem} />
      </div>
      <footer className={css.foot}>
        <Press kind="primary" disabled={busy || (way === 'slot' && at === null)} onPress={go}>
          {way === 'slot'
            ? at === null
              ? t('night.slot')
              : t('night.book', { time: `${dayWord(at)} ${clock(at)}` })
            : way === 'message'
              ? t('night.write')
              : t('home.assistant.only')}
        </Press>
        <p className={css.soft}>{t('notice.short')}</p>
      </footer>
      {asking ? (
        <Notice
          client={client}
          onClose={() => setAsking(false)}
          onAgreed={() => {
            setAsking(false);
            void act();
          }}
        />
      ) : null}
    </>
  );
}
